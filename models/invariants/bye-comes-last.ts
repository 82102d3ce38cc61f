/**
 * I13: BYE of a push session leaves after every SEND has its settlement, and no SEND leaves after it (P9, A15). Judged on the
 * octets at the server: SENDs and their responses on its MSRP connections, BYE among its datagrams.
 *
 * A SEND without a response for `sendTimeoutNs` has failed, which settles it too. That time runs from when the server handed the SEND
 * to TCP (`pushSent`), which under loss can be long before its octets leave.
 *
 * A user who leaves is waited for 30 s and no longer (A24), however long a SEND may take else.
 *
 * A response that ends the session (481, 506) settles all of its SENDs: a client that crashed between her 200 and the ACK knows of none.
 *
 * A SEND that gets no 200 (Failure-Report partial or no) is settled by success REPORTs for its message if it asked for them, else by
 * that time alone (rules 3.5).
 *
 * A BYE belongs to the push session whose INVITE had its Call-ID: the server also ends sessions in which a client sends to it.
 *
 * A connection belongs to the client whose address stands in the To-Path of the first frame that the server sends on it, which
 * is its answer to the client's binding SEND.
 */
import { FIRST_CLIENT_IP } from '../addressing.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Memory } from './readers/memory.js';
import { startsWith } from './readers/search.js';
import type { SentStreams, StreamListener } from './readers/sent-streams.js';
import { FrameKind, type SlowFrame } from './readers/slow-frame.js';
import { SlowMsrpStream } from './readers/slow-msrp.js';

const PATH_HOST = /^msrps?:\/\/([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)[:;/]/;
const CONTACT_HOST = /^[A-Z]+ sip:u[0-9]+@([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)[:; ]/;

/** What is under way to a user who left is waited for so long (A24). */
const LEFT_NS = 30e9;

/** Where the value of `Failure-Report: ` begins in its line, and how `yes` begins. */
const FAILURE_REPORT_VALUE = 'Failure-Report: '.length;
const LETTER_Y = 121;

/** Responses after which nothing more is to be sent in the session, nor waited for (RFC 4975 sections 10.8 and 10.10). */
const ENDS_SESSION: ReadonlySet<number> = new Set([481, 506]);

/** The server's end of a connection. */
class Connection {
  readonly received: SlowMsrpStream;
  /** When each SEND without a response left, by transaction id. */
  readonly open = new Map<number, number>();
  /** By Message-ID: the transactions that only a success REPORT settles. */
  readonly reportable = new Map<string, number[]>();
  client = -1;
  byeSent = false;

  constructor(memory: Memory) {
    this.received = new SlowMsrpStream(memory);
  }

  readonly onReceived = (frame: SlowFrame): void => {
    if (ENDS_SESSION.has(frame.kind)) this.open.clear();
    else if (frame.kind >= 100) this.open.delete(frame.tid);
    else if (frame.kind === FrameKind.report && this.reportable.size > 0) this.reported(frame);
  };

  private reported(frame: SlowFrame): void {
    if (!frame.text('Status').startsWith('000 200')) return;
    const id = frame.text('Message-ID');
    for (const tid of this.reportable.get(id) ?? []) this.open.delete(tid);
    this.reportable.delete(id);
  }
}

export class ByeComesLast extends Invariant implements StreamListener {
  readonly id = 'I13';
  readonly title = 'BYE after settlement, and no SEND after BYE';
  readonly clause = '12.2.2.5; A15';
  readonly kinds = [
    Observed.streamDelivered,
    Observed.streamEnded,
    Observed.datagramSent,
    Observed.pushSent,
    Observed.pushInvited,
    Observed.triggered,
  ];
  private readonly memory = new Memory();
  private readonly connections = new Map<number, Connection>();
  private readonly connectionOf = new Map<number, Connection>();
  /** Call-ID of the last INVITE to each user. */
  private readonly calls = new Map<number, string>();
  /** When the last SEND to a user was handed to TCP. */
  private readonly handedNs: Float64Array;
  /** When the server heard that a user had left, since her last INVITE. */
  private readonly leftNs: Float64Array;

  constructor(context: InvariantContext, streams: SentStreams) {
    super(context);
    this.handedNs = new Float64Array(context.subscribers).fill(Infinity);
    this.leftNs = new Float64Array(context.subscribers).fill(Infinity);
    streams.listen(this);
  }

  watch(
    kind: number,
    host: number,
    conn: number,
    a: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (kind === Observed.triggered) {
      if (a === 0) this.leftNs[host] = Math.min(this.leftNs[host], this.context.now());
      return;
    }
    if (kind === Observed.pushInvited) {
      this.leftNs[host] = Infinity;
      // A new session has a new connection. That of an earlier one can still stand here if the server crashed meanwhile: its
      // end is told to nobody.
      const { devices } = this.context;
      if (devices === undefined) this.connectionOf.delete(host);
      else devices.each(host, (client) => this.connectionOf.delete(client));
      return;
    }
    if (kind === Observed.pushSent) {
      this.handedNs[host] = this.context.now();
      return;
    }
    if (!this.isServer(host)) return;
    if (kind === Observed.datagramSent) {
      if (startsWith(buf, start, end, 'BYE ')) this.bye(buf, start, end);
      else if (startsWith(buf, start, end, 'INVITE ')) {
        const user = requestUser(buf, start, end);
        if (user >= 0) this.calls.set(user, callIdOf(buf, start, end));
      }
      return;
    }
    const connection = this.connections.get(conn);
    if (connection === undefined) return;
    if (kind === Observed.streamDelivered) {
      connection.received.feed(buf, start, end, connection.onReceived);
      return;
    }
    this.connections.delete(conn);
    if (this.connectionOf.get(connection.client) === connection) this.connectionOf.delete(connection.client);
  }

  onFrame(host: number, conn: number, frame: SlowFrame): void {
    if (!this.isServer(host)) return;
    let connection = this.connections.get(conn);
    if (connection === undefined) {
      connection = new Connection(this.memory);
      this.connections.set(conn, connection);
      connection.client = clientIn(PATH_HOST.exec(frame.text('To-Path')));
      this.connectionOf.set(connection.client, connection);
    }
    if (frame.kind !== FrameKind.send) return;
    this.checked++;
    if (connection.byeSent) this.violate(`a SEND to client ${connection.client} left after BYE`);
    // A SEND without content, which binds a connection, has nothing to be settled.
    if (!frame.typeLast) return;
    connection.open.set(frame.tid, this.context.now());
    const report = frame.find('Failure-Report');
    if (report < 0 || frame.octets[frame.lineStart[report] + FAILURE_REPORT_VALUE] === LETTER_Y) return;
    if (frame.text('Success-Report') !== 'yes') return;
    const id = frame.text('Message-ID');
    connection.reportable.set(id, [...(connection.reportable.get(id) ?? []), frame.tid]);
  }

  private bye(buf: Buffer, start: number, end: number): void {
    const user = requestUser(buf, start, end);
    if (user < 0 || this.calls.get(user) !== callIdOf(buf, start, end)) return;
    this.checked++;
    const line = buf.latin1Slice(start, Math.min(end, start + 64));
    const client = clientIn(CONTACT_HOST.exec(line));
    const connection = this.connectionOf.get(client < 0 ? user : client);
    if (connection === undefined) return;
    // A repeated BYE is judged like the first: it, too, may not leave before a settlement that is still to come.
    connection.byeSent = true;
    if (this.context.now() - this.leftNs[user] >= LEFT_NS) return;
    for (const leftAtNs of connection.open.values()) {
      const sinceNs = Math.min(leftAtNs, this.handedNs[user]);
      if (this.context.now() - sinceNs >= this.context.sendTimeoutNs) continue;
      if (this.context.isHostile?.(user) === true) continue;
      this.violate(`BYE to user ${user} left while ${connection.open.size} SENDs were without an answer`);
      return;
    }
  }
}

/** The user in the Request-URI; -1 if there is none. */
function requestUser(buf: Buffer, start: number, end: number): number {
  const match = /^[A-Z]+ sip:u([0-9]+)@/.exec(buf.latin1Slice(start, Math.min(end, start + 64)));
  return match === null ? -1 : Number(match[1]);
}

function callIdOf(buf: Buffer, start: number, end: number): string {
  return /\r\n(?:Call-ID|i)[ \t]*:[ \t]*([^\r]*)/i.exec(buf.latin1Slice(start, end))?.[1] ?? '';
}

/** The client with the address that `match` holds in four groups; negative if it is none of theirs. */
function clientIn(match: RegExpExecArray | null): number {
  if (match === null) return -1;
  const ip = ((Number(match[1]) * 256 + Number(match[2])) * 256 + Number(match[3])) * 256 + Number(match[4]);
  return ip - FIRST_CLIENT_IP;
}
