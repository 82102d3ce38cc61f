/**
 * One message on its way in: the virtual buffer of RFC 4975 section 7.3.1. Octets go where Byte-Range says, in any order; the
 * last received win where chunks overlap (R11); the chunk with `$` tells the total (R9, R10).
 *
 * The buffer is a list of segments, so that a message holds what has arrived and little more, whatever total its sender promises. A
 * message that fits one segment, the common case, is complete without another copy.
 *
 * Not modelled: rendering before the message is complete.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { emptied } from '../../lists.js';
import type { Block, Octets } from '../../../sim/host/ports.js';
import type { FrameHead } from '../../wire/msrp/frame-head.js';
import type { IdMemory } from './id-memory.js';
import { Ranges } from './ranges.js';
import type { ReceivedMessage } from './received-message.js';
import type { PendingReply } from './pending-reply.js';
import { Segments } from './segments.js';
import { Spans } from '../sending/spans.js';

export class PartialMessage implements ReceivedMessage {
  handle = 0;
  chunks = 0;
  droppedContentHeaders = 0;
  firstChunkNs = 0;
  /** The session that it is being collected for; 0 once it is complete or given up. */
  collecting = 0;
  /** Counts the messages that this object was used for: it is used again for others. */
  uses = 0;
  /** When it is discarded unless another chunk comes (R13). */
  deadlineNs = 0;
  /** -1 until the chunk with `$` has come. */
  total = -1;
  /** What Byte-Range promises; -1 if nothing. */
  promised = -1;
  readonly received = new Ranges();
  /** True once a chunk that starts at 1 has given its Content-Type and transaction id (A13). */
  fromFirst = false;

  label: Block = 0;
  idStart = 0;
  idEnd = 0;
  typeStart = 0;
  typeEnd = 0;
  tidStart = 0;
  tidEnd = 0;
  /** For the answer: transaction id and From-Path of the chunk that completed the message, and what it asked for. */
  replyTidStart = 0;
  replyTidEnd = 0;
  replyPathStart = 0;
  replyPathEnd = 0;
  failureReport = 0;
  successReport = 0;
  sessionId = 0;
  /** Of the session that completed it. */
  peerKey = '';
  /** Duplicates that came while the owner had not answered. */
  readonly duplicates: PendingReply[] = [];

  private readonly octets: Octets;
  private readonly segments: Segments;
  private readonly list = new Spans();

  constructor(octets: Octets) {
    this.octets = octets;
    this.segments = new Segments(octets);
  }

  /** Octets of arena memory that the segments hold. */
  get heldOctets(): number {
    return this.segments.heldOctets;
  }

  /** Makes the object as new; its blocks must have been released. */
  reset(nowNs: number): void {
    this.chunks = 0;
    this.droppedContentHeaders = 0;
    this.firstChunkNs = nowNs;
    this.total = -1;
    this.promised = -1;
    this.received.clear();
    this.fromFirst = false;
    this.deadlineNs = 0;
  }

  get length(): number {
    return this.total;
  }

  /** Copies octets [start, end) of `buf` to position `offset` of the message. They count once `received` says so. */
  put(offset: number, buf: Buffer, start: number, end: number): void {
    this.segments.put(offset, buf, start, end, this.promised);
  }

  /** True once every octet up to the total is there (R10). */
  get complete(): boolean {
    return this.total >= 0 && this.received.prefix >= this.total;
  }

  /** The body as spans, one a segment; for owners that copy it somewhere anyway. */
  get spans(): Spans {
    assert(this.complete, 'spans of an incomplete message');
    this.segments.addTo(this.list.clear(), this.total);
    return this.list;
  }

  /** The body in one block. Copies it the first time, if it has more than one segment. */
  get block(): Block {
    assert(this.complete, 'block of an incomplete message');
    const { segments } = this;
    return segments.single !== 0 || segments.count === 0 ? segments.single : segments.join(this.total);
  }

  /**
   * Keeps Message-ID, Content-Type and transaction id of `head` beyond the frame, and for the last chunk what a reply needs. A type that
   * was told stays where a later first chunk tells none (D-100).
   */
  keepLabel(head: FrameHead, asFirst: boolean, forReply: boolean): void {
    const { octets } = this;
    const old = this.label;
    const from = octets.buf;
    const oldStart = old === 0 ? 0 : octets.start(old);
    const keep = old !== 0 && !asFirst;
    const keepType = keep || (old !== 0 && !head.contentType.present);
    const type = keepType
      ? this.typeEnd - this.typeStart
      : Math.max(0, head.contentType.end - head.contentType.start);
    const tid = keep ? this.tidEnd - this.tidStart : head.tid.end - head.tid.start;
    const id = head.messageId.end - head.messageId.start;
    const replyTid = forReply ? head.tid.end - head.tid.start : 0;
    const path = forReply ? head.fromPath.end - head.fromPath.start : 0;
    const label = octets.alloc(id + type + tid + replyTid + path);
    const to = octets.buf;
    const start = octets.start(label);
    let at = start;
    at = copy(to, at, head.buf, head.messageId.start, id);
    if (keepType) at = copy(to, at, from, oldStart + this.typeStart, type);
    else at = copy(to, at, head.buf, head.contentType.start, type);
    if (keep) at = copy(to, at, from, oldStart + this.tidStart, tid);
    else at = copy(to, at, head.buf, head.tid.start, tid);
    at = copy(to, at, head.buf, head.tid.start, replyTid);
    copy(to, at, head.buf, head.fromPath.start, path);
    if (old !== 0) octets.release(old);
    this.label = label;
    this.idStart = 0;
    this.idEnd = this.typeStart = id;
    this.typeEnd = this.tidStart = id + type;
    this.tidEnd = this.replyTidStart = id + type + tid;
    this.replyTidEnd = this.replyPathStart = this.replyTidStart + replyTid;
    this.replyPathEnd = this.replyPathStart + path;
  }

  /** True if octets [start, end) of `buf` are the Message-ID. */
  hasId(buf: Buffer, start: number, end: number): boolean {
    if (this.label === 0) return false;
    if (end - start !== this.idEnd) return false;
    const own = this.octets.buf;
    const base = this.octets.start(this.label);
    for (let i = this.idEnd - 1; i >= 0; i--) if (own[base + i] !== buf[start + i]) return false;
    return true;
  }

  /** Notes in `ids` how the message ended; its label must have been kept. */
  rememberIn(ids: IdMemory, status: number, nowNs: number): void {
    assert(this.label !== 0, 'a message without a label');
    const base = this.octets.start(this.label);
    ids.remember(this.octets.buf, base + this.idStart, base + this.idEnd, status, nowNs);
  }

  /** What `ids` says of the message; -1 if nothing. */
  statusIn(ids: IdMemory): number {
    assert(this.label !== 0, 'a message without a label');
    const base = this.octets.start(this.label);
    return ids.look(this.octets.buf, base + this.idStart, base + this.idEnd);
  }

  /** Gives all memory back. */
  release(): void {
    this.segments.release();
    if (this.label !== 0) this.octets.release(this.label);
    this.label = 0;
    emptied(this.duplicates);
  }
}

function copy(to: Buffer, at: number, from: Buffer, start: number, octets: number): number {
  for (let i = 0; i < octets; i++) to[at + i] = from[start + i];
  return at + octets;
}
