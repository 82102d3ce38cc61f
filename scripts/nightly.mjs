// `npm run nightly`: the campaigns that are too long for every push. Needs a build. Prints what it found and ends with
// `N passed, N failed`; exit code 0 only if nothing failed.
//
//   --seeds N    seeds of the honest system, which must violate nothing (2000)
//   --doubles N  seeds that are run twice and must give equal fingerprints (500)
//   --within N   seeds in which each saboteur must be found (200)
//   --faults N   faults that may be left of a failure after shrinking (5)
//   --runs N     runs that shrinking may take for weaker faults and a smaller world (100)
//   --parts LIST which campaigns: honest, doubles, saboteurs, with commas (all)
//   --only LIST  which saboteurs, with commas (all)
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { saboteurs } from '../dist/models/saboteurs/catalogue.js';
import { explicitCell } from '../dist/workloads/capsules.js';
import { evaluate } from '../dist/workloads/evaluate.js';
import { runCampaign } from '../dist/workloads/fuzz-campaign.js';
import { fuzzCell } from '../dist/workloads/fuzz-cell.js';
import { trySaboteur } from '../dist/workloads/kill-matrix.js';
import { addProbes, probeIds, PROBES } from '../dist/workloads/probes.js';
import { runSeed } from '../dist/workloads/fuzz-seed.js';
import { NOT_BY_FAULTS } from '../dist/workloads/not-by-faults.js';
import { shrinkCell } from '../dist/workloads/shrink-cell.js';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: {
    seeds: text('2000'),
    doubles: text('500'),
    within: text('200'),
    faults: text('5'),
    runs: text('100'),
    parts: text('honest,doubles,saboteurs'),
    only: text(saboteurs.map(({ name }) => name).join()),
  },
});
const limit = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
const parts = values.parts.split(',');
const only = values.only.split(',');
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
  const honestly = (seed) => honest[seed - 1] ?? runSeed(campaignOf(null), seed);
  const catches = ({ seed, violated }) =>
    violated.some((one) => one.id === id) && !honestly(seed).violated.some((one) => one.id === id);
  const last = (await reportsOf(name, limit.within, catches)).at(-1);
  return last !== undefined && catches(last) ? last : undefined;
}

let honest = [];

if (parts.includes('honest')) {
  console.log(`== ${limit.seeds} seeds of the honest system`);
  const startMs = performance.now();
  honest = await reportsOf(null, limit.seeds);
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
  const lucky = probeIds().filter((id) => !PROBES[id].expected && probes[id] === undefined);
  console.log(`  not reached either, and not expected: ${lucky.join(', ') || 'none'}`);
}

if (parts.includes('doubles')) {
  console.log(`== ${limit.doubles} seeds twice`);
  const first = honest.length >= limit.doubles ? honest : await reportsOf(null, limit.doubles);
  const again = await reportsOf(null, limit.doubles);
  const differ = again.filter(({ fingerprint }, i) => fingerprint !== first[i].fingerprint);
  verdict(differ.length === 0, `${differ.length} of ${again.length} double runs have another fingerprint`);
}

const wanted = parts.includes('saboteurs') ? saboteurs.filter(({ name }) => only.includes(name)) : [];
console.log(`== ${wanted.length} saboteurs, each within ${limit.within} seeds`);
for (const { name, caughtBy } of wanted) {
  const direct = trySaboteur(name).killed;
  if (NOT_BY_FAULTS.includes(name)) {
    verdict(direct, `${name}: no fault shows it; ${direct ? 'caught' : 'NOT caught'} by its direct test`);
    continue;
  }
  const found = await firstCatch(name, caughtBy);
  if (found === undefined || !direct) {
    verdict(false, `${name}: ${direct ? 'not found by faults' : 'not caught by its direct test'}`);
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
