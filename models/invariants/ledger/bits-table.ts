/**
 * What is known of each message, by the 64 random bits of its DM id: open addressing in typed arrays, since an invariant that
 * asks twice for each of many thousand messages a second should not be what is measured.
 */
const INITIAL_PLACES = 1024;

export class BitsTable {
  size = 0;
  private key0 = new Int32Array(INITIAL_PLACES);
  private key1 = new Int32Array(INITIAL_PLACES);
  /** 0 is a free place. */
  private parts = new Uint8Array(INITIAL_PLACES);
  private changedNs = new Float64Array(INITIAL_PLACES);
  private mask = INITIAL_PLACES - 1;

  /** Parts of this message; 0 if nothing is known. */
  get(random0: number, random1: number): number {
    return this.parts[this.find(random0, random1)];
  }

  /** Puts `parts` in the place of what was known; 0 forgets the message. */
  set(random0: number, random1: number, parts: number, nowNs: number): void {
    let at = this.find(random0, random1);
    if (parts === 0) {
      if (this.parts[at] !== 0) this.free(at);
      return;
    }
    if (this.parts[at] === 0) {
      if (++this.size * 2 > this.parts.length) {
        this.grow();
        at = this.find(random0, random1);
      }
      this.key0[at] = random0;
      this.key1[at] = random1;
    }
    this.parts[at] = parts;
    this.changedNs[at] = nowNs;
  }

  /** Visits all that is known. */
  each(visit: (random0: number, random1: number, parts: number, changedNs: number) => void): void {
    for (let at = 0; at <= this.mask; at++) {
      if (this.parts[at] !== 0) visit(this.key0[at], this.key1[at], this.parts[at], this.changedNs[at]);
    }
  }

  /** Place of the message, or the free place where it would go. */
  private find(random0: number, random1: number): number {
    const { parts, key0, key1, mask } = this;
    let at = random0 & mask;
    while (parts[at] !== 0 && (key0[at] !== random0 || key1[at] !== random1)) at = (at + 1) & mask;
    return at;
  }

  private free(place: number): void {
    const { parts, key0, key1, changedNs, mask } = this;
    let hole = place;
    for (let at = (hole + 1) & mask; parts[at] !== 0; at = (at + 1) & mask) {
      if (((at - key0[at]) & mask) < ((at - hole) & mask)) continue;
      parts[hole] = parts[at];
      key0[hole] = key0[at];
      key1[hole] = key1[at];
      changedNs[hole] = changedNs[at];
      hole = at;
    }
    parts[hole] = 0;
    this.size--;
  }

  private grow(): void {
    const { parts, key0, key1, changedNs } = this;
    const length = parts.length * 2;
    this.parts = new Uint8Array(length);
    this.key0 = new Int32Array(length);
    this.key1 = new Int32Array(length);
    this.changedNs = new Float64Array(length);
    this.mask = length - 1;
    for (let old = 0; old < parts.length; old++) {
      if (parts[old] === 0) continue;
      const at = this.find(key0[old], key1[old]);
      this.parts[at] = parts[old];
      this.key0[at] = key0[old];
      this.key1[at] = key1[old];
      this.changedNs[at] = changedNs[old];
    }
  }
}
