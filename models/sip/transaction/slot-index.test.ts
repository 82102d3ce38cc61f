import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotIndex } from './slot-index.js';

describe('SlotIndex', () => {
  it('finds exactly what a map of lists would, whatever collides and wraps around', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: -6, max: 6 })), { maxLength: 1500 });
    fc.assert(
      fc.property(steps, (program) => {
        const index = new SlotIndex();
        const model: { slot: number; hash: number }[] = [];
        let next = 1;
        for (const [insert, hash] of program) {
          if (insert || model.length === 0) {
            model.push({ slot: next, hash });
            index.insert(next++, hash);
          } else {
            const [gone] = model.splice(Math.abs(hash * 7) % model.length, 1);
            index.remove(gone.slot, gone.hash);
          }
        }
        expect(index.size).toBe(model.length);
        for (let hash = -6; hash <= 6; hash++) {
          const found: number[] = [];
          for (let at = index.find(hash); at >= 0; at = index.findNext(at, hash))
            found.push(index.slotAt(at));
          const expected = model.filter((entry) => entry.hash === hash).map((entry) => entry.slot);
          expect(found.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
        }
      }),
      { seed: 42, numRuns: 100 },
    );
  });
});
