/**
 * Reads what is seen of Large Messages on behalf of the witness: the content piece by piece when it is sent, the record when it is
 * stored, the two parts when it is pushed, the INVITE and the body when it is delivered live.
 *
 * The layout of a record is that of `models/im-server/store/record.ts`; a wrong number here fails every test.
 */
import { SlowFragment } from '../readers/slow-fragment.js';
import { slowDigest } from '../readers/slow-sip.js';
import { WideDigest } from '../readers/wide-digest.js';

/** Octets before the start line in a stored record, and where its lengths stand in them. */
export const RECORD_PREFIX_OCTETS = 56;
const MODE_AT = 1;
const LARGE_MODE = 1;
const HEAD_OCTETS_AT = 12;
const BODY_OCTETS_AT = 48;
const FRAGMENT_OCTETS_AT = 52;

export class LargeReader {
  readonly fragment = new SlowFragment();
  /** Of the record, payload or body that was read last. */
  headEnd = 0;
  bodyStart = 0;
  bodyEnd = 0;
  private readonly sentContent = new WideDigest();
  private readonly seenContent = new WideDigest();
  /** That of the body that was read last, once somebody asked. */
  private digest: number | undefined;

  /** A piece of the content as its sender has it. Returns octets so far. */
  content(offset: number, buf: Buffer, start: number, end: number): number {
    if (offset === 0) this.sentContent.begin();
    return this.sentContent.add(buf, start, end).length;
  }

  /** Digest of the content that was seen last at its sender. */
  get contentDigest(): number {
    return this.sentContent.value();
  }

  /** Digest of the body that was read last. */
  bodyDigest(buf: Buffer): number {
    this.digest ??= this.seenContent.begin().add(buf, this.bodyStart, this.bodyEnd).value();
    return this.digest;
  }

  /** True if the record in octets [start, end) is that of a Large Message. */
  static isLarge(buf: Buffer, start: number, end: number): boolean {
    return end - start > RECORD_PREFIX_OCTETS && buf[start + MODE_AT] === LARGE_MODE;
  }

  /** Divides a record into head, fragment and body. What is wrong, or undefined. */
  record(buf: Buffer, start: number, end: number): string | undefined {
    this.digest = undefined;
    const head = start + RECORD_PREFIX_OCTETS;
    this.headEnd = head + u32(buf, start + HEAD_OCTETS_AT);
    const fragmentEnd =
      this.headEnd + buf[start + FRAGMENT_OCTETS_AT] + buf[start + FRAGMENT_OCTETS_AT + 1] * 256;
    this.bodyStart = fragmentEnd;
    this.bodyEnd = fragmentEnd + u32(buf, start + BODY_OCTETS_AT);
    if (this.bodyEnd !== end) return 'a record whose lengths do not add up';
    return this.fragment.read(buf, this.headEnd, fragmentEnd, false) ? undefined : this.fragment.fault;
  }

  /** Reads the message/msrpfrag part of a pushed payload. What is wrong, or undefined. */
  pushed(buf: Buffer, start: number, end: number): string | undefined {
    this.digest = undefined;
    const ok = this.fragment.read(buf, start, end, true);
    this.bodyStart = this.fragment.bodyStart;
    this.bodyEnd = this.fragment.bodyEnd;
    return ok ? undefined : this.fragment.fault;
  }

  /** The body as it came live. */
  live(start: number, end: number): void {
    this.digest = undefined;
    this.bodyStart = start;
    this.bodyEnd = end;
  }
}

/** Digest of the value of line `name` in octets [start, end); 0 if there is none. Lines end in CRLF. */
export function lineDigest(buf: Buffer, start: number, end: number, name: string): number {
  const text = buf.latin1Slice(start, end);
  const at = text.indexOf(`${name}: `);
  const lineEnd = text.indexOf('\r\n', at);
  return at < 0 || lineEnd < 0 ? 0 : slowDigest(buf, start + at + name.length + 2, start + lineEnd);
}

function u32(buf: Buffer, at: number): number {
  return buf[at] + buf[at + 1] * 256 + buf[at + 2] * 65536 + buf[at + 3] * 16777216;
}
