/** What is counted of registrations: REGISTER requests of clients, what became of each and how long it took, and bindings that were dropped. */
import { Observed } from '../../models/observations.js';
import type { Counts } from '../cell/counts.js';
import { TimedHistogram } from './histogram.js';
import type { ObservationSource, VirtualClock } from './observation-source.js';
import { Flow, Level, secondOf } from './series.js';

export class RegistrationRecorder {
  readonly delay: TimedHistogram;
  readonly sent = new Flow();
  readonly granted = new Flow();
  readonly failed = new Flow();
  /** Requests without an answer. */
  readonly waiting = new Level();

  constructor(source: ObservationSource, clock: VirtualClock, count: Counts) {
    this.delay = new TimedHistogram(clock);
    source.subscribe(Observed.registerSent, () => {
      count.registersSent++;
      this.change(this.sent, secondOf(clock.nowNs), 1);
    });
    source.subscribe(Observed.registered, (_kind, _client, _attempt, sinceSentNs) => {
      count.registered++;
      this.change(this.granted, secondOf(clock.nowNs), -1);
      this.delay.record(sinceSentNs);
    });
    source.subscribe(Observed.registerFailed, () => {
      count.registerFailures++;
      this.change(this.failed, secondOf(clock.nowNs), -1);
    });
    source.subscribe(Observed.bindingRemoved, () => void count.bindingsRemoved++);
  }

  private change(flow: Flow, second: number, waiting: number): void {
    flow.add(second, 1);
    this.waiting.change(second, waiting);
  }
}
