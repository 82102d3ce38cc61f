/**
 * The whole product on small worlds: what went in comes out, every invariant held and was put to the test, and the same cell
 * gives the same result wherever it is simulated.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { CellResult } from '../results/cell-result.js';
import { sortedJson } from '../results/folder/json.js';
import { INLINE } from '../workloads/executors/inline.js';
import { threadPool } from '../workloads/executors/threads.js';
import { simulate } from '../workloads/simulate.js';
import { SMALL_CELLS, smallCell } from './support/small-cells.js';

const THREADS = threadPool(2);
afterAll(() => THREADS.close());

const NAMES = [...SMALL_CELLS.keys()];
const results = new Map<string, CellResult>(NAMES.map((name) => [name, simulate(smallCell(name))]));
const resultOf = (name: string) => results.get(name)!;

describe.each(NAMES)('%s', (name) => {
  const { summary, series } = resultOf(name);
  const { counts } = summary;

  test('all invariants held, each put to the test', () => {
    expect(summary.invariants.length).toBeGreaterThan(10);
    expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
    expect(summary.invariants.filter(({ checked }) => checked === 0).map(({ id }) => id)).toEqual([]);
  });

  test('messages are conserved', () => {
    expect(counts.offered).toBeGreaterThan(150);
    expect(counts.sent).toBe(counts.offered);
    expect(
      counts.answeredDelivered + counts.answeredDeferred + counts.answeredFailed + counts.unanswered,
    ).toBe(counts.offered);
    expect(counts.unanswered).toBe(0);
    expect(counts.stored).toBe(counts.settled + counts.expired + counts.deadLettered + counts.stillWaiting);
    // What came live and was deferred all the same, because its answer was lost, is settled as a duplicate.
    expect(counts.presented).toBeLessThanOrEqual(counts.settled);
    expect(counts.presented + counts.duplicatesDropped).toBeGreaterThanOrEqual(counts.settled);
    expect(counts.stillWaiting).toBe(0);
    expect(counts.stored).toBeGreaterThan(20);
    expect(counts.deliveredAtOnce).toBeGreaterThan(20);
  });

  test('series add up to the counts, and the store is empty at the end', () => {
    const sum = (column: readonly number[]) => column.reduce((total, value) => total + value, 0);
    expect(sum(series.offered)).toBe(counts.offered);
    expect(sum(series.stored)).toBe(counts.stored);
    expect(sum(series.settled)).toBe(counts.settled);
    expect(series.storeRecords.at(-1)).toBe(0);
    expect(series.storeOctets.at(-1)).toBe(0);
    expect(Math.max(...series.storeRecords)).toBeLessThanOrEqual(summary.store!.peakRecords);
    expect(summary.checkpoints.length).toBe(185);
  });
});

describe('what each small world is for', () => {
  test('without loss nothing has to be sent twice to a client that is there, and nobody waits for long', () => {
    const { counts, distributions } = resultOf('outage').summary;
    expect(counts.duplicatesDropped).toBe(0);
    expect(distributions.triggerLatency!.maxUs).toBeLessThan(1_000_000);
    expect(counts.expired).toBe(0);
  });

  test('with loss there are retransmissions, and still nothing is lost or presented twice', () => {
    const { counts } = resultOf('lossy').summary;
    expect(counts.retransmissions).toBeGreaterThan(resultOf('outage').summary.counts.retransmissions);
    const delivered = counts.stored - counts.expired;
    expect(counts.presented).toBeLessThanOrEqual(delivered);
    expect(counts.presented + counts.duplicatesDropped).toBeGreaterThanOrEqual(delivered);
  });

  test('short lifetimes end in the store, and what expired is not pushed (I9b)', () => {
    const { counts } = resultOf('expiring').summary;
    expect(counts.expired).toBeGreaterThan(5);
    expect(counts.pushed).toBeLessThanOrEqual(counts.stored);
  });
});

describe('determinism', () => {
  test.each(NAMES)('%s: the same cell gives the same bytes, again and in a worker thread', async (name) => {
    const first = sortedJson(resultOf(name).summary);
    expect(sortedJson((await INLINE.run(smallCell(name))).summary)).toBe(first);
    expect(sortedJson((await THREADS.run(smallCell(name))).summary)).toBe(first);
  });

  test('another seed is another run', () => {
    const other = simulate({ ...smallCell('outage'), seed: 'another' });
    expect(other.summary.fingerprint).not.toBe(resultOf('outage').summary.fingerprint);
  });

  // Changing one of these needs a line in docs/decisions.md; UPDATE_GOLDEN=1 writes the file anew.
  test('golden fingerprints', () => {
    const file = new URL('golden/fingerprints.json', import.meta.url);
    const found = sortedJson(
      Object.fromEntries(NAMES.map((name) => [name, resultOf(name).summary.fingerprint])),
    );
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, found);
    expect(found).toBe(readFileSync(file, 'utf8'));
  });
});

test('a worker thread that fails says why', async () => {
  const impossible = { ...smallCell('outage'), sabotage: 'nobody' };
  await expect(THREADS.run(impossible)).rejects.toThrow('nobody');
});
