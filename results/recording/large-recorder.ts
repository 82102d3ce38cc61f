/**
 * What is counted of Large Messages beside the figures that they share with Pager Mode (rules 6.4): their own counts, delays,
 * reassembly goodput, overhead, and what the store dropped by A14.
 *
 * A stored message is matched with its assembly by recipient and length, first in, first out: the record tells both.
 */
import { Observed } from '../../models/observations.js';
import type { LargeCounts } from '../cell/counts.js';
import type { LargeFigures } from '../cell/figures.js';
import type { Series } from '../cell-result.js';
import { DurationHistogram, TimedHistogram } from './histogram.js';
import type { MetricIntervals } from './intervals.js';
import type { ObservationSource, VirtualClock } from './observation-source.js';
import { Flow, Level, secondOf } from './series.js';
import type { SteadyWindow } from './steady-window.js';

interface Assembly {
  readonly firstOctetNs: number;
  readonly lastOctetNs: number;
}

/** Of a record: where its mode and the length of its body stand (`models/im-server/store/record.ts`). */
const MODE_AT = 1;
const LARGE_MODE = 1;
const BODY_OCTETS_AT = 48;
const RECORD_PREFIX_OCTETS = 56;
const CONFIRMED = 200;
const UNCONFIRMED = 202;
const ABORTED = 487;
/** An address is IPv4 address * this + port. */
const PORTS = 65_536;

export class LargeRecorder {
  private readonly count: LargeCounts = {
    offered: 0,
    confirmed: 0,
    unconfirmed: 0,
    aborted: 0,
    failed: 0,
    retried: 0,
    deliveredAtOnce: 0,
    assembled: 0,
    stored: 0,
    sessions: 0,
    contentHeadersDropped: 0,
    chunks: 0,
  };
  private readonly answer: TimedHistogram;
  private readonly storeDelay = new DurationHistogram();
  private readonly reassemblyLag: TimedHistogram;
  private readonly assembledOctets = new Flow();
  private readonly assembledMessages = new Flow();
  private readonly openSessions = new Level();
  private readonly offered = new Set<number>();
  /** By recipient and octets. */
  private readonly waiting = new Map<string, Assembly[]>();
  private payloadOctets = 0;
  private streamOctets = 0;
  /** The host of the IM XDMS, and the other ends of its connections: HTTP, which is no part of the overhead. */
  private metadataHost = -1;
  private readonly metadataEnds = new Set<number>();

  /** `metadataIp` is the address of the IM XDMS; left out if there is none. */
  constructor(
    source: ObservationSource,
    private readonly clock: VirtualClock,
    metadataIp?: number,
  ) {
    const { count } = this;
    this.answer = new TimedHistogram(clock);
    this.reassemblyLag = new TimedHistogram(clock);
    source.subscribe(Observed.largeOffered, (_kind, _user, m) => {
      count.offered++;
      this.offered.add(m);
    });
    source.subscribe(Observed.answered, (_kind, _user, m, status, intendedAtNs) =>
      this.onAnswered(m, status, intendedAtNs),
    );
    source.subscribe(Observed.notificationAsked, (_kind, _user, m) => {
      if (this.offered.has(m)) count.asked = (count.asked ?? 0) + 1;
    });
    source.subscribe(Observed.largeRetried, () => void count.retried++);
    source.subscribe(Observed.largeLive, (_kind, _user, _m, _a, _b, _buf, start, end) => {
      count.deliveredAtOnce++;
      this.payloadOctets += end - start;
    });
    source.subscribe(Observed.assembled, (_kind, user, chunks, octets, firstOctetNs) =>
      this.onAssembled(user, chunks, octets, firstOctetNs),
    );
    source.subscribe(Observed.stored, (_kind, user, _dm, _a, _b, buf, start, end) => {
      if (end - start > RECORD_PREFIX_OCTETS && buf[start + MODE_AT] === LARGE_MODE) {
        this.onStored(user, buf.readUInt32LE(start + BODY_OCTETS_AT));
      }
    });
    source.subscribe(Observed.settled, (_kind, _user, _dm, _receivedAtNs, octets) => {
      this.payloadOctets += octets;
    });
    source.subscribe(Observed.largeSessionOpened, () => {
      count.sessions++;
      this.openSessions.change(secondOf(clock.nowNs), 1);
    });
    source.subscribe(Observed.largeSessionEnded, () => this.openSessions.change(secondOf(clock.nowNs), -1));
    source.subscribe(Observed.contentHeadersDropped, (_kind, _user, _m, dropped) => {
      count.contentHeadersDropped += dropped;
    });
    source.subscribe(Observed.connection, (_kind, own, conn, peer, host) => {
      if (ipOf(own) === metadataIp) this.metadataHost = host;
      else if (ipOf(peer) === metadataIp) this.metadataEnds.add(conn);
    });
    source.subscribe(Observed.streamEnded, (_kind, _host, conn) => void this.metadataEnds.delete(conn));
    source.subscribe(Observed.streamSent, (_kind, host, conn, _a, _b, _buf, start, end) => {
      if (host !== this.metadataHost && !this.metadataEnds.has(conn)) this.streamOctets += end - start;
    });
  }

  /** All histograms, in a fixed order. */
  histograms(): DurationHistogram[] {
    return [this.answer, this.storeDelay, this.reassemblyLag];
  }

  /** The figures, delays and goodput within `window` if there is one; undefined if no Large Message was offered. */
  figures(window?: SteadyWindow): LargeFigures | undefined {
    const { count, payloadOctets, streamOctets } = this;
    if (count.offered === 0) return undefined;
    const warmUp = window?.warmUp();
    const [answer, storeDelay, reassemblyLag] = this.histograms().map((histogram) =>
      window === undefined ? histogram.distribution() : window.distribution(histogram),
    );
    const goodput = this.assembledOctets.throughput(warmUp?.fromSecond, warmUp?.untilSecond);
    return {
      counts: { ...count },
      ...(answer === undefined ? {} : { answer }),
      ...(storeDelay === undefined ? {} : { storeDelay }),
      ...(reassemblyLag === undefined ? {} : { reassemblyLag }),
      ...(goodput === undefined ? {} : { goodput }),
      ...(payloadOctets === 0 ? {} : { overhead: Math.round((streamOctets / payloadOctets) * 1e4) / 1e4 }),
    };
  }

  /** Columns of the timeline. */
  series(seconds: number): Pick<Series, 'assembled' | 'assembledOctets' | 'largeSessions'> {
    return {
      assembled: this.assembledMessages.rows(seconds),
      assembledOctets: this.assembledOctets.rows(seconds),
      largeSessions: this.openSessions.rows(seconds),
    };
  }

  /** Durations over time. */
  intervals(): { largeAnswer: MetricIntervals | undefined; reassemblyLag: MetricIntervals | undefined } {
    return { largeAnswer: this.answer.intervals(), reassemblyLag: this.reassemblyLag.intervals() };
  }

  private onAnswered(m: number, status: number, intendedAtNs: number): void {
    const { count } = this;
    if (!this.offered.has(m)) return;
    if (status === CONFIRMED) {
      count.confirmed++;
      this.answer.record(this.clock.nowNs - intendedAtNs);
    } else if (status === UNCONFIRMED) count.unconfirmed++;
    else if (status === ABORTED) count.aborted++;
    else count.failed++;
  }

  private onAssembled(user: number, chunks: number, octets: number, firstOctetNs: number): void {
    const { count, waiting, clock } = this;
    count.assembled++;
    count.chunks += chunks;
    this.payloadOctets += octets;
    this.assembledOctets.add(secondOf(clock.nowNs), octets);
    this.assembledMessages.add(secondOf(clock.nowNs), 1);
    const key = `${user} ${octets}`;
    const assembly = { firstOctetNs, lastOctetNs: clock.nowNs };
    const others = waiting.get(key);
    if (others === undefined) waiting.set(key, [assembly]);
    else others.push(assembly);
  }

  private onStored(user: number, octets: number): void {
    this.count.stored++;
    const key = `${user} ${octets}`;
    const assemblies = this.waiting.get(key);
    const assembly = assemblies?.shift();
    if (assemblies?.length === 0) this.waiting.delete(key);
    if (assembly === undefined) return;
    this.storeDelay.record(this.clock.nowNs - assembly.firstOctetNs);
    this.reassemblyLag.record(this.clock.nowNs - assembly.lastOctetNs);
  }
}

function ipOf(address: number): number {
  return Math.floor(address / PORTS);
}
