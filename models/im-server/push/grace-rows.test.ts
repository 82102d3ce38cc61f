import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GraceRows } from './grace-rows.js';

test('A17: whatever comes, leaves and is taken back, the oldest is known with its own instant', () => {
  const step = fc.oneof(
    fc.record({ what: fc.constant('push' as const), row: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ what: fc.constant('shift' as const), row: fc.constant(0) }),
    fc.record({ what: fc.constant('take' as const), row: fc.integer({ min: 1, max: 20 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const rows = new GraceRows();
      const plain: { readonly row: number; readonly atNs: number }[] = [];
      for (const [i, { what, row }] of steps.entries()) {
        const at = plain.findIndex((one) => one.row === row);
        if (what === 'push' && at < 0) {
          rows.push(row, i);
          plain.push({ row, atNs: i });
        } else if (what === 'shift' && plain.length > 0) expect(rows.shift()).toBe(plain.shift()?.row);
        else if (what === 'take') {
          expect(rows.take(row)).toBe(at >= 0);
          if (at >= 0) plain.splice(at, 1);
        }
        expect(rows.count).toBe(plain.length);
        expect(rows.oldestNs()).toBe(plain[0]?.atNs ?? Infinity);
      }
    }),
    { numRuns: 300 },
  );
});
