import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Kernel, Phase, RunOutcome } from './kernel.js';
import { mix32 } from './mix.js';

/** Collects (time, kind) in order of execution. */
function recording(kernel: Kernel): { log: string[]; handler: number } {
  const log: string[] = [];
  const handler = kernel.register({ onEvent: (kind) => log.push(`${kernel.nowNs}:${kind}`) });
  return { log, handler };
}

describe('total order', () => {
  test('time first, then phase, then order of scheduling, whatever mixture of heap and lanes', () => {
    const kernel = new Kernel();
    const { log, handler } = recording(kernel);
    const lane = kernel.lane(10, Phase.timer);
    kernel.at(10, Phase.workload, handler, 1, 0, 0);
    kernel.after(lane, handler, 2, 0, 0);
    kernel.at(10, Phase.fault, handler, 3, 0, 0);
    kernel.at(10, Phase.timer, handler, 4, 0, 0);
    kernel.at(9, Phase.workload, handler, 5, 0, 0);
    kernel.after(lane, handler, 6, 0, 0);
    expect(kernel.runUntil(100)).toBe(RunOutcome.idle);
    expect(log).toEqual(['9:5', '10:3', '10:2', '10:4', '10:6', '10:1']);
    expect(kernel.nowNs).toBe(100);
  });

  test('the next event in order of a sorted list, for random programs of schedules and cancellations', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            delay: fc.integer({ min: 0, max: 50 }),
            phase: fc.integer({ min: 0, max: 4 }),
            viaLane: fc.boolean(),
            cancel: fc.option(fc.nat(30)),
          }),
          { maxLength: 200 },
        ),
        (program) => {
          const kernel = new Kernel();
          const log: number[] = [];
          const handler = kernel.register({ onEvent: (kind) => log.push(kind) });
          const expected: { time: number; phase: number; index: number }[] = [];
          const ids: number[] = [];
          program.forEach((step, index) => {
            const phase = step.viaLane ? Phase.timer : step.phase;
            ids.push(
              step.viaLane
                ? kernel.after(kernel.lane(step.delay), handler, index, 0, 0)
                : kernel.at(step.delay, phase, handler, index, 0, 0),
            );
            expected.push({ time: step.delay, phase, index });
          });
          const cancelled = new Set<number>();
          program.forEach((step) => {
            if (step.cancel !== null && step.cancel < ids.length && !cancelled.has(step.cancel)) {
              cancelled.add(step.cancel);
              kernel.cancel(ids[step.cancel]);
            }
          });
          kernel.runUntil(1000);
          const order = expected
            .filter(({ index }) => !cancelled.has(index))
            .sort((x, y) => x.time - y.time || x.phase - y.phase || x.index - y.index)
            .map(({ index }) => index);
          expect(log).toEqual(order);
          expect(kernel.pending).toBe(0);
        },
      ),
      { seed: 42, numRuns: 300 },
    );
  });

  test('a permutation of ties changes the order within an instant, never across instants, and repeats for its seed', () => {
    const run = (tieSeed: number): string[] => {
      const kernel = new Kernel({ tieSeed });
      const { log, handler } = recording(kernel);
      for (let i = 0; i < 50; i++) kernel.at(10 + (i % 2), Phase.timer, handler, i, 0, 0);
      kernel.runUntil(100);
      return log;
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(run(1).map((entry) => Number(entry.split(':')[0]))).toEqual([
      ...Array<number>(25).fill(10),
      ...Array<number>(25).fill(11),
    ]);
  });
});

describe('limits and misuse', () => {
  test('the event limit is a named outcome, and time stands at the last event', () => {
    const kernel = new Kernel();
    const handler = kernel.register({ onEvent: () => kernel.at(kernel.nowNs + 1, 0, handler, 0, 0, 0) });
    kernel.at(0, 0, handler, 0, 0, 0);
    expect(kernel.runUntil(1e9, 1000)).toBe(RunOutcome.eventLimit);
    expect(kernel.executed).toBe(1000);
    expect(kernel.nowNs).toBe(999);
  });

  test('an event in the past, a fraction of a nanosecond and a stale cancel stop the run', () => {
    const kernel = new Kernel();
    const { handler } = recording(kernel);
    const id = kernel.at(5, 0, handler, 0, 0, 0);
    kernel.runUntil(10);
    expect(() => kernel.cancel(id)).toThrow('no longer pending');
    expect(() => kernel.at(9, 0, handler, 0, 0, 0)).toThrow('in the past');
    expect(() => kernel.at(10.5, 0, handler, 0, 0, 0)).toThrow('fractional');
  });

  test('cancelled events do not accumulate in the heap', () => {
    const kernel = new Kernel();
    const { handler } = recording(kernel);
    for (let i = 0; i < 200_000; i++) kernel.cancel(kernel.at(1_000_000 + i, 0, handler, 0, 0, 0));
    expect((kernel as unknown as { heap: { size: number } }).heap.size).toBeLessThan(5000);
  });
});

test('mix32 is pinned: every platform must give these bits', () => {
  expect([mix32(0, 0), mix32(1, 0), mix32(0, 1), mix32(-1, 12345), mix32(2 ** 31, 7)]).toMatchInlineSnapshot(`
    [
      -1712622201,
      -1655245827,
      -54506404,
      -455392106,
      1291551263,
    ]
  `);
});
