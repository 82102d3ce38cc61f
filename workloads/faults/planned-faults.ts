/** From the plan of a run to what its judges must know of it (`models/invariants/planned-faults.ts`), and whether it is claimed. */
import { instanceOf } from '../../models/addressing.js';
import type { PlannedFaults } from '../../models/invariants/planned-faults.js';
import type { ExpandedFault } from '../../sim/faults/plan.js';
import { NS_PER_MS } from '../../sim/kernel/time.js';
import type { World } from '../../sim/world.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { Host, instanceOnHost } from '../topology.js';
import { durationText } from '../scenario/units.js';
import { alterationsOf } from './alterations.js';

/** What the plan of `world` excuses, and whether it is within what `scenario` claims. */
export function plannedFaults(world: World, scenario: Scenario): PlannedFaults {
  const { healNs, endNs } = phasesOf(scenario);
  const { plan } = world;
  const endOf = (fault: ExpandedFault): number =>
    Math.min(fault.atNs + (fault.forNs ?? Infinity), Math.max(healNs, fault.atNs), endNs);
  const away = plan.filter(({ kind }) => kind === 'crash' || kind === 'pause');
  const serverCrashesNs = plan
    .filter(({ kind, host }) => kind === 'crash' && instanceOnHost(host) >= 0)
    .map(({ atNs }) => atNs)
    .sort((a, b) => a - b);
  const skews = plan.filter((fault) => fault.kind === 'clock-skew' && instanceOnHost(fault.host) >= 0);
  const { instances } = scenario.server;
  return {
    absences: away.map((fault) => ({
      host: world.host(fault.host).id,
      ...(fault.host === Host.clients ? { members: fault.members } : {}),
      fromNs: fault.atNs,
      untilNs: endOf(fault),
    })),
    serverCrashesNs,
    serverSkewMs(atNs, user) {
      let skewMs = 0;
      const instance = instanceOf(user, instances);
      for (const fault of skews) {
        if (fault.kind !== 'clock-skew' || instanceOnHost(fault.host) !== instance) continue;
        if (atNs < fault.atNs || atNs >= endOf(fault)) continue;
        skewMs += fault.params.offsetMs + ((atNs - fault.atNs) / NS_PER_MS) * (fault.params.driftPpm / 1e6);
      }
      return skewMs;
    },
    altered: alterationsOf(world.links, world.host(Host.clients).id),
    lies: scenario.claims.lyingDisk
      ? []
      : plan
          .filter(({ kind, host }) => kind === 'lying-disk' && instanceOnHost(host) >= 0)
          .flatMap((fault) =>
            serverCrashesNs
              .filter((crashNs) => crashNs >= fault.atNs && crashNs < endOf(fault))
              .map((crashNs) => ({ fromNs: fault.atNs, crashNs })),
          ),
    beyondBudget: beyondBudget(plan, scenario, endOf),
  };
}

/** Why the deployment does not claim to survive this plan; empty if it does. */
function beyondBudget(
  plan: readonly ExpandedFault[],
  { claims }: Scenario,
  endOf: (fault: ExpandedFault) => number,
): string {
  if (claims.budget === 'unlimited') return 'the fault budget is unlimited, so liveness is not claimed';
  const crashes = plan.filter(({ kind, host }) => kind === 'crash' && host !== Host.clients).length;
  if (crashes > claims.crashes)
    return `${crashes} crashes are planned, ${claims.crashes} are claimed to be survived`;
  for (const fault of plan) {
    const lastsNs = endOf(fault) - fault.atNs;
    const isOutage = ['crash', 'pause', 'partition', 'clog', 'stall'].includes(fault.kind);
    if (isOutage && fault.host !== Host.clients && lastsNs > claims.outage) {
      return `${fault.id} lasts ${durationText(lastsNs)}, ${durationText(claims.outage)} are claimed`;
    }
    const lost = fault.kind === 'loss' || fault.kind === 'corrupt' ? (fault.params.probability ?? 0) : 0;
    if (lost > claims.loss) return `${fault.id} takes more packets than claimed`;
    const offsetNs = fault.kind === 'clock-skew' ? Math.abs(fault.params.offsetMs) * NS_PER_MS : 0;
    if (offsetNs > claims.clockSkew && instanceOnHost(fault.host) >= 0)
      return `${fault.id} skews the clock more than claimed`;
  }
  return '';
}
