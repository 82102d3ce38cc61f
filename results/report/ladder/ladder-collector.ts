/**
 * Collects the ladder of one message from the observations of a run. It follows the body mark of the message: the requests that
 * carry it, their transactions by Call-ID, the push sessions to its recipient while it waits, and the SENDs that bring it.
 *
 * Not drawn: keep-alives, acknowledgements of TCP, push sessions of other users, other messages of the same session.
 */
import { BODY_MARK, mark } from '../../../models/marks.js';
import { Observed } from '../../../models/observations.js';
import { PacketFate } from '../../../sim/host/ports.js';
import type { Ladder, LadderArrow, LadderBand, LadderRow } from './ladder.js';
import { glanceAtSip, namesIn, takeMsrp, type SipGlance } from './ladder-wire.js';

type Handler = (
  kind: number,
  entity: number,
  message: number,
  a: number,
  b: number,
  buf: Buffer,
  start: number,
  end: number,
) => void;

/** Where it listens, and the addresses of the parties. */
export interface LadderWorld {
  subscribe(kind: number, handler: Handler): void;
  nowNs(): number;
  readonly coreIp: number;
  readonly isServer: (ip: number) => boolean;
  readonly firstClientIp: number;
  /** Faults that hit one of these users' links, or a server. */
  bands(users: readonly number[]): LadderBand[];
}

const LANE = { sender: 0, core: 1, server: 2, xdms: 3, recipient: 4 } as const;
const MOST_ROWS = 300;
/** An octet stream of which no frame could be made is given up. */
const MOST_PENDING = 4_000_000;

export class LadderCollector {
  private readonly mark: string;
  /** The numbers of the messages that were offered so far. */
  private least = Infinity;
  private most = -1;
  private sender = -1;
  private recipient = -1;
  private dm = -1;
  private waiting = false;
  private readonly rows: LadderRow[] = [];
  private omitted = 0;
  private readonly calls = new Set<string>();
  private readonly transactions = new Set<string>();
  private readonly messageIds = new Set<string>();
  /** Header names of the request that each lane received last. */
  private readonly received = new Map<number, ReadonlyMap<string, string>>();
  /** Open connections: addresses of their ends, and octets that are no whole frame yet. */
  private readonly streams = new Map<number, { from: number; to: number; text: string }>();

  constructor(
    private readonly world: LadderWorld,
    private readonly message: number,
  ) {
    this.mark = mark(BODY_MARK, message);
    this.watchPackets();
    this.watchLife();
  }

  /** The ladder so far; undefined if nobody has offered the message. */
  ladder(): Ladder | undefined {
    if (this.sender < 0) return undefined;
    return {
      title: `message ${this.message} from u${this.sender} to u${this.recipient}`,
      ...this.withoutIdleLane([
        `IM Client u${this.sender}`,
        'SIP/IP Core',
        'IM Server',
        'IM XDMS',
        `IM Client u${this.recipient}`,
      ]),
      bands: this.world.bands([this.sender, this.recipient]),
      omitted: this.omitted,
    };
  }

  /** Why there is no ladder, in one line. */
  absence(): string {
    const { least, most } = this;
    const there = most < 0 ? 'none was' : `those that were have numbers from ${least} to ${most}`;
    return `no ladder: message ${this.message} was not offered; ${there}`;
  }

  /** Lanes and rows; the IM XDMS has a lane only if it had something to say. */
  private withoutIdleLane(lanes: string[]): { readonly lanes: string[]; readonly rows: LadderRow[] } {
    const { rows } = this;
    if (rows.some((row) => row.kind === 'arrow' && row.from === LANE.xdms)) return { lanes, rows };
    const moved = (lane: number): number => (lane > LANE.xdms ? lane - 1 : lane);
    return {
      lanes: lanes.toSpliced(LANE.xdms, 1),
      rows: rows.map((row) =>
        row.kind === 'note'
          ? { ...row, lane: moved(row.lane) }
          : { ...row, from: moved(row.from), to: moved(row.to) },
      ),
    };
  }

  private watchPackets(): void {
    const { world } = this;
    world.subscribe(Observed.datagramPacket, (_kind, from, fate, to, _b, buf, start, end) => {
      if (this.sender < 0) return;
      const fromLane = this.laneOf(from);
      const toLane = this.laneOf(to);
      if (fromLane < 0 || toLane < 0 || buf[start] < 0x41) return;
      this.datagram(fate, fromLane, toLane, buf.toString('latin1', start, end));
    });
    world.subscribe(Observed.connection, (_kind, own, conn, peer) => {
      this.streams.set(conn, { from: own, to: peer, text: '' });
    });
    world.subscribe(Observed.streamSent, (_kind, _host, conn, _local, _b, buf, start, end) => {
      const stream = this.streams.get(conn);
      if (stream === undefined || this.sender < 0) return;
      const from = this.laneOf(stream.from);
      const to = this.laneOf(stream.to);
      if (from < 0 || to < 0) return;
      const taken = takeMsrp(stream.text + buf.toString('latin1', start, end));
      stream.text = taken.rest.length > MOST_PENDING ? '' : taken.rest;
      for (const frame of taken.frames) {
        const follows = frame.messageId !== '' && this.messageIds.has(frame.messageId);
        if (frame.text.includes(this.mark) || follows) {
          this.transactions.add(frame.transaction);
          this.messageIds.add(frame.messageId);
          this.arrow(from, to, frame.label, false, follows ? [] : this.stripped(from, namesIn(frame.text)));
        } else if (this.transactions.delete(frame.transaction)) this.arrow(from, to, frame.label, false, []);
      }
    });
  }

  private datagram(fate: number, from: number, to: number, text: string): void {
    const sip = glanceAtSip(text);
    if (sip === undefined || !this.concerns(sip, text)) return;
    if (fate === PacketFate.lost && this.loseLast(from, to, sip.label)) return;
    const carries = sip.request && text.includes(this.mark);
    const label = fate === PacketFate.duplicate ? `${sip.label} (duplicate)` : sip.label;
    this.arrow(from, to, label, fate === PacketFate.lost, carries ? this.stripped(from, sip.names) : []);
    if (carries) this.received.set(to, sip.names);
  }

  /** True if the message is in it, answers it, or belongs to a push or registration that may free it. */
  private concerns(sip: SipGlance, text: string): boolean {
    if (this.calls.has(sip.callId)) return true;
    const brings = sip.request && text.includes(this.mark);
    const frees =
      this.waiting &&
      sip.request &&
      (sip.label === 'INVITE' || sip.label === 'REGISTER') &&
      sip.to.includes(`sip:u${this.recipient}@`);
    if (brings || frees) this.calls.add(sip.callId);
    return brings || frees;
  }

  /** Header fields that `lane` received and that are not among `names`, as they were written. */
  private stripped(lane: number, names: ReadonlyMap<string, string>): string[] {
    const before = this.received.get(lane) ?? new Map<string, string>();
    return [...before].filter(([name]) => !names.has(name)).map(([, written]) => written);
  }

  /** Marks the newest arrow like this as lost, for a packet that was lost at the receiver's link. */
  private loseLast(from: number, to: number, label: string): boolean {
    const arrow = this.rows.findLast(
      (row): row is LadderArrow =>
        row.kind === 'arrow' && row.from === from && row.to === to && row.label === label && !row.lost,
    );
    if (arrow === undefined || arrow.atNs === this.world.nowNs()) return false;
    arrow.lost = true;
    return true;
  }

  private watchLife(): void {
    const { world } = this;
    world.subscribe(Observed.offered, (_kind, sender, message, recipient) => {
      this.least = Math.min(this.least, message);
      this.most = Math.max(this.most, message);
      if (message !== this.message) return;
      this.sender = sender;
      this.recipient = recipient;
      this.note(LANE.sender, 'asked for');
    });
    world.subscribe(Observed.stored, (_kind, _user, dm, _a, _b, buf, start, end) => {
      if (this.dm >= 0 || !this.hasMark(buf, start, end)) return;
      this.dm = dm;
      this.waiting = true;
      this.note(LANE.server, `stored as ${dm}`);
    });
    const ends: readonly (readonly [number, string])[] = [
      [Observed.settled, 'settled, deleted'],
      [Observed.expired, 'expired, deleted'],
      [Observed.deadLettered, 'kept, no longer pushed'],
      [Observed.discarded, 'deleted unread, as its user wished'],
    ];
    for (const [kind, text] of ends) {
      world.subscribe(kind, (_kind, _user, dm) => {
        if (dm !== this.dm || this.dm < 0) return;
        this.waiting = false;
        this.note(LANE.server, text);
      });
    }
    const told: readonly (readonly [number, string])[] = [
      [Observed.fetched, 'fetched by its user'],
      [Observed.storedNotified, 'its sender is told that it is stored'],
      [Observed.failureNotified, 'its sender is told that it failed'],
    ];
    for (const [kind, text] of told) {
      world.subscribe(kind, (_kind, _user, dm) => {
        if (dm === this.dm && this.dm >= 0) this.note(LANE.server, text);
      });
    }
    const metadata: readonly (readonly [number, string])[] = [
      [Observed.metadataPut, 'PUT of metadata'],
      [Observed.metadataDeleted, 'DELETE of metadata'],
      [Observed.metadataFailed, 'metadata, to be tried again'],
    ];
    for (const [kind, text] of metadata) {
      world.subscribe(kind, (_kind, _user, dm, status) => {
        if (dm !== this.dm || this.dm < 0) return;
        this.arrow(LANE.xdms, LANE.server, `${status} (${text})`, status === 0, []);
      });
    }
    const shown: readonly (readonly [number, string])[] = [
      [Observed.deliveredLive, 'delivered at once'],
      [Observed.presented, 'presented'],
      [Observed.duplicateDropped, 'known already, dropped'],
    ];
    for (const [kind, text] of shown) {
      world.subscribe(kind, (_kind, _user, _message, _a, _b, buf, start, end) => {
        if (this.hasMark(buf, start, end)) this.note(LANE.recipient, text);
      });
    }
    world.subscribe(Observed.bindingRemoved, (_kind, user, _message, why) => {
      if (this.sender >= 0 && user === this.recipient) {
        this.note(LANE.core, `binding gone (${['expired', 'unregistered', 'flow failed'][why] ?? ''})`);
      }
    });
  }

  private hasMark(buf: Buffer, start: number, end: number): boolean {
    if (this.sender < 0) return false;
    const at = buf.indexOf(this.mark, start, 'latin1');
    return at >= start && at < end;
  }

  private laneOf(address: number): number {
    const ip = Math.floor(address / 65_536);
    if (ip === this.world.coreIp) return LANE.core;
    if (this.world.isServer(ip)) return LANE.server;
    const user = ip - this.world.firstClientIp;
    if (user === this.sender) return LANE.sender;
    return user === this.recipient ? LANE.recipient : -1;
  }

  private arrow(from: number, to: number, label: string, lost: boolean, stripped: string[]): void {
    this.add({ kind: 'arrow', atNs: this.world.nowNs(), from, to, label, lost, stripped });
  }

  private note(lane: number, text: string): void {
    this.add({ kind: 'note', atNs: this.world.nowNs(), lane, text });
  }

  private add(row: LadderRow): void {
    if (this.rows.length < MOST_ROWS) this.rows.push(row);
    else this.omitted++;
  }
}
