/**
 * A digest of long stretches of octets, at memory speed: thirty-two octets at a time in four lanes, whatever their alignment, and the
 * same whether they come in one piece or in many. For the bodies of Large Messages, which are seen in pieces when they are sent
 * and in one when they are stored and pushed.
 *
 * Not cryptographic: 53 bits that tell altered, missing, added and displaced octets.
 */
const A = 0x9e3779b1;
const B = 0x85ebca77;
const C = 0xc2b2ae3d;
const D = 0x27d4eb2f;
const GRANULE = 32;

export class WideDigest {
  private a = A;
  private b = B;
  private c = C;
  private d = D;
  private octets = 0;
  /** Octets that do not fill a granule yet. */
  private readonly rest = new Uint8Array(GRANULE);
  private readonly restView = new DataView(this.rest.buffer);
  private restOctets = 0;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private viewed: Buffer | null = null;

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
    if (granules > 0) {
      this.mix(this.viewOf(buf), buf.byteOffset + at, granules);
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
      this.mix(this.restView, 0, 1);
    }
    return at;
  }

  /**
   * `from`: position in octets in the memory that `view` views, which reads words at any alignment. A lane takes two words for a
   * multiplication; without the shift after it what lies in high bits would stay there, and two changes could cancel each other.
   */
  private mix(view: DataView, from: number, granules: number): void {
    let { a, b, c, d } = this;
    const end = from + granules * GRANULE;
    for (let at = from; at < end; at += GRANULE) {
      a = (Math.imul(a ^ view.getInt32(at, true), A) + view.getInt32(at + 16, true)) | 0;
      b = (Math.imul(b ^ view.getInt32(at + 4, true), B) + view.getInt32(at + 20, true)) | 0;
      c = (Math.imul(c ^ view.getInt32(at + 8, true), C) + view.getInt32(at + 24, true)) | 0;
      d = (Math.imul(d ^ view.getInt32(at + 12, true), D) + view.getInt32(at + 28, true)) | 0;
      a ^= a >>> 15;
      b ^= b >>> 15;
      c ^= c >>> 15;
      d ^= d >>> 15;
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  private viewOf(buf: Buffer): DataView {
    if (this.viewed !== buf) {
      this.viewed = buf;
      this.view = new DataView(buf.buffer);
    }
    return this.view;
  }
}
