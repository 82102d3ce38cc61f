/**
 * Sending Large Messages (change request 12.2.2.3 item 3, rules 1.2 S3, 3.2, 3.4, 3.5, R15): one session for each sender and
 * recipient at a time (two if only some of the messages are anonymous, since an INVITE is or is not, RFC 3323 section 4.1), opened by INVITE when something is to be sent, closed by BYE when all of it is settled. The client does not
 * know who answers, the recipient's client or the IM Server, and need not.
 *
 * The session fails if its connection is lost, a SEND is not answered in time, the peer says so or her answer opens none: then its
 * messages go into a new one, under the same Message-IDs, after a back-off. A message that is resumed behind octets which an
 * earlier session brought asks for a success REPORT, because a peer that forgot them would answer each SEND 200 all the same;
 * without the REPORT the message starts again from its first octet. What becomes of each message is in `large-outcomes.ts`.
 *
 * Refused for good: by a final answer to INVITE other than 408, 486, 491, 500, 503 and 504; by an MSRP status other than 408, 481
 * and 506; and by the answer's accept-types (415) or max-size (413), which the client does not go beyond (A19). The first 403 to INVITE is no refusal for good:
 * the Core has no binding of the sender, and the session waits for the next registration.
 *
 * Not modelled: 3xx, re-INVITE, authentication, a session that stays open for what may come.
 */
import { TcpEnd } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { MsrpStatus } from '../../msrp/codes.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import { dialogOfUac, type Dialog } from '../../sip/dialog.js';
import { retryAfterNs } from '../../sip/retry-after.js';
import { NO_TX, type Tx } from '../../sip/user.js';
import type { SipMessage } from '../../wire/sip/message.js';
import type { LargeOffer } from '../config.js';
import { TokenKind, tokenOf, type FleetContext } from '../context.js';
import { handOver } from './hand-over.js';
import { FORBIDDEN, type BindingDoubts } from '../registration/binding-doubts.js';
import { LargeAnswer } from './large-answer.js';
import { LargeContent } from './large-content.js';
import { LargeOutcomes } from './large-outcomes.js';
import { LargePhase, type LargePair } from './large-pair.js';
import { LargePairs } from './large-pairs.js';
import { confirmed } from './large-plan.js';
import { LargeWaits } from './large-waits.js';
import { LargeSignalling } from './large-signalling.js';
import { ABORTED, OK, PASSING, TIMED_OUT, UNAVAILABLE, WRITTEN } from './large-status.js';
import { SendOnly } from './send-only.js';

export class LargeSender extends SendOnly {
  private readonly context: FleetContext;
  private readonly driver: MsrpDriver;
  private readonly doubts: BindingDoubts;
  private readonly content: LargeContent;
  private readonly signalling: LargeSignalling;
  private readonly waits: LargeWaits;
  private readonly outcomes: LargeOutcomes;
  private readonly pairs = new LargePairs();
  private readonly answer = new LargeAnswer();

  constructor(context: FleetContext, driver: MsrpDriver, doubts: BindingDoubts) {
    super();
    const { ports, config } = context;
    this.context = context;
    this.doubts = doubts;
    this.driver = driver;
    this.content = new LargeContent(ports.octets, config.contentSeed ?? 1);
    this.signalling = new LargeSignalling(context, driver, this.content);
    this.waits = new LargeWaits(ports, driver);
    this.outcomes = new LargeOutcomes(context);
  }

  /** Messages offered and not yet answered. */
  get held(): number {
    return this.outcomes.held;
  }

  /** Takes an offer of the workload. */
  offer(offer: LargeOffer): void {
    const { ports, config, table } = this.context;
    const { sender, recipient, anonymous } = offer;
    assert(sender >= 0 && sender < config.subscribers, 'an offer of a sender who is no client');
    const item = this.outcomes.offered(offer);
    const pair = this.pairs.between(sender, recipient, anonymous);
    pair.items.push(item);
    if (pair.phase === LargePhase.open) this.handOver(pair);
    else if (pair.phase === LargePhase.waiting && table.isReady(sender, ports.now())) this.invite(pair);
  }

  /** The sender is registered: sessions that waited for it are opened. */
  flush(sender: number): void {
    for (const pair of this.pairs.of(sender)) if (pair.phase === LargePhase.waiting) this.invite(pair);
  }

  /** The access link of `sender` went down: her connections are dead (RFC 4975 section 5.4). */
  onLinkDown(sender: number): void {
    for (const pair of this.pairs.of(sender)) {
      if (pair.phase !== LargePhase.open && pair.phase !== LargePhase.leaving) continue;
      const { conn } = pair;
      const cut = conn >= 0 && this.driver.owns(conn);
      this.dropSession(pair, true);
      if (cut && this.driver.owns(conn)) {
        this.context.ports.tcp.abort(conn);
        this.driver.onTcpClosed(conn, TcpEnd.reset);
      }
      pair.phase = LargePhase.waiting;
      if (pair.items.length === 0) this.pairs.forget(pair);
    }
  }

  /** Her process ended: her sessions are gone, and the messages in them over for her, however they end. */
  onCrash(sender: number): void {
    for (const pair of this.pairs.of(sender)) {
      this.dropSession(pair, false);
      for (const item of pair.items.slice()) this.outcomes.settle(pair, item, TIMED_OUT);
      this.pairs.forget(pair);
    }
  }

  // ---- from the endpoint; the number of a token is that of the pair ----

  onResponse(tx: Tx, number: number, message: SipMessage): void {
    if (message.status < 200) return;
    const pair = this.pairs.at(number);
    if (!this.signalling.isInvite(message)) {
      if (pair?.phase === LargePhase.leaving && pair.inviteTx === tx) this.closed(pair);
      return;
    }
    if (pair === undefined || pair.inviteTx !== tx) {
      // A 2xx for a session that was given up: it must be acknowledged and closed (RFC 3261 section 13.2.2.4).
      if (message.status < 300) this.signalling.closeAnswered(tx, message);
      return;
    }
    if (pair.dialog !== undefined) {
      if (pair.dialog.matches(message)) this.signalling.ack(pair.dialog, pair.sender);
      else if (message.status < 300) this.signalling.closeAnswered(tx, message);
    } else if (message.status < 300) this.established(pair, message);
    else this.refused(pair, message.status, retryAfterNs(message));
  }

  /** No answer (408), or no way to send (503). */
  onNoAnswer(tx: Tx, number: number, status: number): void {
    const pair = this.pairs.at(number);
    if (pair === undefined || pair.inviteTx !== tx) return;
    if (pair.phase === LargePhase.leaving) this.closed(pair);
    else if (pair.phase === LargePhase.inviting) this.refused(pair, status);
  }

  /** The dialog of the user's to which `message` belongs. */
  dialogOf(user: number, message: SipMessage): Dialog | undefined {
    return this.pairs.of(user).find(({ dialog }) => dialog?.matches(message) === true)?.dialog;
  }

  /** The peer said BYE in `dialog`, and was answered. */
  onBye(user: number, dialog: Dialog): void {
    const pair = this.pairs.of(user).find((one) => one.dialog === dialog);
    // If both said BYE, the session is over when ours is answered.
    if (pair?.phase === LargePhase.open) this.fail(pair, false);
  }

  /** From the timers of kind `FleetTimer.large`. */
  onTimer(number: number): void {
    const { context } = this;
    const pair = this.pairs.at(number);
    assert(pair !== undefined, 'a timer of a session that is gone');
    pair.timer = -1;
    if (pair.phase === LargePhase.open) {
      if (!pair.bound || this.waits.inVain(pair)) return this.fail(pair, true);
      for (const item of this.waits.over(pair)) this.outcomes.settle(pair, item, WRITTEN);
      this.leaveIfDone(pair);
    } else if (pair.phase === LargePhase.inviting) {
      // No final answer: whatever comes of the CANCEL, nobody waits for it.
      context.endpoint.cancel(pair.inviteTx);
      this.refused(pair, TIMED_OUT);
    } else if (pair.phase === LargePhase.backingOff) {
      pair.phase = LargePhase.waiting;
      if (context.table.isReady(pair.sender, context.ports.now())) this.invite(pair);
    }
  }

  // ---- MsrpOwner; the tag of a session is the number of the pair ----

  onBound(_session: number, number: number): void {
    const pair = this.pairs.at(number);
    if (pair === undefined) return;
    pair.bound = true;
    // Bound before the answer to INVITE: that one is still waited for.
    if (pair.phase === LargePhase.open) this.signalling.stopTimer(pair);
  }

  onSettled(_session: number, number: number, token: number, status: number, acceptedOctets = 0): void {
    const pair = this.pairs.at(number);
    const item = pair?.items.find(({ offer, handed }) => handed && offer.message === token);
    if (pair === undefined || item === undefined) return;
    item.handed = false;
    switch (status) {
      case MsrpStatus.ok:
        pair.failures = 0;
        if (confirmed(item)) this.outcomes.settle(pair, item, OK);
        else if (this.waits.begin(pair, item)) this.outcomes.settle(pair, item, WRITTEN);
        break;
      case MsrpStatus.aborted:
        this.outcomes.settle(pair, item, ABORTED);
        break;
      case MsrpStatus.timeout:
      case MsrpStatus.lost:
      case MsrpStatus.requestTimeout:
      case MsrpStatus.noSession:
      case MsrpStatus.otherConnection:
        if (status === MsrpStatus.timeout && item.resumed) this.outcomes.failed(pair, item, 0, TIMED_OUT);
        else this.outcomes.failed(pair, item, acceptedOctets, TIMED_OUT);
        // Lost sessions are reported by `onEnded` too; a time-out is known only from here.
        if (status !== MsrpStatus.lost && pair.phase === LargePhase.open) this.fail(pair, true);
        return;
      case MsrpStatus.unsupportedType:
        this.outcomes.settle(pair, item, status);
        // RFC 4975 section 10.6: no more of that type in this session.
        if (pair.phase === LargePhase.open) this.leave(pair);
        return;
      default:
        this.outcomes.settle(pair, item, status);
    }
    if (pair.phase === LargePhase.open) this.leaveIfDone(pair);
  }

  private leaveIfDone(pair: LargePair): void {
    if (!this.waits.holds(pair) && pair.items.length === 0) this.leave(pair);
  }

  /** An error after the last octet, of a message that gets no 200. */
  onLateFailure(session: number, number: number, token: number, status: number): void {
    const item = this.pairs.at(number)?.items.find(({ offer }) => offer.message === token);
    if (item === undefined || item.writtenNs < 0) return;
    item.writtenNs = -1;
    this.onSettled(session, number, token, status);
  }

  onEnded(session: number, number: number): void {
    const pair = this.pairs.at(number);
    if (pair?.msrp !== session) return;
    pair.msrp = -1;
    if (pair.phase === LargePhase.open) this.fail(pair, true);
  }

  // ---- opening ----

  private invite(pair: LargePair): void {
    if (this.signalling.invite(pair)) this.waits.answer(pair);
    else this.refused(pair, UNAVAILABLE);
  }

  /** The INVITE was refused or not answered. `leastNs`: by Retry-After, no other one sooner. */
  private refused(pair: LargePair, status: number, leastNs = 0): void {
    this.dropSession(pair, false);
    if (PASSING.includes(status)) {
      this.missed(pair, status);
      return this.backOff(pair, leastNs);
    }
    const [first] = pair.items;
    if (status === FORBIDDEN && !first.again) {
      first.again = true;
      this.doubts.bindingRefused(pair.sender);
      return; // in phase `waiting`, until she is registered
    }
    this.outcomes.settle(pair, first, status);
    this.next(pair);
  }

  /** The answer opens no session, so that no message fails in one. */
  private unusable(pair: LargePair): void {
    this.missed(pair, TIMED_OUT);
    this.fail(pair, true);
  }

  /** The message that the INVITE was for has failed once more before any of it left. */
  private missed(pair: LargePair, status: number): void {
    const [first] = pair.items;
    this.outcomes.failed(pair, first, first.fromOctets, status);
  }

  private established(pair: LargePair, message: SipMessage): void {
    const { answer, driver, context } = this;
    const dialog = dialogOfUac(context.ports.octets, message);
    if (dialog === undefined) {
      // Nothing to acknowledge towards; the callee's own timers end it.
      this.refused(pair, 500);
      return;
    }
    this.signalling.stopTimer(pair);
    pair.dialog = dialog;
    pair.phase = LargePhase.open;
    this.signalling.noteAnswer(pair.inviteTx, message);
    this.signalling.ack(dialog, pair.sender);
    if (!answer.read(message)) return this.unusable(pair);
    this.outcomes.dropUnwanted(pair, answer);
    if (pair.items.length === 0) return this.leave(pair);
    const { connects, path } = answer;
    // The answerer may have bound the session before her answer came, and lost it.
    if (connects ? !this.signalling.connect(pair, path) : pair.msrp < 0) return this.unusable(pair);
    if (!connects) driver.setPeerPath(pair.msrp, path);
    if (!pair.bound) this.waits.bind(pair);
    this.handOver(pair);
  }

  // ---- sending ----

  /** Gives the session every message that it does not have yet. */
  private handOver(pair: LargePair): void {
    handOver(pair, this.driver, this.content, this.signalling);
  }

  // ---- closing ----

  /** All is settled, or this session is of no more use: BYE. */
  private leave(pair: LargePair): void {
    const { dialog } = pair;
    assert(dialog !== undefined, 'BYE without a dialog');
    this.signalling.stopTimer(pair);
    pair.phase = LargePhase.leaving;
    const token = tokenOf(TokenKind.large, pair.number);
    pair.inviteTx = this.signalling.bye(dialog, pair.sender, pair.anonymous, token);
    this.signalling.endMsrp(pair);
    if (pair.inviteTx === NO_TX) this.closed(pair);
  }

  /** BYE is answered. */
  private closed(pair: LargePair): void {
    this.dropSession(pair, false);
    this.next(pair);
  }

  /** The session has failed; `sayBye` unless the peer did. What was in it goes into another. */
  private fail(pair: LargePair, sayBye: boolean): void {
    const { dialog, sender, anonymous } = pair;
    if (sayBye && dialog !== undefined) {
      this.signalling.giveUp(dialog, sender, anonymous);
      pair.dialog = undefined;
    }
    this.dropSession(pair, true);
    this.backOff(pair);
  }

  private backOff(pair: LargePair, leastNs = 0): void {
    if (pair.items.length === 0) {
      this.pairs.forget(pair);
      return;
    }
    this.waits.backOff(pair, leastNs);
  }

  /** Without a session: the next one, if something waits. */
  private next(pair: LargePair): void {
    const { table, ports } = this.context;
    pair.phase = LargePhase.waiting;
    if (pair.items.length === 0) this.pairs.forget(pair);
    else if (table.isReady(pair.sender, ports.now())) this.invite(pair);
  }

  /** Lets go of all that belongs to the session. `failed`: what it had not settled has failed once more. */
  private dropSession(pair: LargePair, failed: boolean): void {
    this.signalling.stopTimer(pair);
    // While the phase is no longer `open`, what the engine settles as lost starts nothing.
    pair.phase = LargePhase.waiting;
    this.signalling.endMsrp(pair);
    if (failed) this.outcomes.failedAll(pair);
    this.signalling.release(pair);
  }
}
