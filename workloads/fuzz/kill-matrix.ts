/**
 * The kill matrix: each saboteur run on one small world, and which invariants caught it. A saboteur that the invariant it names
 * does not catch has survived, and that invariant proves nothing.
 */
import { saboteurs } from '../../models/saboteurs/catalogue.js';
import type { Saboteur } from '../../models/saboteurs/saboteur.js';
import type { CellResult } from '../../results/cell-result.js';
import { cellOf, type Cell } from '../cell.js';
import { parseScenario } from '../scenario/loader.js';
import { simulate } from '../simulate.js';

/**
 * The small world: an outage, so that messages are deferred and pushed; a lossy link to the IM Server, so that requests are
 * repeated; clients whose requests are lost for more than 64 T1; lifetimes that end while their recipients are away; a drain long enough to tell what is lost from what is late.
 */
const SCENARIO = `version: 1
name: sabotage
rampUp: 2s
duration: 50s
drain: 230s
population: { subscribers: 12, anonymousShare: 25% }
traffic:
  pager: { rate: 3/s, expires: { share: 30%, min: 4s, max: 60s } }
  large: { rate: 0.5/s, size: { dist: lognormal, median: 4KiB, sigma: 1, cap: 32KiB } }
network: { delay: 40ms, jitter: 5ms }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 6s }
server: { push: { retry: 5s } }
# A fault ends long before the run does, so even a loss of everything is no excuse for what still waits.
claims: { loss: 100% }
faults:
  - { at: 6s, for: 41s, kind: partition, target: clients, mode: fixed-percent, value: 50 }
  - { at: 10s, for: 15s, kind: loss, target: im, percent: 20% }
  - { at: 6s, for: 41s, kind: loss, target: clients, mode: fixed, value: 3, percent: 100% }
`;

/** What became of one saboteur. */
export interface Kill {
  readonly name: string;
  readonly title: string;
  /** Id of the invariant that must catch it. */
  readonly caughtBy: string;
  readonly killed: boolean;
  /** Ids of all invariants that it violated, in their order. */
  readonly violated: readonly string[];
  /** The first offender of the invariant that it names; absent if it survived. */
  readonly first?: string;
}

/** The same with users for whom messages are kept and never pushed. */
const WAITING = SCENARIO.replace('push: { retry: 5s }', 'push: { retry: 5s }, settings: { hold: 50% }');

/**
 * The same with a slow disk, an IM XDMS out of reach and an IM Server that crashes while much is in flight: commits while the
 * others send, pushes and deletions when those who were away come back.
 */
const CRASHES_AT_MS = [12e3, 20e3, 28e3, 36e3, 44e3, 47.6e3, 48.1e3, 48.6e3, 49.1e3, 49.6e3, 50.1e3, 51.8e3];
const CRASHING =
  SCENARIO.replace('claims: { loss: 100% }', `claims: { loss: 100%, crashes: ${CRASHES_AT_MS.length} }`) +
  CRASHES_AT_MS.map((at) => `  - { at: ${at}ms, for: 150ms, kind: crash, target: im }\n`).join('') +
  '  - { at: 3s, for: 49s, kind: storage-latency, target: im, delay: 500ms }\n' +
  '  - { at: 46s, for: 6s, kind: partition, target: xdms }\n';

const TRIALS = { plain: SCENARIO, waiting: WAITING, crashing: CRASHING } as const;

/** Which small world. */
export type Trial = keyof typeof TRIALS;

/** The cell in which saboteurs are tried; null is the sane world. */
export function trialCell(saboteur: string | null, trial: Trial = 'plain'): Cell {
  const world = saboteurs.find(({ name }) => name === saboteur)?.world ?? [];
  return cellOf(parseScenario(TRIALS[trial], 'the sabotage scenario', world), undefined, [], saboteur);
}

function trialOf({ shownByWaiting, shownByCrash }: Saboteur): Trial {
  if (shownByCrash === true) return 'crashing';
  return shownByWaiting === true ? 'waiting' : 'plain';
}

/** Tries the saboteur `name`, which must be in the catalogue. */
export function trySaboteur(name: string): Kill {
  const saboteur = saboteurs.find((one) => one.name === name);
  if (saboteur === undefined) throw new RangeError(`no saboteur ${name}`);
  const { title, caughtBy } = saboteur;
  return { name, title, caughtBy, ...judgeTrial(simulate(trialCell(name, trialOf(saboteur))), caughtBy) };
}

/** Reads the verdicts of a trial. */
function judgeTrial({ summary }: CellResult, caughtBy: string): Pick<Kill, 'killed' | 'violated' | 'first'> {
  const violated = summary.invariants.filter(({ held }) => !held);
  const first = violated.find(({ id }) => id === caughtBy)?.first;
  return {
    killed: violated.some(({ id }) => id === caughtBy),
    violated: violated.map(({ id }) => id),
    ...(first === undefined ? {} : { first }),
  };
}
