// `npm run nightly`: the campaigns that are too long for every push. Needs a build. Prints what it found and ends with
// `N passed, N failed`; exit code 0 only if nothing failed.
//
//   --seeds A..B seeds of the honest system, which must violate nothing (1..2000)
//   --doubles N  seeds that are run twice and must give equal fingerprints (500)
//   --within N   seeds in which each saboteur must be found (200)
//   --faults N   faults that may be left of a failure after shrinking (5)
//   --runs N     runs that shrinking may take for weaker faults and a smaller world (100)
//   --parts LIST which campaigns: honest, doubles, saboteurs, with commas (all)
//   --only LIST  which saboteurs, with commas (all)
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { saboteurs } from '../dist/models/saboteurs/catalogue.js';
import { runCampaign } from '../dist/workloads/fuzz/fuzz-campaign.js';
import { addProbes, probeIds, PROBES } from '../dist/workloads/fuzz/probes.js';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: {
    seeds: text('1..2000'),
    doubles: text('500'),
    within: text('200'),
    faults: text('5'),
    runs: text('100'),
    parts: text('honest,doubles,saboteurs'),
    only: text(saboteurs.map(({ name }) => name).join()),
  },
});
const limit = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
const [from, to] = values.seeds.split('..').map(Number);
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

/** Reports of so many seeds of the honest system; what is violated is printed as it comes. */
async function reportsOf(first, last) {
  const reports = [];
  const onReport = (report) => {
    reports.push(report);
    for (const { id, first: words } of report.violated) console.log(`  seed ${report.seed}: ${id}: ${words}`);
    return false;
  };
  const campaign = { scenario: 'fuzz', set: [], sabotage: null };
  await runCampaign(campaign, { from: first, to: last, jobs, interrupted: () => false, onReport });
  return reports;
}

let honest = [];

if (parts.includes('honest')) {
  console.log(`== seeds ${from} to ${to} of the honest system`);
  const startMs = performance.now();
  honest = await reportsOf(from, to);
  const perMinute = Math.round(honest.length / ((performance.now() - startMs) / 60_000));
  const broken = honest.filter(({ violated }) => violated.length > 0);
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
  const first = from === 1 && honest.length >= limit.doubles ? honest : await reportsOf(1, limit.doubles);
  const again = await reportsOf(1, limit.doubles);
  const differ = again.filter(({ fingerprint }, i) => fingerprint !== first[i].fingerprint);
  verdict(differ.length === 0, `${differ.length} of ${again.length} double runs have another fingerprint`);
}

const wanted = parts.includes('saboteurs') ? saboteurs.filter(({ name }) => only.includes(name)) : [];
if (wanted.length > 0) {
  console.log(`== ${wanted.length} saboteurs, each within ${limit.within} seeds`);
  const names = wanted.map(({ name }) => name);
  // One thread looks for and shrinks one of them at a time, so that no thread waits for another one's shrinking.
  const lane = async () => {
    const worker = new Worker(new URL('nightly-saboteur.mjs', import.meta.url), { workerData: limit });
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      worker.postMessage(name);
      const [[good, words]] = await once(worker, 'message');
      verdict(good, words);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(jobs, names.length) }, lane));
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
