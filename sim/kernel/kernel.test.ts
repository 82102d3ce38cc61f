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

describe('against a plain list', () => {
  /** The same, as slowly as can be. */
  class PlainKernel {
    nowNs = 0;
    readonly log: string[] = [];
    private sequence = 0;
    private waiting: { atNs: number; phase: number; sequence: number; name: number }[] = [];

    add(delayNs: number, phase: number, name: number): void {
      this.waiting.push({ atNs: this.nowNs + delayNs, phase, sequence: this.sequence++, name });
    }

    cancel(name: number): boolean {
      const before = this.waiting.length;
      this.waiting = this.waiting.filter((event) => event.name !== name);
      return this.waiting.length < before;
    }

    runUntil(limitNs: number): void {
      this.waiting.sort((x, y) => x.atNs - y.atNs || x.phase - y.phase || x.sequence - y.sequence);
      while (this.waiting.length > 0 && this.waiting[0].atNs <= limitNs) {
        const { atNs, name } = this.waiting.shift()!;
        this.log.push(`${atNs}:${name}`);
      }
      this.nowNs = limitNs;
    }

    get pending(): number {
      return this.waiting.length;
    }

    get nextNs(): number {
      return Math.min(Infinity, ...this.waiting.map(({ atNs }) => atNs));
    }
  }

  const step = fc.oneof(
    fc.record({ op: fc.constant('lane' as const), n: fc.nat(140), times: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ op: fc.constant('heap' as const), n: fc.nat(30), times: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ op: fc.constant('cancel' as const), n: fc.nat(400), times: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ op: fc.constant('run' as const), n: fc.nat(12), times: fc.constant(1) }),
  );

  test('the same events in the same order, whatever was cancelled where and when', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }), (program) => {
        const kernel = new Kernel();
        const plain = new PlainKernel();
        const { log, handler } = recording(kernel);
        const ids: number[] = [];
        for (const { op, n, times } of program) {
          for (let i = 0; i < times; i++) {
            if (op === 'lane') {
              // More delays than lanes that can name their events.
              ids.push(kernel.after(kernel.lane(n), handler, ids.length, 0, 0));
              plain.add(n, Phase.timer, ids.length - 1);
            } else if (op === 'heap') {
              const phase = (n + i) % 5;
              ids.push(kernel.at(kernel.nowNs + n, phase, handler, ids.length, 0, 0));
              plain.add(n, phase, ids.length - 1);
            } else if (op === 'cancel') {
              const name = ids.length - 1 - n - i;
              if (name < 0) continue;
              const waited = plain.cancel(name);
              expect(kernel.isPending(ids[name])).toBe(waited);
              if (waited) kernel.cancel(ids[name]);
              else expect(() => kernel.cancel(ids[name])).toThrow('no longer pending');
            } else {
              const limitNs = kernel.nowNs + n;
              kernel.runUntil(limitNs);
              plain.runUntil(limitNs);
            }
          }
          expect(kernel.pending).toBe(plain.pending);
          expect(kernel.nextNs()).toBe(plain.nextNs);
        }
        kernel.runUntil(kernel.nowNs + 1000);
        plain.runUntil(plain.nowNs + 1000);
        expect(log).toEqual(plain.log);
        expect(kernel.pending).toBe(0);
      }),
      { seed: 42, numRuns: 100 },
    );
  });

  test.each(['lane', 'heap'])(
    'an event of the %s that is parked keeps its name through thousands of others',
    (where) => {
      const kernel = new Kernel();
      const { log, handler } = recording(kernel);
      const lane = kernel.lane(1);
      const add = (to: number) =>
        where === 'lane'
          ? kernel.after(lane, to, 7, 0, 0)
          : kernel.at(kernel.nowNs + 1, Phase.timer, to, 7, 0, 0);
      const kept: number[] = [];
      const parking = kernel.register({ onEvent: () => void kept.push(kernel.park()) });
      const [first, second] = [add(parking), add(parking)];
      // Cancelled ones behind them are dropped at the same moment.
      kernel.cancel(add(parking));
      kernel.runUntil(1);
      expect(kept).toEqual([first, second]);
      const names = new Set<number>();
      for (let i = 0; i < 5000; i++) {
        names.add(add(handler));
        kernel.runUntil(kernel.nowNs + 1);
      }
      expect(log).toHaveLength(5000);
      expect(names.has(first) || names.has(second)).toBe(false);
      expect(kernel.pending).toBe(0);
      kernel.cancel(first);
      expect([kernel.isPending(first), kernel.isPending(second)]).toEqual([false, true]);
      expect([kernel.unpark(first), kernel.unpark(second)]).toEqual([false, true]);
      expect(kernel.isPending(second)).toBe(false);
    },
  );

  test("the place of a parked event is nobody else's though eight million pass, as during a long pause", () => {
    const kernel = new Kernel();
    const { log, handler } = recording(kernel);
    const lane = kernel.lane(1);
    let parked = -1;
    const parking = kernel.register({ onEvent: () => void (parked = kernel.park()) });
    kernel.after(lane, parking, 0, 0, 0);
    const idle = kernel.register({ onEvent: () => undefined });
    for (let passed = 1; passed < 2 ** 23; passed++) {
      kernel.runUntil(kernel.nowNs + 1);
      kernel.after(lane, idle, 0, 0, 0);
    }
    const next = [1, 2].map((kind) => kernel.after(lane, handler, kind, 0, 0));
    expect(next).not.toContain(parked);
    kernel.cancel(next[0]);
    kernel.runUntil(kernel.nowNs + 1);
    expect(log).toHaveLength(1);
    expect([kernel.pending, kernel.unpark(parked)]).toEqual([0, true]);
    // The place is free again.
    expect(kernel.after(lane, idle, 0, 0, 0)).toBe(parked);
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

  test('as many events as the limit allows are no reason to stop: only one more is', () => {
    const kernel = new Kernel();
    const { log, handler } = recording(kernel);
    for (const atNs of [1, 2, 50]) kernel.at(atNs, 0, handler, atNs, 0, 0);
    expect(kernel.runUntil(10, 2)).toBe(RunOutcome.reached);
    expect(kernel.nowNs).toBe(10);
    expect(kernel.runUntil(100, 0)).toBe(RunOutcome.eventLimit);
    expect(kernel.nowNs).toBe(10);
    expect(kernel.runUntil(100, 1)).toBe(RunOutcome.idle);
    expect([log.length, kernel.nowNs]).toEqual([3, 100]);
  });

  test('time does not go back', () => {
    const kernel = new Kernel();
    kernel.runUntil(10);
    expect(kernel.runUntil(10)).toBe(RunOutcome.idle);
    expect(() => kernel.runUntil(9)).toThrow('in the past');
    expect(kernel.nowNs).toBe(10);
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

  test.each([9997, 9998, 9999, 10_000])('what is left of %i that were cancelled comes in order', (events) => {
    const kernel = new Kernel();
    const { log, handler } = recording(kernel);
    const ids: number[] = [];
    const instant = (i: number) => 1 + ((mix32(i, 7) >>> 0) % 5000);
    for (let i = 0; i < events; i++) ids.push(kernel.at(instant(i), Phase.timer, handler, i, 0, 0));
    const isLeft = (i: number) => instant(i) % 7 === 0;
    ids.forEach((id, i) => isLeft(i) || kernel.cancel(id));
    kernel.runUntil(6000);
    const left = ids.map((_, i) => i).filter(isLeft);
    expect(log).toEqual(
      left.toSorted((x, y) => instant(x) - instant(y) || x - y).map((i) => `${instant(i)}:${i}`),
    );
  });

  test('cancelled events do not accumulate in the heap', () => {
    const kernel = new Kernel();
    const { handler } = recording(kernel);
    // One that stays before them.
    kernel.at(1, 0, handler, 0, 0, 0);
    for (let i = 0; i < 200_000; i++) kernel.cancel(kernel.at(1_000_000 + i, 0, handler, 0, 0, 0));
    const { heap } = kernel as unknown as { heap: { size: number; slots: { used: number } } };
    expect(heap.size).toBeLessThan(5000);
    expect(heap.slots.used).toBeLessThan(5000);
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
