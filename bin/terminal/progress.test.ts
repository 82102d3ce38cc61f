import { expect, test } from 'vitest';
import { Progress } from './progress.js';
import { CLEAR_LINE } from './visible.js';

/** The line that is drawn half-way through a run of 36 minutes on a terminal of so many columns. */
function drawn(columns: number | undefined): string {
  let text = '';
  const streams = {
    out: () => {},
    err: (one: string) => void (text += one),
    interactive: true,
    columns: () => columns,
  };
  let nowMs = 0;
  const progress = new Progress(streams, false, () => nowMs);
  nowMs = 21_500;
  progress.show({ nowNs: 1080e9, endNs: 2160e9, events: 3_355_000 });
  expect(text.startsWith(CLEAR_LINE)).toBe(true);
  return text.slice(CLEAR_LINE.length);
}

const LINE = '18:00 of 36:00 virtual, 50 times real time, 156,047 events/s';

test('progress has its bar where there is room, else none, and never more than the terminal holds', () => {
  expect(drawn(undefined)).toBe(`[############------------] ${LINE}`);
  // A terminal that was never told its size.
  expect(drawn(0)).toBe(`[############------------] ${LINE}`);
  expect(drawn(100)).toBe(`[############------------] ${LINE}`);
  expect(drawn(80)).toBe(LINE);
  expect(drawn(40)).toBe(LINE.slice(0, 39));
  expect(drawn(1)).toBe('');
});
