import { expect, test } from 'vitest';
import { LaneRing } from './lane.js';

/** Pushes and takes `events` events, one at a time. */
function pass(ring: LaneRing, events: number): void {
  for (let i = 0; i < events; i++) {
    ring.push(i, i, 0, 0, 0, 0);
    ring.shift();
  }
}

test('names that begin anew after eight million events name what waits, through growth too', () => {
  const ring = new LaneRing(10, 3, 5);
  const gone = ring.push(0, 0, 0, 0, 0, 0);
  ring.shift();
  pass(ring, 2 ** 23 - 10);
  const ids = Array.from({ length: 100 }, (_, i) => ring.push(i, i, 1, i, i + 0.5, -i));
  expect(new Set(ids).size).toBe(100);
  expect(ids).toContain(5 * 2 ** 23);
  expect(Math.max(...ids)).toBeLessThan(2 ** 30);
  expect(ring.has(ids[0] - 1)).toBe(false);
  expect(ids).toContain(gone);
  ring.cancel(ids[50]);
  const seen = [];
  while (!ring.empty) {
    expect(ring.has(ids[ring.kind()])).toBe(true);
    expect(ring.id()).toBe(ids[ring.kind()]);
    expect([ring.time(), ring.key(), ring.a(), ring.b()]).toEqual([
      ring.kind(),
      ring.kind(),
      ring.kind() + 0.5,
      -ring.kind(),
    ]);
    seen.push(ring.kind());
    ring.shift();
  }
  expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i).filter((i) => i !== 50));
});

test('a lane whose number has no room in names is full from the start', () => {
  expect([new LaneRing(10, 3, 127).full, new LaneRing(10, 3, 128).full]).toEqual([false, true]);
});
