/**
 * A writer of pcapng files (draft-ietf-opsawg-pcapng): section header, interface descriptions, enhanced packet blocks with
 * comments. Little-endian, link type RAW (packets begin with their IP header), time stamps in nanoseconds.
 *
 * It produces octets and hands them out in pieces; who writes them to a file is not its business.
 *
 * Not produced: name resolution, statistics, decryption secrets, options besides names, resolution and comments.
 */
import { assert } from '../kernel/assert.js';

/** Gets octets [0, length) of `buf`, valid during the call only. */
export type OctetSink = (buf: Uint8Array, length: number) => void;

const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const OPTION = { end: 0, comment: 1, name: 2, description: 3, application: 4, resolution: 9 } as const;
const BYTE_ORDER = 0x1a2b3c4d;
/** LINKTYPE_RAW: IPv4 or IPv6, told apart by the version field. */
const LINK_TYPE_RAW = 101;
const SNAP_OCTETS = 262_144;
/** 10^-9 seconds. */
const NANOSECONDS = 9;
/** Handed out when so many octets have gathered. */
const FLUSH_OCTETS = 65_536;
/** Room for the largest IPv4 packet, a comment and the block around them. */
const BUFFER_OCTETS = FLUSH_OCTETS + 65_536 + 8_192;
const LONGEST_COMMENT = 2_048;

export class PcapngWriter {
  private readonly octets = new Uint8Array(BUFFER_OCTETS);
  private readonly view = new DataView(this.octets.buffer);
  private length = 0;
  private blockStart = 0;
  private interfaces = 0;

  /** Starts a section; `application` is the name of the program that wrote it. */
  constructor(
    private readonly sink: OctetSink,
    application: string,
  ) {
    this.open(BLOCK.section);
    this.word(BYTE_ORDER);
    this.half(1);
    this.half(0);
    // The length of the section is not known: -1.
    this.word(0xffffffff);
    this.word(0xffffffff);
    this.option(OPTION.application, application);
    this.close();
  }

  /** Describes the next interface; gives its number. All of them come before the first packet. */
  addInterface(name: string, description: string): number {
    this.open(BLOCK.interface);
    this.half(LINK_TYPE_RAW);
    this.half(0);
    this.word(SNAP_OCTETS);
    this.option(OPTION.name, name);
    this.option(OPTION.description, description);
    this.half(OPTION.resolution);
    this.half(1);
    this.word(NANOSECONDS);
    this.close();
    return this.interfaces++;
  }

  /**
   * One packet: octets [start, end) of `packet`. The instant is `seconds` since 1970 and
   * `nanoseconds` of the next one; an empty comment is left out.
   */
  packet(
    into: number,
    seconds: number,
    nanoseconds: number,
    packet: Uint8Array,
    start: number,
    end: number,
    comment: string,
  ): void {
    assert(into < this.interfaces, 'a packet of an interface that was not described');
    assert(start <= end && end - start <= 65_535, 'an IPv4 packet of at most 65,535 octets');
    const stamp = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
    this.open(BLOCK.packet);
    this.word(into);
    this.word(Number(stamp >> 32n));
    this.word(Number(stamp & 0xffffffffn));
    this.word(end - start);
    this.word(end - start);
    this.octets.set(packet.subarray(start, end), this.length);
    this.length += end - start;
    this.pad();
    if (comment !== '') this.option(OPTION.comment, comment.slice(0, LONGEST_COMMENT));
    this.close();
  }

  /** Hands out what is left. */
  flush(): void {
    if (this.length > 0) this.sink(this.octets, this.length);
    this.length = 0;
  }

  private open(type: number): void {
    this.blockStart = this.length;
    this.word(type);
    this.word(0);
  }

  private close(): void {
    this.half(OPTION.end);
    this.half(0);
    const total = this.length + 4 - this.blockStart;
    this.word(total);
    this.view.setUint32(this.blockStart + 4, total, true);
    if (this.length >= FLUSH_OCTETS) this.flush();
  }

  /** A text option. Texts are ASCII; what is not becomes a question mark. */
  private option(code: number, text: string): void {
    this.half(code);
    this.half(text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      this.octets[this.length++] = unit < 0x80 ? unit : 0x3f;
    }
    this.pad();
  }

  private pad(): void {
    while ((this.length & 3) !== 0) this.octets[this.length++] = 0;
  }

  private half(value: number): void {
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }

  private word(value: number): void {
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }
}
