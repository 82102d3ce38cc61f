/** The memory of what came lately, against a plain list: bounded by time and number, and nothing forgotten before. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../sim/kernel/time.js';
import { HashLog } from './hash-log.js';

const BOUNDS = { atLeast: 4, atMost: 40, windowNs: 10 * NS_PER_S };

test('against a list: what must be known is, with its last value, and what never came is not', () => {
  const step = fc.record({ id: fc.nat(120), value: fc.nat(999), waitNs: fc.nat(2 * NS_PER_S) });
  const property = fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const log = new HashLog(BOUNDS);
    // Few values of the second half, so that chains are long.
    const hash = (id: number): [number, number] => [Math.imul(id, 77_777), id % 7];
    let model: { id: number; value: number; atNs: number }[] = [];
    let nowNs = 0;
    for (const { id, value, waitNs } of steps) {
      nowNs += waitNs;
      const must = model.slice(-BOUNDS.atMost);
      for (const [place, one] of must.entries()) {
        const due = place >= must.length - BOUNDS.atLeast || nowNs - one.atNs <= BOUNDS.windowNs;
        if (due && log.look(...hash(one.id)) !== one.value) expect.fail(`${one.id} at ${nowNs}`);
      }
      const known = log.look(...hash(id)) >= 0;
      if (known && !model.some((one) => one.id === id)) expect.fail(`${id} at ${nowNs}`);
      log.note(...hash(id), value, nowNs);
      if (!known) {
        model = model.filter((one) => one.id !== id);
        model.push({ id, value, atNs: nowNs });
      } else for (const one of model) if (one.id === id) one.value = value;
      if (log.size > BOUNDS.atMost) expect.fail(`${log.size} entries`);
    }
  });
  fc.assert(property, { seed: 42, numRuns: 150 });
});

describe('its bounds', () => {
  /** Entries 0, 1, ... `count` - 1, one each `everyNs`. */
  const filled = (count: number, everyNs: number, bounds = BOUNDS): HashLog => {
    const log = new HashLog(bounds);
    for (let id = 0; id < count; id++) log.note(id, -id, 200, id * everyNs);
    return log;
  };
  const oldest = (log: HashLog, count: number): number => {
    for (let id = 0; id < count; id++) if (log.look(id, -id) >= 0) return id;
    return count;
  };

  test('the newest stay however old they are', () => {
    expect(oldest(filled(100, 3600 * NS_PER_S), 100)).toBe(96);
  });

  test('all of the window stays, up to the limit', () => {
    expect(oldest(filled(100, NS_PER_S), 100)).toBe(89);
    expect(oldest(filled(100, 1), 100)).toBe(60);
  });

  test('an entry that is noted again keeps its time and its place', () => {
    const log = filled(4, 1);
    log.note(0, 0, 413, 100 * NS_PER_S);
    log.note(9, 9, 200, 100 * NS_PER_S);
    expect([log.look(0, 0), log.look(1, -1), log.size]).toEqual([-1, 200, 4]);
  });

  test('what is added from another one counts as later', () => {
    const log = filled(3, 1);
    const other = new HashLog(BOUNDS);
    other.note(2, -2, 413, 0);
    other.note(7, -7, 415, 0);
    log.addAll(other, 20 * NS_PER_S);
    expect([0, 1, 2, 7].map((id) => log.look(id, -id))).toEqual([200, 200, 413, 415]);
  });
});

test('holds no column before its first entry, and some 24 to 48 octets for each of many', () => {
  const bounds = { atLeast: 65_536, atMost: 65_536, windowNs: 0 };
  const log = new HashLog(bounds);
  expect([log.octets, log.size, log.look(1, 1)]).toEqual([0, 0, -1]);
  log.note(1, 1, 0, 0);
  expect(log.octets).toBeLessThanOrEqual(100);
  for (let id = 0; id < 200_000; id++) log.note(id, Math.imul(id, 0x85ebca6b), 0, 0);
  expect([log.size, log.octets]).toEqual([65_536, 24 * 65_536]);
});
