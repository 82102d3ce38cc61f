/** From the plan of a run to what its judges must know of it (`models/invariants/planned-faults.ts`), and whether it is claimed. */
import { DOMAIN, instanceOf } from '../../models/addressing.js';
import { BODY_MARK } from '../../models/marks.js';
import type { Alterations, PlannedFaults } from '../../models/invariants/planned-faults.js';
import type { ExpandedFault } from '../../sim/faults/plan.js';
import { NS_PER_MS } from '../../sim/kernel/time.js';
import type { World } from '../../sim/world.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { Host, instanceOnHost } from '../topology.js';
import { durationText } from '../scenario/units.js';

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
    altered: alterationsOf(world),
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

/** Watches for altered octets, as long as the run lasts. */
function alterationsOf(world: World): Alterations {
  const messages = new Set<number>();
  const clients = new Set<number>();
  const users = new Set<number>();
  const altered = { messages, clients, users, betweenServers: false };
  const { id } = world.host(Host.clients);
  world.links.alterWatch = (fromHost, fromLocal, toHost, toLocal, buf, before = 0, after = 0, octets = 0) => {
    // What it was and what it became: either may be taken for the other.
    const was = buf?.toString('latin1', before, before + octets) ?? '';
    const is = buf?.toString('latin1', after, after + octets) ?? '';
    const text = `${was}\n${is}`;
    const marked = numbersAfter(was, MARKED, 36);
    for (const message of numbersAfter(text, MARKED, 36)) messages.add(message);
    if (marked.length > 0) {
      // If the mark itself was hit, whoever gets the message gets one that nobody sent.
      if (numbersAfter(is, MARKED, 36).join() !== marked.join())
        for (const user of numbersAfter(text, NAMED, 10)) users.add(user);
      return;
    }
    if (fromHost === id) clients.add(fromLocal);
    if (toHost === id) clients.add(toLocal);
    if (fromHost === id || toHost === id) return;
    const named = numbersAfter(text, NAMED, 10);
    for (const user of named) users.add(user);
    if (named.length === 0) altered.betweenServers = true;
  };
  return altered;
}

/** The mark of a message's body, and a public identity. */
const MARKED = new RegExp(`${BODY_MARK}([0-9a-z]{8})`, 'g');
const NAMED = new RegExp(`\\bu(\\d+)@${DOMAIN.replaceAll('.', '\\.')}`, 'g');

function numbersAfter(text: string, pattern: RegExp, radix: number): number[] {
  return [...text.matchAll(pattern)].map(([, digits]) => Number.parseInt(digits, radix));
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
