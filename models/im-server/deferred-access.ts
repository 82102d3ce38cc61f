/**
 * What a user does with her deferred messages herself (rules 2.2 `manual`, 2.4): GET fetches one, DELETE removes one.
 *
 *     GET|DELETE /deferred/users/<her public identity>/<DM id>        the DM id is the history-reference of the metadata (S4)
 *
 * GET answers with the multipart/mixed of a push (P3 to P8), so that nothing reaches a client here that would not reach her there. It
 * changes nothing (RFC 2616 section 9.1.1): the DELETE after it is her acknowledgement, and settles the message. A DELETE without
 * a GET before it discards the message unread. Its 200 waits for the commit.
 *
 * Who asks is told by the source address, as the IM XDMS does it. 400 and the like: the framing is at fault, and the connection ends.
 * 403: not her list. 404: no such user or message, or its lifetime is over (A25). 405: another method. 409: a push has it.
 * 503 with Retry-After: the station is full.
 *
 * Volatile: connections, and which messages were fetched: after a crash the message is fetched or deleted again. Not modelled:
 * HTTP Digest and TLS, ranges, entity tags (a message never changes), a DELETE of all.
 */
import { TcpEnd, type Block, type Conn, type Ports } from '../../sim/host/ports.js';
import { FIRST_CLIENT_IP, IM_SERVER_HOST } from '../addressing.js';
import { Spans } from '../msrp/sending/spans.js';
import { Observed } from '../observations.js';
import { HttpFault, statusOfFault } from '../wire/http/faults.js';
import { HttpMethod, type HttpMessage } from '../wire/http/message.js';
import { HttpSide, HttpStream } from '../wire/http/stream.js';
import { DateLine } from '../wire/sip/values/date.js';
import { CONTINUE, writeLengthAndEnd, writeStatusLine } from '../wire/http/write.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import { ImServerWork, type ImServerConfig } from './config.js';
import { RowState, type DeferredIndex } from './store/deferred-index.js';
import type { HeaderPolicy } from './store/header-policy.js';
import { RecordFault, StoredRecord } from './store/record.js';
import type { DeferredStore } from './store/store.js';
import type { WorkDesk } from './work.js';
import { PushWrapper, Wrapper } from './push/wrapper.js';

/** Connections at one time; a further one is reset. Assumed. */
export const ACCESS_CONNECTIONS_LIMIT = 65_536;
/** Requests of one connection whose answers have not left; the connection of who asks on is reset. */
export const ACCESS_PIPELINE_LIMIT = 64;

const TARGET =
  /^(?:http:\/\/im\.ims\.example(?::80)?)?\/deferred\/users\/sip:u(0|[1-9][0-9]{0,8})@ims\.example\/sip:([0-9a-f]{8})([0-9a-f]{8})@im\.ims\.example$/;
const ALLOW = 'Allow: GET, DELETE\r\n';
const RETRY_AFTER = 'Retry-After: 5\r\n';
const REQUEST_NUMBERS = 1 << 28;

class Connection {
  readonly stream = new HttpStream(HttpSide.requests);
  /** Answers that have not left, in the order of their requests. */
  readonly replies: Reply[] = [];
  /** Nothing more is read; it is closed once nothing waits. */
  closing = false;
  gone = false;

  constructor(
    readonly conn: Conn,
    readonly fromIp: number,
  ) {}
}

/** One answer: octets [0, length) of `head`, then the spans. */
class Reply {
  ready = false;
  head: Block = 0;
  length = 0;
  readonly body = new Spans();

  /** `closes`: the connection ends after this answer, which says so (RFC 9112 section 9.6). */
  constructor(readonly closes: boolean) {}
}

/** A request that waits for the station. */
interface Asked {
  readonly connection: Connection;
  readonly reply: Reply;
  readonly method: HttpMethod;
  readonly user: number;
  readonly random0: number;
  readonly random1: number;
}

export class DeferredAccess {
  private readonly connections = new Map<Conn, Connection>();
  private readonly asked = new Map<number, Asked>();
  /** Answers to DELETE by the message whose deletion is to be committed. */
  private readonly leaving = new Map<number, { readonly connection: Connection; readonly reply: Reply }>();
  private readonly record = new StoredRecord();
  private readonly wrapper: PushWrapper;
  private readonly kind: Wrapper;
  private readonly dateLine = new DateLine();
  private nextNumber = 0;

  constructor(
    protected readonly ports: Ports,
    private readonly config: ImServerConfig,
    protected readonly index: DeferredIndex,
    protected readonly store: DeferredStore,
    private readonly desk: WorkDesk,
    private readonly writer: OctetWriter,
    policy: HeaderPolicy,
  ) {
    this.wrapper = new PushWrapper(ports.octets, writer, policy, IM_SERVER_HOST);
    this.kind = config.push.wrapper === 'sip' ? Wrapper.sip : Wrapper.sipfrag;
  }

  /** True if `conn` is one of ours. */
  owns(conn: Conn): boolean {
    return this.connections.has(conn);
  }

  onTcpAccepted(conn: Conn, fromIp: number): void {
    if (this.connections.size >= ACCESS_CONNECTIONS_LIMIT) this.ports.tcp.abort(conn);
    else this.connections.set(conn, new Connection(conn, fromIp));
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    const connection = this.connections.get(conn);
    if (connection === undefined || connection.closing) return;
    const { stream } = connection;
    stream.feed(buf, start, end);
    while (!connection.closing && stream.next()) {
      if (connection.replies.length === ACCESS_PIPELINE_LIMIT) {
        this.drop(connection);
        this.ports.tcp.abort(conn);
        return;
      }
      if (!stream.message.keepAlive) connection.closing = true;
      this.request(connection, stream.message);
    }
    if (stream.awaitsContinue && !connection.closing) this.goOn(connection);
    if (stream.fault !== HttpFault.none && !connection.closing) {
      connection.closing = true;
      this.ports.observe.emitOctets(Observed.malformed, this.ports.hostId, 0, stream.fault, buf, start, end);
      this.say(this.expect(connection), statusOfFault(stream.fault));
    }
    this.flush(connection);
  }

  onTcpWritable(conn: Conn): void {
    this.ports.tcp.pauseReading(conn, false);
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    const connection = this.connections.get(conn);
    if (connection === undefined) return;
    if (end === TcpEnd.fin) {
      connection.closing = true;
      this.flush(connection);
    } else this.drop(connection);
  }

  /** The station has done the work of a request. */
  onServed(number: number): void {
    const asked = this.asked.get(number);
    if (asked === undefined) return;
    this.asked.delete(number);
    const { connection, reply, method } = asked;
    if (connection.gone) return;
    if (method === HttpMethod.get) this.fetch(asked);
    else this.remove(asked);
    if (reply.ready) this.flush(connection);
  }

  /** The deletion of message `dm` is committed. */
  onGone(dm: number): void {
    const waiting = this.leaving.get(dm);
    if (waiting === undefined) return;
    this.leaving.delete(dm);
    if (waiting.connection.gone) return;
    this.say(waiting.reply, 200);
    this.flush(waiting.connection);
  }

  /** What a GET of this row leads to, before its answer leaves; where a saboteur may break in. */
  protected onFetched(row: number): void {
    this.index.fetched[row] = 1;
  }

  private request(connection: Connection, message: HttpMessage): void {
    const reply = this.expect(connection);
    const { method } = message;
    const match = TARGET.exec(message.buf.latin1Slice(message.targetStart, message.targetEnd));
    if (match === null) return this.say(reply, 404);
    const user = Number(match[1]);
    if (user >= this.config.subscribers) return this.say(reply, 404);
    if (connection.fromIp !== FIRST_CLIENT_IP + user) return this.say(reply, 403);
    if (method === HttpMethod.other) return this.say(reply, 501);
    if (method !== HttpMethod.get && method !== HttpMethod.delete) return this.say(reply, 405, ALLOW);
    const random0 = Number.parseInt(match[2], 16) | 0;
    const random1 = Number.parseInt(match[3], 16) | 0;
    const row = this.rowOf(user, random0, random1);
    if (row === 0) return this.say(reply, 404);
    const number = this.nextNumber++ % REQUEST_NUMBERS;
    this.asked.set(number, { connection, reply, method, user, random0, random1 });
    if (this.desk.spend(ImServerWork.fetch, this.index.octets[row], number)) return;
    this.asked.delete(number);
    this.say(reply, 503, RETRY_AFTER);
  }

  /** Her message with this id that is neither on its way out nor out of date; 0 if there is none. */
  private rowOf(user: number, random0: number, random1: number): number {
    const { index, store, ports } = this;
    for (const row of index.rowsOf(user)) {
      if (index.random0[row] !== random0 || index.random1[row] !== random1) continue;
      return index.state[row] === RowState.leaving || store.isExpired(row, ports.now()) ? 0 : row;
    }
    return 0;
  }

  private fetch({ reply, user, random0, random1 }: Asked): void {
    const { index, store, ports, record, wrapper, writer } = this;
    const row = this.rowOf(user, random0, random1);
    if (row === 0) return this.say(reply, 404);
    const block = store.blockOf(row);
    const start = ports.octets.start(block);
    const fault = record.read(ports.octets.buf, start, start + index.octets[row]);
    if (fault !== RecordFault.none || !wrapper.wrap(record, this.kind)) return this.say(reply, 500);
    wrapper.addTo(reply.body, block);
    const { payloadOctets, contentType } = wrapper;
    this.begin(reply, 200);
    writer.ascii('Content-Type: ').ascii(contentType).crlf();
    writeLengthAndEnd(writer, payloadOctets);
    reply.length = writer.length;
    reply.head = writer.end();
    reply.ready = true;
    ports.observe.emit(Observed.fetched, user, index.dm[row], payloadOctets, index.expiresAtNs[row]);
    this.onFetched(row);
  }

  private remove({ connection, reply, user, random0, random1 }: Asked): void {
    const { index, store } = this;
    const row = this.rowOf(user, random0, random1);
    if (row === 0) return this.say(reply, 404);
    const state = index.state[row];
    if (state === RowState.inPush || state === RowState.delivered) return this.say(reply, 409);
    this.leaving.set(index.dm[row], { connection, reply });
    if (index.fetched[row] === 1) store.leave(row, false);
    else store.discard(row);
  }

  // ---- answers ----

  private expect(connection: Connection): Reply {
    const reply = new Reply(connection.closing);
    connection.replies.push(reply);
    return reply;
  }

  /** Status line, Date (RFC 9110 section 6.6.1), and whether the connection ends. */
  private begin(reply: Reply, status: number): void {
    const { writer } = this;
    writer.begin();
    writeStatusLine(writer, status);
    this.dateLine.write(writer, this.ports.wallClock());
    if (reply.closes) writer.ascii('Connection: close\r\n');
  }

  /** An answer without a body. */
  private say(reply: Reply, status: number, headers = ''): void {
    const { writer } = this;
    this.begin(reply, status);
    writer.ascii(headers);
    writeLengthAndEnd(writer, 0);
    reply.length = writer.length;
    reply.head = writer.end();
    reply.ready = true;
  }

  /** 100: the body of the request that has begun is wanted, though nothing here needs one. */
  private goOn(connection: Connection): void {
    const { writer } = this;
    const reply = this.expect(connection);
    writer.begin();
    writer.ascii(CONTINUE);
    reply.length = writer.length;
    reply.head = writer.end();
    reply.ready = true;
  }

  /** Sends what is ready, in order, and closes what is at its end. */
  private flush(connection: Connection): void {
    const { tcp } = this.ports;
    const { replies, conn } = connection;
    if (connection.gone) {
      for (const reply of replies) this.release(reply);
      replies.length = 0;
      return;
    }
    let sent = 0;
    let open = true;
    for (; sent < replies.length && replies[sent].ready; sent++) {
      const { head, length, body } = replies[sent];
      open = tcp.write(conn, head, 0, length, false);
      const { triples } = body;
      for (let i = 0; i < triples.length; i += 3)
        open = tcp.write(conn, triples[i], triples[i + 1], triples[i + 2], true);
    }
    replies.splice(0, sent);
    // A reader who does not read is not answered more.
    if (!open) tcp.pauseReading(conn, true);
    if (!connection.closing || replies.length > 0) return;
    connection.gone = true;
    this.connections.delete(conn);
    tcp.close(conn);
  }

  private drop(connection: Connection): void {
    connection.gone = true;
    this.connections.delete(connection.conn);
    this.flush(connection);
  }

  private release({ ready, head, body }: Reply): void {
    if (!ready) return;
    const { octets } = this.ports;
    octets.release(head);
    const { triples } = body;
    for (let i = 0; i < triples.length; i += 3) octets.release(triples[i]);
  }
}
