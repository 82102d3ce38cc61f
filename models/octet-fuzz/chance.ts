/**
 * Chance for made-up octets: a small generator with a seed of its own for each input, so that any input of a campaign can be
 * made again from its number alone. It has nothing to do with the chance of a run.
 */
export class OctetChance {
  private state = 0;

  /** Begins the numbers of input `index` of the campaign `seed`. */
  begin(seed: number, index: number): void {
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
    this.next();
  }

  /** 32 bits, unsigned. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  }

  /** An integer from 0 up to `limit`, exclusive; 0 if `limit` is 0. */
  below(limit: number): number {
    return limit === 0 ? 0 : this.next() % limit;
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.next() % times === 0;
  }
}
