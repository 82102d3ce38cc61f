/**
 * Long proofs of the planner's half, for the nightly run: the laboratory against queueing theory, and the capacity of a model whose
 * bottleneck is known. Needs the build. Exits 1 if one of them fails.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../dist/bin/restante.js', import.meta.url));

/** One server of the SIP/IP Core, 5 ms a MESSAGE: 60 % busy at 120 scenario attempts a second, by U = X S. */
const BOTTLENECK = `version: 1
name: bottleneck
rampUp: 2s
duration: 200s
drain: 10s
population: { subscribers: 50 }
traffic: { pager: { rate: 20/s, size: { dist: fixed, value: 100B } } }
client: { keepAlive: false }
core:
  cpu:
    servers: 1
    costs:
      request: { base: 5ms, perKiB: 0ns }
      response: { base: 0ns, perKiB: 0ns }
      register: { base: 0ns, perKiB: 0ns }
      keepAlive: { base: 0ns, perKiB: 0ns }
`;
const EXPECTED = 120;
const TOLERANCE = 0.02;

const folder = mkdtempSync(join(tmpdir(), 'restante-nightly-'));
let failed = false;
const check = (name, held) => {
  failed ||= !held;
  console.log(`${held ? 'ok    ' : 'FAILED'}  ${name}`);
};
const run = (...args) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 1e9 });

try {
  check('validate-model: theory within the stated tolerances', run('validate-model').status === 0);
  const file = join(folder, 'bottleneck.yaml');
  writeFileSync(file, BOTTLENECK);
  const flags = ['--slo', 'station.busiest:max<60%', '--precision', '1%', '--confirm', '0', '--max', '160'];
  const found = run('capacity', file, ...flags, '--json', '-q');
  const { probes, highestPassing } = JSON.parse(found.stdout);
  // The rate that was really offered counts, not the parameter of the Poisson process.
  const { attemptsPerS } = probes.find(({ load }) => load === highestPassing);
  const off = Math.abs(attemptsPerS / EXPECTED - 1);
  check(`capacity: ${attemptsPerS} SApS, expected ${EXPECTED} within 2 %`, off <= TOLERANCE);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
