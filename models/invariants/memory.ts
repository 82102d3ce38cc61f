/**
 * The memory of a buffer as 32-bit words (little-endian), for readers that go over many octets. One object for all of them, so that an
 * arena that was left for a larger one is not kept alive by each.
 *
 * Not here: what the octets mean.
 */

/** Four hyphens. */
const HYPHENS = 0x2d2d2d2d;

export class Memory {
  /** All words of the memory that the buffer is a part of, as of the last {@link see}. */
  words: Int32Array = new Int32Array(0);
  /** Position of the buffer's octet 0 in that memory. */
  base = 0;
  private buf: Buffer | undefined;

  see(buf: Buffer): void {
    if (buf === this.buf) return;
    const memory = buf.buffer;
    if (this.words.buffer !== memory) this.words = new Int32Array(memory, 0, memory.byteLength >> 2);
    this.base = buf.byteOffset;
    this.buf = buf;
  }

  /**
   * Position in the buffer seen last of four hyphens side by side in [from, end); -1 if no word that lies in there as a whole is made of
   * them. A run of seven always has such a word.
   */
  fourHyphens(from: number, end: number): number {
    const { words, base } = this;
    const after = (base + end) >>> 2;
    let at = (base + from + 3) >>> 2;
    for (; at + 4 <= after; at += 4) {
      if (
        words[at] === HYPHENS ||
        words[at + 1] === HYPHENS ||
        words[at + 2] === HYPHENS ||
        words[at + 3] === HYPHENS
      ) {
        break;
      }
    }
    for (; at < after; at++) if (words[at] === HYPHENS) return at * 4 - base;
    return -1;
  }
}
