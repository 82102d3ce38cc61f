/**
 * The memory of a buffer, to be read as 32-bit words at any place, for readers that go over many octets. One object for all of them, so that an
 * arena that was left for a larger one is not kept alive by each.
 *
 * Not here: what the octets mean.
 */

export class Memory {
  /** All of the memory that the buffer is a part of, as of the last {@link see}. */
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Position of the buffer's octet 0 in that memory. */
  base = 0;
  private buf: Buffer | undefined;

  see(buf: Buffer): void {
    if (buf === this.buf) return;
    const memory = buf.buffer;
    if (this.view.buffer !== memory) this.view = new DataView(memory);
    this.base = buf.byteOffset;
    this.buf = buf;
  }
}
