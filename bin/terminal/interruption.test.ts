import { expect, test } from 'vitest';
import { watchForInterruption } from './interruption.js';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 143],
] as const)('%s ends a run with %i, and is heard of only while one is under way', (signal, code) => {
  const before = process.listenerCount(signal);
  let told = 0;
  const interruption = watchForInterruption(() => told++);
  expect(interruption.code()).toBeUndefined();
  process.emit(signal);
  expect([interruption.code(), told]).toEqual([code, 1]);
  interruption.stop();
  expect(process.listenerCount(signal)).toBe(before);
});
