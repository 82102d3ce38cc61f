/** Simulates in this thread, one cell after the other; between two slices signals and timers of the process have their turn. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { prepare } from '../simulate.js';
import type { Executor } from './executor.js';

/** Slices of virtual time between two turns of the process. */
const SLICES = 16;

export const INLINE: Executor = {
  jobs: 1,
  async run(cell, signal) {
    const simulation = prepare(cell);
    for (let slice = 1; simulation.outcome === undefined; slice++) {
      simulation.step();
      if (slice % SLICES === 0) {
        await nextTurn();
        signal?.throwIfAborted();
      }
    }
    return simulation.finish();
  },
  close: () => Promise.resolve(),
};
