/**
 * A message on its way out, and the transactions that carry its chunks (RFC 4975 sections 7.1 and 7.1.1).
 *
 * The chunker walks the spans in range order (R7). The end-line of a chunk must be absent from its octets, whatever flag it
 * may get: it is where the next seven hyphens in a row are that only a chunk which has them is searched for its end-line.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { emptied } from '../../lists.js';
import type { Octets } from '../../../sim/host/ports.js';
import type { ChunkFrames } from '../../wire/msrp/frame-again.js';
import type { SendText } from '../../wire/msrp/write-frames.js';
import type { FailureReport } from '../codes.js';
import { Ranges } from '../receiving/ranges.js';
import type { Spans } from './spans.js';

/** How one message is cut and how far it goes. What is left out is as the endpoint does it. */
export interface SendPlan {
  /** Largest body of one SEND; the endpoint's own setting if left out. Above 2048 octets chunks are interruptible (R5). */
  readonly chunkOctets?: number;
  /** After each chunk the other messages of the session have their turn. */
  readonly interleave?: boolean;
  /** Give the message up with `#` once so many octets of it are written (R12). */
  readonly abortAfterOctets?: number;
  /** Octets that the peer has from an earlier session: the first chunk begins after them (R15). */
  readonly fromOctets?: number;
}

export const NO_PLAN: SendPlan = {};

export class OutgoingMessage {
  readonly token: number;
  readonly messageId: string;
  readonly contentType: string;
  readonly failureReport: FailureReport;
  readonly successReport: boolean;
  readonly octets: number;
  /** Block, start, end; three numbers a span. The endpoint holds the blocks until the message was written or given up. */
  readonly triples: number[];
  /** Largest body of one SEND; 0: the endpoint's own setting. */
  readonly chunkOctets: number;
  readonly interleave: boolean;
  /** Infinity for a message that is not to be aborted. */
  readonly abortAfterOctets: number;
  /** Which octets were answered 200. */
  readonly accepted = new Ranges();
  /** Octets that chunks have carried so far. */
  offset = 0;
  /** Where `offset` lies: index into `triples`, and octets of that span already used. */
  spanAt = 0;
  spanUsed = 0;
  /** The last chunk was written. */
  written = false;
  settled = false;
  /** It was settled with 200. */
  settledOk = false;
  /** The owner was told of a failure after it was settled. */
  reportedLate = false;
  /** Chunks without their response. */
  outstanding = 0;
  /** What success REPORTs cover. */
  readonly reported = new Ranges();
  /** When the wait for success REPORTs ends; 0 if there is none. */
  reportDeadlineNs = 0;
  /** The heads of its chunks, and the frames of those whose size is known beforehand; made with the first one. */
  text: SendText | null = null;
  frames: ChunkFrames | null = null;
  /** Octets before the first seven hyphens in a row that a chunk to come may carry; Infinity if there are none. */
  hyphensAt = Infinity;

  constructor(
    token: number,
    messageId: string,
    contentType: string,
    body: Spans,
    failureReport: FailureReport,
    successReport: boolean,
    plan: SendPlan = NO_PLAN,
  ) {
    this.token = token;
    this.messageId = messageId;
    this.contentType = contentType;
    this.failureReport = failureReport;
    this.successReport = successReport;
    this.octets = body.octets;
    this.triples = body.triples.slice();
    this.chunkOctets = plan.chunkOctets ?? 0;
    this.interleave = plan.interleave ?? false;
    this.abortAfterOctets = plan.abortAfterOctets ?? Infinity;
    this.skip(plan.fromOctets ?? 0);
  }

  /** Octets from the first that the peer is known to have. */
  get acceptedOctets(): number {
    return Math.max(this.accepted.prefix, this.reported.prefix);
  }

  /** It is to be aborted, and has come to that point. */
  get aborts(): boolean {
    return this.offset >= this.abortAfterOctets && this.offset < this.octets;
  }

  private skip(octets: number): void {
    assert(octets === 0 || octets < this.octets, 'a message goes on after its end');
    this.offset = octets;
    this.accepted.add(0, octets);
    for (let left = octets; left > 0;) {
      const size = this.triples[this.spanAt + 2] - this.triples[this.spanAt + 1];
      if (left < size) {
        this.spanUsed = left;
        return;
      }
      left -= size;
      this.spanAt += 3;
    }
  }

  /** True once nothing more is to be waited for. */
  get done(): boolean {
    if (!this.written || this.outstanding > 0) return false;
    return !this.successReport || this.reported.prefix >= this.octets;
  }

  /** Gives the holds on the spans back. */
  release(octets: Octets): void {
    const { triples } = this;
    for (let i = 0; i < triples.length; i += 3) octets.release(triples[i]);
    emptied(triples);
  }
}

/** One SEND without its response. Reused. */
export class Transaction {
  readonly tid: Uint8Array = new Uint8Array(12);
  /** Null for a SEND without a body (binding, keep-alive). */
  message: OutgoingMessage | null = null;
  /** Octets [start, end) of the message that the chunk carries. */
  start = 0;
  end = 0;
  /** Infinity while the chunk is being written, or where no timer runs (Failure-Report partial). */
  deadlineNs = 0;
}

const HYPHENS = 7;
const HYPHEN = 45;

/** Octets from `start` to the first seven hyphens in a row in [start, end); -1 if there are none. One of them is at every seventh place. */
function sevenHyphens(buf: Buffer, start: number, end: number): number {
  for (let at = start + HYPHENS - 1; at < end; at += HYPHENS) {
    if (buf[at] !== HYPHEN) continue;
    let run = at;
    while (run > start && buf[run - 1] === HYPHEN) run--;
    while (at + 1 < end && at + 1 < run + HYPHENS && buf[at + 1] === HYPHEN) at++;
    if (at + 1 === run + HYPHENS) return run - start;
  }
  return -1;
}

/** Finds octet patterns in a list of spans, also across the joins. */
export class SpanSearch {
  private readonly octets: Octets;
  private readonly sevenHyphens = Buffer.from('-------');
  private readonly needle = Buffer.from('-------' + 'x'.repeat(12));
  /** End of what was searched, and the beginning of the next span behind it. */
  private readonly join = Buffer.alloc(64);

  constructor(octets: Octets) {
    this.octets = octets;
  }

  /** Octets of the spans before the first seven hyphens in a row; Infinity if there are none. */
  hyphensIn(triples: readonly number[]): number {
    const at = this.find(this.sevenHyphens, triples, 0, 0, Infinity);
    return at < 0 ? Infinity : at;
  }

  /** True if `-------` and `tid` occur in the next `size` octets of `message`. */
  hasEndLine(message: OutgoingMessage, size: number, tid: Uint8Array): boolean {
    if (message.offset > message.hyphensAt) this.lookOn(message);
    if (message.offset + size < message.hyphensAt + HYPHENS) return false;
    for (let i = 0; i < tid.length; i++) this.needle[HYPHENS + i] = tid[i];
    return this.find(this.needle, message.triples, message.spanAt, message.spanUsed, size) >= 0;
  }

  /** The hyphens that were found lie behind: where are the next ones? */
  private lookOn(message: OutgoingMessage): void {
    const { triples, spanAt, spanUsed, offset } = message;
    const at = this.find(this.sevenHyphens, triples, spanAt, spanUsed, Infinity);
    message.hyphensAt = at < 0 ? Infinity : offset + at;
  }

  /** Octets before the first `pattern` in `size` octets of the spans from there on; -1 if it is not in them. */
  private find(
    pattern: Buffer,
    triples: readonly number[],
    spanAt: number,
    used: number,
    size: number,
  ): number {
    const { buf } = this.octets;
    const overlap = pattern.length - 1;
    let tail = 0;
    let left = size;
    let skip = used;
    let before = 0;
    for (let i = spanAt; i < triples.length && left > 0; i += 3) {
      const base = this.octets.start(triples[i]);
      const start = base + triples[i + 1] + skip;
      const end = Math.min(base + triples[i + 2], start + left);
      skip = 0;
      if (end <= start) continue;
      left -= end - start;
      if (tail > 0) {
        const head = Math.min(overlap, end - start);
        for (let k = 0; k < head; k++) this.join[tail + k] = buf[start + k];
        const joint = this.join.subarray(0, tail + head).indexOf(pattern);
        if (joint >= 0) return before - tail + joint;
      }
      const found =
        pattern === this.sevenHyphens
          ? sevenHyphens(buf, start, end)
          : buf.subarray(start, end).indexOf(pattern);
      if (found >= 0) return before + found;
      before += end - start;
      tail = this.keepTail(buf, start, end, tail, overlap);
    }
    return -1;
  }

  /** Keeps the last `overlap` octets of what was searched so far. */
  private keepTail(buf: Buffer, start: number, end: number, tail: number, overlap: number): number {
    const fresh = Math.min(overlap, end - start);
    const old = Math.min(tail, overlap - fresh);
    for (let k = 0; k < old; k++) this.join[k] = this.join[tail - old + k];
    for (let k = 0; k < fresh; k++) this.join[old + k] = buf[end - fresh + k];
    return old + fresh;
  }
}
