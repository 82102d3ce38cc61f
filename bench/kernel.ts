/** The kernel: hold operations (one event done, one scheduled) with many events pending, in the heap and in lanes. */
import { Kernel, Phase } from '../sim/kernel/kernel.js';
import { mix32 } from '../sim/kernel/mix.js';
import type { Candidate } from './measure.js';

const PENDING = 100_000;
const EVENTS = 400_000;

function hold(name: string, start: (kernel: Kernel, handler: number, i: number) => void): Candidate {
  return {
    name,
    unit: 'events',
    round() {
      const kernel = new Kernel();
      let next = 0;
      const handler = kernel.register({ onEvent: () => start(kernel, handler, next++) });
      for (let i = 0; i < PENDING; i++) start(kernel, handler, next++);
      kernel.runUntil(Infinity, EVENTS);
      return EVENTS;
    },
  };
}

export const kernel: readonly Candidate[] = [
  hold('kernel, heap, 100,000 pending', (k, handler, i) => {
    k.at(k.nowNs + 1 + ((mix32(i, 7) >>> 0) % 1_000_000), Phase.timer, handler, 0, 0, 0);
  }),
  hold('kernel, lanes, 100,000 pending', (k, handler, i) => {
    k.after(k.lane(((i & 7) + 1) * 1000), handler, 0, 0, 0);
  }),
];
