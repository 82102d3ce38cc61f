/**
 * A capture of a run: what the network tap observes, as a pcapng file that packet analysers read.
 *
 * Two interfaces. On `wire` stands each packet at the instant at which it left its sender; on `lost` each that never arrived, at
 * the instant of its loss. A packet that is lost at the receiver's link stands on both. Each packet has a comment: the
 * number of the kernel's event that sent it, and the faults in force on either side.
 *
 * TCP. Sequence numbers, handshake, FIN and RST are those of the modelled connection. The model has no acknowledgement packets:
 * acknowledgements ride on data, and on the ACK of the handshake. What was written at one instant is one segment here.
 */
import { PacketFate, SegmentBits, Tap, TcpEnd } from '../host/ports.js';
import type { ObservationHub } from '../host/observations.js';
import { assert } from '../kernel/assert.js';
import { NS_PER_S } from '../kernel/time.js';
import { FrameBuilder, SEGMENT_LIMIT } from './frames.js';
import { type OctetSink, PcapngWriter } from './pcapng.js';

/** What a capture reads of the kernel. */
export interface CaptureClock {
  readonly nowNs: number;
  /** Events carried out so far. */
  readonly executed: number;
}

export interface CaptureOptions {
  readonly sink: OctetSink;
  readonly clock: CaptureClock;
  /** Wall-clock time at the start of the run, in milliseconds since 1970. */
  readonly epochMs: number;
  /** Name and version of the program, for the file's header. */
  readonly application: string;
  /** Words for the faults that hit either address now, or ''. Addresses are IPv4 addresses. */
  readonly faults?: ((fromIp: number, toIp: number) => string) | undefined;
}

/** One end of a connection: what its sender must know. */
interface EndState {
  readonly own: number;
  readonly peer: number;
  /** Sequence number of its next octet, relative to its first one; SYN is -1. */
  next: number;
  /** The largest that `next` was: below it, octets are shown again. */
  highest: number;
  /** Octets (and FIN) of the peer that it has read. */
  received: number;
  /** Where the segment began that is being shown, and whether more of it follows. */
  segmentFrom: number;
  within: boolean;
}

const WIRE = 0;
const LOST = 1;
/** Bits that a TCP header has. */
const FLAGS = 0x3f;

export class Capture {
  private readonly frame = new FrameBuilder();
  private readonly writer: PcapngWriter;
  private readonly ends = new Map<number, EndState>();
  /** Sequence number of the first octet, by own and peer's address. */
  private readonly initials = new Map<string, number>();
  /** Of the segment that may still grow: its end (0: there is none), whether it is lost, first number, instant, event. */
  private openConn = 0;
  private openLost = 0;
  private openSequence = 0;
  private openNs = 0;
  private openEvent = 0;
  private openFaults = '';
  /** Packets written so far. */
  packets = 0;

  constructor(private readonly options: CaptureOptions) {
    this.writer = new PcapngWriter(options.sink, options.application);
    this.writer.addInterface('wire', 'packets as they left their sender');
    this.writer.addInterface('lost', 'packets that never arrived');
  }

  /** Subscribes to the tap; before the world starts. */
  watch(hub: Pick<ObservationHub, 'subscribe'>): void {
    hub.subscribe(Tap.datagramPacket, (_kind, from, fate, to, _b, buf, start, end) =>
      this.datagram(from, to, fate, buf, start, end),
    );
    hub.subscribe(Tap.connection, (_kind, own, conn, peer) => this.connection(conn, own, peer));
    hub.subscribe(Tap.segmentPacket, (_kind, conn, bits, _host, _b, buf, start, end) =>
      this.segment(conn, bits, buf, start, end),
    );
    hub.subscribe(Tap.segmentsLost, (_kind, conn, octets, fin) => this.segmentsLost(conn, octets, fin));
    hub.subscribe(Tap.streamDelivered, (_kind, _host, conn, _local, _b, _buf, start, end) =>
      this.received(conn, end - start),
    );
    hub.subscribe(Tap.streamEnded, (_kind, _host, conn, reason) => {
      if (reason === TcpEnd.fin) this.received(conn, 1);
    });
  }

  /** Hands out the last octets. Call once, after the run. */
  finish(): void {
    this.closeOpen();
    this.writer.flush();
  }

  private datagram(
    from: number,
    to: number,
    fate: number,
    buf: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.closeOpen();
    this.frame.clear();
    this.frame.append(buf, start, end);
    this.frame.closeDatagram(from, to);
    const note = fate === PacketFate.duplicate ? '; duplicated by the network' : '';
    this.write(fate === PacketFate.lost ? LOST : WIRE, from, to, note);
  }

  private connection(conn: number, own: number, peer: number): void {
    // Fixed by the connection, so that a capture is a function of the run.
    this.initials.set(pairOf(own, peer), (Math.imul(conn, 0x9e3779b1) >>> 1) + 1);
    this.ends.set(conn, { own, peer, next: -1, highest: 0, received: 0, segmentFrom: 0, within: false });
  }

  private received(conn: number, octets: number): void {
    const end = this.ends.get(conn);
    if (end === undefined) return;
    // An open segment of this end keeps the acknowledgement that it had when it was written.
    if (this.openConn === conn) this.closeOpen();
    end.received += octets;
  }

  private segment(conn: number, bits: number, buf: Uint8Array, start: number, end: number): void {
    const state = this.ends.get(conn);
    assert(state !== undefined, 'a segment of a connection that was not shown');
    if (start === end) this.bare(state, bits);
    else this.data(conn, state, bits, buf, start, end);
  }

  /** A segment without data. */
  private bare(state: EndState, bits: number): void {
    this.closeOpen();
    this.frame.clear();
    const flags = bits & FLAGS;
    const lost = (bits & SegmentBits.lost) !== 0;
    const into = lost ? LOST : WIRE;
    if ((bits & SegmentBits.reverse) !== 0) {
      // The stack that answers knows nothing of the connection: it takes its numbers from what it refuses (RFC 9293, 3.5.2).
      const { own, peer } = state;
      const sequence = this.initial(peer, own) + state.received;
      this.frame.closeSegment(peer, own, flags, sequence, this.initial(own, peer) + state.next);
      this.write(into, peer, own, '');
      return;
    }
    const isSyn = (flags & SegmentBits.syn) !== 0;
    this.close(state, flags, isSyn ? -1 : Math.max(state.next, 0));
    this.write(into, state.own, state.peer, '');
    // A SYN takes its number whether or not it arrives: the next one repeats it.
    if (isSyn) state.next = 0;
    else if (!lost && (flags & SegmentBits.fin) !== 0) state.next++;
  }

  /** Data: a segment, a part of one, or what is written behind it in the same instant. */
  private data(
    conn: number,
    state: EndState,
    bits: number,
    buf: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { nowNs } = this.options.clock;
    const lost = bits & SegmentBits.lost;
    if (this.openConn !== conn || this.openNs !== nowNs || this.openLost !== lost) this.closeOpen();
    if (!state.within) state.segmentFrom = state.next;
    state.within = (bits & SegmentBits.more) !== 0;
    let at = start;
    while (at < end) {
      if (this.openConn === 0) this.open(conn, state, lost);
      // What is sent again and what is sent for the first time are not mixed in a packet: analysers take them for one.
      const again = state.next < state.highest;
      const room = again ? state.highest - state.next : SEGMENT_LIMIT;
      const count = Math.min(end - at, room, SEGMENT_LIMIT - this.frame.dataOctets);
      this.frame.append(buf, at, at + count);
      state.next += count;
      at += count;
      const caughtUp = again && state.next === state.highest;
      if (state.next > state.highest) state.highest = state.next;
      if (caughtUp || this.frame.dataOctets === SEGMENT_LIMIT) this.closeOpen();
    }
    if (lost === 0 || state.within) return;
    // It will be sent again under the same numbers.
    this.closeOpen();
    state.next = state.segmentFrom;
  }

  private segmentsLost(conn: number, octets: number, fin: number): void {
    const state = this.ends.get(conn);
    if (state === undefined || octets + fin === 0) return;
    this.closeOpen();
    state.next -= octets + fin;
    this.frame.clear();
    this.close(state, fin === 1 ? SegmentBits.ack | SegmentBits.fin : SegmentBits.ack, state.next);
    // The headers only: the octets stand on the wire, where they left.
    this.write(LOST, state.own, state.peer, `; ${octets} octets in flight lost`);
  }

  private open(conn: number, state: EndState, lost: number): void {
    const { clock } = this.options;
    this.frame.clear();
    this.openConn = conn;
    this.openLost = lost;
    this.openNs = clock.nowNs;
    this.openEvent = clock.executed;
    this.openFaults = this.faultsOf(state.own, state.peer);
    this.openSequence = state.next;
  }

  private closeOpen(): void {
    const state = this.ends.get(this.openConn);
    this.openConn = 0;
    if (state === undefined) return;
    this.close(state, SegmentBits.ack, this.openSequence);
    this.put(this.openLost === 0 ? WIRE : LOST, this.openNs, `event ${this.openEvent}${this.openFaults}`);
  }

  private close(state: EndState, bits: number, sequence: number): void {
    const { own, peer } = state;
    const acknowledged = this.initial(peer, own) + state.received;
    this.frame.closeSegment(own, peer, bits, this.initial(own, peer) + sequence, acknowledged);
  }

  private initial(own: number, peer: number): number {
    return this.initials.get(pairOf(own, peer)) ?? 0;
  }

  private write(into: number, from: number, to: number, note: string): void {
    const { nowNs, executed } = this.options.clock;
    this.put(into, nowNs, `event ${executed}${note}${this.faultsOf(from, to)}`);
  }

  private faultsOf(from: number, to: number): string {
    const words = this.options.faults?.(Math.floor(from / 65_536), Math.floor(to / 65_536)) ?? '';
    return words === '' ? '' : `; ${words}`;
  }

  private put(into: number, atNs: number, comment: string): void {
    const { epochMs } = this.options;
    const wholeNs = (epochMs % 1000) * 1_000_000 + (atNs % NS_PER_S);
    const seconds = Math.floor(epochMs / 1000) + Math.floor(atNs / NS_PER_S) + Math.floor(wholeNs / NS_PER_S);
    const { octets, start, end } = this.frame;
    this.packets++;
    this.writer.packet(into, seconds, wholeNs % NS_PER_S, octets, start, end, comment);
  }
}

/** Key of a direction. */
function pairOf(own: number, peer: number): string {
  return `${own} ${peer}`;
}
