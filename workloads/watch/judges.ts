/** The invariants of a run: subscribed to its world before it starts, asked for their verdicts when it has ended. */
import { instanceOf } from '../../models/addressing.js';
import type { InvariantContext } from '../../models/invariants/invariant.js';
import { createInvariants } from '../../models/invariants/suite.js';
import { TimerProfile } from '../../models/sip/legs.js';
import { PROFILE_TIMES } from '../../models/sip/transaction/timers.js';
import type { InvariantVerdict } from '../../results/cell-result.js';
import type { World } from '../../sim/world.js';
import type { Cell } from '../cell.js';
import { hostileFilter, hostileUsers } from '../faults/hostile.js';
import type { ObservationHandler } from '../../sim/host/observations.js';
import { withheldUsers } from './withheld.js';
import { plannedFaults } from '../faults/planned-faults.js';
import type { Scenario } from '../scenario/scenario.js';
import { devicesOf, Host, imHostsOf } from '../topology.js';

/** Pushes of these choices get no confirmation (rules 3.5). */
const SILENT_REPORTS: readonly Scenario['server']['push']['reports'][] = ['failures-only', 'nothing'];

export interface InvariantWatch {
  /** The verdicts, in order of ids. `complete` says that the run came to its end, so that what is missing is really missing. */
  finish(complete: boolean): InvariantVerdict[];
  /** The workload's number of a deferred message; negative if it is not known. */
  messageOf(dm: number): number;
}

/** What the operator of `scenario` changed of what may be stored; undefined if nothing. */
function storeRulesOf({ server: { headers } }: Scenario): InvariantContext['storeRules'] {
  if (headers === undefined) return undefined;
  const { neverStore, dropNetwork, dropIdentityHints, dropCredentials } = headers;
  const kept = { network: !dropNetwork, hints: !dropIdentityHints, credentials: !dropCredentials };
  const stored = (['network', 'hints', 'credentials'] as const).filter((name) => kept[name]);
  return { neverStore, stored };
}

/** Subscribes all invariants to the world of `cell`; `onViolation` is told the id of each violated one, and the message or -1. */
export function watchInvariants(
  cell: Cell,
  world: World,
  onViolation: (id: string, message: number) => void,
): InvariantWatch {
  const { scenario } = cell;
  const { expiry } = scenario.server;
  const timers = (profile: keyof typeof TimerProfile): { t1Ns: number; t2Ns: number } => {
    const { t1Ns, t2Ns } = PROFILE_TIMES[TimerProfile[profile]];
    return { t1Ns, t2Ns };
  };
  const isHostile = hostileUsers(scenario, world);
  const suite = createInvariants({
    subscribers: scenario.population.subscribers,
    devices: devicesOf(scenario),
    epochMs: Date.parse(scenario.epoch),
    clientHost: world.host(Host.clients).id,
    coreHost: world.host(Host.core).id,
    serverHost: world.host(Host.im).id,
    otherServerHosts: imHostsOf(scenario)
      .slice(1)
      .map((name) => world.host(name).id),
    xdmsHost: scenario.server.metadata.enabled ? world.host(Host.xdms).id : undefined,
    expiry: expiry.enabled
      ? { defaultNs: expiry.default, maxNs: expiry.max, skewLimitNs: expiry.skewLimit }
      : undefined,
    clientTimers: timers(scenario.client.timers),
    serverTimers: timers(scenario.server.timers),
    liveDeliveryLimitNs: scenario.core.liveDeliveryLimit,
    sendTimeoutNs: scenario.server.push.sendTimeout,
    resumeWindowNs: scenario.server.large.resumeWindow,
    withholds: withheldUsers(scenario, world),
    silenceSettles: SILENT_REPORTS.includes(scenario.server.push.reports),
    storeRules: storeRulesOf(scenario),
    faults: plannedFaults(world, scenario),
    isHostile,
    pushes: {
      atATime: scenario.server.push.maxConcurrent,
      serverOf: (user) => instanceOf(user, scenario.server.instances),
    },
    onViolation,
    now: () => world.kernel.nowNs,
  });
  const isUnjudged = isHostile === undefined ? undefined : hostileFilter(isHostile, world);
  const watch: ObservationHandler =
    isUnjudged === undefined
      ? suite.watch
      : (kind, entity, message, a, b, buf, start, end) => {
          if (!isUnjudged(kind, entity, message, a, b))
            suite.watch(kind, entity, message, a, b, buf, start, end);
        };
  for (const kind of suite.kinds) world.observations.subscribe(kind, watch);
  return {
    messageOf: (dm) => suite.messageOf(dm),
    finish(complete) {
      suite.finish(complete);
      return suite.invariants.map(({ id, title, clause, checked, violations, first, excuses }) => ({
        id,
        title,
        clause,
        held: violations === 0,
        checked,
        violations,
        ...(first === undefined ? {} : { first }),
        ...(excuses.size === 0 ? {} : { notes: Object.fromEntries(excuses) }),
      }));
    },
  };
}
