/**
 * A million made-up inputs for each reader of octets that peers send (`models/octet-fuzz`), for the nightly run: no throw, no hang,
 * no growth. Needs the build. Exits 1 if a reader fails; a finding is printed with its number and its octets, so that
 * it can be run again by `--only` and `--from`.
 *
 *   --inputs N  inputs for each reader (1000000)
 *   --seed N    seed of the campaign (42)
 *   --only NAME this reader alone
 *   --from N    number of the first input (0)
 *
 * Each reader runs in a thread of its own, so that one that hangs is found: it is given up when it makes no way for HANG_MS.
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { OctetCampaign } from '../dist/models/octet-fuzz/campaign.js';
import { octetTargets } from '../dist/models/octet-fuzz/targets.js';

const HANG_MS = 60_000;
/** Inputs between two signs of life. */
const STRIDE = 1_000;
/** Heap and buffers that may be left after all inputs beyond what was there after the first hundredth. */
const GROWTH_OCTETS = 4 * 1_048_576;
/** An input that takes longer, in the best of five times, is a finding: the largest has 24 KiB. */
const SLOW_MS = 50;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

if (isMainThread) await main();
else work(workerData);

async function main() {
  const text = (value) => ({ type: 'string', default: value });
  const { values } = parseArgs({
    options: { inputs: text('1000000'), seed: text('42'), only: { type: 'string' }, from: text('0') },
  });
  const names = octetTargets()
    .map(({ name }) => name)
    .filter((name) => values.only === undefined || name === values.only);
  let passed = 0;
  for (const name of names) {
    const startMs = performance.now();
    const task = {
      name,
      inputs: Number(values.inputs),
      seed: Number(values.seed),
      from: Number(values.from),
    };
    const result = await watched(task);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    if (result.problem === undefined) passed++;
    console.log(
      `${result.problem === undefined ? 'passed' : 'FAILED'}: ${name}: ${result.words}, ${seconds} s`,
    );
    if (result.problem !== undefined) console.log(`  ${result.problem}`);
  }
  console.log(`\n${passed} passed, ${names.length - passed} failed`);
  process.exitCode = passed === names.length && passed > 0 ? 0 : 1;
}

/** Runs one reader in a thread; gives up when it makes no way. */
function watched(task) {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    let reached = task.from;
    let last = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - last < HANG_MS) return;
      finish({ words: 'hangs', problem: `an input from ${reached} to ${reached + STRIDE} does not end` });
    }, 1_000);
    const finish = (result) => {
      clearInterval(watch);
      void worker.terminate();
      resolve(result);
    };
    worker.on('message', (message) => {
      last = performance.now();
      if (typeof message === 'number') reached = message;
      else finish(message);
    });
    worker.on('error', (error) => finish({ words: 'ended', problem: String(error.stack) }));
  });
}

function held() {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function work({ name, inputs, seed, from }) {
  const campaign = new OctetCampaign(
    octetTargets().find((target) => target.name === name),
    seed,
  );
  const end = from + inputs;
  const settled = from + Math.ceil(inputs / 100);
  let before = 0;
  let slowestMs = 0;
  let slowest = from;
  for (let index = from; index < end; index++) {
    if (index % STRIDE === 0) parentPort.postMessage(index);
    if (index === settled) before = held();
    const startMs = performance.now();
    const finding = campaign.run(index);
    const tookMs = performance.now() - startMs;
    if (finding !== undefined) {
      parentPort.postMessage({
        words: `input ${index} ${finding.what}`,
        problem: Buffer.from(finding.input, 'hex').toString('base64'),
      });
      return;
    }
    if (tookMs > slowestMs) {
      slowestMs = tookMs;
      slowest = index;
    }
  }
  const growth = held() - before;
  const best = Math.min(...Array.from({ length: 5 }, () => timeOf(campaign, slowest)));
  const { sound, faulty } = campaign.seen;
  const words = `${inputs} inputs, ${campaign.octets} octets, ${sound} sound and ${faulty} faulty readings, slowest ${best.toFixed(1)} ms, growth ${growth} octets`;
  let problem;
  if (sound === 0 || faulty === 0) problem = 'only one side of the reader was met';
  else if (growth > GROWTH_OCTETS) problem = `grew by ${growth} octets`;
  else if (best > SLOW_MS) problem = `input ${slowest} takes ${best.toFixed(1)} ms`;
  parentPort.postMessage({ words, problem });
}

function timeOf(campaign, index) {
  const startMs = performance.now();
  campaign.run(index);
  return performance.now() - startMs;
}
