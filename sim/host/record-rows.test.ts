import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordRows } from './record-rows.js';

/** Few keys, some of them far apart, so that many meet and holes are filled from behind. */
const key = fc.oneof(
  fc.nat(40),
  fc.nat(9).map((n) => n * 0x100000000),
  fc.constant(Number.MAX_SAFE_INTEGER),
);
const step = fc.record({ key, remove: fc.boolean() });

describe('the rows of records', () => {
  it('are those of a map, whatever is added and removed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const rows = new RecordRows();
        const model = new Map<number, number>();
        steps.forEach((one, row) => {
          if (one.remove && model.delete(one.key)) rows.remove(one.key);
          else if (!one.remove && !model.has(one.key)) {
            model.set(one.key, row);
            rows.add(one.key, row);
          }
        });
        expect(rows.size).toBe(model.size);
        expect([...rows.sortedKeys()]).toEqual([...model.keys()].sort((a, b) => a - b));
        for (const { key: asked } of steps) expect(rows.get(asked)).toBe(model.get(asked) ?? -1);
      }),
      { seed: 4975, numRuns: 300 },
    );
  });

  it('stay found when the table has grown many times and shrunk again', () => {
    const rows = new RecordRows();
    for (let n = 0; n < 50_000; n++) rows.add(n * 7, n);
    for (let n = 0; n < 50_000; n += 2) rows.remove(n * 7);
    expect(rows.size).toBe(25_000);
    for (let n = 0; n < 50_000; n++)
      if (rows.get(n * 7) !== (n % 2 === 0 ? -1 : n)) throw new Error(`key ${n * 7}`);
  });
});
