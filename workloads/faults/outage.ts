/** The planned outage of clients in a run, for its recovery figures. */
import type { PlannedOutage } from '../../results/recording/recovery.js';
import { secondOf } from '../../results/recording/series.js';
import type { ExpandedPlan } from '../../sim/faults/plan.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { Host } from '../topology.js';

/** All partitions of clients in both directions, taken as one; undefined if the plan has none. */
export function plannedOutage(plan: ExpandedPlan, scenario: Scenario): PlannedOutage | undefined {
  const { healNs } = phasesOf(scenario);
  const cut = new Set<number>();
  let fromNs = Infinity;
  let untilNs = 0;
  for (const fault of plan) {
    if (fault.kind !== 'partition' || fault.host !== Host.clients || fault.direction !== 'both') continue;
    for (const member of fault.members) cut.add(member);
    fromNs = Math.min(fromNs, fault.atNs);
    untilNs = Math.max(
      untilNs,
      Math.min(fault.atNs + (fault.forNs ?? Infinity), Math.max(healNs, fault.atNs)),
    );
  }
  if (cut.size === 0) return undefined;
  return { startsAtSecond: secondOf(fromNs), endsAtSecond: secondOf(untilNs), clients: cut.size };
}
