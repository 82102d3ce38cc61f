/**
 * Sending Large Messages (change request 12.2.2.3 item 3, rules 1.2 S3, 3.2, 3.4, 3.5, R15): one session for each sender and
 * recipient at a time, opened by INVITE when something is to be sent, closed by BYE when all of it is settled. The client does not
 * know who answers, the recipient's client or the IM Server, and need not.
 *
 * The session fails if its connection is lost, a SEND is not answered in time, or the peer says so: then its messages go into a new
 * one, under the same Message-IDs, after a back-off. A message that is resumed behind octets which an earlier session brought
 * asks for a success REPORT, because a peer that forgot them would answer each SEND 200 all the same; without the REPORT the
 * message starts again from its first octet. After {@link LARGE_ATTEMPTS} failures it is reported as answered 408, or with the
 * status that refused the last INVITE.
 *
 * Refused for good: by a final answer to INVITE other than 408, 486, 491, 500, 503 and 504; by an MSRP status other than 408, 481
 * and 506; and by the answer's accept-types (415) or max-size (413), which the client does not go beyond (A19).
 *
 * Not modelled: several sessions on one connection, 3xx, re-INVITE, authentication, a session that stays open for what may come.
 */
import { TcpEnd } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { MSRP_PORT, SIP_PORT } from '../addressing.js';
import { FailureReport, MsrpStatus } from '../msrp/codes.js';
import type { MsrpDriver, MsrpOwner } from '../msrp/driver.js';
import { randomIdent } from '../msrp/ident.js';
import { Spans } from '../msrp/spans.js';
import { Observed } from '../observations.js';
import { dialogOfUac, type Dialog } from '../sip/dialog.js';
import { NO_TX, type Tx } from '../sip/user.js';
import { MsrpUri } from '../wire/msrp/uri.js';
import { Setup } from '../wire/sdp/constants.js';
import { SessionDescription, type SdpMedia } from '../wire/sdp/description.js';
import { acceptsRoot, offererConnects } from '../wire/sdp/negotiate.js';
import { Header } from '../wire/sip/header-names.js';
import type { SipMessage } from '../wire/sip/message.js';
import { Method } from '../wire/sip/methods.js';
import { CSeq, parseCSeq } from '../wire/sip/scalars.js';
import { endWithoutBody } from '../wire/sip/response.js';
import { backoffNs } from './backoff.js';
import { AddressedStream, Draw } from './chance.js';
import { LargeReports, type LargeOffer } from './config.js';
import { FleetTimer, TokenKind, tokenOf, type FleetContext } from './context.js';
import { LargeContent } from './large-content.js';
import { LargeItem, LargePair, LargePhase } from './large-pair.js';
import { LargeInviteWriter } from './large-writer.js';
import { hostIp } from './msrp-peer.js';
import { Side, tagOf } from './msrp-desk.js';

/** Failed sessions that one message goes through at most. */
export const LARGE_ATTEMPTS = 5;
/** Wait after a failed session: uniform in half of this and this, doubled with each failure in a row up to the ceiling. */
const BACKOFF_BASE_NS = 1 * NS_PER_S;
const BACKOFF_MAX_NS = 60 * NS_PER_S;
/** A session that is not bound to a connection after so long is given up. */
export const LARGE_BIND_LIMIT_NS = 32 * NS_PER_S;
/** Characters of a Message-ID: 95 bits (R2). */
const MESSAGE_ID_CHARS = 16;
/** Longest chunk of a message that may not be interrupted (R5). */
const FIXED_CHUNK_OCTETS = 2048;

const OK = 200;
const WRITTEN = 202;
const ABORTED = 487;
const TIMED_OUT = 408;
const UNAVAILABLE = 503;
/** Answers to INVITE after which another attempt makes sense. */
const PASSING: readonly number[] = [TIMED_OUT, 486, 491, 500, UNAVAILABLE, 504];

const PAIR_SCALE = 0x1000000;

export class LargeSender implements MsrpOwner {
  private readonly context: FleetContext;
  private readonly driver: MsrpDriver;
  private readonly content: LargeContent;
  private readonly writer: LargeInviteWriter;
  private readonly idChance: AddressedStream;
  private readonly pairs = new Map<number, LargePair>();
  private readonly byNumber = new Map<number, LargePair>();
  private readonly ofSender = new Map<number, LargePair[]>();
  private readonly answer = new SessionDescription();
  private readonly msrpUri = new MsrpUri();
  private readonly cseq = new CSeq();
  private nextPair = 0;
  /** Messages offered and not yet answered. */
  held = 0;

  constructor(context: FleetContext, driver: MsrpDriver) {
    const { ports, config } = context;
    this.context = context;
    this.driver = driver;
    this.content = new LargeContent(ports.octets, config.contentSeed ?? 1);
    this.writer = new LargeInviteWriter(ports);
    this.idChance = new AddressedStream(ports.random, Draw.largeMessageId);
  }

  /** Sessions that are open or about to be. */
  get count(): number {
    let count = 0;
    for (const pair of this.pairs.values()) if (pair.phase >= LargePhase.inviting) count++;
    return count;
  }

  /** Takes an offer of the workload. */
  offer(offer: LargeOffer): void {
    const { ports, config, table } = this.context;
    const { sender, recipient, message } = offer;
    assert(sender >= 0 && sender < config.subscribers, 'an offer of a sender who is no client');
    ports.observe.emit(Observed.offered, sender, message, recipient, offer.intendedAtNs);
    ports.observe.emit(Observed.largeOffered, sender, message, recipient, offer.sizeOctets);
    this.held++;
    const ident = this.idChance.at(sender, message * MESSAGE_ID_CHARS);
    const pair = this.pairOf(sender, recipient);
    pair.items.push(new LargeItem(offer, randomIdent(ident, MESSAGE_ID_CHARS)));
    if (pair.phase === LargePhase.open) this.handOver(pair);
    else if (pair.phase === LargePhase.waiting && table.isReady(sender, ports.now())) this.invite(pair);
  }

  /** The sender is registered: sessions that waited for it are opened. */
  flush(sender: number): void {
    for (const pair of this.ofSender.get(sender)?.slice() ?? []) {
      if (pair.phase === LargePhase.waiting) this.invite(pair);
    }
  }

  /** The access link of `sender` went down: her connections are dead (RFC 4975 section 5.4). */
  onLinkDown(sender: number): void {
    for (const pair of this.ofSender.get(sender)?.slice() ?? []) {
      if (pair.phase !== LargePhase.open && pair.phase !== LargePhase.leaving) continue;
      const { conn } = pair;
      const cut = conn >= 0 && this.driver.owns(conn);
      this.dropSession(pair, true);
      if (cut && this.driver.owns(conn)) {
        this.context.ports.tcp.abort(conn);
        this.driver.onTcpClosed(conn, TcpEnd.reset);
      }
      pair.phase = LargePhase.waiting;
      if (pair.items.length === 0) this.forget(pair);
    }
  }

  // ---- from the endpoint; the number of a token is that of the pair ----

  onResponse(tx: Tx, number: number, message: SipMessage): void {
    if (message.status < 200) return;
    const pair = this.byNumber.get(number);
    if (!this.isInvite(message)) {
      if (pair?.phase === LargePhase.leaving && pair.inviteTx === tx) this.closed(pair);
      return;
    }
    if (pair === undefined || pair.inviteTx !== tx) {
      // A 2xx for a session that was given up: it must be acknowledged and closed (RFC 3261 section 13.2.2.4).
      if (message.status < 300) this.ackAndBye(message);
      return;
    }
    if (pair.dialog !== undefined) {
      if (pair.dialog.matches(message)) this.ack(pair.dialog, pair.sender);
      else if (message.status < 300) this.ackAndBye(message);
    } else if (message.status < 300) this.established(pair, message);
    else this.refused(pair, message.status);
  }

  /** No answer (408), or no way to send (503). */
  onNoAnswer(tx: Tx, number: number, status: number): void {
    const pair = this.byNumber.get(number);
    if (pair === undefined || pair.inviteTx !== tx) return;
    if (pair.phase === LargePhase.leaving) this.closed(pair);
    else if (pair.phase === LargePhase.inviting) this.refused(pair, status);
  }

  /** True if a BYE of the peer belongs to one of the user's sessions; it was answered then. */
  onBye(tx: Tx, user: number, message: SipMessage): boolean {
    const { endpoint } = this.context;
    for (const pair of this.ofSender.get(user) ?? []) {
      const { dialog } = pair;
      if (dialog === undefined || !dialog.matches(message)) continue;
      if (!dialog.acceptsCSeq(message)) {
        endpoint.answer(tx, message, 500);
        return true;
      }
      endpoint.answer(tx, message, OK);
      // If both said BYE, the session is over when ours is answered.
      if (pair.phase === LargePhase.open) this.fail(pair, false);
      return true;
    }
    return false;
  }

  /** From the timers of kind `FleetTimer.large`. */
  onTimer(number: number): void {
    const pair = this.byNumber.get(number);
    assert(pair !== undefined, 'a timer of a session that is gone');
    pair.timer = -1;
    if (pair.phase === LargePhase.open) this.fail(pair, true);
    else if (pair.phase === LargePhase.backingOff) {
      pair.phase = LargePhase.waiting;
      const { table, ports } = this.context;
      if (table.isReady(pair.sender, ports.now())) this.invite(pair);
    }
  }

  // ---- MsrpOwner; the tag of a session is the number of the pair ----

  judgeMessage(): number {
    // The offer was sendonly.
    return MsrpStatus.forbidden;
  }

  onMessage(): number {
    return MsrpStatus.forbidden;
  }

  onBound(_session: number, number: number): void {
    const pair = this.byNumber.get(number);
    if (pair === undefined) return;
    pair.bound = true;
    this.stopTimer(pair);
  }

  onSent(): void {
    // Settlement is what counts.
  }

  onSettled(_session: number, number: number, token: number, status: number, acceptedOctets = 0): void {
    const pair = this.byNumber.get(number);
    const item = pair?.items.find(({ offer, handed }) => handed && offer.message === token);
    if (pair === undefined || item === undefined) return;
    item.handed = false;
    switch (status) {
      case MsrpStatus.ok:
        pair.failures = 0;
        this.settle(pair, item, confirmed(item) ? OK : WRITTEN);
        break;
      case MsrpStatus.aborted:
        this.settle(pair, item, ABORTED);
        break;
      case MsrpStatus.timeout:
      case MsrpStatus.lost:
      case MsrpStatus.requestTimeout:
      case MsrpStatus.noSession:
      case MsrpStatus.otherConnection:
        this.note(item, status === MsrpStatus.timeout && item.resumed ? 0 : acceptedOctets);
        this.giveUpHopeless(pair, item, TIMED_OUT);
        // Lost sessions are reported by `onEnded` too; a time-out is known only from here.
        if (status !== MsrpStatus.lost && pair.phase === LargePhase.open) this.fail(pair, true);
        return;
      case MsrpStatus.unsupportedType:
        this.settle(pair, item, status);
        // RFC 4975 section 10.6: no more of that type in this session.
        if (pair.phase === LargePhase.open) this.leave(pair);
        return;
      default:
        this.settle(pair, item, status);
    }
    if (pair.phase === LargePhase.open && pair.items.length === 0) this.leave(pair);
  }

  onEnded(session: number, number: number): void {
    const pair = this.byNumber.get(number);
    if (pair?.msrp !== session) return;
    pair.msrp = -1;
    if (pair.phase === LargePhase.open) this.fail(pair, true);
  }

  // ---- opening ----

  private invite(pair: LargePair): void {
    const { context, writer } = this;
    const { endpoint, config, leg, ports, table } = context;
    const { sender } = pair;
    assert(pair.items.length > 0 && pair.dialog === undefined, 'a session for nothing');
    const [first] = pair.items;
    pair.session = ++table.sessions[sender];
    writer.write(context, first.offer, pair.session);
    pair.localUri = writer.localUri;
    const { length } = context.writer;
    const block = context.writer.end();
    ports.octets.retain(block);
    pair.invite = block;
    pair.inviteOctets = length;
    pair.phase = LargePhase.inviting;
    this.report(pair, first);
    // Ready before the offer leaves, in case that the peer connects.
    pair.msrp = this.driver.openPassive(tagOf(Side.opened, pair.number), pair.localUri, '');
    const token = tokenOf(TokenKind.large, pair.number);
    const { bodyStart } = writer;
    const { coreIp } = config;
    pair.inviteTx = endpoint.request(sender, block, length, bodyStart, coreIp, SIP_PORT, leg, token);
    if (pair.inviteTx === NO_TX) this.refused(pair, UNAVAILABLE);
  }

  /** Says that `item` goes into this session: its content first, the first time. */
  private report(pair: LargePair, item: LargeItem): void {
    if (item.reportedIn === pair.session) return;
    item.reportedIn = pair.session;
    const { observe, octets } = this.context.ports;
    const { sender, recipient } = pair;
    const { message } = item.offer;
    const first = item.sessions++ === 0;
    if (first && observe.wants(Observed.largeContent)) this.reportContent(item);
    if (first && observe.wants(Observed.largeLabel)) {
      const lines = `Message-ID: ${item.messageId}\r\nContent-Type: ${item.offer.contentType}\r\n`;
      const label = Buffer.from(lines, 'latin1');
      observe.emitOctets(Observed.largeLabel, sender, message, 0, label, 0, label.length);
    }
    const kind = first ? Observed.sent : Observed.largeRetried;
    const start = octets.start(pair.invite);
    observe.emitOctets(kind, sender, message, recipient, octets.buf, start, start + pair.inviteOctets);
  }

  private reportContent({ offer }: LargeItem): void {
    const { observe, octets } = this.context.ports;
    const body = new Spans();
    this.content.spans(offer.message, offer.sizeOctets, body);
    const { triples } = body;
    let at = 0;
    for (let i = 0; i < triples.length; i += 3) {
      const base = octets.start(triples[i]);
      const [, start, end] = [0, base + triples[i + 1], base + triples[i + 2]];
      observe.emitOctets(Observed.largeContent, offer.sender, offer.message, at, octets.buf, start, end);
      at += end - start;
      octets.release(triples[i]);
    }
  }

  /** The INVITE was refused or not answered. */
  private refused(pair: LargePair, status: number): void {
    this.dropSession(pair, false);
    const [first] = pair.items;
    if (PASSING.includes(status)) {
      this.note(first, first.fromOctets);
      this.giveUpHopeless(pair, first, status);
      this.backOff(pair);
      return;
    }
    this.settle(pair, first, status);
    this.next(pair);
  }

  private established(pair: LargePair, message: SipMessage): void {
    const { answer, driver, context } = this;
    const dialog = dialogOfUac(context.ports.octets, message);
    if (dialog === undefined) {
      // Nothing to acknowledge towards; the callee's own timers end it.
      this.refused(pair, 500);
      return;
    }
    pair.dialog = dialog;
    pair.phase = LargePhase.open;
    this.ack(dialog, pair.sender);
    const index = answer.parse(message.buf, message.bodyStart, message.bodyEnd) ? answer.msrpMedia() : -1;
    if (index < 0) {
      this.fail(pair, true);
      return;
    }
    const media = answer.media[index];
    this.dropUnwanted(pair, media);
    if (pair.items.length === 0) {
      this.leave(pair);
      return;
    }
    const path = message.buf.latin1Slice(media.pathStart, media.pathEnd);
    if (!offererConnects(Setup.actpass, media.setup)) driver.setPeerPath(pair.msrp, path);
    else if (!this.connect(pair, path)) {
      this.fail(pair, true);
      return;
    }
    const { timer } = context.ports;
    pair.timer = timer.start(timer.lane(LARGE_BIND_LIMIT_NS), FleetTimer.large, pair.number, 0);
    this.handOver(pair);
  }

  /** A19: what the answer does not take is not sent. */
  private dropUnwanted(pair: LargePair, media: SdpMedia): void {
    for (const item of pair.items.slice()) {
      const { contentType, sizeOctets } = item.offer;
      const type = contentType.split(';')[0].trim().toLowerCase();
      if (!acceptsRoot(this.answer.buf, media, type)) this.settle(pair, item, MsrpStatus.unsupportedType);
      else if (media.maxSizeOctets >= 0 && sizeOctets > media.maxSizeOctets) {
        this.settle(pair, item, MsrpStatus.stopSending);
      }
    }
  }

  /** We are the active side: the first URI of the path is what is dialled (RFC 4975 section 8.2). */
  private connect(pair: LargePair, path: string): boolean {
    const { msrpUri, driver } = this;
    const [first] = path.split(' ');
    if (!msrpUri.parse(first) || msrpUri.scheme !== 'msrp' || hostIp(msrpUri.host) < 0) return false;
    driver.endSession(pair.msrp);
    const port = msrpUri.port < 0 ? MSRP_PORT : msrpUri.port;
    pair.conn = this.context.ports.tcp.connect(pair.sender, hostIp(msrpUri.host), port);
    const tag = tagOf(Side.opened, pair.number);
    pair.msrp = driver.openActive(tag, pair.conn, pair.localUri, path);
    return true;
  }

  // ---- sending ----

  /** Gives the session every message that it does not have yet. */
  private handOver(pair: LargePair): void {
    for (const item of pair.items.slice()) {
      if (pair.phase !== LargePhase.open || pair.msrp < 0) return;
      if (item.handed) continue;
      this.report(pair, item);
      const { offer } = item;
      const body = new Spans();
      this.content.spans(offer.message, offer.sizeOctets, body);
      item.handed = true;
      item.resumed = item.fromOctets > 0;
      const chunkOctets = offer.interruptible
        ? offer.chunkOctets
        : Math.min(offer.chunkOctets, FIXED_CHUNK_OCTETS);
      const plan = {
        chunkOctets,
        interleave: offer.interleave,
        fromOctets: item.fromOctets,
        ...(offer.abortAfterOctets >= 0 ? { abortAfterOctets: offer.abortAfterOctets } : {}),
      };
      this.driver.send(
        pair.msrp,
        offer.message,
        item.messageId,
        offer.contentType,
        body,
        FAILURE_REPORT[offer.reports],
        SUCCESS_REPORT[offer.reports] || item.resumed,
        plan,
      );
    }
  }

  /** A session failed under `item`, of which the peer has so many octets. */
  private note(item: LargeItem, acceptedOctets: number): void {
    item.failures++;
    const { resume, sizeOctets } = item.offer;
    item.fromOctets = resume ? Math.min(acceptedOctets, sizeOctets - 1) : 0;
  }

  private giveUpHopeless(pair: LargePair, item: LargeItem, status: number): void {
    if (item.failures >= LARGE_ATTEMPTS) this.settle(pair, item, status);
  }

  /** The last word on a message. */
  private settle(pair: LargePair, item: LargeItem, status: number): void {
    const { offer } = item;
    pair.items.splice(pair.items.indexOf(item), 1);
    this.held--;
    const { observe } = this.context.ports;
    observe.emit(Observed.answered, offer.sender, offer.message, status, offer.intendedAtNs);
  }

  // ---- closing ----

  /** All is settled, or this session is of no more use: BYE. */
  private leave(pair: LargePair): void {
    const { dialog } = pair;
    assert(dialog !== undefined, 'BYE without a dialog');
    this.stopTimer(pair);
    pair.phase = LargePhase.leaving;
    pair.inviteTx = this.bye(dialog, pair.sender, tokenOf(TokenKind.large, pair.number));
    this.endMsrp(pair);
    if (pair.inviteTx === NO_TX) this.closed(pair);
  }

  /** BYE is answered. */
  private closed(pair: LargePair): void {
    this.dropSession(pair, false);
    this.next(pair);
  }

  /** The session has failed; `sayBye` unless the peer did. What was in it goes into another. */
  private fail(pair: LargePair, sayBye: boolean): void {
    const { dialog, sender } = pair;
    if (sayBye && dialog !== undefined) this.bye(dialog, sender, tokenOf(TokenKind.bye, sender));
    this.dropSession(pair, true);
    this.backOff(pair);
  }

  private backOff(pair: LargePair): void {
    if (pair.items.length === 0) {
      this.forget(pair);
      return;
    }
    const { ports } = this.context;
    pair.failures++;
    const bits = ports.random.addressed(Draw.largeBackoff, pair.sender, pair.session);
    const waitNs = backoffNs(pair.failures, BACKOFF_BASE_NS, BACKOFF_MAX_NS, bits, 0);
    pair.phase = LargePhase.backingOff;
    pair.timer = ports.timer.after(waitNs, FleetTimer.large, pair.number, 0);
  }

  /** Without a session: the next one, if something waits. */
  private next(pair: LargePair): void {
    const { table, ports } = this.context;
    pair.phase = LargePhase.waiting;
    if (pair.items.length === 0) this.forget(pair);
    else if (table.isReady(pair.sender, ports.now())) this.invite(pair);
  }

  /** Lets go of all that belongs to the session. `failed`: what it had not settled has failed once more. */
  private dropSession(pair: LargePair, failed: boolean): void {
    this.stopTimer(pair);
    const { octets } = this.context.ports;
    // While the phase is no longer `open`, what the engine settles as lost starts nothing.
    pair.phase = LargePhase.waiting;
    this.endMsrp(pair);
    if (failed) {
      for (const item of pair.items.slice()) {
        if (!item.handed) continue;
        item.handed = false;
        this.note(item, 0);
        this.giveUpHopeless(pair, item, TIMED_OUT);
      }
    }
    if (pair.invite !== 0) octets.release(pair.invite);
    pair.invite = 0;
    pair.inviteTx = NO_TX;
    pair.dialog?.release();
    pair.dialog = undefined;
    pair.conn = -1;
    pair.bound = false;
  }

  private endMsrp(pair: LargePair): void {
    const { msrp } = pair;
    if (msrp >= 0 && this.driver.isOpen(msrp)) this.driver.endSession(msrp);
    pair.msrp = -1;
  }

  private stopTimer(pair: LargePair): void {
    if (pair.timer !== -1) this.context.ports.timer.cancel(pair.timer);
    pair.timer = -1;
  }

  private ack(dialog: Dialog, user: number): void {
    const { endpoint, writer, leg, config } = this.context;
    dialog.begin(writer, endpoint, 'ACK', user, leg);
    endWithoutBody(writer);
    const { length } = writer;
    endpoint.sendStateless(user, writer.end(), length, length, config.coreIp, SIP_PORT, leg);
  }

  private bye(dialog: Dialog, user: number, token: number): Tx {
    const { endpoint, writer, leg, config } = this.context;
    dialog.begin(writer, endpoint, 'BYE', user, leg);
    endWithoutBody(writer);
    const { length } = writer;
    return endpoint.request(user, writer.end(), length, length, config.coreIp, SIP_PORT, leg, token);
  }

  private ackAndBye(message: SipMessage): void {
    const dialog = dialogOfUac(this.context.ports.octets, message);
    if (dialog === undefined) return;
    const user = this.context.endpoint.arrival.local;
    this.ack(dialog, user);
    this.bye(dialog, user, tokenOf(TokenKind.bye, user));
    dialog.release();
  }

  private isInvite(message: SipMessage): boolean {
    const at = message.find(Header.cseq);
    if (at < 0) return false;
    parseCSeq(message.buf, message.valueStart[at], message.valueEnd[at], this.cseq);
    return this.cseq.method === Method.invite;
  }

  // ---- pairs ----

  private pairOf(sender: number, recipient: number): LargePair {
    const key = sender * PAIR_SCALE + recipient;
    let pair = this.pairs.get(key);
    if (pair !== undefined) return pair;
    pair = new LargePair(this.nextPair++, sender, recipient);
    this.pairs.set(key, pair);
    this.byNumber.set(pair.number, pair);
    const list = this.ofSender.get(sender);
    if (list === undefined) this.ofSender.set(sender, [pair]);
    else list.push(pair);
    return pair;
  }

  private forget(pair: LargePair): void {
    assert(pair.timer === -1 && pair.dialog === undefined, 'a session is forgotten before its end');
    this.pairs.delete(pair.sender * PAIR_SCALE + pair.recipient);
    this.byNumber.delete(pair.number);
    const list = this.ofSender.get(pair.sender) ?? [];
    list.splice(list.indexOf(pair), 1);
    if (list.length === 0) this.ofSender.delete(pair.sender);
  }
}

/** Failure-Report and Success-Report by {@link LargeReports}. */
const FAILURE_REPORT: readonly FailureReport[] = [
  FailureReport.yes,
  FailureReport.yes,
  FailureReport.partial,
  FailureReport.partial,
  FailureReport.no,
  FailureReport.no,
];
const SUCCESS_REPORT: readonly boolean[] = [false, true, false, true, false, true];

/** True if the peer was asked to confirm the message in any way. */
function confirmed(item: LargeItem): boolean {
  const { reports } = item.offer;
  return item.resumed || (reports !== LargeReports.failuresOnly && reports !== LargeReports.nothing);
}
