import { concatMap, map, of, take, toArray } from 'rxjs';
import { expect, test } from 'vitest';
import { Kernel } from './kernel/kernel.js';
import { VirtualScheduler } from './rx.js';

test('rxjs timers run in virtual time, to the nanosecond, and nothing runs before the kernel does', () => {
  const kernel = new Kernel();
  const scheduler = new VirtualScheduler(kernel);
  const seen: number[] = [];
  scheduler
    .timer(1.5, 2)
    .pipe(take(3))
    .subscribe(() => seen.push(kernel.nowNs));
  of('late')
    .pipe(scheduler.delay(10))
    .subscribe(() => seen.push(kernel.nowNs));
  expect(seen).toEqual([]);
  kernel.runUntil(1e9);
  expect(seen).toEqual([1_500_000, 3_500_000, 5_500_000, 10_000_000]);
  expect(kernel.pending).toBe(0);
});

test('an unsubscribed stream leaves no event behind', () => {
  const kernel = new Kernel();
  const scheduler = new VirtualScheduler(kernel);
  const subscription = scheduler.interval(1).subscribe();
  kernel.runUntil(5_500_000);
  expect(kernel.pending).toBe(1);
  subscription.unsubscribe();
  expect(kernel.pending).toBe(0);
});

test('a composed arrival stream: gaps in sequence, each from the one before', () => {
  const kernel = new Kernel();
  const scheduler = new VirtualScheduler(kernel);
  let out: number[] = [];
  of(1, 2, 3)
    .pipe(
      concatMap((gap) => scheduler.timer(gap).pipe(map(() => kernel.nowNs / 1e6))),
      toArray(),
    )
    .subscribe((values) => (out = values));
  kernel.runUntil(1e9);
  expect(out).toEqual([1, 3, 6]);
});
