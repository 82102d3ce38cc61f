/** The run folder as other tools read it, by readers that share nothing with the writers; and a folder whose writer was killed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../bin/main.js';
import type { Summary } from '../results/cell-result.js';
import { readOpenMetrics } from './support/read-openmetrics.js';

const program = fileURLToPath(new URL('../dist/bin/restante.js', import.meta.url));
const TINY = `version: 1
name: tiny
rampUp: 2s
duration: 10s
drain: 30s
population: { subscribers: 10 }
traffic: { pager: { rate: 3/s } }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 4s }
faults:
  - { at: 4s, for: 7s, kind: partition, target: clients, mode: fixed-percent, value: 50 }
`;

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const textOf = (...names: string[]) => readFileSync(at('run', ...names), 'utf8');
let summary: Summary;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'restante-others-'));
  writeFileSync(at('tiny.yaml'), TINY);
  const streams = { out: () => {}, err: () => {}, interactive: false };
  const seed = 'a"b\\c\nd';
  await main(['run', at('tiny.yaml'), '-q', '--no-report', '--seed', seed, '--out', at('run')], streams);
  summary = JSON.parse(textOf('summary.json')) as Summary;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('metrics.prom is OpenMetrics: its counters end at the counts, its timestamps in virtual time', () => {
  const families = readOpenMetrics(textOf('metrics.prom'));
  const last = (name: string) => families.get(name)?.samples.at(-1);
  expect(last('restante_messages_offered')).toMatchObject({
    name: 'restante_messages_offered_total',
    labels: { scenario: 'tiny', seed: 'a"b\\c\nd' },
    value: summary.counts.offered,
    timestamp: summary.virtualNs / 1e9,
  });
  expect(last('restante_messages_settled')?.value).toBe(summary.counts.settled);
  const dwell = families.get('restante_push_dwell_seconds');
  expect([dwell?.type, dwell?.unit]).toEqual(['summary', 'seconds']);
  const p95 = dwell?.samples.find(({ labels }) => labels['quantile'] === '0.95')?.value;
  expect(p95).toBeCloseTo((summary.distributions.dwell?.p95Us ?? 0) / 1e6, 9);
  expect(families.get('restante_invariant_held')?.samples).toHaveLength(summary.invariants.length);
});

test.each([
  ['no end', '# TYPE a gauge\na 1\n'],
  ['a counter without its suffix', '# TYPE a counter\na 1\n# EOF\n'],
  ['a family in two pieces', '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na 2\n# EOF\n'],
  ['time that goes back', '# TYPE a gauge\na 1 2\na 1 1\n# EOF\n'],
  ['a label that is not closed', '# TYPE a gauge\na{x="\\"} 1\n# EOF\n'],
  ['a unit that the name lacks', '# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n'],
])('the reader of OpenMetrics refuses %s', (_, text) => {
  expect(() => readOpenMetrics(text)).toThrow();
});

test('hist/*.hgrm reads as the percentile distribution of HdrHistogram, in milliseconds', () => {
  const lines = textOf('hist', 'dwell.hgrm').split('\n');
  expect(lines[0].trim().split(/\s+/)).toEqual(['Value', 'Percentile', 'TotalCount', '1/(1-Percentile)']);
  const rows = lines
    .filter((line) => /^\s*\d/.test(line))
    .map((line) => line.trim().split(/\s+/).map(Number));
  expect(rows.length).toBeGreaterThan(3);
  rows.forEach(([value, percentile, count, inverse], i) => {
    if (i > 0) {
      expect(value).toBeGreaterThanOrEqual(rows[i - 1][0]);
      expect(percentile).toBeGreaterThan(rows[i - 1][1]);
      expect(count).toBeGreaterThanOrEqual(rows[i - 1][2]);
    }
    if (inverse !== undefined) expect(inverse).toBeCloseTo(1 / (1 - percentile), 2);
  });
  const dwell = summary.distributions.dwell;
  const [value, percentile, count] = rows.at(-1) ?? [];
  expect([percentile, count]).toEqual([1, dwell?.count]);
  expect(Math.abs(value - (dwell?.maxUs ?? 0) / 1000) / value).toBeLessThan(0.002);
  const tail = Object.fromEntries(
    [...textOf('hist', 'dwell.hgrm').matchAll(/([A-Z]\w+(?: count)?) *= *([\d.]+)/g)].map(([, k, v]) => [
      k,
      Number(v),
    ]),
  );
  expect(tail['Total count']).toBe(dwell?.count);
  expect(Math.abs(tail['Mean'] - (dwell?.meanUs ?? 0) / 1000) / tail['Mean']).toBeLessThan(0.002);
});

describe('a run that is killed while it writes leaves nothing that looks like a run', () => {
  test.each([
    ['at the first file', 'writeFileSync', 1],
    ['at a later file', 'writeFileSync', 6],
    ['before the folder gets its name', 'renameSync', 1],
  ])('%s', (_, call, nth) => {
    const place = at(`killed-${call}-${nth}`);
    mkdirSync(place);
    // Counts calls for files of the run and dies at one of them, as kill -9 or a power cut would have it.
    writeFileSync(
      join(place, 'kill.mjs'),
      `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const real = fs.${call};
let calls = 0;
fs.${call} = (...args) => {
  if (String(args[0]).includes('runs') && ++calls === ${nth}) process.kill(process.pid, 'SIGKILL');
  return real(...args);
};
syncBuiltinESMExports();
`,
    );
    const args = ['--import', './kill.mjs', program, 'run', at('tiny.yaml'), '-q', '--no-report'];
    const { signal } = spawnSync(process.execPath, args, { cwd: place });
    expect(signal).toBe('SIGKILL');
    const left = readdirSync(join(place, 'results', 'runs'));
    expect(left.filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});
