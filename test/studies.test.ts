/**
 * Studies as a whole: the same bytes for any number of workers, and the same bytes whether a study ran through or was interrupted and
 * taken up again.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replicationsCsv } from '../results/replications.js';
import type { Summary } from '../results/cell-result.js';
import type { Cell } from '../workloads/cell.js';
import { CellCache } from '../workloads/executors/cache.js';
import type { Executor } from '../workloads/executors/executor.js';
import { foldInOrder } from '../workloads/executors/fold.js';
import { INLINE } from '../workloads/executors/inline.js';
import { threadPool } from '../workloads/executors/threads.js';
import { cellOf } from '../workloads/cell.js';
import { parseScenario } from '../workloads/scenario/loader.js';

const TINY = `version: 1
name: tiny
rampUp: 2s
duration: 15s
drain: 40s
population: { subscribers: 10 }
traffic: { pager: { rate: 3/s } }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 6s }
faults:
  - { at: 5s, for: 8s, kind: partition, target: clients, mode: fixed-percent, value: 50 }
`;

const CELLS = [1, 2, 3, 4].map((i) => cellOf(parseScenario(TINY, 'tiny.yaml'), `seed ${i}`));

let folder: string;
let pool: Executor;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-studies-'));
  pool = threadPool(2);
});
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The rows of the cells, folded with so many jobs; ends after `until` of them. */
async function study(executor: Executor, jobs: number, cache?: CellCache, until = CELLS.length) {
  const summaries: Summary[] = [];
  let simulated = 0;
  const evaluate = async (cell: Cell) => {
    const known = cache?.get(cell);
    if (known !== undefined) return known;
    const { summary } = await executor.run(cell);
    simulated++;
    cache?.put(cell, summary);
    return summary;
  };
  await foldInOrder(CELLS, evaluate, { jobs, take: (summary) => summaries.push(summary) === until });
  return { csv: replicationsCsv(summaries), simulated };
}

describe('replications', () => {
  test('one worker and two give the same bytes, and so does a study that was taken up again', async () => {
    const alone = await study(INLINE, 1);
    expect(alone.csv.split('\n').length).toBe(CELLS.length + 2);
    expect((await study(pool, 2)).csv).toBe(alone.csv);

    const cache = new CellCache(folder);
    await study(INLINE, 1, cache, 2);
    expect(readdirSync(folder).length).toBe(2);
    const resumed = await study(pool, 2, cache);
    expect(resumed.csv).toBe(alone.csv);
    expect(resumed.simulated).toBe(2);
  });

  test('a cache takes no partial run, and survives a damaged file', async () => {
    const own = mkdtempSync(join(folder, 'damaged-'));
    const cache = new CellCache(own);
    const { summary } = await INLINE.run(CELLS[0]!);
    cache.put(CELLS[0]!, { ...summary, partial: true });
    expect(readdirSync(own)).toEqual([]);
    cache.put(CELLS[0]!, summary);
    const file = join(own, readdirSync(own)[0]!);
    expect(JSON.stringify(cache.get(CELLS[0]!))).toBe(JSON.stringify(summary));
    expect(cache.get({ ...CELLS[0]!, seed: 'another' })).toBeUndefined();
    writeFileSync(file, '{ half of');
    expect(cache.get(CELLS[0]!)).toBeUndefined();
  });
});
