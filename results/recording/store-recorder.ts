/**
 * What is counted of the store: what enters and leaves it, how long each message stays, how full it is, and what leaves by a push
 * each second. Occupancy is integrated over virtual time, for the self-checks.
 */
import { Observed } from '../../models/observations.js';
import { moreRows, Stretch } from '../../sim/kernel/columns.js';
import type { Counts } from '../cell/counts.js';
import type { Summary } from '../cell-result.js';
import { Extremes } from './extremes.js';
import { TimedHistogram } from './histogram.js';
import type { ObservationSource, VirtualClock } from './observation-source.js';
import type { StoreAccount } from './self-checks.js';
import { Flow, Level, secondOf } from './series.js';
import { occupancyOf } from './store-occupancy.js';
import type { WarmUp } from './warm-up.js';

/** Of all columns by deferred message. */
const ROW_OCTETS = 8 + 4;

export class StoreRecorder {
  readonly storeDelay: TimedHistogram;
  readonly dwell: TimedHistogram;
  /** Deferred message numbers with the shortest and longest time in the store. */
  readonly dwellExtremes = new Extremes();
  readonly stored = new Flow();
  readonly settled = new Flow();
  readonly settledOctets = new Flow();
  readonly expired = new Flow();
  readonly records = new Level();
  readonly octets = new Level();
  /** Octets of the record of each deferred message, by its number, and when it was stored. */
  private recordOctets = new Uint32Array(1024);
  private storedNs = new Float64Array(1024);
  /** Messages in the store, integrated over time; time in the store over all that left it. */
  private area = 0;
  private changedNs = 0;
  private spentNs = 0;
  private gone = 0;

  constructor(
    source: ObservationSource,
    private readonly clock: VirtualClock,
    private readonly count: Counts,
  ) {
    this.storeDelay = new TimedHistogram(clock);
    this.dwell = new TimedHistogram(clock);
    source.subscribe(Observed.stored, (_kind, _user, dm, _a, _b, _buf, start, end) =>
      this.onStored(dm, end - start),
    );
    source.subscribe(Observed.storeAnswered, (_kind, _user, _dm, _status, receivedAtNs) =>
      this.storeDelay.record(clock.nowNs - receivedAtNs),
    );
    source.subscribe(Observed.settled, (_kind, _user, dm, receivedAtNs, contentOctets) =>
      this.onSettled(dm, receivedAtNs, contentOctets),
    );
    source.subscribe(Observed.expired, (_kind, _user, dm) => {
      count.expired++;
      this.expired.add(secondOf(clock.nowNs), 1);
      this.onGone(dm);
    });
    source.subscribe(Observed.discarded, (_kind, _user, dm) => this.onGone(dm));
  }

  /** Push throughput and store occupancy, each absent if nothing was pushed or stored. */
  loads(warmUp: WarmUp | undefined): Pick<Summary, 'throughput' | 'store'> {
    const messages = this.settled.throughput(warmUp?.fromSecond, warmUp?.untilSecond);
    const octets = this.settledOctets.throughput(warmUp?.fromSecond, warmUp?.untilSecond);
    const store = occupancyOf(this.records, this.octets, warmUp);
    return {
      ...(messages !== undefined && octets !== undefined ? { throughput: { messages, octets } } : {}),
      ...(store.peakRecords > 0 ? { store } : {}),
    };
  }

  /** The account for the self-checks; `device` is what the storage device says. */
  account(device?: { readonly records: number; readonly octets: number }): StoreAccount {
    this.advance();
    return {
      stored: this.count.stored,
      gone: this.gone,
      presentNs: this.area,
      spentNs: this.spentNs,
      records: this.records.value,
      octets: this.octets.value,
      ...(device === undefined ? {} : { deviceRecords: device.records, deviceOctets: device.octets }),
    };
  }

  private advance(): void {
    const { nowNs } = this.clock;
    this.area += this.records.value * (nowNs - this.changedNs);
    this.changedNs = nowNs;
  }

  private onStored(dm: number, octets: number): void {
    const second = secondOf(this.clock.nowNs);
    this.count.stored++;
    this.stored.add(second, 1);
    if (dm >= this.recordOctets.length) {
      const stretch = new Stretch(moreRows(this.storedNs.length, dm, ROW_OCTETS), ROW_OCTETS);
      this.storedNs = stretch.float64(this.storedNs);
      this.recordOctets = stretch.uint32(this.recordOctets);
    }
    this.recordOctets[dm] = octets;
    this.storedNs[dm] = this.clock.nowNs;
    this.advance();
    this.records.change(second, 1);
    this.octets.change(second, octets);
  }

  private onSettled(dm: number, receivedAtNs: number, contentOctets: number): void {
    const second = secondOf(this.clock.nowNs);
    this.count.settled++;
    this.settled.add(second, 1);
    this.settledOctets.add(second, contentOctets);
    this.dwell.record(this.clock.nowNs - receivedAtNs);
    this.dwellExtremes.see(dm, this.clock.nowNs - receivedAtNs);
    this.onGone(dm);
  }

  private onGone(dm: number): void {
    const second = secondOf(this.clock.nowNs);
    this.advance();
    this.gone++;
    this.spentNs += this.clock.nowNs - this.storedNs[dm];
    this.records.change(second, -1);
    this.octets.change(second, -this.recordOctets[dm]);
  }
}
