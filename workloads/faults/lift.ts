/**
 * Lifting losses into the plan: what chance took from the network in a run becomes explicit `drop` entries in the place of the
 * probabilities, so that any one of them can be taken away, moved or kept. The run with the drops is the run with the
 * probabilities, as long as nothing else takes packets by chance: every decision on a packet is addressed by its number.
 *
 * Lifted are faults of the kind `loss`, and of the kind `corrupt` whose damage a checksum shows, and the loss that the network has
 * anyway (`network.loss`) up to the general healing. Not lifted: `corrupt` with `escape`, duplicates, jitter, overflowing queues.
 */
import type { World } from '../../sim/world.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { Cell } from '../cell.js';
import { explicitCell } from '../fuzz/capsules.js';
import { evaluate } from '../evaluate.js';
import type { Fault } from './faults-schema.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { Host } from '../topology.js';
import type { Watcher } from '../watch/watcher.js';

/** A packet that is not there within this time of its instant is another packet. */
const DROP_LASTS_NS = NS_PER_S;

/** A packet that chance took: on which link, when, and the how manyth of that instant. */
interface Loss {
  readonly host: string;
  readonly local: number;
  readonly direction: 'out' | 'in';
  readonly atNs: number;
  readonly ordinal: number;
}

/** What {@link liftLosses} gives. */
export interface Lifted {
  readonly cell: Cell;
  /** Losses that became drops. */
  readonly drops: number;
  /** Losses after the healing, which no fault can stand for; they do not happen any more. */
  readonly late: number;
}

/** True if chance may take packets in `cell`, so that there is something to lift. */
export function isLossy({ scenario }: Cell): boolean {
  return scenario.network.loss > 0 || scenario.faults.some(isLiftable);
}

/** `cell` with all faults explicit, and a `drop` for each packet that chance takes in its run, which is made for this. */
export function liftLosses(cell: Cell): Lifted {
  const start = explicitCell(cell);
  const losses = lossesOf(start);
  const { scenario } = start;
  const { healNs, endNs } = phasesOf(scenario);
  const untilNs = Math.min(healNs, endNs);
  const early = losses.filter(({ atNs }) => atNs < untilNs);
  const kept = scenario.faults.filter((fault) => !isLiftable(fault));
  const taken = new Set(kept.map(({ id }) => id));
  const faults = [...kept, ...early.map((loss, i) => dropOf(loss, idOf(i, taken), untilNs))];
  const lifted: Scenario = { ...scenario, network: { ...scenario.network, loss: 0 }, faults };
  return {
    cell: { ...start, scenario: lifted },
    drops: early.length,
    late: losses.length - early.length,
  };
}

function isLiftable(fault: Fault): boolean {
  return fault.kind === 'loss' || (fault.kind === 'corrupt' && !fault.escape);
}

function lossesOf(cell: Cell): Loss[] {
  const losses: Loss[] = [];
  const watcher: Watcher = {
    attach({ links, hosts, kernel }: World) {
      links.lossWatch = (host, local, direction, ordinal) =>
        void losses.push({ host: hosts[host].name, local, direction, atNs: kernel.nowNs, ordinal });
    },
    finish: () => {},
  };
  evaluate(cell, [watcher]);
  return losses;
}

function dropOf({ host, local, direction, atNs, ordinal }: Loss, id: string, untilNs: number): Fault {
  const target = host as Fault['target'];
  return {
    id,
    kind: 'drop',
    at: atNs,
    for: Math.min(DROP_LASTS_NS, untilNs - atNs),
    target,
    mode: 'all',
    ...(target === Host.clients ? { members: [local] } : {}),
    direction,
    ordinal,
  };
}

function idOf(place: number, taken: ReadonlySet<string | undefined>): string {
  let id = `drop${place}`;
  while (taken.has(id)) id += 'x';
  return id;
}
