/** `npm run bench -- --compare FILE`: ratios, and ratios that a slower machine does not change. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ratiosOf, readBench, type GroupResult } from './compare.js';

const group = (ours: number, peers: number): GroupResult => ({
  group: 'sip',
  measured: [
    { name: 'ours', unit: 'messages', median: ours, least: 1, most: 1, rounds: 1 },
    { name: 'peer', unit: 'messages', median: peers, least: 1, most: 1, rounds: 1 },
  ],
});

test('a machine half as fast halves both ratios and leaves the relative one', () => {
  expect(ratiosOf([group(800, 100)], [group(400, 50)])).toEqual([
    { name: 'ours', ratio: 0.5, relative: 1 },
    { name: 'peer', ratio: 0.5 },
  ]);
});

test('code that is half as fast shows whatever the machine does', () => {
  const [ours] = ratiosOf([group(800, 100)], [group(800, 200)]);
  expect(ours).toEqual({ name: 'ours', ratio: 1, relative: 0.5 });
});

test('what only one of the two has is left out', () => {
  expect(ratiosOf([], [group(1, 1)])).toEqual([]);
  expect(ratiosOf([{ group: 'sip', measured: [] }], [group(1, 1)])).toEqual([]);
});

test('a file that is no result is refused in one line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'restante-bench-'));
  const file = join(folder, 'x.json');
  writeFileSync(file, '{"results": []}');
  expect(() => readBench(file)).toThrow(/is no result of this benchmark/);
  writeFileSync(file, '{');
  expect(() => readBench(file)).toThrow(/is no result of this benchmark/);
  rmSync(folder, { recursive: true });
});
