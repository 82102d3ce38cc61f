import { expect, it } from 'vitest';
import { bracket, loadOf, type SearchSpace } from './bracket.js';

/** A question that is not asked for ever. */
function bounded(answer: (load: number) => boolean) {
  let asked = 0;
  return (load: number) => {
    if (++asked > 200) throw new Error('the search does not end');
    return Promise.resolve(answer(load));
  };
}

const space = (over: Partial<SearchSpace>): SearchSpace => ({
  start: 10,
  least: 1,
  most: 1000,
  precision: 0.02,
  whole: false,
  ...over,
});

it.each([
  [1_234_564, false, 1_234_564],
  [76.54321, false, 76.54321],
  [20.5, true, 20],
])('ends at the bound itself, however many digits it has: %d', async (most, whole, highestPassing) => {
  expect(
    await bracket(
      space({ most, whole }),
      bounded(() => true),
    ),
  ).toEqual({ highestPassing });
});

it.each([
  [1.2345678, false, 1.2345678],
  [0.00012345678, false, 0.00012345678],
  [1.5, true, 2],
])('ends at the lower bound itself: %d', async (least, whole, lowestFailing) => {
  expect(
    await bracket(
      space({ least, whole }),
      bounded(() => false),
    ),
  ).toEqual({ lowestFailing });
});

it('loads lie within the bounds, with six digits between them', () => {
  const bounds = space({ least: 1.2345678, most: 98.7654321 });
  expect([0, 1.23456, 12.3456789, 98.7655, 1e6].map((value) => loadOf(value, bounds))).toEqual([
    1.2345678, 1.2345678, 12.3457, 98.7654321, 98.7654321,
  ]);
});

it('does not try a bound twice, as itself and as what halving with six digits comes to', async () => {
  const asked: number[] = [];
  const never = (load: number) => Promise.resolve(asked.push(load) < 0);
  await bracket(space({ start: 10, least: 10 / 1024 }), never);
  expect(asked).toHaveLength(11);
  expect(asked.at(-1)).toBe(10 / 1024);
});
