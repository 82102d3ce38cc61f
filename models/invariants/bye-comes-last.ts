/**
 * I13: BYE of a push session leaves after every SEND has its settlement, and no SEND leaves after it (P9, A15). Judged on the
 * octets at the server: SENDs and their responses on its MSRP connections, BYE among its datagrams.
 *
 * A connection belongs to the user whose address stands in the To-Path of what the server sends on it.
 */
import { FIRST_CLIENT_IP } from '../addressing.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { frameHeader, SlowMsrpStream, type SlowFrame } from './slow-msrp.js';

/** RFC 4975 section 7.1.1: without a response for so long, a SEND has failed, which settles it too. */
const SEND_TIMEOUT_NS = 30e9;

interface Connection {
  readonly sent: SlowMsrpStream;
  readonly received: SlowMsrpStream;
  /** When each SEND without a response left, by transaction id. */
  readonly open: Map<string, number>;
  user: number;
  byeSent: boolean;
}

const BYE = Buffer.from('BYE ');

export class ByeComesLast extends Invariant {
  readonly id = 'I13';
  readonly title = 'BYE after settlement, and no SEND after BYE';
  readonly clause = '12.2.2.5; A15';
  readonly kinds = [
    Observed.streamSent,
    Observed.streamDelivered,
    Observed.streamEnded,
    Observed.datagramSent,
  ];
  private readonly connections = new Map<number, Connection>();
  private readonly connectionOf = new Map<number, Connection>();

  constructor(context: InvariantContext) {
    super(context);
  }

  watch(
    kind: number,
    host: number,
    conn: number,
    _a: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (host !== this.context.serverHost) return;
    if (kind === Observed.datagramSent) {
      for (let i = 0; i < BYE.length; i++) if (buf[start + i] !== BYE[i]) return;
      this.bye(buf, start, end);
    } else if (kind === Observed.streamSent) {
      const connection = this.connection(conn);
      connection.sent.feed(buf, start, end, (frame) => this.sentFrame(connection, frame));
    } else if (kind === Observed.streamDelivered) {
      const connection = this.connection(conn);
      connection.received.feed(buf, start, end, (frame) => {
        if (/^[0-9]/.test(frame.kind)) connection.open.delete(frame.tid);
      });
    } else {
      const connection = this.connections.get(conn);
      if (connection === undefined) return;
      this.connections.delete(conn);
      if (this.connectionOf.get(connection.user) === connection) this.connectionOf.delete(connection.user);
    }
  }

  private connection(conn: number): Connection {
    let connection = this.connections.get(conn);
    if (connection === undefined) {
      connection = {
        sent: new SlowMsrpStream(),
        received: new SlowMsrpStream(),
        open: new Map(),
        user: -1,
        byeSent: false,
      };
      this.connections.set(conn, connection);
    }
    return connection;
  }

  private sentFrame(connection: Connection, frame: SlowFrame): void {
    if (frame.kind !== 'SEND') return;
    this.checked++;
    if (connection.user < 0) {
      connection.user = userOf(frameHeader(frame, 'To-Path'));
      this.connectionOf.set(connection.user, connection);
    }
    if (connection.byeSent) this.violate(`a SEND to user ${connection.user} left after BYE`);
    connection.open.set(frame.tid, this.context.now());
  }

  private bye(buf: Buffer, start: number, end: number): void {
    const match = /^BYE sip:u([0-9]+)@/.exec(buf.latin1Slice(start, Math.min(end, start + 64)));
    if (match === null) return;
    this.checked++;
    const user = Number(match[1]);
    const connection = this.connectionOf.get(user);
    if (connection === undefined) return;
    if (!connection.byeSent) {
      for (const leftAtNs of connection.open.values()) {
        if (this.context.now() - leftAtNs < SEND_TIMEOUT_NS) {
          this.violate(`BYE to user ${user} left while ${connection.open.size} SENDs were without an answer`);
          break;
        }
      }
    }
    connection.byeSent = true;
  }
}

/** The user whose client has the host of this URI; -1 if it is none of theirs. */
function userOf(path: string): number {
  const match = /^msrps?:\/\/([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)[:;/]/.exec(path);
  if (match === null) return -1;
  const ip = ((Number(match[1]) * 256 + Number(match[2])) * 256 + Number(match[3])) * 256 + Number(match[4]);
  return ip - FIRST_CLIENT_IP;
}
