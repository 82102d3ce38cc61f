/**
 * I10: at rest, store and metadata match one to one (S7, O12). Judged by octets alone: the entries of the IM XDMS are the nodes
 * whose PUT it answered with 2xx, less those whose DELETE it answered with 2xx or 404; the messages of the store are the records that
 * were observed as stored, less those that left. A PUT or DELETE without an answer may have been carried out, whichever end broke the
 * connection: the next list of that user for which the IM XDMS was asked after it tells.
 *
 * A message that came or went within {@link GRACE_NS} of the end is let pass, for its request may be under way or wait for a
 * retry. Where hosts crash, a commit may be durable that nobody observed, so only entries of messages that are gone count then.
 */
import { TcpEnd } from '../../sim/host/ports.js';
import { Observed } from '../observations.js';
import { BitsTable } from './ledger/bits-table.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Needle } from './readers/search.js';
import { SlowHttp, type SlowHttpListener } from './readers/slow-http.js';

/** The longest time between two attempts: a minute without an answer, and a minute's wait. */
const GRACE_NS = 120e9;
/** Where the random bits of the DM id stand in a record (`models/im-server/store/record.ts`). */
const RANDOM_AT = 40;
const NODE =
  /^(PUT|DELETE) \/org\.openmobilealliance\.deferred-list\/users\/sip:u(\d+)@[a-z.]+\/deferred-list\/~~\/history-list\/history%5b@history-reference=%22sip:([0-9a-f]{8})([0-9a-f]{8})@[a-z.]+%22%5d /;
const LIST = /^GET \/org\.openmobilealliance\.deferred-list\/users\/sip:u(\d+)@[a-z.]+\/deferred-list /;
const REFERENCE = new Needle('history-reference="sip:');

const Part = { stored: 1, gone: 2, metadata: 4 } as const;
/** What a request does. */
const Asked = { other: 0, put: 1, delete: 2, list: 3 } as const;
type Asked = (typeof Asked)[keyof typeof Asked];

/** A request that reached the XDMS: whose list it is about, and the bits of the node. */
interface Request {
  readonly what: Asked;
  readonly user: number;
  readonly random0: number;
  readonly random1: number;
}

const OTHER: Request = { what: Asked.other, user: -1, random0: 0, random1: 0 };

/** The two directions of one connection at the XDMS. */
class Exchange {
  readonly requests = new SlowHttp();
  readonly responses = new SlowHttp();
  /** From `first` on: what was asked and not answered. */
  private asked: Request[] = [];
  private first = 0;

  push(request: Request): void {
    if (this.first > 1000) {
      this.asked = this.asked.slice(this.first);
      this.first = 0;
    }
    this.asked.push(request);
  }

  /** The oldest request that is not answered, which now is. */
  shift(): Request | undefined {
    return this.first < this.asked.length ? this.asked[this.first++] : undefined;
  }
}

/** Whose a node is: asked for violations only, so nothing is kept for it of a message that was seen stored. */
class NodeIndex {
  private readonly dms = new Map<string, number>();
  private read = 0;
  /** Users of nodes that were put when nobody had seen their messages stored. */
  private readonly owners = new Map<string, number>();

  own(user: number, random0: number, random1: number): void {
    this.owners.set(hex(random0) + hex(random1), user);
  }

  /** The deferred message of this node, in the bits of all that were stored so far, in turn; undefined if it was not seen stored. */
  dmOf(bits: Int32Array, stored: number, random0: number, random1: number): number | undefined {
    for (; this.read < stored; this.read++)
      this.dms.set(hex(bits[this.read * 2]) + hex(bits[this.read * 2 + 1]), this.read);
    return this.dms.get(hex(random0) + hex(random1));
  }

  ownerOf(random0: number, random1: number): number | undefined {
    return this.owners.get(hex(random0) + hex(random1));
  }
}

export class MetadataMatchesStore extends Invariant {
  readonly id = 'I10';
  readonly title = 'at rest, store and metadata match one to one';
  readonly clause = '12.2.2.3 item 4; RFC 4825 section 8';
  readonly kinds: readonly number[] = [
    Observed.stored,
    Observed.settled,
    Observed.expired,
    Observed.discarded,
    Observed.streamDelivered,
    Observed.streamSent,
    Observed.streamEnded,
  ];
  private readonly exchanges = new Map<number, Exchange>();
  /** Messages that are on one side only, or on both. */
  private readonly known = new BitsTable();
  /** Random bits of each deferred message number. */
  private bitsOfDm = new Int32Array(2048);
  /** One more than the largest number of a deferred message. */
  private stored = 0;
  private readonly index = new NodeIndex();
  /** By user: what was asked about her list, on any connection, and not answered, in the order of asking. */
  private readonly unanswered = new Map<number, Request[]>();
  /** The connection whose octets are being read. */
  private exchange: Exchange = new Exchange();

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
        const random0 = buf.readInt32LE(start + RANDOM_AT);
        const random1 = buf.readInt32LE(start + RANDOM_AT + 4);
        this.reach(message);
        this.bitsOfDm[message * 2] = random0;
        this.bitsOfDm[message * 2 + 1] = random1;
        this.stored = Math.max(this.stored, message + 1);
        this.change(random0, random1, Part.stored, 0);
        return;
      }
      case Observed.settled:
      case Observed.expired:
      case Observed.discarded:
        this.reach(message);
        this.change(this.bitsOfDm[message * 2], this.bitsOfDm[message * 2 + 1], Part.gone, 0);
        return;
      case Observed.streamEnded:
        if (entity === xdmsHost && a !== TcpEnd.fin) this.exchanges.delete(message);
        return;
      default:
        if (entity !== xdmsHost) return;
        this.exchange = this.exchangeOf(message);
        if (kind === Observed.streamDelivered) this.read(this.exchange.requests, buf, start, end, this.asked);
        else this.read(this.exchange.responses, buf, start, end, this.answered);
    }
  }

  override finish(quiescent: boolean): void {
    if (!quiescent || this.context.xdmsHost === undefined) return;
    const sinceNs = this.context.now() - GRACE_NS;
    this.known.each((random0, random1, parts, changedNs) => {
      this.checked++;
      if (changedNs > sinceNs) return;
      const inStore = (parts & (Part.stored | Part.gone)) === Part.stored;
      const inMetadata = (parts & Part.metadata) !== 0;
      if (inStore === inMetadata) return;
      const which = this.nameOf(random0, random1);
      if (inStore) this.violate(`${which} is stored without metadata`);
      else this.violate(`the metadata of ${which} are still there, and the message is not`);
    });
  }

  /** A node in words: by the number of its message where that is known, or else by the user in whose list it stands. */
  private nameOf(random0: number, random1: number): string {
    const { messageOf } = this.context;
    const id = `sip:${hex(random0)}...`;
    const dm = this.index.dmOf(this.bitsOfDm, this.stored, random0, random1);
    const message = dm === undefined ? -1 : (messageOf?.(dm) ?? -1);
    if (message >= 0) return `message ${message} (${id})`;
    const user = this.index.ownerOf(random0, random1);
    return user === undefined ? id : `${id} in the list of user ${user}`;
  }

  private exchangeOf(conn: number): Exchange {
    let exchange = this.exchanges.get(conn);
    if (exchange === undefined) {
      exchange = new Exchange();
      this.exchanges.set(conn, exchange);
    }
    return exchange;
  }

  private read(stream: SlowHttp, buf: Buffer, start: number, end: number, each: SlowHttpListener): void {
    if (stream.fault === undefined && !stream.feed(buf, start, end, each)) {
      this.violate(`HTTP at the IM XDMS does not read: ${stream.fault ?? ''}`);
    }
  }

  /** A request reached the XDMS. */
  private readonly asked: SlowHttpListener = (line, buf, start, end) => {
    const match = NODE.exec(line);
    if (match === null) {
      const list = LIST.exec(line);
      if (list === null) this.exchange.push(OTHER);
      else this.open({ ...OTHER, what: Asked.list, user: Number(list[1]) });
      return;
    }
    const [, method, owner, high, low] = match;
    const put = method === 'PUT';
    const user = Number(owner);
    const [random0, random1] = [Number.parseInt(high, 16) | 0, Number.parseInt(low, 16) | 0];
    this.open({ what: put ? Asked.put : Asked.delete, user, random0, random1 });
    if (!put) return;
    if (this.known.get(random0, random1) === 0) this.index.own(user, random0, random1);
    const at = REFERENCE.in(buf, start, end) + REFERENCE.octets.length;
    if (buf.latin1Slice(at, at + 16) !== high + low)
      this.violate(`a PUT for ${this.nameOf(random0, random1)} has the entry of another message`);
  };

  /** A response left the XDMS. */
  private readonly answered: SlowHttpListener = (line, buf, start, end) => {
    const request = this.exchange.shift();
    if (request === undefined) {
      this.violate('the IM XDMS answered what nobody asked');
      return;
    }
    if (request.what === Asked.other) return;
    if (request.what === Asked.list) {
      if (/^HTTP\/1\.1 (200|404)/.test(line)) this.listed(request, buf, start, end);
      return;
    }
    const put = request.what === Asked.put;
    // 404 to a DELETE: the answer to the first one was lost on the way, and the node is gone all the same.
    const done = line.startsWith('HTTP/1.1 2') || (!put && line.startsWith('HTTP/1.1 404'));
    const isNews = this.close(request, done);
    if (!done) return;
    this.checked++;
    if (!isNews) return;
    this.change(request.random0, request.random1, put ? Part.metadata : 0, put ? 0 : Part.metadata);
  };

  private open(request: Request): void {
    this.exchange.push(request);
    const open = this.unanswered.get(request.user);
    if (open === undefined) this.unanswered.set(request.user, [request]);
    else open.push(request);
  }

  /**
   * The PUT or DELETE `request` was answered, which also tells what became of earlier ones for its node if it was `done`, and nothing of
   * them if it was refused. False if a list that was asked for later has told all that.
   */
  private close(request: Request, done: boolean): boolean {
    const { user, random0, random1 } = request;
    const open = this.unanswered.get(user) ?? [];
    const at = open.indexOf(request);
    if (at < 0) return false;
    const isTold = (one: Request) => done && one.random0 === random0 && one.random1 === random1;
    const left = open.filter((one, n) => n > at || (n < at && !isTold(one)));
    this.keep(user, left);
    return true;
  }

  /**
   * The whole list of a user left the XDMS, in octets [start, end). A node that was in doubt when it was asked for is there if it stands
   * in the list, and else it is not.
   */
  private listed(request: Request, buf: Buffer, start: number, end: number): void {
    const open = this.unanswered.get(request.user) ?? [];
    const before = open.splice(0, open.indexOf(request) + 1).filter(({ what }) => what !== Asked.list);
    this.keep(request.user, open);
    if (before.length === 0) return;
    const text = buf.latin1Slice(start, end);
    for (const { random0, random1 } of before) {
      const listed = text.includes(`history-reference="sip:${hex(random0)}${hex(random1)}@`);
      this.change(random0, random1, listed ? Part.metadata : 0, listed ? 0 : Part.metadata);
    }
  }

  private keep(user: number, open: Request[]): void {
    if (open.length === 0) this.unanswered.delete(user);
    else this.unanswered.set(user, open);
  }

  /** Adds and removes parts of what is known; a message that is gone on both sides is forgotten. */
  private change(random0: number, random1: number, add: number, remove: number): void {
    const parts = (this.known.get(random0, random1) | add) & ~remove;
    this.known.set(random0, random1, parts === (Part.stored | Part.gone) ? 0 : parts, this.context.now());
  }

  /** Makes room for the bits of message `dm`. */
  private reach(dm: number): void {
    if (dm * 2 + 1 < this.bitsOfDm.length) return;
    const wider = new Int32Array(Math.max(dm * 2 + 2, this.bitsOfDm.length * 2));
    wider.set(this.bitsOfDm);
    this.bitsOfDm = wider;
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
