/** What is counted of pushes: triggers, sessions and what was sent in them, and how long a trigger and a drain took. */
import { Observed } from '../../models/observations.js';
import type { Counts } from '../cell/counts.js';
import { TimedHistogram } from './histogram.js';
import type { ObservationSource, VirtualClock } from './observation-source.js';

const SIP_OK = 200;

export class PushRecorder {
  readonly triggerLatency: TimedHistogram;
  readonly drainTime: TimedHistogram;

  constructor(source: ObservationSource, clock: VirtualClock, count: Counts) {
    this.triggerLatency = new TimedHistogram(clock);
    this.drainTime = new TimedHistogram(clock);
    source.subscribe(Observed.triggered, (_kind, _user, _message, expiresS) => {
      // One that ends a registration triggers nothing (rules 2.3).
      if (expiresS > 0) count.triggers++;
    });
    source.subscribe(Observed.pushInvited, (_kind, _user, _push, sinceTriggerNs) => {
      count.pushSessions++;
      this.triggerLatency.record(sinceTriggerNs);
    });
    source.subscribe(Observed.pushEnded, (_kind, _user, _push, status) => {
      if (status !== SIP_OK) count.pushSessionsFailed++;
    });
    source.subscribe(Observed.pushSent, () => void count.pushed++);
    source.subscribe(Observed.drained, (_kind, _user, _push, sinceTriggerNs) =>
      this.drainTime.record(sinceTriggerNs),
    );
  }
}
