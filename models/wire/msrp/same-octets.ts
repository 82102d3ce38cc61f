/**
 * Comparing stretches of octets by 32-bit words, at any alignment of both: what a call into the engine costs is more than the
 * comparison of a head. The slow twin is `Buffer.compare`; a test compares both.
 */

/** The memory of a buffer as words; made anew when another buffer is seen. */
export class Words {
  words: Int32Array = new Int32Array(0);
  /** Position of the buffer's octet 0 in the words, in octets. */
  base = 0;
  private buf: Buffer | undefined;

  see(buf: Buffer): this {
    if (buf === this.buf) return this;
    const memory = buf.buffer;
    if (this.words.buffer !== memory) this.words = new Int32Array(memory, 0, memory.byteLength >> 2);
    this.base = buf.byteOffset;
    this.buf = buf;
    return this;
  }
}

/** True if the `octets` octets at `from` of `a` are those at `at` of `b`. Both must lie in their buffers. */
export function sameOctets(a: Words, from: number, b: Words, at: number, octets: number): boolean {
  const left = a.words;
  const right = b.words;
  const leftAt = a.base + from;
  const rightAt = b.base + at;
  let i = leftAt >>> 2;
  let k = rightAt >>> 2;
  const down = (leftAt & 3) << 3;
  const downRight = (rightAt & 3) << 3;
  const up = 31 - down;
  const upRight = 31 - downRight;
  for (let words = octets >>> 2; words > 0; words--, i++, k++) {
    const one = (left[i] >>> down) | ((left[i + 1] << 1) << up);
    const other = (right[k] >>> downRight) | ((right[k + 1] << 1) << upRight);
    if (one !== other) return false;
  }
  for (let n = octets & -4; n < octets; n++) {
    const one = left[(leftAt + n) >>> 2] >>> (((leftAt + n) & 3) << 3);
    const other = right[(rightAt + n) >>> 2] >>> (((rightAt + n) & 3) << 3);
    if (((one ^ other) & 0xff) !== 0) return false;
  }
  return true;
}
