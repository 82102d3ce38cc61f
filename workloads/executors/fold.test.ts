import { setTimeout as later } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { foldInOrder } from './fold.js';

/** Items that finish in the order of the numbers they are. */
const slow = async (item: number) => {
  await later(item);
  return item;
};

it('takes results in the order of items, however many run at a time', async () => {
  const items = [30, 1, 20, 2, 10];
  for (const jobs of [1, 2, 5, 9]) {
    const taken: number[] = [];
    await foldInOrder(items, slow, { jobs, take: (result) => void taken.push(result) });
    expect(taken).toEqual(items);
  }
});

it('stops at the same place for any number of jobs', async () => {
  for (const jobs of [1, 3]) {
    const taken: number[] = [];
    const count = await foldInOrder([9, 1, 5, 2], slow, {
      jobs,
      take: (result) => taken.push(result) === 2,
    });
    expect([count, taken]).toEqual([2, [9, 1]]);
  }
});

it('starts nothing after a stop, but keeps what is under way', async () => {
  let stop = false;
  const started: number[] = [];
  const evaluate = async (item: number) => {
    started.push(item);
    if (started.length === 2) stop = true;
    return slow(item);
  };
  const taken: number[] = [];
  await foldInOrder([3, 2, 1, 4], evaluate, {
    jobs: 2,
    take: (r) => void taken.push(r),
    stopped: () => stop,
  });
  expect(started).toEqual([3, 2]);
  expect(taken).toEqual([3, 2]);
});

it('passes a failure on', async () => {
  const evaluate = (item: number) => (item === 2 ? Promise.reject(new Error('two')) : slow(item));
  await expect(foldInOrder([1, 2, 3], evaluate, { jobs: 2, take: () => undefined })).rejects.toThrow('two');
});

it('after a stop hands over what was finished out of turn, without what is missing before it', async () => {
  let stop = false;
  const evaluate = async (item: number) => {
    if (item !== 40) return slow(item);
    await later(40);
    stop = true;
    throw new Error('given up');
  };
  const told: string[] = [];
  const fold = foldInOrder([2, 40, 3, 1], evaluate, {
    jobs: 2,
    take: (result) => void told.push(`taken ${result}`),
    left: (result, index) => void told.push(`left ${result} at ${index}`),
    stopped: () => stop,
  });
  await expect(fold).rejects.toThrow('given up');
  expect(told).toEqual(['taken 2', 'left 3 at 2', 'left 1 at 3']);
});
