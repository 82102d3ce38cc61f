/**
 * The client of a user whose setting is `manual` or `notify` (rules 2.2): nothing is pushed to her, so after she registered, or was told
 * that messages wait, she asks the IM XDMS
 * for the list of her deferred messages (RFC 4825, a GET of the whole document), and then the IM Server for one message after
 * the other: GET, and DELETE once it is shown. Some she deletes unread, as her share of chance says.
 *
 * One connection at a time, one request without an answer on it. A connection that breaks, or a server that is silent or has no time,
 * ends the turn; the list is asked for again {@link RETRY_NS} later, and what was shown is known again by its key.
 *
 * Objects exist only for users who fetch. Not modelled: a choice by what the list says (size, sender, subject), HTTP Digest, conditional GETs, a
 * list that is watched (RFC 5875).
 */
import type { Conn, TimerId } from '../../../sim/host/ports.js';
import { TcpEnd } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { HTTP_PORT, IM_SERVER_HOST, imServerIp, instanceOf, userUri, XDMS_HOST } from '../../addressing.js';
import { ServiceSetting } from '../../im-server/config.js';
import { ServiceSettings } from '../../im-server/settings.js';
import { Observed } from '../../observations.js';
import { HttpFault } from '../../wire/http/faults.js';
import { HttpHeader, type HttpMessage } from '../../wire/http/message.js';
import { HttpSide, HttpStream } from '../../wire/http/stream.js';
import { DEFERRED_LIST_AUID, DEFERRED_LIST_DOCUMENT, HistoryField } from '../../wire/xcap/history.js';
import { HistoryReader } from '../../wire/xcap/history-reader.js';
import { Draw, uniformBetween } from '../chance.js';
import type { FetchConfig } from '../config.js';
import { FleetTimer, type FleetContext } from '../context.js';
import type { Inbox } from './inbox.js';

/** After a turn that failed she asks again so much later, if she is still registered. Assumed. */
const RETRY_NS = 30 * NS_PER_S;
/** A server that has not answered for so long will not. Assumed; as long as MSRP waits for a 200. */
const GUARD_NS = 30 * NS_PER_S;
/** Largest answer that is taken: the largest Large Message of all (64 MiB) and what is around it. */
const BODY_LIMIT_OCTETS = 65 * 1_048_576;
const TWO_32 = 4_294_967_296;
const REFERENCE = new RegExp(`^sip:([0-9a-f]{8})([0-9a-f]{8})@${IM_SERVER_HOST.replace(/\./g, '\\.')}$`);
const OK = 200;

/** What a user waits for. */
const Phase = { list: 0, message: 1, deletion: 2 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** One turn of one user. */
class Turn {
  phase: Phase = Phase.list;
  stream = new HttpStream(HttpSide.responses, BODY_LIMIT_OCTETS);
  /** The words of the DM ids in her list, two a message, and how far she is. */
  readonly ids: number[] = [];
  next = 0;
  connected = false;
  guard: TimerId = -1;
  /** She registered or was told of messages meanwhile, which her list may not have had yet. */
  again = false;

  constructor(
    readonly user: number,
    public conn: Conn,
  ) {}
}

export class MessageFetcher {
  private readonly settings: ServiceSettings;
  private readonly turns = new Map<number, Turn>();
  /** Connections of ours; a finished one stays until its peer has closed it too, without a turn. */
  private readonly conns = new Map<Conn, Turn | undefined>();
  /** 1 while a timer of {@link FleetTimer.fetch} is pending for the user. */
  private readonly waits: Uint8Array;
  private readonly reader = new HistoryReader();
  private readonly ordinal: Uint32Array;

  constructor(
    private readonly context: FleetContext,
    private readonly config: FetchConfig,
    private readonly inbox: Inbox,
  ) {
    const { ports } = context;
    const { subscribers } = context.config;
    this.settings = new ServiceSettings(ports.random, { settingShares: config.settingShares });
    this.waits = new Uint8Array(subscribers);
    this.ordinal = new Uint32Array(subscribers);
  }

  /** True if `conn` is one of ours. */
  owns(conn: Conn): boolean {
    return this.conns.has(conn);
  }

  /** She is registered, anew or still. */
  onRegistered(user: number): void {
    if (this.settings.of(user) === ServiceSetting.manual) this.waitAWhile(user);
  }

  /** She was told that messages wait for her. */
  onNotice(user: number): void {
    if (this.settings.of(user) === ServiceSetting.notify) this.waitAWhile(user);
  }

  private waitAWhile(user: number): void {
    const { random } = this.context.ports;
    this.wait(
      user,
      uniformBetween(random.addressed(Draw.fetch, user, this.ordinal[user]++), 0, this.config.waitNs),
    );
  }

  /** The time for her next list has come. */
  onTimer(user: number): void {
    const { ports, table } = this.context;
    this.waits[user] = 0;
    const running = this.turns.get(user);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    if (!table.isReady(user, ports.now())) return;
    const turn = new Turn(user, -1);
    this.turns.set(user, turn);
    this.connect(turn, this.config.xdmsIp);
  }

  /** Nobody has answered for a while. */
  onGuard(user: number): void {
    const turn = this.turns.get(user);
    if (turn === undefined) return;
    turn.guard = -1;
    this.giveUp(turn);
  }

  onLinkDown(user: number): void {
    const turn = this.turns.get(user);
    if (turn !== undefined) this.giveUp(turn);
  }

  onTcpConnected(conn: Conn): void {
    const turn = this.conns.get(conn);
    if (turn === undefined) return;
    turn.connected = true;
    this.ask(turn);
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    const turn = this.conns.get(conn);
    if (turn === undefined) return;
    const { stream } = turn;
    stream.feed(buf, start, end);
    // Whoever answers is alive, however long the answer.
    this.guard(turn);
    while (turn.conn === conn && stream.next()) {
      if (stream.message.status >= OK) this.answered(turn, stream.message);
    }
    if (turn.conn === conn && stream.fault !== HttpFault.none) this.giveUp(turn);
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    const turn = this.conns.get(conn);
    this.conns.delete(conn);
    if (turn === undefined) return;
    if (end === TcpEnd.fin) this.context.ports.tcp.close(conn);
    this.over(turn, false);
  }

  // ---- a turn ----

  private connect(turn: Turn, ip: number): void {
    const { tcp } = this.context.ports;
    turn.connected = false;
    turn.stream = new HttpStream(HttpSide.responses, BODY_LIMIT_OCTETS);
    turn.conn = tcp.connect(turn.user, ip, HTTP_PORT);
    this.conns.set(turn.conn, turn);
    this.guard(turn);
  }

  /** Sends the request of the turn's phase. */
  private ask(turn: Turn): void {
    const { writer, ports } = this.context;
    const uri = userUri(turn.user);
    writer.begin();
    if (turn.phase === Phase.list) {
      writer.ascii(`GET /${DEFERRED_LIST_AUID}/users/${uri}/${DEFERRED_LIST_DOCUMENT} HTTP/1.1\r\n`);
      writer.ascii(`Host: ${XDMS_HOST}\r\nConnection: close\r\n\r\n`);
    } else {
      writer.ascii(turn.phase === Phase.message ? 'GET' : 'DELETE').ascii(` /deferred/users/${uri}/sip:`);
      writer.hex32(turn.ids[turn.next]).hex32(turn.ids[turn.next + 1]);
      writer.ascii(`@${IM_SERVER_HOST} HTTP/1.1\r\nHost: ${IM_SERVER_HOST}\r\n\r\n`);
    }
    const { length } = writer;
    ports.tcp.write(turn.conn, writer.end(), 0, length, false);
    this.guard(turn);
  }

  private answered(turn: Turn, message: HttpMessage): void {
    const { status } = message;
    if (status >= 500) {
      this.giveUp(turn);
      return;
    }
    if (turn.phase === Phase.list) {
      if (status === OK) this.readList(turn, message);
      this.leave(turn);
      if (turn.ids.length === 0) this.over(turn, true);
      else {
        this.choose(turn);
        this.connect(turn, imServerIp(instanceOf(turn.user, this.config.imServers)));
      }
      return;
    }
    if (turn.phase === Phase.message && status === OK) {
      this.show(turn.user, message);
      // What was shown may go: the server keeps it until it hears so.
      turn.phase = Phase.deletion;
      this.goOn(turn, message.keepAlive);
      return;
    }
    turn.next += 2;
    if (turn.next < turn.ids.length) {
      this.choose(turn);
      this.goOn(turn, message.keepAlive);
      return;
    }
    this.leave(turn);
    this.over(turn, true);
  }

  /** The next request, over another connection if the server will close this one (RFC 9112 section 9.6). */
  private goOn(turn: Turn, keepAlive: boolean): void {
    if (keepAlive) {
      this.ask(turn);
      return;
    }
    this.leave(turn);
    this.connect(turn, imServerIp(instanceOf(turn.user, this.config.imServers)));
  }

  private readList(turn: Turn, message: HttpMessage): void {
    const { reader } = this;
    const { reference } = HistoryField;
    reader.document(message.buf, message.bodyStart, message.bodyEnd);
    while (reader.nextEntry()) {
      const text = reader.buf.latin1Slice(reader.fieldStart[reference], reader.fieldEnd[reference]);
      const match = REFERENCE.exec(text);
      if (match !== null) turn.ids.push(Number.parseInt(match[1], 16), Number.parseInt(match[2], 16));
    }
  }

  /** Reads her next message, or deletes it unread. */
  private choose(turn: Turn): void {
    const { ports } = this.context;
    const { user, ids, next } = turn;
    const chance = (ports.random.addressed(Draw.discard, user, ids[next]) >>> 0) / TWO_32;
    turn.phase = chance < this.config.discardShare ? Phase.deletion : Phase.message;
    if (turn.phase === Phase.deletion) {
      ports.observe.emit(Observed.discardAsked, user, 0, ids[next], ids[next + 1]);
    }
  }

  private show(user: number, message: HttpMessage): void {
    const type = message.find(HttpHeader.contentType);
    const typeStart = type < 0 ? 0 : message.valueStart[type];
    const typeEnd = type < 0 ? 0 : message.valueEnd[type];
    this.inbox.fetched(user, message.buf, message.bodyStart, message.bodyEnd, typeStart, typeEnd);
  }

  // ---- ends ----

  /** Closes the turn's connection in good order. */
  private leave(turn: Turn): void {
    this.conns.set(turn.conn, undefined);
    this.context.ports.tcp.close(turn.conn);
    turn.conn = -1;
  }

  private giveUp(turn: Turn): void {
    this.conns.delete(turn.conn);
    this.context.ports.tcp.abort(turn.conn);
    this.over(turn, false);
  }

  private over(turn: Turn, complete: boolean): void {
    const { everyNs } = this.config;
    turn.conn = -1;
    if (turn.guard >= 0) this.context.ports.timer.cancel(turn.guard);
    turn.guard = -1;
    this.turns.delete(turn.user);
    if (!complete) this.wait(turn.user, RETRY_NS);
    else if (turn.again) this.wait(turn.user, 0);
    else if (everyNs > 0) this.wait(turn.user, everyNs);
  }

  private wait(user: number, waitNs: number): void {
    if (this.waits[user] === 1) return;
    this.waits[user] = 1;
    this.context.ports.timer.after(waitNs, FleetTimer.fetch, user, 0);
  }

  private guard(turn: Turn): void {
    const { timer } = this.context.ports;
    if (turn.guard >= 0) timer.cancel(turn.guard);
    turn.guard = timer.after(GUARD_NS, FleetTimer.fetchGuard, turn.user, 0);
  }
}
