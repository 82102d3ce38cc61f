/**
 * One end of a TCP connection, and the table of all of them. The two ends are separate, because each may live on without the
 * other: half-open after a crash, or forgotten by one side only.
 */
import { assert } from '../kernel/assert.js';
import type { Octets } from '../host/ports.js';
import { SpanRing } from './span-ring.js';

export const TcpState = {
  free: 0,
  synSent: 1,
  /** The server's end before the handshake is over; its actor does not know it yet. */
  synReceived: 2,
  established: 3,
  /** Gone for its own host; still here because octets that it sent are on their way or unread. */
  ghost: 4,
} as const;

const FIRST_SEGMENTS = 4;

export class TcpEndpoint {
  id = 0;
  /** The other end; 0 while there is none. It may be gone: look it up. */
  peerId = 0;
  state: number = TcpState.free;
  host = 0;
  local = 0;
  port = 0;
  /** -1 if nobody has the address. */
  peerHost = 0;
  peerLocal = 0;
  peerPort = 0;

  /** What this end wrote and the peer has not read: first `arrived` octets, then `flight`, then `unsent`. */
  readonly ring = new SpanRing();
  unsent = 0;
  flight = 0;
  arrived = 0;
  /** Octets that will be sent again and were shown as sent already. */
  resend = 0;
  /** Sizes of the segments in flight, oldest first; 0 is FIN. */
  private segments = new Int32Array(FIRST_SEGMENTS);
  private segmentHead = 0;
  segmentCount = 0;
  segmentOrdinal = 0;
  /** The last segment may still grow by so many octets if more is written at `sentNs`. */
  mergeOctets = 0;
  sentNs = 0;
  /** Nothing may arrive before what was sent earlier. */
  lastArrivalNs = 0;
  /** Events of segments in flight carry it; going back to retransmit makes them void. */
  epoch = 0;

  stalled = false;
  /** Instant of the first retransmission timeout without progress; -1 if there was progress. */
  stallSinceNs = -1;
  backoff = 0;
  /** Pending timer of retransmission or SYN; -1 if none. */
  timer = -1;

  finQueued = false;
  finSent = false;
  finArrived = false;
  /** The peer's actor was told of it. */
  finDelivered = false;
  /** This end does not read for now. */
  readPaused = false;
  /** `write` answered false; `onTcpWritable` is due. */
  blocked = false;
  openPending = false;
  wakePending = false;
  /** As a ghost: nothing that it sent is on its way any more. */
  drained = false;
  /** Octets that arrived at the other side so far, and how many of them it was when a toxic began to count. */
  passed = 0;
  countedFrom = 0;
  /** FIN is held back until this instant; -1 if nothing holds it. */
  finNotBeforeNs = -1;
  cutPending = false;
  /** Octets of the ring before the one that arrives altered; -1 if none does. `flipBits`: how. */
  flipAt = -1;
  flipBits = 0;
  /** As a client: when connect was called. */
  startNs = 0;

  pushSegment(octets: number): void {
    if (this.segmentCount === this.segments.length) {
      const segments = new Int32Array(this.segments.length * 2);
      for (let i = 0; i < this.segmentCount; i++) {
        segments[i] = this.segments[(this.segmentHead + i) & (this.segments.length - 1)];
      }
      this.segments = segments;
      this.segmentHead = 0;
    }
    this.segments[(this.segmentHead + this.segmentCount++) & (this.segments.length - 1)] = octets;
  }

  growSegment(octets: number): void {
    this.segments[(this.segmentHead + this.segmentCount - 1) & (this.segments.length - 1)] += octets;
  }

  /** Size of the oldest segment in flight. */
  headSegment(): number {
    return this.segments[this.segmentHead];
  }

  shiftSegment(): void {
    assert(this.segmentCount > 0, 'an arrival without a segment in flight');
    this.segmentHead = (this.segmentHead + 1) & (this.segments.length - 1);
    this.segmentCount--;
  }

  dropSegments(): void {
    this.segmentHead = 0;
    this.segmentCount = 0;
  }

  reset(octets: Octets): void {
    this.ring.clear(octets);
    this.dropSegments();
    this.id = 0;
    this.peerId = 0;
    this.state = TcpState.free;
    this.unsent = 0;
    this.flight = 0;
    this.arrived = 0;
    this.resend = 0;
    this.segmentOrdinal = 0;
    this.mergeOctets = 0;
    this.sentNs = 0;
    this.lastArrivalNs = 0;
    this.epoch = 0;
    this.stalled = false;
    this.stallSinceNs = -1;
    this.backoff = 0;
    this.timer = -1;
    this.finQueued = false;
    this.finSent = false;
    this.finArrived = false;
    this.finDelivered = false;
    this.readPaused = false;
    this.blocked = false;
    this.openPending = false;
    this.wakePending = false;
    this.drained = false;
    this.passed = 0;
    this.countedFrom = 0;
    this.finNotBeforeNs = -1;
    this.cutPending = false;
    this.flipAt = -1;
  }
}

/** Endpoints by connection number. Numbers go up and are never given twice; endpoints are pooled. */
export class EndpointTable {
  private slots: (TcpEndpoint | undefined)[] = new Array<TcpEndpoint | undefined>(64).fill(undefined);
  private readonly pool: TcpEndpoint[] = [];
  private nextId = 1;
  live = 0;

  constructor(private readonly octets: Octets) {}

  /** A fresh endpoint with the next number whose slot is free; numbers may have gaps. */
  take(): TcpEndpoint {
    if (this.live * 2 >= this.slots.length) this.enlarge();
    const mask = this.slots.length - 1;
    while (this.slots[this.nextId & mask] !== undefined) this.nextId++;
    const endpoint = this.pool.pop() ?? new TcpEndpoint();
    endpoint.id = this.nextId++;
    this.slots[endpoint.id & mask] = endpoint;
    this.live++;
    return endpoint;
  }

  get(id: number): TcpEndpoint | undefined {
    const endpoint = this.slots[id & (this.slots.length - 1)];
    return endpoint !== undefined && endpoint.id === id ? endpoint : undefined;
  }

  /** True if a number was given out at some time. */
  wasGiven(id: number): boolean {
    return id > 0 && id < this.nextId;
  }

  release(endpoint: TcpEndpoint): void {
    this.slots[endpoint.id & (this.slots.length - 1)] = undefined;
    this.live--;
    endpoint.reset(this.octets);
    this.pool.push(endpoint);
  }

  /** The endpoints of a host, by ascending number. */
  ofHost(host: number): TcpEndpoint[] {
    const found: TcpEndpoint[] = [];
    for (const endpoint of this.slots) {
      if (endpoint !== undefined && endpoint.host === host) found.push(endpoint);
    }
    return found.sort((a, b) => a.id - b.id);
  }

  private enlarge(): void {
    const slots = new Array<TcpEndpoint | undefined>(this.slots.length * 2).fill(undefined);
    for (const endpoint of this.slots) {
      if (endpoint !== undefined) slots[endpoint.id & (slots.length - 1)] = endpoint;
    }
    this.slots = slots;
  }
}
