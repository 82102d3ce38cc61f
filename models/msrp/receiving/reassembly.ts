/**
 * Which chunk belongs to which message, and what all partial messages of an endpoint may cost (RFC 4975 section 7.3.1; R8 to
 * R15). Keyed by session and Message-ID; a session that failed leaves its partials and finished ids to a replacement for a
 * resume window (R15). A replacement that comes before this side knows of the failure finds the finished ids too, and so does one
 * that comes after a BYE (`after-bye.ts`).
 *
 * Bounded: octets of one message, octets of all partials, partials of a session, gaps of a message, time without a chunk, finished ids.
 */
import type { FrameHead } from '../../wire/msrp/frame-head.js';
import { MsrpStatus } from '../codes.js';
import type { Context } from '../context.js';
import { AfterBye, finishedIn, GOOD_ID_OCTETS, ID_PENDING } from './after-bye.js';
import { IdMemory } from './id-memory.js';
import { TimerOf } from '../context.js';
import { Out } from '../outputs.js';
import { PartialMessage } from './partial-message.js';
import type { Session } from '../session.js';

/** What a failed session left behind. */
interface Leftover {
  readonly partials: PartialMessage[];
  readonly ids: IdMemory;
  readonly expiresNs: number;
}

/** A remembered id whose first octets were discarded after too long a wait (R13): it begins anew, or not at all. */
const ID_GONE = 1;

const HASH = 35;
const DOLLAR = 36;
/** Spare message objects that are kept. */
const SPARE_KEPT = 256;

export class Reassembly {
  /** Octets of arena memory that partial messages hold. */
  heldOctets = 0;
  /** After `begin` gave null: the status that refuses the chunk, or 200 or `ID_PENDING` for a duplicate. */
  verdict = 0;
  private readonly ctx: Context;
  private readonly spare: PartialMessage[] = [];
  private readonly leftovers = new Map<string, Leftover>();
  /** Open sessions that have a peer key, by it. */
  private readonly open = new Map<string, Session[]>();
  private readonly afterBye: AfterBye;

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.afterBye = new AfterBye(ctx.config.afterByeNs);
  }

  /** The incomplete message that a chunk belongs to; null if it has none yet. With its first chunk a session is the replacement. */
  find(session: Session, head: FrameHead): PartialMessage | null {
    session.heirUntilNs = 0;
    const { start, end } = head.messageId;
    for (const partial of session.partials) if (partial.hasId(head.buf, start, end)) return partial;
    return null;
  }

  /**
   * Begins the message that a chunk with a body belongs to; null if its octets are to be passed over (see `verdict`). The chunk that
   * begins it must tell its type (RFC 4975 section 7.1); from later ones it is not asked.
   */
  begin(session: Session, head: FrameHead): PartialMessage | null {
    const { config, counters, judge, nowNs } = this.ctx;
    const { messageId, contentType } = head;
    const own = session.ids.look(head.buf, messageId.start, messageId.end);
    const known = own >= 0 ? own : this.lookElsewhere(session, head);
    // Known from elsewhere, it is known from now on for as long as this session, and what that leaves.
    if (own < 0 && known >= 0) session.ids.remember(head.buf, messageId.start, messageId.end, known, nowNs);
    if (known >= 0 && (known !== ID_GONE || head.rangeStart > 1)) {
      this.verdict = known === ID_GONE ? MsrpStatus.stopSending : known;
      if (known === MsrpStatus.ok || known === ID_PENDING) counters.duplicateChunks++;
      return null;
    }
    if (head.total > config.maxMessageOctets || session.partials.length >= config.maxPartialsOfSession) {
      return this.refuse(session, head, MsrpStatus.stopSending);
    }
    if (!contentType.present) {
      // Nothing is remembered: the sender may mend it and come again (RFC 4975 section 10.2).
      this.verdict = MsrpStatus.badRequest;
      return null;
    }
    const { start, end } = contentType;
    const status = judge.judgeMessage(session.id, session.tag, head.buf, start, end, head.total);
    if (status !== MsrpStatus.ok) return this.refuse(session, head, status);
    const partial = this.spare.pop() ?? new PartialMessage(this.ctx.octets);
    partial.reset(nowNs);
    partial.promised = Math.max(head.total, head.rangeEnd);
    partial.collecting = session.id;
    partial.uses++;
    session.partials.push(partial);
    return partial;
  }

  /** How the message ended in another session of the same peer key (R15): 200 or `ID_PENDING`; -1 if none has it. */
  private lookElsewhere({ peerKey }: Session, { buf, messageId: { start, end } }: FrameHead): number {
    if (peerKey === '' || this.ctx.config.resumeWindowNs === 0 || end - start < GOOD_ID_OCTETS) return -1;
    for (const ids of this.idsOf(peerKey)) {
      const status = finishedIn(ids, buf, start, end);
      if (status >= 0) return status;
    }
    return -1;
  }

  /**
   * What is remembered for a peer key: in open sessions, one of which its sender may know to be dead while this side does not; in what
   * a failed one left when its replacement was there already; and in those that she ended.
   */
  private idsOf(peerKey: string): IdMemory[] {
    const all: IdMemory[] = [];
    for (const { ids, endedBefore } of this.open.get(peerKey) ?? []) {
      all.push(ids);
      if (endedBefore !== null) all.push(endedBefore);
    }
    const left = this.leftovers.get(peerKey)?.ids;
    const ended = this.afterBye.of(peerKey, this.ctx.nowNs);
    if (left !== undefined) all.push(left);
    if (ended !== undefined) all.push(ended);
    return all;
  }

  private refuse(session: Session, head: FrameHead, status: number): null {
    session.ids.remember(head.buf, head.messageId.start, head.messageId.end, status, this.ctx.nowNs);
    this.verdict = status;
    return null;
  }

  /** Puts body octets in their place; false if a limit forbids it, and then the message is gone (413). */
  put(
    session: Session,
    partial: PartialMessage,
    head: FrameHead,
    offset: number,
    buf: Buffer,
    start: number,
    end: number,
  ): boolean {
    const { config } = this.ctx;
    const at = head.rangeStart - 1 + offset;
    if (at + end - start > config.maxMessageOctets) return this.drop(session, partial, head);
    const before = partial.heldOctets;
    partial.put(at, buf, start, end);
    this.heldOctets += partial.heldOctets - before;
    if (this.heldOctets > config.maxPartialOctets) return this.drop(session, partial, head);
    return true;
  }

  private drop(session: Session, partial: PartialMessage, head: FrameHead): false {
    this.refuse(session, head, MsrpStatus.stopSending);
    this.discard(session, partial);
    return false;
  }

  /**
   * A chunk has ended. Returns 200 if the message is now complete (it is taken out of the session and waits for its answer),
   * 0 if it goes on or was aborted, 413 if it has too many gaps.
   */
  end(session: Session, partial: PartialMessage, head: FrameHead, bodyOctets: number, flag: number): number {
    const { config, nowNs } = this.ctx;
    partial.chunks++;
    if (flag === HASH) {
      this.discard(session, partial);
      return 0;
    }
    const start = head.rangeStart - 1;
    if (flag === DOLLAR) partial.total = start + bodyOctets;
    partial.received.add(start, start + bodyOctets);
    if (partial.received.gaps > config.maxGaps) {
      this.drop(session, partial, head);
      return MsrpStatus.stopSending;
    }
    const asFirst = partial.label === 0 || (start === 0 && !partial.fromFirst);
    if (start === 0) partial.fromFirst = true;
    // They describe the type that is kept.
    if (partial.label === 0 || (asFirst && head.contentType.present))
      partial.droppedContentHeaders = head.mimeHeaders;
    if (partial.complete) {
      partial.keepLabel(head, asFirst, true);
      partial.failureReport = head.failureReport;
      partial.successReport = head.successReport;
      partial.sessionId = session.id;
      partial.peerKey = session.peerKey;
      session.partials.splice(session.partials.indexOf(partial), 1);
      partial.collecting = 0;
      return MsrpStatus.ok;
    }
    if (asFirst) partial.keepLabel(head, true, false);
    partial.deadlineNs = nowNs + config.partialTimeoutNs;
    this.ctx.wake(session, partial.deadlineNs);
    return 0;
  }

  /** A SEND without a body that ends in `#` gives up the message of its Message-ID (RFC 4975 section 7.1), if there is one. */
  abort(session: Session, { buf, messageId: { start, end } }: FrameHead): void {
    const partial = session.partials.find((one) => one.hasId(buf, start, end));
    if (partial !== undefined) this.discard(session, partial);
  }

  /** Forgets an incomplete message of the session. */
  discard(session: Session, partial: PartialMessage): void {
    session.partials.splice(session.partials.indexOf(partial), 1);
    this.ctx.counters.partialsDiscarded++;
    this.recycle(partial);
  }

  /** Gives back what a message holds, once nobody looks at it any more. */
  recycle(partial: PartialMessage): void {
    this.heldOctets -= partial.heldOctets;
    partial.release();
    partial.collecting = 0;
    if (this.spare.length < SPARE_KEPT) this.spare.push(partial);
  }

  /** Discards partials that waited too long (R13), and what still comes of them is refused; returns when to look again. */
  expire(session: Session): number {
    let next = Infinity;
    for (let i = session.partials.length - 1; i >= 0; i--) {
      const partial = session.partials[i];
      if (partial.deadlineNs === 0) continue;
      if (partial.deadlineNs <= this.ctx.nowNs) this.giveUp(session, partial);
      else next = Math.min(next, partial.deadlineNs);
    }
    return next;
  }

  private giveUp(session: Session, partial: PartialMessage): void {
    const { connection, ids } = session;
    const { nowNs } = this.ctx;
    if (connection !== null && connection.partial === partial) {
      // A chunk of it stands still in the middle; its head may be all that names the message.
      const { buf, messageId } = connection.parser.head;
      ids.remember(buf, messageId.start, messageId.end, ID_GONE, nowNs);
      connection.partial = null;
      connection.refusal = MsrpStatus.stopSending;
    } else partial.rememberIn(ids, ID_GONE, nowNs);
    this.discard(session, partial);
  }

  /**
   * The session ends. If it failed and may be replaced, its partials and finished ids are kept (R15); else its partials go, and short ids.
   * One that ends before any chunk has replaced nothing: its sender's connection broke before she could go on, and she comes again.
   */
  leave(session: Session, failed: boolean): void {
    const { config, nowNs, out } = this.ctx;
    const beside = this.open.get(session.peerKey)?.filter((other) => other !== session) ?? [];
    if (beside.length > 0) this.open.set(session.peerKey, beside);
    else this.open.delete(session.peerKey);
    // A chunk that was cut off before its end does not count.
    for (let i = session.partials.length - 1; i >= 0; i--) {
      if (session.partials[i].label === 0) this.discard(session, session.partials[i]);
    }
    if (failed && session.endedBefore !== null)
      this.afterBye.keep(session.peerKey, session.endedBefore, nowNs);
    const expiresNs = failed ? nowNs + config.resumeWindowNs : session.heirUntilNs;
    const keep = expiresNs > nowNs && session.peerKey !== '';
    if (!keep || (session.partials.length === 0 && session.ids.empty)) {
      while (session.partials.length > 0) this.discard(session, session.partials[0]);
      if (!failed && session.heirUntilNs === 0) this.afterBye.keep(session.peerKey, session.ids, nowNs);
      return;
    }
    // Of two sessions side by side that fail, both have ids that come again.
    const ids = this.leftovers.get(session.peerKey)?.ids ?? session.ids;
    if (ids !== session.ids) ids.add(session.ids, nowNs);
    this.forget(session.peerKey);
    this.leftovers.set(session.peerKey, { partials: session.partials.splice(0), ids, expiresNs });
    out.push(Out.timer, expiresNs - nowNs, 0, TimerOf.resume);
  }

  /** What is on its way into the session came from somebody else (`binding.ts`). */
  dropPartials(session: Session): void {
    while (session.partials.length > 0) this.discard(session, session.partials[0]);
  }

  /** A session opens: takes over what a failed one with the same peer key left. */
  resume(session: Session): void {
    const beside = this.open.get(session.peerKey);
    if (beside === undefined) this.open.set(session.peerKey, [session]);
    else beside.push(session);
    session.endedBefore = this.afterBye.of(session.peerKey, this.ctx.nowNs) ?? null;
    const leftover = this.leftovers.get(session.peerKey);
    if (leftover === undefined) return;
    this.leftovers.delete(session.peerKey);
    session.heirUntilNs = leftover.expiresNs;
    session.ids = leftover.ids;
    for (const partial of leftover.partials) {
      partial.deadlineNs = this.ctx.nowNs + this.ctx.config.partialTimeoutNs;
      partial.collecting = session.id;
      session.partials.push(partial);
      this.ctx.wake(session, partial.deadlineNs);
    }
  }

  /**
   * A message of this Message-ID, from a session that was before this endpoint, is finished: a replacement session that brings it again
   * within `lastsNs` is answered as for any duplicate (R15).
   */
  recall(peerKey: string, buf: Buffer, start: number, end: number, lastsNs: number): void {
    const { idBounds, nowNs, out } = this.ctx;
    const known = this.leftovers.get(peerKey);
    const ids = known?.ids ?? new IdMemory(idBounds);
    ids.remember(buf, start, end, MsrpStatus.ok, nowNs);
    const expiresNs = Math.max(known?.expiresNs ?? 0, nowNs + lastsNs);
    this.leftovers.set(peerKey, { partials: known?.partials ?? [], ids, expiresNs });
    out.push(Out.timer, lastsNs, 0, TimerOf.resume);
  }

  /**
   * The owner has answered a message. Where its id waits for that beside its own session, in another one of its sender or in what is kept
   * of those that are over, it is known now how it ended: a duplicate would wait for its answer for good.
   */
  answered(message: PartialMessage, status: number): void {
    if (message.peerKey === '') return;
    for (const ids of this.idsOf(message.peerKey))
      if (message.statusIn(ids) === ID_PENDING) message.rememberIn(ids, status, this.ctx.nowNs);
  }

  /** Drops leftovers whose window is over. */
  expireLeftovers(): void {
    for (const [key, leftover] of this.leftovers) if (leftover.expiresNs <= this.ctx.nowNs) this.forget(key);
  }

  private forget(key: string): void {
    const leftover = this.leftovers.get(key);
    if (leftover === undefined) return;
    for (const partial of leftover.partials) {
      this.ctx.counters.partialsDiscarded++;
      this.recycle(partial);
    }
    this.leftovers.delete(key);
  }
}
