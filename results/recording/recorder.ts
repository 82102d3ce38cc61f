/**
 * The recorder: listens to the observations of one run and counts. Everything here is a function of the observations and their
 * virtual instants, so it is exact.
 *
 * Not recorded: single events. A run of any length needs memory for its seconds and for one number a deferred message.
 */
import { Observed } from '../../models/observations.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { AttemptJudge, type AttemptCounts, type AttemptLimits, type AttemptsBySecond } from './attempts.js';
import type { ByUsers, Counts, Distributions, Series, Summary } from '../cell-result.js';
import { TimedHistogram } from './histogram.js';
import type { IntervalMetric } from '../folder/intervals-file.js';
import type { MetricIntervals } from './intervals.js';
import type { StoreAccount } from './self-checks.js';
import { NotificationRecorder } from './notification-recorder.js';
import { LargeRecorder } from './large-recorder.js';
import type { ObservationSource, VirtualClock } from './observation-source.js';
import { Flow, Level, secondOf } from './series.js';
import { SteadyWindow } from './steady-window.js';
import { occupancyOf } from './store-occupancy.js';
import { noCounts } from './no-counts.js';
import { Extremes } from './extremes.js';
import type { WarmUp, WarmUpRule } from './warm-up.js';

const SIP_OK = 200;
const SIP_ACCEPTED = 202;

export class Recorder {
  private readonly clock: VirtualClock;
  private readonly count = noCounts();
  private readonly notes: NotificationRecorder;
  private readonly hands: ByUsers = { fetched: 0, discarded: 0 };
  private readonly answerDelivered: TimedHistogram;
  private readonly answerDeferred: TimedHistogram;
  private readonly storeDelay: TimedHistogram;
  private readonly triggerLatency: TimedHistogram;
  private readonly drainTime: TimedHistogram;
  private readonly dwell: TimedHistogram;
  private readonly registrationDelay: TimedHistogram;
  private readonly offered = new Flow();
  private readonly deliveredAtOnce = new Flow();
  private readonly stored = new Flow();
  private readonly settled = new Flow();
  private readonly settledOctets = new Flow();
  private readonly expired = new Flow();
  private readonly registersSent = new Flow();
  private readonly registersGranted = new Flow();
  private readonly registersFailed = new Flow();
  private readonly registersWaiting = new Level();
  private readonly storeRecords = new Level();
  private readonly storeOctets = new Level();
  private readonly answerExtremes = new Extremes();
  private readonly dwellExtremes = new Extremes();
  /** Octets of the record of each deferred message, by its number, and when it was stored. */
  private recordOctets = new Float64Array(1024);
  private storedNs = new Float64Array(1024);
  /** Messages in the store, integrated over time; time in the store over all that left it. */
  private storeArea = 0;
  private storeChangedNs = 0;
  private storeSpentNs = 0;
  private storeGone = 0;

  private readonly attempts: AttemptJudge | undefined;
  private readonly largeMessages: LargeRecorder;
  private readonly steady: SteadyWindow | undefined;

  /**
   * Subscribes to what it counts; `clock` tells when each observation happens. With `limits`, scenario attempts are judged. With a
   * `warmUp` the run is a steady-state one: its figures leave out the warm-up and what follows the load.
   */
  constructor(source: ObservationSource, clock: VirtualClock, limits?: AttemptLimits, warmUp?: WarmUpRule) {
    this.clock = clock;
    this.answerDelivered = new TimedHistogram(clock);
    this.answerDeferred = new TimedHistogram(clock);
    this.storeDelay = new TimedHistogram(clock);
    this.triggerLatency = new TimedHistogram(clock);
    this.drainTime = new TimedHistogram(clock);
    this.dwell = new TimedHistogram(clock);
    this.registrationDelay = new TimedHistogram(clock);
    this.notes = new NotificationRecorder(source);
    this.largeMessages = new LargeRecorder(source, clock);
    if (warmUp !== undefined) {
      this.steady = new SteadyWindow(
        warmUp,
        [...Object.values(this.delays()), ...this.largeMessages.histograms()],
        [
          { name: 'messages in the store', now: () => this.storeRecords.value },
          { name: 'messages in the system', now: () => this.storeRecords.value + this.underWay() },
        ],
      );
    }
    if (limits !== undefined) this.attempts = new AttemptJudge(source, clock, limits);
    const { count } = this;
    const second = () => secondOf(clock.nowNs);
    const tally = (kind: number, add: () => number) => source.subscribe(kind, add);
    const timed = (kind: number, handler: (dm: number, a: number, b: number) => void) =>
      source.subscribe(kind, (_kind, _entity, message, a, b) => handler(message, a, b));

    timed(Observed.offered, () => {
      count.offered++;
      this.offered.add(second(), 1);
    });
    tally(Observed.sent, () => count.sent++);
    timed(Observed.answered, (m, status, intendedAtNs) => this.onAnswered(m, status, intendedAtNs));
    for (const kind of [Observed.deliveredLive, Observed.largeLive]) {
      timed(kind, () => {
        count.deliveredAtOnce++;
        this.deliveredAtOnce.add(second(), 1);
      });
    }
    tally(Observed.presented, () => count.presented++);
    tally(Observed.duplicateDropped, () => count.duplicatesDropped++);
    timed(Observed.copied, () => {
      count.copies = (count.copies ?? 0) + 1;
    });

    source.subscribe(Observed.stored, (_kind, _user, dm, _a, _b, _buf, start, end) =>
      this.onStored(dm, end - start),
    );
    timed(Observed.storeAnswered, (_dm, _status, receivedAtNs) =>
      this.storeDelay.record(clock.nowNs - receivedAtNs),
    );
    timed(Observed.settled, (dm, receivedAtNs, contentOctets) =>
      this.onSettled(dm, receivedAtNs, contentOctets),
    );
    timed(Observed.expired, (dm) => {
      count.expired++;
      this.expired.add(second(), 1);
      this.onGone(dm);
    });
    timed(Observed.fetched, () => {
      this.hands.fetched++;
    });
    timed(Observed.discarded, (dm) => {
      this.hands.discarded++;
      this.onGone(dm);
    });
    tally(Observed.rejected, () => count.rejected++);
    tally(Observed.deadLettered, () => count.deadLettered++);

    // One that ends a registration triggers nothing (rules 2.3).
    timed(Observed.triggered, (_message, expiresS) => {
      if (expiresS > 0) count.triggers++;
    });
    timed(Observed.pushInvited, (_push, sinceTriggerNs) => {
      count.pushSessions++;
      this.triggerLatency.record(sinceTriggerNs);
    });
    timed(Observed.pushEnded, (_push, status) => {
      if (status !== SIP_OK) count.pushSessionsFailed++;
    });
    tally(Observed.pushSent, () => count.pushed++);
    timed(Observed.drained, (_push, sinceTriggerNs) => this.drainTime.record(sinceTriggerNs));

    timed(Observed.registerSent, () => {
      count.registersSent++;
      this.registersSent.add(second(), 1);
      this.registersWaiting.change(second(), 1);
    });
    timed(Observed.registered, (_attempt, sinceSentNs) => {
      count.registered++;
      this.registersGranted.add(second(), 1);
      this.registersWaiting.change(second(), -1);
      this.registrationDelay.record(sinceSentNs);
    });
    timed(Observed.registerFailed, () => {
      count.registerFailures++;
      this.registersFailed.add(second(), 1);
      this.registersWaiting.change(second(), -1);
    });
    tally(Observed.bindingRemoved, () => count.bindingsRemoved++);
    tally(Observed.retransmitted, () => count.retransmissions++);
    tally(Observed.timedOut, () => count.transactionTimeouts++);
    tally(Observed.malformed, () => count.malformed++);
    tally(Observed.metadataPut, () => count.metadataPut++);
    tally(Observed.metadataDeleted, () => count.metadataDeleted++);
    tally(Observed.metadataFailed, () => count.metadataFailed++);
    tally(Observed.metadataReconciled, () => count.metadataReconciled++);
    tally(Observed.xdmsRequest, () => count.xdmsRequests++);
  }

  /** Messages offered and not answered. */
  private underWay(): number {
    const { offered, answeredDelivered, answeredDeferred, answeredFailed } = this.count;
    return offered - answeredDelivered - answeredDeferred - answeredFailed;
  }

  /** Tells a steady-state recorder that `second` whole seconds of virtual time are over. */
  endOfSecond(second: number): void {
    this.steady?.endOfSecond(second);
  }

  /** The warm-up that the figures leave out; undefined for a terminating run, or one that did not reach the end of its load. */
  warmUp(): WarmUp | undefined {
    return this.steady?.warmUp();
  }

  /** What is told of Large Messages alone; absent if none was offered. */
  large(): Pick<Summary, 'large'> {
    const large = this.largeMessages.figures(this.steady);
    return large === undefined ? {} : { large };
  }

  /** The counts so far. */
  counts(): Counts {
    const { count } = this;
    const answered = count.answeredDelivered + count.answeredDeferred + count.answeredFailed;
    return {
      ...count,
      unanswered: count.offered - answered,
      stillWaiting: count.stored - count.settled - count.expired - count.deadLettered - this.hands.discarded,
    };
  }

  /** Disposition notifications; absent if nobody asked for one. */
  notifications(): Pick<Summary, 'notifications'> {
    const notifications = this.notes.figures();
    return notifications === undefined ? {} : { notifications };
  }

  /** What users did with their messages themselves; absent if they did nothing. */
  byUsers(): Pick<Summary, 'byUsers'> {
    const { fetched, discarded } = this.hands;
    return fetched + discarded === 0 ? {} : { byUsers: { fetched, discarded } };
  }

  /** How scenario attempts fared so far; undefined if they are not judged. */
  attemptCounts(): AttemptCounts | undefined {
    const warmUp = this.warmUp();
    if (warmUp === undefined) return this.attempts?.counts();
    return this.attempts?.counts(warmUp.fromSecond * NS_PER_S, warmUp.untilSecond * NS_PER_S);
  }

  /** The same second by second; undefined if they are not judged. */
  attemptsBySecond(): AttemptsBySecond | undefined {
    return this.attempts?.bySecond();
  }

  /** All distributions that have anything in them. */
  distributions(): Distributions {
    const { steady } = this;
    return Object.fromEntries(
      Object.entries(this.delays())
        .map(([name, histogram]) => [
          name,
          steady === undefined ? histogram.distribution() : steady.distribution(histogram),
        ])
        .filter(([, value]) => value !== undefined),
    ) as Distributions;
  }

  private delays(): Record<keyof Distributions, TimedHistogram> {
    const { answerDelivered, answerDeferred, storeDelay, triggerLatency, drainTime, dwell } = this;
    const { registrationDelay } = this;
    return {
      answerDelivered,
      answerDeferred,
      storeDelay,
      triggerLatency,
      drainTime,
      dwell,
      registrationDelay,
    };
  }

  /** Push throughput and store occupancy, each absent if nothing was pushed or stored. */
  loads(): Pick<Summary, 'throughput' | 'store'> {
    const warmUp = this.warmUp();
    const messages = this.settled.throughput(warmUp?.fromSecond, warmUp?.untilSecond);
    const octets = this.settledOctets.throughput(warmUp?.fromSecond, warmUp?.untilSecond);
    const store = occupancyOf(this.storeRecords, this.storeOctets, warmUp);
    return {
      ...(messages !== undefined && octets !== undefined ? { throughput: { messages, octets } } : {}),
      ...(store.peakRecords > 0 ? { store } : {}),
    };
  }

  /** The store's account for the self-checks; `device` is what the storage device says. */
  storeAccount(device?: { readonly records: number; readonly octets: number }): StoreAccount {
    this.advanceStore();
    return {
      stored: this.count.stored,
      gone: this.storeGone,
      presentNs: this.storeArea,
      spentNs: this.storeSpentNs,
      records: this.storeRecords.value,
      octets: this.storeOctets.value,
      ...(device === undefined ? {} : { deviceRecords: device.records, deviceOctets: device.octets }),
    };
  }

  /** One row for each second up to now. */
  series(): Series {
    const seconds = Math.ceil(this.clock.nowNs / 1e9);
    return {
      offered: this.offered.rows(seconds),
      deliveredAtOnce: this.deliveredAtOnce.rows(seconds),
      stored: this.stored.rows(seconds),
      settled: this.settled.rows(seconds),
      settledOctets: this.settledOctets.rows(seconds),
      expired: this.expired.rows(seconds),
      registersSent: this.registersSent.rows(seconds),
      registersGranted: this.registersGranted.rows(seconds),
      storeRecords: this.storeRecords.rows(seconds),
      storeOctets: this.storeOctets.rows(seconds),
      registersFailed: this.registersFailed.rows(seconds),
      registersWaiting: this.registersWaiting.rows(seconds),
      ...this.largeMessages.series(seconds),
    };
  }

  /** Durations over time, of each metric that has any. */
  intervals(): Partial<Record<IntervalMetric, MetricIntervals>> {
    const all: Record<IntervalMetric, MetricIntervals | undefined> = {
      answerDelivered: this.answerDelivered.intervals(),
      answerDeferred: this.answerDeferred.intervals(),
      storeDelay: this.storeDelay.intervals(),
      triggerLatency: this.triggerLatency.intervals(),
      drainTime: this.drainTime.intervals(),
      dwell: this.dwell.intervals(),
      registrationDelay: this.registrationDelay.intervals(),
      ...this.largeMessages.intervals(),
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  /** Deferred message numbers with the shortest and longest time in the store, and message numbers answered first and last. */
  extremes(): { readonly dwell: Extremes; readonly answer: Extremes } {
    return { dwell: this.dwellExtremes, answer: this.answerExtremes };
  }

  private advanceStore(): void {
    const { nowNs } = this.clock;
    this.storeArea += this.storeRecords.value * (nowNs - this.storeChangedNs);
    this.storeChangedNs = nowNs;
  }

  private onAnswered(m: number, status: number, intendedAtNs: number): void {
    const delayNs = this.clock.nowNs - intendedAtNs;
    if (status === SIP_OK || status === SIP_ACCEPTED) this.answerExtremes.see(m, delayNs);
    if (status === SIP_OK) {
      this.count.answeredDelivered++;
      this.answerDelivered.record(delayNs);
    } else if (status === SIP_ACCEPTED) {
      this.count.answeredDeferred++;
      this.answerDeferred.record(delayNs);
    } else this.count.answeredFailed++;
  }

  private onStored(dm: number, octets: number): void {
    const second = secondOf(this.clock.nowNs);
    this.count.stored++;
    this.stored.add(second, 1);
    if (dm >= this.recordOctets.length) {
      this.recordOctets = larger(this.recordOctets, dm);
      this.storedNs = larger(this.storedNs, dm);
    }
    this.recordOctets[dm] = octets;
    this.storedNs[dm] = this.clock.nowNs;
    this.advanceStore();
    this.storeRecords.change(second, 1);
    this.storeOctets.change(second, octets);
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
    this.advanceStore();
    this.storeGone++;
    this.storeSpentNs += this.clock.nowNs - this.storedNs[dm];
    this.storeRecords.change(second, -1);
    this.storeOctets.change(second, -this.recordOctets[dm]);
  }
}

/** A longer copy of `values`, in which `index` has a place. */
function larger(values: Float64Array<ArrayBuffer>, index: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(Math.max(values.length * 2, index + 1));
  copy.set(values);
  return copy;
}
