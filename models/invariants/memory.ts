/**
 * The memory of a buffer as 32-bit words (little-endian), for readers that go over many octets. One object for all of them, so that an
 * arena that was left for a larger one is not kept alive by each.
 *
 * Not here: what the octets mean.
 */

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
}
