/**
 * Faults of a scenario, and the plan that the simulator runs: from one to the other and back. Whoever edits, saves or shrinks a plan
 * works on {@link Fault} entries with explicit members ({@link expandedFaults}) and makes a run of any list of them
 * ({@link withFaults}).
 */
import { expandPlan } from '../../sim/faults/expand.js';
import type {
  ExpandedFault,
  ExpandedPlan,
  FaultEntry,
  FaultParams,
  FaultPlan,
} from '../../sim/faults/plan.js';
import { Chance } from '../../sim/kernel/random.js';
import { NS_PER_MS } from '../../sim/kernel/time.js';
import type { Cell } from '../cell.js';
import type { Fault } from './faults-schema.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { devicesOf, Host, imHostsOf } from '../topology.js';

/** Id of the entry that stands for `population.offlineShare`; not part of `faults`. */
export const OFFLINE_ID = 'offline';

/** The hosts of a scenario, as plans name them, and how many addresses each has. */
export function hostsOf(scenario: Scenario): { readonly name: string; readonly addresses: number }[] {
  const { clients } = devicesOf(scenario);
  const [, ...others] = imHostsOf(scenario);
  return [...Object.values(Host), ...others].map((name) => ({
    name,
    addresses: name === Host.clients ? clients : 1,
  }));
}

/** The fault plan: the scenario's faults, and the clients that are offline from the start until the drain phase. */
export function faultPlan(scenario: Scenario): FaultPlan {
  const { offlineShare } = scenario.population;
  const plan = scenario.faults.map(faultEntry);
  if (offlineShare === 0) return plan;
  const offline: FaultEntry = {
    id: OFFLINE_ID,
    kind: 'partition',
    atNs: 0,
    forNs: phasesOf(scenario).loadUntilNs,
    target: { host: Host.clients },
    mode: 'fixed-percent',
    value: offlineShare * 100,
    params: {},
  };
  return [offline, ...plan];
}

/** The entry of the simulator for one fault; `place` in the list names it if it has no id. */
export function faultEntry(fault: Fault, place: number): FaultEntry {
  const where = {
    id: fault.id ?? `f${place}`,
    atNs: fault.at,
    forNs: fault.for,
    target: { host: fault.target },
    mode: fault.mode,
    value: fault.value,
    members: fault.members,
    direction: fault.direction,
  };
  // Kind and params go together; TypeScript does not follow that through the spread.
  return { ...where, kind: fault.kind, params: paramsOf(fault) } as FaultEntry;
}

function paramsOf(fault: Fault): FaultParams[Fault['kind']] {
  switch (fault.kind) {
    case 'delay':
      return { delayNs: fault.time, jitterNs: fault.jitter };
    case 'loss': {
      const { percent, gemodel } = fault;
      const burst = gemodel && {
        toBad: gemodel.p,
        toGood: gemodel.r,
        lossInBad: 1 - gemodel.h,
        lossInGood: 1 - gemodel.k,
      };
      return { ...(percent === undefined ? {} : { probability: percent }), ...(burst && { burst }) };
    }
    case 'duplicate':
    case 'storage-error':
      return { probability: fault.percent };
    case 'corrupt':
      return { probability: fault.percent, escape: fault.escape };
    case 'rate':
      return { bitsPerS: fault.rate, queueOctets: fault.limit };
    case 'partition':
      return { spreadNs: fault.spread };
    case 'drop':
      return { ordinal: fault.ordinal };
    case 'limit-data':
      return { octets: fault.bytes };
    case 'slicer':
      return { maxOctets: fault.size };
    case 'slow-close':
    case 'storage-latency':
      return { delayNs: fault.delay };
    case 'crash':
      return { what: fault.what };
    case 'slowdown':
      return { factor: fault.factor };
    case 'clock-skew':
      return { offsetMs: Math.round(fault.offset / NS_PER_MS), driftPpm: fault.drift };
    default:
      return {};
  }
}

/** The plan of `cell` as it runs, with explicit members; the offline clients of the population are in it. */
export function expandedPlan(cell: Cell): ExpandedPlan {
  return expandPlan(faultPlan(cell.scenario), hostsOf(cell.scenario), new Chance(cell.seed));
}

/**
 * The faults of `cell` with an id and explicit members each, so that any of them can be taken away or changed without touching
 * the others. A run of {@link withFaults} with all of them is the same run.
 */
export function expandedFaults(cell: Cell): Fault[] {
  const plan = new Map(expandedPlan(cell).map((fault) => [fault.id, fault]));
  return cell.scenario.faults.map((fault, place) => {
    const id = fault.id ?? `f${place}`;
    return explicit(fault, id, plan.get(id));
  });
}

function explicit(fault: Fault, id: string, expanded: ExpandedFault | undefined): Fault {
  const { value: _value, ...rest } = fault;
  const members = fault.target === Host.clients ? [...(expanded?.members ?? [])] : undefined;
  // A share that came to nobody stays as it was written: it hits nobody again.
  if (members?.length === 0) return { ...fault, id };
  return { ...rest, id, mode: 'all', ...(members === undefined ? {} : { members }) } as Fault;
}

/** `cell` with these faults in the place of its own. Give entries ids, or their places name them. */
export function withFaults(cell: Cell, faults: readonly Fault[]): Cell {
  return { ...cell, scenario: { ...cell.scenario, faults: [...faults] } };
}
