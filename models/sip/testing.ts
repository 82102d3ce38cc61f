/**
 * For tests only: a host of its own that implements the ports in memory, with what it sent recorded. Released octets are
 * overwritten, so a use after release shows; timers that are cancelled twice, or fire after their cancel, are assertions.
 *
 * Not modelled: any network. The test reads `sent` and `written` and feeds the other side itself.
 */
import type { Block, Conn, Octets, Ports, RandomStream, TimerId } from '../../sim/host/ports.js';
import { assert, unreachable } from '../../sim/kernel/assert.js';

const GRANULE = 64;

/** An arena that starts small, grows, and poisons what is released. */
export class TestOctets implements Octets {
  buf: Buffer = Buffer.alloc(1 << 19);
  words = new Int32Array(this.buf.buffer, this.buf.byteOffset, this.buf.length >> 2);
  readonly scratchStart = GRANULE;
  readonly scratchEnd = GRANULE + (1 << 18);
  heldOctets = 0;
  private fresh = this.scratchEnd / GRANULE;
  private readonly holders = new Map<Block, number>();
  private readonly sizes = new Map<Block, number>();
  private readonly free = new Map<number, Block[]>();

  alloc(sizeOctets: number): Block {
    const granules = Math.max(1, Math.ceil(sizeOctets / GRANULE));
    let block = this.free.get(granules)?.pop();
    if (block === undefined) {
      while ((this.fresh + granules) * GRANULE > this.buf.length) {
        const wider = Buffer.alloc(this.buf.length * 2);
        wider.set(this.buf);
        this.buf = wider;
        this.words = new Int32Array(wider.buffer, wider.byteOffset, wider.length >> 2);
      }
      block = this.fresh;
      this.fresh += granules;
      this.sizes.set(block, granules);
    }
    this.holders.set(block, 1);
    this.heldOctets += granules * GRANULE;
    return block;
  }

  start(block: Block): number {
    return block * GRANULE;
  }

  capacity(block: Block): number {
    return (this.sizes.get(block) ?? unreachable('capacity of no block')) * GRANULE;
  }

  retain(block: Block): void {
    const holders = this.holders.get(block);
    assert(holders !== undefined, 'retain of a block that nobody holds');
    this.holders.set(block, holders + 1);
  }

  release(block: Block): void {
    const holders = this.holders.get(block);
    assert(holders !== undefined, 'release of a block that nobody holds');
    if (holders > 1) {
      this.holders.set(block, holders - 1);
      return;
    }
    this.holders.delete(block);
    const octets = this.capacity(block);
    this.heldOctets -= octets;
    this.buf.fill(0xdd, block * GRANULE, block * GRANULE + octets);
    const list = this.free.get(octets / GRANULE) ?? [];
    list.push(block);
    this.free.set(octets / GRANULE, list);
  }

  /** A block with these octets (one for each character), held once. */
  put(text: string): Block {
    const block = this.alloc(text.length);
    this.buf.write(text, this.start(block), 'latin1');
    return block;
  }
}

/** A datagram that left, with its octets as text. */
export interface SentDatagram {
  readonly atNs: number;
  readonly local: number;
  readonly toIp: number;
  readonly toPort: number;
  readonly text: string;
  readonly bodyStart: number;
}

interface Pending {
  readonly id: TimerId;
  readonly atNs: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** Called for each timer that fires. */
export type TimerSink = (kind: number, a: number, b: number) => void;

export class TestPorts implements Ports {
  readonly hostId = 1;
  incarnation = 0;
  nowNs = 0;
  readonly octets = new TestOctets();
  readonly sent: SentDatagram[] = [];
  /** Octets written to each connection, as text. */
  readonly written = new Map<Conn, string>();
  /** Connections opened by `connect`: conn, local, ip, port. */
  readonly opened: {
    readonly conn: Conn;
    readonly local: number;
    readonly ip: number;
    readonly port: number;
  }[] = [];
  readonly closed: Conn[] = [];
  /** Connections that end by RST; in `closed`, too. */
  readonly reset: Conn[] = [];
  /** Connections whose octets did not arrive. */
  readonly holding = new Set<Conn>();
  /** Connections whose queue has no room: a write is taken, and says so. */
  readonly full = new Set<Conn>();
  /** Connections that are not read at present. */
  readonly paused = new Set<Conn>();
  readonly observed: { readonly kind: number; readonly a: number }[] = [];
  mtu = 1500;
  onTimer: TimerSink = () => undefined;
  private pending: Pending[] = [];
  private readonly delays: number[] = [];
  private nextTimer = 0;
  private nextConn = 1000;
  private draws = 0x12345678;

  constructor(private readonly ip: number) {}

  ipOf(local: number): number {
    return this.ip + local;
  }

  now(): number {
    return this.nowNs;
  }

  wallClock(): number {
    return 1_000_000_000_000 + Math.floor(this.nowNs / 1_000_000);
  }

  /** Timers that wait. */
  get timers(): number {
    return this.pending.length;
  }

  /** The process is killed, and its timers with it. */
  forgetTimers(): void {
    this.pending = [];
  }

  /** Fires all timers up to and at `toNs`, in the order of their instants. */
  advance(toNs: number): void {
    for (;;) {
      let first: Pending | undefined;
      for (const timer of this.pending) if (first === undefined || timer.atNs < first.atNs) first = timer;
      if (first === undefined || first.atNs > toNs) break;
      const due = first;
      this.pending = this.pending.filter((timer) => timer !== due);
      this.nowNs = due.atNs;
      this.onTimer(due.kind, due.a, due.b);
    }
    this.nowNs = toNs;
  }

  /** Texts of the datagrams sent since the last call. */
  takeSent(): string[] {
    return this.sent.splice(0).map((datagram) => datagram.text);
  }

  readonly timer = {
    lane: (delayNs: number): number => {
      const at = this.delays.indexOf(delayNs);
      return at >= 0 ? at : this.delays.push(delayNs) - 1;
    },
    start: (lane: number, kind: number, a: number, b: number): TimerId =>
      this.timer.after(this.delays[lane], kind, a, b),
    after: (delayNs: number, kind: number, a: number, b: number): TimerId => {
      const id = this.nextTimer++;
      this.pending.push({ id, atNs: this.nowNs + delayNs, kind, a, b });
      return id;
    },
    cancel: (id: TimerId): void => {
      const left = this.pending.filter((timer) => timer.id !== id);
      assert(left.length === this.pending.length - 1, 'cancel of a timer that is not pending');
      this.pending = left;
    },
  };

  readonly udp = {
    bind: (): void => undefined,
    pathMtu: (): number => this.mtu,
    send: (
      local: number,
      _fromPort: number,
      toIp: number,
      toPort: number,
      block: Block,
      length: number,
      bodyStart: number,
    ): void => {
      const start = this.octets.start(block);
      const text = this.octets.buf.toString('latin1', start, start + length);
      this.sent.push({ atNs: this.nowNs, local, toIp, toPort, text, bodyStart });
      this.octets.release(block);
    },
  };

  readonly tcp = {
    listen: (): void => undefined,
    connect: (local: number, ip: number, port: number): Conn => {
      const conn = this.nextConn++;
      this.opened.push({ conn, local, ip, port });
      return conn;
    },
    write: (conn: Conn, block: Block, start: number, end: number): boolean => {
      const base = this.octets.start(block);
      this.written.set(
        conn,
        (this.written.get(conn) ?? '') + this.octets.buf.toString('latin1', base + start, base + end),
      );
      this.octets.release(block);
      return !this.full.has(conn);
    },
    writable: (): boolean => true,
    holds: (conn: Conn): boolean => this.holding.has(conn),
    close: (conn: Conn): void => void this.closed.push(conn),
    abort: (conn: Conn): void => void (this.closed.push(conn), this.reset.push(conn)),
    pauseReading: (conn: Conn, paused: boolean): void =>
      void (paused ? this.paused.add(conn) : this.paused.delete(conn)),
  };

  readonly random = {
    stream: (): RandomStream => ({
      uniform: () => this.draw() / 4294967296,
      below: (bound: number) => this.draw() % bound,
      int32: () => this.draw() | 0,
    }),
    addressed: (purpose: number, entity: number, ordinal: number): number =>
      Math.imul(purpose ^ Math.imul(entity, 0x9e3779b1) ^ Math.imul(ordinal, 0x85ebca6b), 0xc2b2ae35) | 0,
  };

  readonly observe = {
    wants: (): boolean => true,
    emit: (kind: number, _entity: number, _message: number, a: number): void =>
      void this.observed.push({ kind, a }),
    emitOctets: (kind: number, _entity: number, _message: number, a: number): void =>
      void this.observed.push({ kind, a }),
  };

  readonly storage = {
    put: (): void => unreachable('no storage here'),
    delete: (): void => unreachable('no storage here'),
    commit: (): void => unreachable('no storage here'),
    read: (): Block => 0,
    lengthOf: (): number => -1,
    scan: (): void => undefined,
    records: 0,
    usedOctets: 0,
  };

  readonly cpu = { spend: (): boolean => unreachable('no CPU here'), inSystem: 0 };

  private draw(): number {
    this.draws = (Math.imul(this.draws, 1664525) + 1013904223) | 0;
    return (this.draws ^ (this.draws >>> 13)) >>> 0;
  }
}
