import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descend, minimise } from './shrink.js';

const asks =
  <T>(test: (candidate: T) => boolean) =>
  (candidate: T): Promise<boolean> =>
    Promise.resolve(test(candidate));

describe('minimise (delta debugging)', () => {
  it('leaves exactly the items that are needed together, in their order', async () => {
    const subset = fc.uniqueArray(fc.nat(59), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(subset, async (needed) => {
        const items = Array.from({ length: 60 }, (_, i) => i);
        const left = await minimise(
          items,
          asks((some) => needed.every((one) => some.includes(one))),
        );
        expect(left).toEqual(needed.toSorted((a, b) => a - b));
      }),
      { seed: 42, numRuns: 100 },
    );
  });

  it('gives a list of which no single item can be taken away, whatever the test is', async () => {
    // Fails when the sum of what is left is odd or above a limit: not monotonous at all.
    const lists = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(lists, async (items) => {
        const fails = (some: readonly number[]): boolean => {
          const sum = some.reduce((a, b) => a + b, 0);
          return sum % 2 === 1 || sum > 60;
        };
        fc.pre(fails(items));
        const left = await minimise(items, asks(fails));
        expect(fails(left)).toBe(true);
        left.forEach((_, i) => expect(fails(left.toSpliced(i, 1))).toBe(false));
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it('needs few tests for one culprit among many', async () => {
    let tests = 0;
    const items = Array.from({ length: 1024 }, (_, i) => i);
    const left = await minimise(
      items,
      asks((some) => {
        tests++;
        return some.includes(777);
      }),
    );
    expect(left).toEqual([777]);
    expect(tests).toBeLessThan(40);
  });

  it('gives up early when more are needed than are wanted, and not when as many are', async () => {
    const items = Array.from({ length: 400 }, (_, i) => i);
    const count = async (needed: readonly number[]): Promise<{ left: number; tests: number }> => {
      let tests = 0;
      const fails = asks((some: readonly number[]) => {
        tests++;
        return needed.every((one) => some.includes(one));
      });
      return { left: (await minimise(items, fails, 5)).length, tests };
    };
    const many = await count(items.filter((one) => one % 3 === 0));
    expect(many.left).toBeGreaterThan(5);
    expect(many.tests).toBeLessThan(30);
    for (const needed of [
      [0, 99, 201, 299, 399],
      [10, 11, 12, 13, 14],
      [5, 6, 200, 201, 390],
    ]) {
      expect((await count(needed)).left).toBe(5);
      expect((await count(needed)).tests).toBeLessThan(110);
    }
  });

  it('finds with one test that nothing is needed', async () => {
    let tests = 0;
    const fails = asks(() => ++tests > 0);
    expect(await minimise([1, 2, 3], fails)).toEqual([]);
    expect(tests).toBe(1);
  });
});

describe('descend', () => {
  const halves = function* (value: number): Generator<number> {
    if (value > 1) yield Math.floor(value / 2);
    if (value > 0) yield value - 1;
  };

  it('stops at the smallest value that still fails', async () => {
    expect(
      await descend(
        1000,
        halves,
        asks((value) => value >= 37),
        1000,
      ),
    ).toBe(37);
  });

  it('makes no more tests than it may', async () => {
    let tests = 0;
    await descend(
      1e9,
      halves,
      asks(() => ++tests > 0),
      7,
    );
    expect(tests).toBe(7);
  });
});
