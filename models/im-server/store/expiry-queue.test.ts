import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExpiryQueue } from './expiry-queue.js';

test('the queue gives rows by instant, then by message number', () => {
  const entry = fc.record({ atNs: fc.integer({ min: 0, max: 20 }), row: fc.nat(1000) });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 200 }), (entries) => {
      const queue = new ExpiryQueue();
      entries.forEach(({ atNs, row }, dm) => queue.push(atNs, row, dm));
      const out: number[][] = [];
      for (; queue.size > 0; queue.shift()) out.push([queue.earliestNs, queue.earliestDm, queue.earliestRow]);
      const expected = entries.map(({ atNs, row }, dm) => [atNs, dm, row]);
      expect(out).toEqual(expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
      expect(queue.earliestNs).toBe(Infinity);
    }),
    { seed: 42, numRuns: 200 },
  );
});
