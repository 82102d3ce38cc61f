/** Simulates in this thread, one cell after the other; the caller waits. */
import { simulate } from '../simulate.js';
import type { Executor } from './executor.js';

export const INLINE: Executor = { run: (cell) => Promise.resolve().then(() => simulate(cell)) };
