import { expect, test } from 'vitest';
import type { Outcome } from '../../results/cell-result.js';
import type { EventTrace } from '../../sim/kernel/kernel.js';
import { sampleResult } from '../../test/support/sample-result.js';
import { compareRuns } from './determinism.js';
import type { Simulation } from '../simulation.js';

/** Ten slices of three events each; the event `odd` has another number. */
class Scripted implements Simulation {
  readonly endNs = 10e9;
  nowNs = 0;
  events = 0;
  outcome: Outcome | undefined;
  finished = false;
  private observer: EventTrace | undefined;

  constructor(
    private readonly odd = -1,
    private readonly fingerprint = '0123abcd4567ef89',
    private readonly sent = 1200,
  ) {}

  step(): void {
    this.nowNs += 1e9;
    for (let i = 0; i < 3; i++, this.events++) {
      this.observer?.(this.events, this.nowNs, 2, 7, this.events === this.odd ? 99 : 5, 0);
    }
    if (this.nowNs === this.endNs) this.outcome = 'completed';
  }

  trace(trace: EventTrace): void {
    this.observer = trace;
  }

  finish() {
    this.finished = true;
    const result = sampleResult();
    const counts = { ...result.summary.counts, sent: this.sent };
    return { ...result, summary: { ...result.summary, fingerprint: this.fingerprint, counts } };
  }
}

const goOn = () => Promise.resolve(false);

test('equal runs have no difference', async () => {
  const report = await compareRuns(new Scripted(), new Scripted(), goOn);
  expect(report.difference).toBeUndefined();
  expect(report.result.summary.fingerprint).toBe('0123abcd4567ef89');
});

test('the first differing event is named with its number and instant', async () => {
  const second = new Scripted(13);
  const report = await compareRuns(new Scripted(), second, goOn);
  expect(report.difference).toBe(
    'first run: event 13 at 5.000000000 s (handler 2, kind 7, 5, 0); second run: event 13 at 5.000000000 s (handler 2, kind 7, 99, 0)',
  );
  // It stops there, and both runs are brought to an end.
  expect(second.nowNs).toBe(5e9);
  expect(second.finished).toBe(true);
});

test('equal events with other octets are a difference', async () => {
  const report = await compareRuns(new Scripted(), new Scripted(-1, 'ffff'), goOn);
  expect(report.difference).toBe(
    'equal events, but different octets or observations after the last whole second',
  );
});

test('equal fingerprints with other figures are a difference', async () => {
  const report = await compareRuns(new Scripted(), new Scripted(-1, undefined, 1), goOn);
  expect(report.difference).toBe('equal fingerprints, but the summaries differ');
});

test('stops when it is asked to', async () => {
  const first = new Scripted();
  await compareRuns(first, new Scripted(), () => Promise.resolve(true));
  expect(first.nowNs).toBe(1e9);
});
