/**
 * The memory of what was shown: the newest entries of each user, bounded, and nothing of anybody else's (A11).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Hash64, SeenLog } from './seen-log.js';

const BOUNDS = { atLeast: 16, atMost: 64, windowNs: 60 * NS_PER_S };

test('remembers at least the limit, forgets in the end, and keeps users apart', () => {
  const entry = fc.record({ user: fc.nat(2), value: fc.nat(60) });
  const property = fc.property(
    fc.array(entry, { maxLength: 400 }),
    fc.integer({ min: 1, max: 40 }),
    (all, limit) => {
      const log = new SeenLog(3, limit, BOUNDS);
      const model: number[][] = [[], [], []];
      for (const { user, value } of all) {
        const recent = model[user].slice(-limit);
        if (recent.includes(value)) expect(log.has(user, value, -value)).toBe(true);
        if (!model[user].includes(value)) expect(log.has(user, value, -value)).toBe(false);
        log.add(user, value, -value, 0);
        model[user].push(value);
      }
      expect(log.pages).toBeLessThanOrEqual(3 * (Math.ceil(limit / 8) + 1));
    },
  );
  fc.assert(property, { seed: 42, numRuns: 200 });
});

test('A11: what has no room in the pages is known on: the newest of any age, all of the window, no more than the limit', () => {
  /** How many of 200 entries, one each `everyNs`, are known in the end, and to nobody else. */
  const known = (everyNs: number): number => {
    const log = new SeenLog(2, 8, BOUNDS);
    for (let i = 0; i < 200; i++) log.add(0, i, -i, i * everyNs);
    const all = Array.from({ length: 200 }, (_, i) => i);
    expect(all.filter((i) => log.has(1, i, -i))).toEqual([]);
    const first = all.findIndex((i) => log.has(0, i, -i));
    expect(all.slice(first).every((i) => log.has(0, i, -i))).toBe(true);
    return 200 - first;
  };
  // 16 in the pages, and in the log 16, 64, and eight for each turn of a page within the minute.
  expect([known(3600 * NS_PER_S), known(0), known(2 * NS_PER_S)]).toEqual([32, 80, 48]);
});

test('holds nothing for a user who received nothing', () => {
  const log = new SeenLog(100_000, 256, BOUNDS);
  log.add(5, 1, 2, 0);
  expect([log.pages, log.isEmpty(5), log.isEmpty(6)]).toEqual([1, false, true]);
});

test('the hash tells apart the same octets divided otherwise', () => {
  const octets = Buffer.from('abcdefgh');
  const hash = new Hash64();
  const seen = new Set<string>();
  for (let cut = 0; cut <= 8; cut++) {
    hash.begin().span(octets, 0, cut).span(octets, cut, 8);
    seen.add(`${hash.h1}/${hash.h2}`);
  }
  expect(seen.size).toBe(9);
});

test('a hundred thousand short ids have a hundred thousand hashes', () => {
  const hash = new Hash64();
  const seen = new Set<string>();
  for (let i = 0; i < 100_000; i++) {
    const octets = Buffer.from(`p${i.toString(36)}`);
    hash.begin().span(octets, 0, octets.length);
    seen.add(`${hash.h1}/${hash.h2}`);
  }
  expect(seen.size).toBe(100_000);
});
