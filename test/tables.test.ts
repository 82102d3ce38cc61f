/**
 * Tables in Parquet, as other tools read them: the one-liners of the README on the results of a run and a sweep. DuckDB is an independent
 * reader, pandas another; where one is missing, its tests are skipped and say so.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../results/cell-result.js';
import { parquetFile, studyColumns, timelineColumns } from '../results/artefacts/parquet.js';
import { scalarsOf } from '../results/metrics.js';
import { sampleResult } from './support/sample-result.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist', 'bin', 'restante.js');
const duckdb = await import('@duckdb/node-api').catch(() => undefined);
if (duckdb === undefined) console.warn('skipped: the binary of @duckdb/node-api is not there');

/** pandas needs one of two readers of Parquet. */
const pandas = ['pyarrow', 'fastparquet'].some(
  (reader) => spawnSync('python3', ['-c', `import pandas, ${reader}`]).status === 0,
);
if (!pandas) console.warn('skipped: python3 has no pandas with pyarrow or fastparquet here');

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
let runFolder: string;
const ran = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-tables-'));
  writeFileSync(join(folder, 'tiny.yaml'), TINY);
  expect(ran('run', 'tiny.yaml', '-q', '--no-report').status).toBe(0);
  expect(ran('sweep', 'tiny.yaml', '--vary', 'network.loss=0%,5%', '-q', '--jobs', '1').status).toBe(0);
  expect(ran('sweep', 'tiny.yaml', '--vary', 'network.delay=10ms', '-q', '--jobs', '1').status).toBe(0);
  runFolder = join(folder, 'results', 'runs', readFileSync(at('latest'), 'utf8').trim());
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(folder, 'results', 'runs', ...names);
const summaryOf = () => JSON.parse(readFileSync(join(runFolder, 'summary.json'), 'utf8')) as Summary;

/** Rows of a query, whose paths are those of the README. */
async function query(sql: string): Promise<Record<string, unknown>[]> {
  if (duckdb === undefined) throw new Error('there is no DuckDB');
  const instance = await duckdb.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    sql.replaceAll("'results/runs/", `'${at('/').replaceAll("'", "''")}`),
  );
  connection.closeSync();
  return reader.getRowObjectsJson();
}

test.skipIf(!pandas)('pandas reads the timeline of a run by the line of the README', () => {
  const [, line = ''] = /^python3 -c "(.*)"$/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  const { status, stdout, stderr } = spawnSync('python3', ['-c', line], { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  for (const { name, peakUtilisation } of summaryOf().stations ?? []) {
    const shown = Number(new RegExp(`^${name} +([\\d.e-]+)$`, 'm').exec(stdout)?.[1]);
    expect(shown).toBeCloseTo(peakUtilisation, 3);
  }
});

describe.skipIf(duckdb === undefined)('DuckDB reads what the README says', () => {
  const oneLiners = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^duckdb -c "(.*)"$/gm)].map(
    ([, sql]) => sql,
  );

  test('the timeline of a run', async () => {
    const rows = await query(oneLiners[0]);
    const { stations } = summaryOf();
    // The rows of the whole run have a station of their own, and no utilisation.
    expect(rows.map(({ station }) => station)).toEqual(
      (stations ?? []).map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1)),
    );
    const core = stations?.find(({ name }) => name === 'SIP/IP Core CPU');
    const busiest = Number(rows.find(({ station }) => station === 'SIP/IP Core CPU')?.['busiest']);
    expect(core?.peakUtilisation).toBeGreaterThan(0);
    expect(busiest).toBeCloseTo(core?.peakUtilisation ?? 0, 3);
  });

  test('the cells of two sweeps of different factors: a row for each cell and metric', async () => {
    const rows = await query(oneLiners[1]);
    const cells = rows.map((row) => [row['network.loss'], row['network.delay'], row['metric'], row['unit']]);
    expect(cells.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
      [null, '10ms', 'push.dwell.p95', 'us'],
      ['0%', null, 'push.dwell.p95', 'us'],
      ['5%', null, 'push.dwell.p95', 'us'],
    ]);
  });

  test('sums over the timeline are the counts of the summary', async () => {
    const [row] = await query(
      "SELECT sum(offered) AS offered, sum(settled) AS settled, max(second) AS last FROM 'results/runs/*/timeline.parquet'",
    );
    const { counts, virtualNs } = summaryOf();
    expect(counts.settled).toBeGreaterThan(0);
    expect(row).toMatchObject({
      offered: counts.offered,
      settled: counts.settled,
      last: virtualNs / 1e9 - 1,
    });
  });
});

test('the same run gives the same octets', () => {
  const first = readFileSync(join(runFolder, 'timeline.parquet'));
  expect(ran('run', 'tiny.yaml', '-q', '--out', 'again').status).toBe(0);
  expect(readFileSync(join(folder, 'again', 'timeline.parquet')).equals(first)).toBe(true);
  expect(first.subarray(0, 4).toString()).toBe('PAR1');
});

test('a study that is taken up again gives the same octets', () => {
  const [study] = readdirSync(at()).filter((name) => name.includes('-sweep-'));
  const first = readFileSync(at(study, 'sweep.parquet'));
  expect(ran('sweep', 'tiny.yaml', '--vary', 'network.loss=0%,5%', '-q', '--jobs', '1').status).toBe(0);
  expect(readFileSync(at(study, 'sweep.parquet')).equals(first)).toBe(true);
});

test('replications: a row for each seed and metric that was measured', () => {
  const { summary } = sampleResult();
  const columns = studyColumns([
    { head: {}, summary },
    { head: {}, summary: { ...summary, seed: '42/2' } },
  ]);
  const measured = scalarsOf(summary).filter(({ value }) => value !== undefined).length;
  for (const { data } of columns) expect(data).toHaveLength(2 * measured);
  const seeds = columns.find(({ name }) => name === 'seed')?.data ?? [];
  expect(new Set<unknown>(seeds)).toEqual(new Set(['42', '42/2']));
});

test('a study of no cell and a run of no second still give a table', async () => {
  const { summary, series } = sampleResult();
  const nothing = Object.fromEntries(
    Object.keys(series).map((name) => [name, []]),
  ) as unknown as typeof series;
  for (const columns of [studyColumns([]), timelineColumns(summary, nothing)]) {
    expect((await parquetFile(columns)).byteLength).toBeGreaterThan(100);
  }
});
