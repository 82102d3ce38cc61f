/**
 * The stored record of a deferred message, read: the durable form, which says all that is needed after a restart.
 *
 *     fixed part, 56 octets, little-endian
 *        0  u8   version (1)                     24  f64  receivedAtMs, wall clock of the server at receipt
 *        1  u8   mode (RecordMode)               32  f64  expiresAtNs; -1 never
 *        2  u16  flags (RecordFlag)              40  u32  random bits, first word
 *        4  u32  user: the served IM User (S5)   44  u32  random bits, second word
 *        8  u32  dm: number of the message       48  u32  octets of the body
 *       12  u32  octets of the head              52  u16  octets of the fragment
 *       16  f64  receivedAtNs                    54  u8   0
 *                                                55  u8   wrappers that were refused, a bit for each (A18)
 *     head      start line, kept header lines as they came, Date if it was absent, empty line
 *     fragment  Large Message Mode only: `MSRP tid SEND`, Message-ID and Content-Type of the first SEND, empty line
 *     body      as it came, or as it was assembled (S3-asm)
 *
 * The change request shows both stored forms as multipart/mixed (E1-store: one part message/sip; E2-store: sipfrag and
 * msrpfrag). Head and body are exactly the content of that one part, head | fragment and body that of those two: delimiters
 * and part headers are the same for every record, so they are not stored but written when a message is pushed
 * (`wrapper.ts`). Lengths delimit the parts, so no content can collide with a boundary in the store.
 *
 * Identifiers grow from the random bits (`record-ids.ts`). The fixed part is all the overhead there is.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { Block, Octets } from '../../../sim/host/ports.js';
import { IdPurpose, dmIdText, idText } from './record-ids.js';

export const RECORD_VERSION = 1;
/** Octets of the fixed part. */
export const RECORD_FIXED_OCTETS = 56;
/** Base-62 characters of a push Message-ID: 71 bits, within the ident of RFC 4975 section 9. */
const PUSH_ID_CHARS = 12;

/** PM or LM. */
export const RecordMode = { pager: 0, large: 1 } as const;
export type RecordMode = (typeof RecordMode)[keyof typeof RecordMode];

/** Bits of the flags. */
export const RecordFlag = {
  /** The sender asked for anonymity: S2 was applied. */
  anonymous: 1,
  /** Date was absent; the head has one of ours (S1-date). */
  dateAdded: 2,
  /** Date came but is no valid date; the head has it as it came, the push substitutes the receive time (A7). */
  dateInvalid: 4,
  /** Kept, but not pushed any more (A18). */
  deadLettered: 8,
  /** Undeliverable-large: a client answered it 413, so it is pushed again after a third-party REGISTER only (A18). */
  tooLarge: 16,
} as const;

/** Why octets are not a record. */
export const RecordFault = { none: 0, short: 1, version: 2, mode: 3, lengths: 4 } as const;
export type RecordFault = (typeof RecordFault)[keyof typeof RecordFault];

/** Offsets of the fixed part. */
export const At = {
  version: 0,
  mode: 1,
  flags: 2,
  user: 4,
  dm: 8,
  headOctets: 12,
  receivedAtNs: 16,
  receivedAtMs: 24,
  expiresAtNs: 32,
  random0: 40,
  random1: 44,
  bodyOctets: 48,
  fragmentOctets: 52,
  zero: 54,
  wrappersRefused: 55,
} as const;

/** A record as spans of the buffer it was read from. Reuse one object. */
export class StoredRecord {
  /** Where it was read; all spans are positions in this buffer. */
  start = 0;
  end = 0;
  mode: RecordMode = RecordMode.pager;
  flags = 0;
  user = 0;
  dm = 0;
  receivedAtNs = 0;
  receivedAtMs = 0;
  /** -1: never. */
  expiresAtNs = -1;
  random0 = 0;
  random1 = 0;
  /** A bit for each `Wrapper` (`push/wrapper.ts`) under which it was pushed and answered 415 (A18). */
  wrappersRefused = 0;
  /** Start line, header lines and empty line. */
  headStart = 0;
  headEnd = 0;
  /** Empty in Pager Mode. */
  fragmentStart = 0;
  fragmentEnd = 0;
  bodyStart = 0;
  bodyEnd = 0;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private viewed: Buffer | null = null;

  /** Reads the record in octets [start, end) of `buf`, which must be exactly it. */
  read(buf: Buffer, start: number, end: number): RecordFault {
    if (end - start < RECORD_FIXED_OCTETS) return RecordFault.short;
    const view = this.viewOf(buf);
    const at = start + buf.byteOffset;
    if (view.getUint8(at + At.version) !== RECORD_VERSION) return RecordFault.version;
    const mode = view.getUint8(at + At.mode);
    if (mode !== RecordMode.pager && mode !== RecordMode.large) return RecordFault.mode;
    this.start = start;
    this.end = end;
    this.mode = mode;
    this.flags = view.getUint16(at + At.flags, true);
    this.user = view.getUint32(at + At.user, true);
    this.dm = view.getUint32(at + At.dm, true);
    this.receivedAtNs = view.getFloat64(at + At.receivedAtNs, true);
    this.receivedAtMs = view.getFloat64(at + At.receivedAtMs, true);
    this.expiresAtNs = view.getFloat64(at + At.expiresAtNs, true);
    this.random0 = view.getInt32(at + At.random0, true);
    this.random1 = view.getInt32(at + At.random1, true);
    this.wrappersRefused = view.getUint8(at + At.wrappersRefused);
    this.headStart = start + RECORD_FIXED_OCTETS;
    this.headEnd = this.headStart + view.getUint32(at + At.headOctets, true);
    this.fragmentStart = this.headEnd;
    this.fragmentEnd = this.headEnd + view.getUint16(at + At.fragmentOctets, true);
    this.bodyStart = this.fragmentEnd;
    this.bodyEnd = this.bodyStart + view.getUint32(at + At.bodyOctets, true);
    return this.bodyEnd === end ? RecordFault.none : RecordFault.lengths;
  }

  /** A view of all of the buffer's memory; made anew only when the arena was replaced. */
  private viewOf(buf: Buffer): DataView {
    if (this.viewed !== buf) {
      this.viewed = buf;
      this.view = new DataView(buf.buffer);
    }
    return this.view;
  }

  get anonymous(): boolean {
    return (this.flags & RecordFlag.anonymous) !== 0;
  }

  get deadLettered(): boolean {
    return (this.flags & RecordFlag.deadLettered) !== 0;
  }

  get tooLarge(): boolean {
    return (this.flags & RecordFlag.tooLarge) !== 0;
  }

  get bodyOctets(): number {
    return this.bodyEnd - this.bodyStart;
  }

  /** The unique id of S4, `sip:String@hostname`. */
  dmId(host: string): string {
    return dmIdText(this.random0, this.random1, host);
  }

  /** The push Message-ID for this wrapper: the same on every retry (A11). */
  pushMessageId(wrapper: number): string {
    return idText(this.random0, this.random1, IdPurpose.pushMessage, wrapper, PUSH_ID_CHARS);
  }
}

/**
 * A copy of the record in `block` (`length` octets) with what may change in it: flags, and the wrappers that were refused. Held by the
 * caller, ready for `storage.put`. Blocks are never written again once handed on, hence the copy.
 */
export function amendRecord(
  octets: Octets,
  block: Block,
  length: number,
  flags: number,
  wrappersRefused: number,
): Block {
  assert(length >= RECORD_FIXED_OCTETS, 'amended record is too short');
  assert(flags < 0x10000 && wrappersRefused < 0x100, 'amended field out of range');
  const copy = octets.alloc(length);
  const { buf } = octets;
  const from = octets.start(block);
  const to = octets.start(copy);
  buf.copyWithin(to, from, from + length);
  buf[to + At.flags] = flags & 255;
  buf[to + At.flags + 1] = flags >>> 8;
  buf[to + At.wrappersRefused] = wrappersRefused;
  return copy;
}
