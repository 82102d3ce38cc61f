/**
 * Whether all instants that a run can write into a Date or an Expires lie between 1970 and 9999, which is what its clocks count and what
 * the formats of the standards hold: the start, the length of the run, what clocks are put wrong by, and the longest lifetime.
 */
import { NS_PER_S } from '../../sim/kernel/time.js';
import { phasesOf, type Scenario } from './scenario.js';

const NS_PER_MS = 1e6;
/** The first millisecond after 9999. */
const END_MS = Date.UTC(10_000, 0, 1);

/** What is wrong with the epoch; undefined if nothing is. */
export function epochProblem(scenario: Scenario): string | undefined {
  const { endNs } = phasesOf(scenario);
  let slowNs = 0;
  let fastNs = 0;
  for (const fault of scenario.faults) {
    if (fault.kind !== 'clock-skew') continue;
    const driftNs = (fault.drift / 1e6) * (fault.for ?? endNs);
    slowNs += Math.max(0, -fault.offset, -fault.offset - driftNs);
    fastNs += Math.max(0, fault.offset, fault.offset + driftNs);
  }
  const { server, traffic, core, client } = scenario;
  const longestNs = Math.max(
    server.expiry.max,
    server.expiry.default,
    traffic.pager.expires.max,
    core.registerExpires,
    client.registerExpires,
  );
  const leastMs = Math.ceil(slowNs / NS_PER_MS);
  // A second for what is rounded up.
  const mostMs = END_MS - Math.ceil((endNs + fastNs + longestNs + NS_PER_S) / NS_PER_MS);
  const epochMs = Date.parse(scenario.epoch);
  if (epochMs >= leastMs && epochMs <= mostMs) return undefined;
  return `clocks count from 1970 to 9999, through the run and the longest lifetime: an instant from ${shown(leastMs)} to ${shown(mostMs)} is needed here`;
}

function shown(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, '');
}
