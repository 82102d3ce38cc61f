/**
 * The recorder: listens to the observations of one run and counts. Everything here is a function of the observations and their
 * virtual instants, so it is exact. Messages and their answers are counted here; the store, pushes, registrations, Large Messages and
 * notifications have recorders of their own.
 *
 * Not recorded: single events. A run of any length needs memory for its seconds and for one number a deferred message.
 */
import { Observed } from '../../models/observations.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { AttemptJudge, type AttemptCounts, type AttemptLimits, type AttemptsBySecond } from './attempts.js';
import type { ByUsers, Counts } from '../cell/counts.js';
import type { Distributions } from '../cell/figures.js';
import type { Series, Summary } from '../cell-result.js';
import { TimedHistogram } from './histogram.js';
import type { IntervalMetric } from '../folder/intervals-file.js';
import type { MetricIntervals } from './intervals.js';
import type { StoreAccount } from './self-checks.js';
import { NotificationRecorder } from './notification-recorder.js';
import { LargeRecorder } from './large-recorder.js';
import { PushRecorder } from './push-recorder.js';
import { RegistrationRecorder } from './registration-recorder.js';
import { StoreRecorder } from './store-recorder.js';
import type { ObservationSource, VirtualClock } from './observation-source.js';
import { Flow, secondOf } from './series.js';
import { SteadyWindow } from './steady-window.js';
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
  private readonly store: StoreRecorder;
  private readonly pushes: PushRecorder;
  private readonly registrations: RegistrationRecorder;
  private readonly answerDelivered: TimedHistogram;
  private readonly answerDeferred: TimedHistogram;
  private readonly offered = new Flow();
  private readonly deliveredAtOnce = new Flow();
  private readonly answerExtremes = new Extremes();
  private readonly attempts: AttemptJudge | undefined;
  private readonly largeMessages: LargeRecorder;
  private readonly steady: SteadyWindow | undefined;

  /**
   * Subscribes to what it counts; `clock` tells when each observation happens. With `limits`, scenario attempts are judged. With a
   * `warmUp` the run is a steady-state one: its figures leave out the warm-up and what follows the load. `metadataIp` is the address of
   * the IM XDMS.
   */
  constructor(
    source: ObservationSource,
    clock: VirtualClock,
    limits?: AttemptLimits,
    warmUp?: WarmUpRule,
    metadataIp?: number,
  ) {
    this.clock = clock;
    this.answerDelivered = new TimedHistogram(clock);
    this.answerDeferred = new TimedHistogram(clock);
    this.store = new StoreRecorder(source, clock, this.count);
    this.pushes = new PushRecorder(source, clock, this.count);
    this.registrations = new RegistrationRecorder(source, clock, this.count);
    this.notes = new NotificationRecorder(source);
    this.largeMessages = new LargeRecorder(source, clock, metadataIp);
    if (warmUp !== undefined) {
      this.steady = new SteadyWindow(
        warmUp,
        [...Object.values(this.delays()), ...this.largeMessages.histograms()],
        [
          { name: 'messages in the store', now: () => this.store.records.value },
          { name: 'messages in the system', now: () => this.store.records.value + this.underWay() },
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

    timed(Observed.fetched, () => {
      this.hands.fetched++;
    });
    timed(Observed.discarded, () => {
      this.hands.discarded++;
    });
    tally(Observed.rejected, () => count.rejected++);
    tally(Observed.deadLettered, () => count.deadLettered++);
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

  /** An invariant was violated, by this message if it is not negative. */
  violated(id: string, message: number): void {
    this.attempts?.violated(id, message);
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
    const { answerDelivered, answerDeferred } = this;
    const { storeDelay, dwell } = this.store;
    const { triggerLatency, drainTime } = this.pushes;
    return {
      answerDelivered,
      answerDeferred,
      storeDelay,
      triggerLatency,
      drainTime,
      dwell,
      registrationDelay: this.registrations.delay,
    };
  }

  /** Push throughput and store occupancy, each absent if nothing was pushed or stored. */
  loads(): Pick<Summary, 'throughput' | 'store'> {
    return this.store.loads(this.warmUp());
  }

  /** The store's account for the self-checks; `device` is what the storage device says. */
  storeAccount(device?: { readonly records: number; readonly octets: number }): StoreAccount {
    return this.store.account(device);
  }

  /** One row for each second up to now. */
  series(): Series {
    const seconds = Math.ceil(this.clock.nowNs / 1e9);
    const { store, registrations } = this;
    return {
      offered: this.offered.rows(seconds),
      deliveredAtOnce: this.deliveredAtOnce.rows(seconds),
      stored: store.stored.rows(seconds),
      settled: store.settled.rows(seconds),
      settledOctets: store.settledOctets.rows(seconds),
      expired: store.expired.rows(seconds),
      registersSent: registrations.sent.rows(seconds),
      registersGranted: registrations.granted.rows(seconds),
      storeRecords: store.records.rows(seconds),
      storeOctets: store.octets.rows(seconds),
      registersFailed: registrations.failed.rows(seconds),
      registersWaiting: registrations.waiting.rows(seconds),
      ...this.largeMessages.series(seconds),
    };
  }

  /** Durations over time, of each metric that has any. */
  intervals(): Partial<Record<IntervalMetric, MetricIntervals>> {
    const durations = Object.entries(this.delays()).map(([name, one]) => [name, one.intervals()]);
    const all: Partial<Record<IntervalMetric, MetricIntervals>> = {
      ...Object.fromEntries(durations),
      ...this.largeMessages.intervals(),
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  /** Deferred message numbers with the shortest and longest time in the store, and message numbers answered first and last. */
  extremes(): { readonly dwell: Extremes; readonly answer: Extremes } {
    return { dwell: this.store.dwellExtremes, answer: this.answerExtremes };
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
}
