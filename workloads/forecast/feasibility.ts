/**
 * What a scenario asks of its deployment and of this machine that cannot be had. What makes no sense in any case is refused in
 * `consistency.ts`; here is what may be wanted (an overload on purpose) and should not come as a surprise.
 */
import { octetsText } from '../../results/text/format.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { forecastOf, SECOND_OCTETS, SUBSCRIBER_OCTETS, type Forecast } from './forecast.js';
import type { StationForecast } from './stations.js';
import type { Problem } from '../scenario/problems.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { durationText } from '../scenario/units.js';

/** Problems to be refused, and problems to be shown. */
export interface Feasibility {
  readonly errors: readonly Problem[];
  /** Overloads that a single steady-state run cannot have; to a study that looks for them they are a result. */
  readonly overloads: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** What offers too much, where the file says nothing of who has to bear it. */
const TRAFFIC = ['traffic', 'pager'];

/** The key that makes a station of this name larger. */
function pathOf(station: string): string[] {
  if (station.startsWith('SIP/IP Core')) return ['core', 'cpu', 'servers'];
  return station.endsWith('storage') ? ['server', 'storage'] : ['server', 'cpu', 'servers'];
}

/** Use of a station at which its queue is still short. */
const BEARABLE = 0.8;

/** What would help a station that is asked for more than it can do. */
function remedy({ name, meanErlang }: StationForecast): string {
  if (name.endsWith('storage'))
    return 'Offer less, or give it groupCommit: true, a shorter commitLatency or more bandwidth';
  // A tenth of a thousandth aside: 3.2 in binary is a little more, and no reason for a server more.
  const enough = Math.ceil(meanErlang / BEARABLE - 1e-4);
  const used = Math.round((100 * meanErlang) / enough);
  return `Offer less, or give it more servers: ${enough} would be used to ${used} %`;
}

/** Looks at an expanded, consistent scenario. */
export function feasibilityOf(scenario: Scenario, forecast: Forecast = forecastOf(scenario)): Feasibility {
  const errors: Problem[] = [];
  const overloads: Problem[] = [];
  const warnings: Problem[] = [];
  const limit = scenario.limits.memory;
  if (forecast.memoryOctets > limit) {
    errors.push({
      path: ['limits', 'memory'],
      instead: needingMost(scenario, forecast.memoryOctets),
      message: `about ${octetsText(forecast.memoryOctets)} of memory would be needed, more than the limit of ${octetsText(limit)}: take fewer subscribers or messages or less virtual time, or raise limits.memory`,
    });
  }
  const expected = forecast.pager.expected + (forecast.large?.expected ?? 0);
  if (expected < 1)
    warnings.push({
      path: ['traffic', 'pager', 'rate'],
      instead: TRAFFIC,
      message: `${amount(expected)} messages are expected in the whole run: most seeds offer none, and then nothing is put to the test`,
    });
  for (const station of forecast.stations) {
    const { name, servers, meanErlang, peakErlang, peakCause } = station;
    const path = pathOf(name);
    if (meanErlang > servers && scenario.analysis === 'steady-state') {
      overloads.push({
        path,
        instead: TRAFFIC,
        message: `${name}: ${amount(meanErlang)} servers' worth of work is offered to ${servers}, so there is no steady state to look at: its queue grows as long as the load lasts. ${remedy(station)}, or write analysis: terminating`,
      });
    } else if (meanErlang > servers) {
      warnings.push({
        path,
        instead: TRAFFIC,
        message: `${name}: ${amount(meanErlang)} servers' worth of work is offered to ${servers}: its queue grows as long as the load lasts, so figures of a steady state do not exist. ${remedy(station)}`,
      });
    } else if (peakErlang > servers) {
      warnings.push({
        path,
        instead: TRAFFIC,
        message: `${name}: overloaded for a while (${amount(peakErlang)} servers' worth of work for ${servers}) by ${peakCause}`,
      });
    }
  }
  const { registerLimit } = scenario.core;
  if (registerLimit !== undefined && forecast.peakRegistersPerS > registerLimit) {
    const times = forecast.peakRegistersPerS / registerLimit;
    warnings.push({
      path: ['core', 'registerLimit'],
      message: `a planned reconnection brings ${amount(forecast.peakRegistersPerS)} REGISTER/s, ${amount(times)} times what is admitted: most are answered 503 and come again`,
    });
  }
  const { mean, capacity } = {
    mean: forecast.peakStoredMessages * 1_000,
    capacity: scenario.server.storage.capacity,
  };
  if (mean > capacity) {
    warnings.push({
      path: ['server', 'storage', 'capacity'],
      message: `about ${octetsText(mean)} will wait in a store of ${octetsText(capacity)}: what does not fit is refused`,
    });
  }
  warnings.push(...unhealed(scenario));
  return { errors, overloads, warnings };
}

/** The key of what takes more than half of so much memory. */
function needingMost(scenario: Scenario, octets: number): string[] {
  if (scenario.population.subscribers * SUBSCRIBER_OCTETS > octets / 2) return ['population', 'subscribers'];
  if ((phasesOf(scenario).endNs / NS_PER_S) * SECOND_OCTETS <= octets / 2) return TRAFFIC;
  const phases = ['rampUp', 'duration', 'drain'] as const;
  return [phases.reduce((most, key) => (scenario[key] > scenario[most] ? key : most))];
}

/** Partitions that last to the end leave messages waiting; that may be wanted. */
function unhealed(scenario: Scenario): Problem[] {
  const { endNs } = phasesOf(scenario);
  return scenario.faults.flatMap((fault, i): Problem[] =>
    fault.kind === 'partition' && fault.for !== undefined && fault.at + fault.for >= endNs
      ? [
          {
            path: ['faults', i, 'for'],
            message: `it lasts to the end of the run at ${durationText(endNs)}: what is deferred for these users stays in the store`,
          },
        ]
      : [],
  );
}

function amount(value: number): string {
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}
