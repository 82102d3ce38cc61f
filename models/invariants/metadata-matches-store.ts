/**
 * I10: at rest, store and metadata match one to one (S7, O12). Judged by octets alone: the entries of the IM XDMS are the nodes
 * whose PUT it answered with 2xx, less those whose DELETE it answered with 2xx; the messages of the store are the records that
 * were observed as stored, less those that left.
 *
 * A message that came or went within {@link GRACE_NS} of the end is let pass, for its request may be under way or wait for a
 * retry. Where hosts crash, a commit may be durable that nobody observed, so only entries of messages that are gone count then.
 */
import { TcpEnd } from '../../sim/host/ports.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { SlowHttp } from './slow-http.js';

/** Twice the longest wait between two attempts. */
const GRACE_NS = 120e9;
/** Where the random bits of the DM id stand in a record (`models/im-server/record.ts`). */
const RANDOM_AT = 40;
const NODE =
  /^(PUT|DELETE) \/org\.openmobilealliance\.deferred-list\/users\/sip:u\d+@[a-z.]+\/deferred-list\/~~\/history-list\/history%5b@history-reference=%22sip:([0-9a-f]{8})([0-9a-f]{8})@[a-z.]+%22%5d /;

const Part = { stored: 1, gone: 2, metadata: 4 } as const;

/** The two directions of one connection at the XDMS. */
class Exchange {
  readonly requests = new SlowHttp();
  readonly responses = new SlowHttp();
  /** What was asked and not answered: key of the node, or -1; and whether it is a PUT. */
  readonly keys: number[] = [];
  readonly puts: boolean[] = [];
}

export class MetadataMatchesStore extends Invariant {
  readonly id = 'I10';
  readonly title = 'at rest, store and metadata match one to one';
  readonly clause = '12.2.2.3 item 4; RFC 4825 section 8';
  readonly kinds: readonly number[] = [
    Observed.stored,
    Observed.settled,
    Observed.expired,
    Observed.streamDelivered,
    Observed.streamSent,
    Observed.streamEnded,
  ];
  private readonly exchanges = new Map<number, Exchange>();
  /** What is known of each message that is not in balance, by the bits of its DM id: a set of {@link Part}. */
  private readonly parts = new Map<number, number>();
  private readonly changedNs = new Map<number, number>();
  private readonly keyOfDm = new Map<number, number>();

  constructor(context: InvariantContext) {
    super(context);
  }

  watch(
    kind: number,
    entity: number,
    message: number,
    a: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const { xdmsHost } = this.context;
    if (xdmsHost === undefined) return;
    switch (kind) {
      case Observed.stored: {
        const key = keyOf(buf.readInt32LE(start + RANDOM_AT), buf.readInt32LE(start + RANDOM_AT + 4));
        this.keyOfDm.set(message, key);
        this.change(key, Part.stored, 0);
        return;
      }
      case Observed.settled:
      case Observed.expired: {
        const key = this.keyOfDm.get(message);
        if (key === undefined) return;
        this.keyOfDm.delete(message);
        this.change(key, Part.gone, 0);
        return;
      }
      case Observed.streamDelivered:
        if (entity === xdmsHost) this.asked(this.exchangeOf(message), buf, start, end);
        return;
      case Observed.streamSent:
        if (entity === xdmsHost) this.answered(this.exchangeOf(message), buf, start, end);
        return;
      default:
        if (entity === xdmsHost && a !== TcpEnd.fin) this.exchanges.delete(message);
    }
  }

  override finish(quiescent: boolean): void {
    if (!quiescent || this.context.xdmsHost === undefined) return;
    const sinceNs = this.context.now() - GRACE_NS;
    for (const [key, parts] of this.parts) {
      this.checked++;
      if ((this.changedNs.get(key) ?? 0) > sinceNs) continue;
      const inStore = (parts & (Part.stored | Part.gone)) === Part.stored;
      const inMetadata = (parts & Part.metadata) !== 0;
      if (inStore === inMetadata) continue;
      // What a disk lied about is known to one of the two alone, until the lists are compared again.
      if (this.faults.lies.length > 0) {
        this.excuse('the disk that lied lost one of the two');
        continue;
      }
      if (inMetadata && ((parts & Part.gone) !== 0 || !this.context.crashes)) {
        this.violate(`metadata of ${idText(key)} is still there, and the message is not`);
      } else if (inStore && !this.context.crashes) this.violate(`${idText(key)} is stored without metadata`);
    }
  }

  private exchangeOf(conn: number): Exchange {
    let exchange = this.exchanges.get(conn);
    if (exchange === undefined) {
      exchange = new Exchange();
      this.exchanges.set(conn, exchange);
    }
    return exchange;
  }

  private asked(exchange: Exchange, buf: Buffer, start: number, end: number): void {
    const { requests, keys, puts } = exchange;
    requests.feed(buf, start, end, (line, octets) => {
      const match = NODE.exec(line);
      puts.push(match?.[1] === 'PUT');
      if (match === null) keys.push(-1);
      else {
        const key = keyOf(Number.parseInt(match[2], 16), Number.parseInt(match[3], 16));
        keys.push(key);
        const body = `history-reference="sip:${match[2]}${match[3]}@`;
        if (match[1] === 'PUT' && octets.indexOf(body, 0, 'latin1') < 0) {
          this.violate(`metadata of ${idText(key)} name another message`);
        }
      }
    });
    if (requests.fault !== undefined)
      this.violate(`the IM XDMS was sent HTTP that does not read: ${requests.fault}`);
  }

  private answered(exchange: Exchange, buf: Buffer, start: number, end: number): void {
    const { responses, keys, puts } = exchange;
    responses.feed(buf, start, end, (line) => {
      const key = keys.shift();
      const put = puts.shift();
      if (key === undefined || put === undefined) {
        this.violate('the IM XDMS answered what nobody asked');
        return;
      }
      const done = line.startsWith('HTTP/1.1 2');
      if (key < 0 || !done) return;
      this.checked++;
      if (put) this.change(key, Part.metadata, 0);
      else this.change(key, 0, Part.metadata);
    });
    if (responses.fault !== undefined)
      this.violate(`the IM XDMS sent HTTP that does not read: ${responses.fault}`);
  }

  /** Adds and removes parts of what is known; a message that is gone on both sides is forgotten. */
  private change(key: number, add: number, remove: number): void {
    const parts = ((this.parts.get(key) ?? 0) | add) & ~remove;
    if (parts === (Part.stored | Part.gone) || parts === 0) {
      this.parts.delete(key);
      this.changedNs.delete(key);
      return;
    }
    this.parts.set(key, parts);
    this.changedNs.set(key, this.context.now());
  }
}

/** 53 bits of the 64: enough to tell messages of one run apart. */
function keyOf(random0: number, random1: number): number {
  return (random0 >>> 0) * 0x200000 + (random1 >>> 11);
}

function idText(key: number): string {
  const high = Math.floor(key / 0x200000);
  return `sip:${high.toString(16).padStart(8, '0')}...`;
}
