/**
 * Comparing stretches of octets by 32-bit words, at any alignment of both: what a call into the engine costs is more than the
 * comparison of a head. The slow twin is `Buffer.compare`; a test compares both.
 */

/** The memory of a buffer, to be read as words at any place; made anew when another buffer is seen. */
export class Words {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Position of the buffer's octet 0 in that memory. */
  base = 0;
  private buf: Buffer | undefined;

  see(buf: Buffer): this {
    if (buf === this.buf) return this;
    const memory = buf.buffer;
    if (this.view.buffer !== memory) this.view = new DataView(memory);
    this.base = buf.byteOffset;
    this.buf = buf;
    return this;
  }
}

/** True if the `octets` octets at `from` of `a` are those at `at` of `b`. Both must lie in their buffers. */
export function sameOctets(a: Words, from: number, b: Words, at: number, octets: number): boolean {
  const left = a.view;
  const right = b.view;
  let i = a.base + from;
  let k = b.base + at;
  const end = i + octets;
  for (; i + 4 <= end; i += 4, k += 4) if (left.getInt32(i) !== right.getInt32(k)) return false;
  for (; i < end; i++, k++) if (left.getUint8(i) !== right.getUint8(k)) return false;
  return true;
}
