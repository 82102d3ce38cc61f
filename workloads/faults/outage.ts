/** The planned outage of clients in a run, for its recovery figures. */
import type { PlannedOutage } from '../../results/recording/reconnection.js';
import type { ExpandedPlan } from '../../sim/faults/plan.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { devicesOf, Host } from '../topology.js';

/** All partitions of clients in both directions, taken as one; undefined if the plan has none. */
export function plannedOutage(plan: ExpandedPlan, scenario: Scenario): PlannedOutage | undefined {
  const { healNs } = phasesOf(scenario);
  let healing: Int32Array | undefined;
  const healedAtNs: number[] = [];
  const lastAtNs: number[] = [];
  let startsAtNs = Infinity;
  for (const fault of plan) {
    if (fault.kind !== 'partition' || fault.host !== Host.clients || fault.direction !== 'both') continue;
    // From then on everything is healed, and nothing begins.
    if (fault.atNs >= healNs || fault.members.length === 0) continue;
    const endNs = fault.atNs + (fault.forNs ?? Infinity);
    healedAtNs.push(Math.min(endNs, healNs));
    lastAtNs.push(Math.min(endNs + (fault.params.spreadNs ?? 0), healNs));
    startsAtNs = Math.min(startsAtNs, fault.atNs);
    healing ??= new Int32Array(devicesOf(scenario).clients);
    const place = healedAtNs.length;
    for (const member of fault.members) {
      // Whoever is cut twice has her network back with the later healing.
      const before = healing[member] - 1;
      if (before < 0 || healedAtNs[before] <= healedAtNs[place - 1]) healing[member] = place;
    }
  }
  if (healing === undefined) return undefined;
  let clients = 0;
  for (const place of healing) if (place > 0) clients++;
  return {
    startsAtNs,
    healsFromNs: Math.min(...healedAtNs),
    endsAtNs: Math.max(...lastAtNs),
    clients,
    healedAtNs,
    healing,
  };
}
