/**
 * A digest of long stretches of octets, at memory speed: sixteen octets at a time in four lanes, whatever their alignment, and the
 * same whether they come in one piece or in many. For the bodies of Large Messages, which are seen in pieces when they are sent
 * and in one when they are stored and pushed.
 *
 * Not cryptographic: 53 bits that tell altered, missing, added and displaced octets.
 */
const A = 0x9e3779b1;
const B = 0x85ebca77;
const C = 0xc2b2ae3d;
const D = 0x27d4eb2f;
const GRANULE = 16;

export class WideDigest {
  private a = A;
  private b = B;
  private c = C;
  private d = D;
  private octets = 0;
  /** Octets that do not fill a granule yet. */
  private readonly rest = new Uint8Array(GRANULE);
  private readonly restWords = new Int32Array(this.rest.buffer);
  private restOctets = 0;
  private words: Int32Array = new Int32Array(0);

  begin(): this {
    this.a = A;
    this.b = B;
    this.c = C;
    this.d = D;
    this.octets = this.restOctets = 0;
    return this;
  }

  /** Octets so far. */
  get length(): number {
    return this.octets;
  }

  /** Adds octets [start, end) of `buf`. */
  add(buf: Buffer, start: number, end: number): this {
    this.octets += end - start;
    let at = start;
    if (this.restOctets > 0) at = this.fill(buf, at, end);
    const granules = Math.floor((end - at) / GRANULE);
    const words = this.wordsOf(buf);
    // The very last octets of a memory that is no multiple of four are in no word.
    if (granules > 0 && (buf.byteOffset + end + 3) >>> 2 <= words.length) {
      this.mix(words, buf.byteOffset + at, granules);
      at += granules * GRANULE;
    }
    while (at < end) at = this.fill(buf, at, end);
    return this;
  }

  /** The digest of all that was added since `begin`. */
  value(): number {
    let { a, b } = this;
    for (let i = 0; i < this.restOctets; i++) {
      a = Math.imul(a ^ this.rest[i], 0x01000193);
      b = Math.imul(b + this.rest[i], D) ^ (a >>> 15);
    }
    a = Math.imul(a ^ this.c ^ this.octets, B);
    b = Math.imul(b ^ this.d ^ (a >>> 13), C);
    a ^= b >>> 16;
    return (b >>> 11) * 4294967296 + (a >>> 0);
  }

  /** Takes octets into the rest until a granule is full; returns where it stopped. */
  private fill(buf: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.restOctets < GRANULE) this.rest[this.restOctets++] = buf[at++];
    if (this.restOctets === GRANULE) {
      this.restOctets = 0;
      this.mix(this.restWords, 0, 1);
    }
    return at;
  }

  /** `from`: position in octets in the memory that `words` views. */
  private mix(words: Int32Array, from: number, granules: number): void {
    let { a, b, c, d } = this;
    let at = from >>> 2;
    const shift = (from & 3) << 3;
    if (shift === 0) {
      for (let left = granules; left > 0; left--, at += 4) {
        a = Math.imul(a ^ words[at], A);
        b = Math.imul(b ^ words[at + 1], B);
        c = Math.imul(c ^ words[at + 2], C);
        d = Math.imul(d ^ words[at + 3], D);
        a ^= a >>> 15;
        b ^= b >>> 15;
        c ^= c >>> 15;
        d ^= d >>> 15;
      }
    } else {
      const up = 32 - shift;
      let word = words[at];
      for (let left = granules; left > 0; left--, at += 4) {
        const w1 = words[at + 1];
        const w2 = words[at + 2];
        const w3 = words[at + 3];
        const w4 = words[at + 4];
        a = Math.imul(a ^ ((word >>> shift) | (w1 << up)), A);
        b = Math.imul(b ^ ((w1 >>> shift) | (w2 << up)), B);
        c = Math.imul(c ^ ((w2 >>> shift) | (w3 << up)), C);
        d = Math.imul(d ^ ((w3 >>> shift) | (w4 << up)), D);
        a ^= a >>> 15;
        b ^= b >>> 15;
        c ^= c >>> 15;
        d ^= d >>> 15;
        word = w4;
      }
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /** The memory of `buf` as words. */
  private wordsOf(buf: Buffer): Int32Array {
    const memory = buf.buffer;
    if (this.words.buffer !== memory) this.words = new Int32Array(memory, 0, memory.byteLength >> 2);
    return this.words;
  }
}
