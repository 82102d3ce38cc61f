/**
 * Steady-state scenarios: which part of the run their figures may come from, and what contradicts the wish for a steady state. What the
 * warm-up is, is decided after the run (`results/recording/warm-up.ts`).
 */
import type { WarmUpRule } from '../results/recording/warm-up.js';
import { NS_PER_S } from '../sim/kernel/time.js';
import { phasesOf, type Scenario } from './scenario/scenario.js';
import { durationText } from './scenario/units.js';

/** Executors under which the load stays as it is. */
const STEADY_EXECUTORS: readonly string[] = ['constant-arrival-rate', 'soak', 'closed'];
const BURSTS: readonly string[] = ['beta-burst', 'uniform-burst'];
/** MSER-5 asks for this many seconds of load at least. */
const LEAST_LOAD_S = 20;

/** The rule for the warm-up of `scenario`; undefined if it is a terminating one. */
export function warmUpRule(scenario: Scenario): WarmUpRule | undefined {
  if (scenario.analysis !== 'steady-state') return undefined;
  const { loadFromNs, loadUntilNs } = phasesOf(scenario);
  const { pager, large } = scenario.traffic;
  // A soak ends with a slope, which is no steady state either.
  const slopeNs = Math.max(pager.soak?.ramp ?? 0, large?.soak?.ramp ?? 0);
  const fromSecond = Math.ceil(loadFromNs / NS_PER_S);
  const untilSecond = Math.floor((loadUntilNs - slopeNs) / NS_PER_S);
  const half = Math.floor((untilSecond - fromSecond) / 2);
  const { warmup } = scenario;
  if (warmup?.until === 'fixed') {
    return { until: 'fixed', fromSecond, untilSecond, seconds: Math.ceil(warmup.length / NS_PER_S) };
  }
  const most = warmup?.max === undefined ? half : Math.floor(warmup.max / NS_PER_S);
  return { until: 'mser5', fromSecond, untilSecond, seconds: Math.min(most, half) };
}

/** Says what in `scenario` contradicts its kind of analysis. */
export function checkAnalysis(scenario: Scenario, say: (path: string, message: string) => void): void {
  const { warmup, traffic, duration, faults } = scenario;
  if (scenario.analysis !== 'steady-state') {
    if (warmup !== undefined) {
      say('warmup', 'a terminating run has no warm-up: leave it out, or write analysis: steady-state');
    }
    return;
  }
  for (const [name, load] of Object.entries(traffic)) {
    if (load === undefined) continue;
    if (!STEADY_EXECUTORS.includes(load.executor)) {
      say(
        `traffic.${name}.executor`,
        `the load of "${load.executor}" changes, so there is no steady state: write analysis: terminating`,
      );
    }
    if (BURSTS.includes(load.process)) {
      say(
        `traffic.${name}.process`,
        `a burst (${load.process}) is no steady load: write analysis: terminating`,
      );
    }
  }
  faults.forEach((fault, i) => {
    if (fault.kind === 'partition' || fault.kind === 'crash') {
      say(
        `faults.${i}`,
        `a ${fault.kind} disturbs the steady state: leave it out, or write analysis: terminating`,
      );
    }
  });
  if (duration < LEAST_LOAD_S * NS_PER_S) {
    say('duration', `too short to show a steady state: at least ${LEAST_LOAD_S}s`);
  }
  const length = warmup?.until === 'fixed' ? warmup.length : warmup?.max;
  if (length !== undefined && length > duration / 2) {
    say(
      warmup?.until === 'fixed' ? 'warmup.length' : 'warmup.max',
      `more than half of the load would be removed: make it at most ${durationText(Math.floor(duration / 2))}, or the load longer`,
    );
  }
}
