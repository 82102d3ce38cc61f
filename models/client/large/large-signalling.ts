/**
 * SIP of a Large Message session at its sender: INVITE, ACK, BYE (RFC 3261 section 13), who connects (RFC 6135), and what observers
 * are told of the messages that go into it. When to do any of it is for `large-sender.ts` to say.
 *
 * Not modelled: 3xx, re-INVITE, authentication.
 */
import type { Conn } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { MSRP_PORT, SIP_PORT } from '../../addressing.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import { Spans } from '../../msrp/sending/spans.js';
import { Observed } from '../../observations.js';
import { AnsweredInvites } from '../../sip/answered-invites.js';
import { dialogOfUac, type Dialog } from '../../sip/dialog.js';
import { NO_TX, type Tx } from '../../sip/user.js';
import { MsrpUri, readNextHop } from '../../wire/msrp/uri.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import { CSeq, parseCSeq } from '../../wire/sip/values/scalars.js';
import { endWithoutBody } from '../../wire/sip/response.js';
import { TokenKind, tokenOf, type FleetContext } from '../context.js';
import type { LargeContent } from './large-content.js';
import { LargePhase, type LargeItem, type LargePair } from './large-pair.js';
import { LargeInviteWriter, saysAnonymous, writeHiddenIdentity } from './large-writer.js';
import { tagOf } from '../../msrp/two-owners.js';
import { Side } from '../msrp-desk.js';
import { hostIp } from '../../msrp/host-ip.js';

export class LargeSignalling {
  private readonly writer: LargeInviteWriter;
  private readonly msrpUri = new MsrpUri();
  private readonly cseq = new CSeq();
  private readonly answered: AnsweredInvites;
  /** By user, and by address and port of the peer: the connection that sessions may share. */
  private readonly connections = new Map<number, Map<number, Conn>>();

  constructor(
    private readonly context: FleetContext,
    private readonly driver: MsrpDriver,
    private readonly content: LargeContent,
  ) {
    this.writer = new LargeInviteWriter(context.ports);
    this.answered = new AnsweredInvites(context.config.timers);
  }

  /** Invites the recipient for the first message that waits. False if no transaction could be had. */
  invite(pair: LargePair): boolean {
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
    return pair.inviteTx !== NO_TX;
  }

  /** Says that `item` goes into this session: its content first, the first time. */
  report(pair: LargePair, item: LargeItem): void {
    if (item.reportedIn === pair.session) return;
    item.reportedIn = pair.session;
    const { observe, octets } = this.context.ports;
    const { sender, recipient } = pair;
    const { message } = item.offer;
    const first = item.sessions++ === 0;
    if (first && observe.wants(Observed.largeContent)) this.reportContent(item);
    if (first && observe.wants(Observed.largeLabel)) {
      const privacy = item.offer.anonymous ? 'Privacy: id\r\n' : '';
      const lines = `Message-ID: ${item.messageId}\r\nContent-Type: ${item.contentType}\r\n${privacy}`;
      const label = Buffer.from(lines, 'latin1');
      observe.emitOctets(Observed.largeLabel, sender, message, 0, label, 0, label.length);
    }
    if (first && item.headOctets > 0) observe.emit(Observed.notificationAsked, sender, message, recipient, 0);
    const kind = first ? Observed.sent : Observed.largeRetried;
    const start = octets.start(pair.invite);
    observe.emitOctets(kind, sender, message, recipient, octets.buf, start, start + pair.inviteOctets);
  }

  private reportContent(item: LargeItem): void {
    const { observe, octets } = this.context.ports;
    const { offer } = item;
    const body = new Spans();
    this.content.message(item, body);
    const { triples } = body;
    let at = 0;
    for (let i = 0; i < triples.length; i += 3) {
      const base = octets.start(triples[i]);
      const start = base + triples[i + 1];
      const end = base + triples[i + 2];
      observe.emitOctets(Observed.largeContent, offer.sender, offer.message, at, octets.buf, start, end);
      at += end - start;
      octets.release(triples[i]);
    }
  }

  /** We are the active side: the first URI of the path is what is dialled (RFC 4975 section 8.2). */
  connect(pair: LargePair, path: string): boolean {
    const { msrpUri, driver } = this;
    if (!readNextHop(path, msrpUri) || hostIp(msrpUri.host) < 0) return false;
    driver.endSession(pair.msrp);
    const port = msrpUri.port < 0 ? MSRP_PORT : msrpUri.port;
    pair.conn = this.connectionTo(pair.sender, hostIp(msrpUri.host), port);
    const tag = tagOf(Side.opened, pair.number);
    pair.msrp = driver.openActive(tag, pair.conn, pair.localUri, path);
    return true;
  }

  /** A connection of `user` to `ip`:`port`: one that her other sessions use, if that is wanted and there is one; else a new one. */
  private connectionTo(user: number, ip: number, port: number): Conn {
    const { ports, config } = this.context;
    if (config.shareConnections !== true) return ports.tcp.connect(user, ip, port);
    let peers = this.connections.get(user);
    if (peers === undefined) this.connections.set(user, (peers = new Map()));
    const key = ip * 65536 + port;
    const known = peers.get(key);
    if (known !== undefined && this.driver.mayShare(known)) return known;
    const conn = ports.tcp.connect(user, ip, port);
    peers.set(key, conn);
    return conn;
  }

  /** The last session on `conn` is over: nobody joins it any more, for its number may come again. */
  private forget(user: number, conn: Conn): void {
    const peers = this.connections.get(user);
    if (peers === undefined || this.driver.mayShare(conn)) return;
    for (const [key, known] of peers) if (known === conn) peers.delete(key);
    if (peers.size === 0) this.connections.delete(user);
  }

  /** ACK of a 2xx, also of one that is repeated. */
  ack(dialog: Dialog, user: number): void {
    const { endpoint, writer, leg, config } = this.context;
    dialog.begin(writer, endpoint, 'ACK', user, leg);
    endWithoutBody(writer);
    const { length } = writer;
    endpoint.stateless.send(user, writer.end(), length, length, config.coreIp, SIP_PORT, leg);
  }

  /** BYE; its answer comes to `token`. An anonymous sender is so in every request of the dialog (RFC 3323 section 4.2). */
  bye(dialog: Dialog, user: number, anonymous: boolean, token: number): Tx {
    const { endpoint, writer, leg, config } = this.context;
    dialog.begin(writer, endpoint, 'BYE', user, leg);
    if (anonymous) writeHiddenIdentity(writer, user);
    endWithoutBody(writer);
    const { length } = writer;
    return endpoint.request(user, writer.end(), length, length, config.coreIp, SIP_PORT, leg, token);
  }

  /** BYE for a session that is given up; the dialog lives until it is answered. */
  giveUp(dialog: Dialog, user: number, anonymous: boolean): void {
    const bye = this.bye(dialog, user, anonymous, tokenOf(TokenKind.bye, user));
    this.context.closing.add(user, bye, dialog);
  }

  /** Takes note of the first 2xx to the INVITE `tx`. */
  noteAnswer(tx: Tx, message: SipMessage): void {
    this.answered.isNew(tx, message, this.context.ports.now());
  }

  /** A 2xx that nobody wants any more is acknowledged, and its session closed the first time (RFC 3261 section 13.2.2.4). */
  closeAnswered(tx: Tx, message: SipMessage): void {
    const { ports, endpoint } = this.context;
    const dialog = dialogOfUac(ports.octets, message);
    if (dialog === undefined) return;
    const user = endpoint.arrival.local;
    this.ack(dialog, user);
    if (this.answered.isNew(tx, message, ports.now())) this.giveUp(dialog, user, saysAnonymous(message));
    else dialog.release();
  }

  /** True if the response is to an INVITE. */
  isInvite(message: SipMessage): boolean {
    const at = message.find(Header.cseq);
    if (at < 0) return false;
    parseCSeq(message.buf, message.valueStart[at], message.valueEnd[at], this.cseq);
    return this.cseq.method === Method.invite;
  }

  /** Ends the MSRP session; what is unsettled in it is lost. */
  endMsrp(pair: LargePair): void {
    const { msrp } = pair;
    if (msrp >= 0 && this.driver.isOpen(msrp)) this.driver.endSession(msrp);
    pair.msrp = -1;
  }

  stopTimer(pair: LargePair): void {
    if (pair.timer !== -1) this.context.ports.timer.cancel(pair.timer);
    pair.timer = -1;
  }

  /** Lets go of dialog and INVITE. */
  release(pair: LargePair): void {
    if (pair.invite !== 0) this.context.ports.octets.release(pair.invite);
    pair.invite = 0;
    pair.inviteTx = NO_TX;
    pair.dialog?.release();
    pair.dialog = undefined;
    if (pair.conn >= 0) this.forget(pair.sender, pair.conn);
    pair.conn = -1;
    pair.bound = false;
    pair.quietUntilNs = 0;
  }
}
