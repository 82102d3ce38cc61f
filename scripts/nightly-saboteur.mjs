// One planted bug of `nightly.mjs`, in a worker thread: looks for the first seed in which its invariant is violated by it alone, and
// shrinks that failure. Gets names, posts a verdict for each.
//
// Seeds end at the first find. Faults are taken away first; weaker faults and a smaller world are tried only where too many are left.
import { parentPort, workerData } from 'node:worker_threads';
import { saboteurs } from '../dist/models/saboteurs/catalogue.js';
import { explicitCell } from '../dist/workloads/fuzz/capsules.js';
import { evaluate } from '../dist/workloads/evaluate.js';
import { fuzzCell } from '../dist/workloads/fuzz/fuzz-cell.js';
import { trySaboteur } from '../dist/workloads/fuzz/kill-matrix.js';
import { NOT_BY_FAULTS } from '../dist/workloads/fuzz/not-by-faults.js';
import { shrinkCell } from '../dist/workloads/fuzz/shrink-cell.js';

const limit = workerData;
const campaignOf = (sabotage) => ({ scenario: 'fuzz', set: [], sabotage });
const violates = (cell, id) => evaluate(cell).invariants.some((one) => one.id === id && !one.held);

/** The first seed in which `id` is violated with the saboteur and not without; undefined if there is none. */
function firstCatch(name, id) {
  for (let seed = 1; seed <= limit.within; seed++) {
    if (violates(fuzzCell(campaignOf(name), seed), id) && !violates(fuzzCell(campaignOf(null), seed), id))
      return seed;
  }
  return undefined;
}

/** Whether all is as it should be with `name`, and in words what came out. */
async function tried(name) {
  const { caughtBy } = saboteurs.find((one) => one.name === name);
  const direct = trySaboteur(name).killed;
  const directly = `${direct ? 'caught' : 'NOT caught'} by its direct test`;
  if (NOT_BY_FAULTS.includes(name)) return [direct, `${name}: no fault shows it; ${directly}`];
  const seed = firstCatch(name, caughtBy);
  if (seed === undefined) return [false, `${name}: not found by faults; ${directly}`];
  const cell = explicitCell(fuzzCell(campaignOf(name), seed));
  let small = await shrinkCell(cell, caughtBy, 0, () => {});
  let { runs } = small;
  if (small.cell.scenario.faults.length > limit.faults) {
    small = await shrinkCell(small.cell, caughtBy, limit.runs, () => {});
    runs += small.runs;
  }
  const left = small.cell.scenario.faults;
  const good = direct && left.length <= limit.faults && violates(small.cell, caughtBy);
  const kinds = left.map(({ kind }) => kind).join(', ') || 'none';
  const words = `${cell.scenario.faults.length} faults shrunk to ${left.length} (${kinds}) in ${runs} runs`;
  return [good, `${name}: ${caughtBy} in seed ${seed}, ${words}${direct ? '' : `; ${directly}`}`];
}

parentPort.on('message', (name) => void tried(name).then((verdict) => parentPort.postMessage(verdict)));
