// `npm run nightly`: the campaigns that are too long for every push. Needs a build. Prints what it found and ends with
// `N passed, N failed`; exit code 0 only if nothing failed.
//
//   --seeds N    seeds of the honest system, which must violate nothing (2000)
//   --doubles N  seeds that are run twice and must give equal fingerprints (500)
//   --within N   seeds in which each saboteur must be found (200)
//   --faults N   faults that may be left of a failure after shrinking (5)
//   --runs N     runs that shrinking may take for weaker faults and a smaller world (100)
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { saboteurs } from '../dist/models/saboteurs/catalogue.js';
import { explicitCell } from '../dist/workloads/capsules.js';
import { evaluate } from '../dist/workloads/evaluate.js';
import { runCampaign } from '../dist/workloads/fuzz-campaign.js';
import { fuzzCell } from '../dist/workloads/fuzz-cell.js';
import { trySaboteur } from '../dist/workloads/kill-matrix.js';
import { addProbes, probeIds, PROBES } from '../dist/workloads/probes.js';
import { shrinkCell } from '../dist/workloads/shrink-cell.js';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: {
    seeds: text('2000'),
    doubles: text('500'),
    within: text('200'),
    faults: text('5'),
    runs: text('100'),
  },
});
const limit = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
const jobs = availableParallelism();
let passed = 0;
let failed = 0;

function verdict(good, words) {
  if (good) passed++;
  else failed++;
  console.log(`${good ? 'passed' : 'FAILED'}: ${words}`);
}

const campaignOf = (sabotage) => ({ scenario: 'fuzz', set: [], sabotage });

async function reportsOf(sabotage, to, isLast = () => false) {
  const reports = [];
  await runCampaign(campaignOf(sabotage), {
    from: 1,
    to,
    jobs,
    interrupted: () => false,
    onReport: (report) => {
      reports.push(report);
      return isLast(report);
    },
  });
  return reports;
}

/** The first seed in which `id` is violated with the saboteur and not without; undefined if there is none. */
async function firstCatch(name, id) {
  const catches = ({ seed, violated }) =>
    violated.some((one) => one.id === id) && !honest[seed - 1]?.violated.some((one) => one.id === id);
  const last = (await reportsOf(name, limit.within, catches)).at(-1);
  return last !== undefined && catches(last) ? last : undefined;
}

console.log(`== ${limit.seeds} seeds of the honest system`);
const startMs = performance.now();
const honest = await reportsOf(null, limit.seeds);
const perMinute = Math.round(honest.length / ((performance.now() - startMs) / 60_000));
const broken = honest.filter(({ violated }) => violated.length > 0);
for (const { seed, violated } of broken.slice(0, 20)) {
  console.log(`  seed ${seed}: ${violated.map(({ id, first }) => `${id}: ${first}`).join('; ')}`);
}
verdict(
  broken.length === 0,
  `${broken.length} of ${honest.length} seeds violate an invariant (${perMinute} a minute)`,
);
const probes = {};
for (const report of honest) addProbes(probes, report.probes);
const unreached = probeIds().filter((id) => PROBES[id].expected && probes[id] === undefined);
verdict(unreached.length === 0, `rare paths that were never reached: ${unreached.join(', ') || 'none'}`);

console.log(`== ${limit.doubles} seeds again`);
const again = await reportsOf(null, Math.min(limit.doubles, limit.seeds));
const differ = again.filter(({ fingerprint }, i) => fingerprint !== honest[i].fingerprint);
verdict(differ.length === 0, `${differ.length} of ${again.length} double runs have another fingerprint`);

console.log(`== ${saboteurs.length} saboteurs, each within ${limit.within} seeds`);
for (const { name, caughtBy } of saboteurs) {
  const found = await firstCatch(name, caughtBy);
  if (found === undefined) {
    const direct = trySaboteur(name).killed;
    verdict(direct, `${name}: not found by faults; ${direct ? 'caught' : 'NOT caught'} by its direct test`);
    continue;
  }
  const cell = explicitCell(fuzzCell(campaignOf(name), found.seed));
  const small = await shrinkCell(cell, caughtBy, limit.runs, () => {});
  const left = small.cell.scenario.faults.length;
  const still = evaluate(small.cell).invariants.some(({ id, held }) => id === caughtBy && !held);
  const { subscribers } = small.cell.scenario.population;
  verdict(
    still && left <= limit.faults,
    `${name}: ${caughtBy} in seed ${found.seed}, ${cell.scenario.faults.length} faults shrunk to ${left}, ${subscribers} users, ${small.runs} runs`,
  );
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
