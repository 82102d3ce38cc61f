/**
 * Which row a record has: keys, non-negative safe integers, to rows, in an open table with linear probing. A map of the engine
 * costs four times the memory, and memory for each stored message is what bounds a run.
 */

const FIRST_PLACES = 64;
const FREE = -1;
/** Of four places at most three are taken. */
const FULL_QUARTERS = 3;

export class RecordRows {
  size = 0;
  private keys = free(FIRST_PLACES);
  private rows = new Int32Array(FIRST_PLACES);

  /** Row of `key`; -1 if it has none. */
  get(key: number): number {
    const place = this.place(key);
    return this.keys[place] === FREE ? -1 : this.rows[place];
  }

  /** Gives `key`, which has none, a row. */
  add(key: number, row: number): void {
    if ((this.size + 1) * 4 > this.keys.length * FULL_QUARTERS) this.enlarge();
    const place = this.place(key);
    this.keys[place] = key;
    this.rows[place] = row;
    this.size++;
  }

  /** Takes `key` out, which must have a row. What stands behind it moves up, so that no probe ends too early. */
  remove(key: number): void {
    const { keys, rows } = this;
    const mask = keys.length - 1;
    let hole = this.place(key);
    for (let at = (hole + 1) & mask; keys[at] !== FREE; at = (at + 1) & mask) {
      // It may move to the hole if that lies between its own place and where it stands.
      if (((at - home(keys[at], mask)) & mask) < ((at - hole) & mask)) continue;
      keys[hole] = keys[at];
      rows[hole] = rows[at];
      hole = at;
    }
    keys[hole] = FREE;
    this.size--;
  }

  /** All keys, ascending. */
  sortedKeys(): Float64Array {
    return this.keys.filter((key) => key !== FREE).sort();
  }

  /** Where `key` stands, or the free place where it would. */
  private place(key: number): number {
    const { keys } = this;
    const mask = keys.length - 1;
    let at = home(key, mask);
    while (keys[at] !== key && keys[at] !== FREE) at = (at + 1) & mask;
    return at;
  }

  private enlarge(): void {
    const { keys, rows } = this;
    this.keys = free(keys.length * 2);
    this.rows = new Int32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === FREE) continue;
      const place = this.place(keys[i]);
      this.keys[place] = keys[i];
      this.rows[place] = rows[i];
    }
  }
}

/** Where a key would stand if it were alone. */
function home(key: number, mask: number): number {
  const low = key | 0;
  const high = (key / 0x100000000) | 0;
  let hash = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  hash ^= hash >>> 15;
  return hash & mask;
}

function free(places: number): Float64Array {
  return new Float64Array(places).fill(FREE);
}
