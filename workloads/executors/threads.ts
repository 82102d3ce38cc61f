/**
 * Simulates in a pool of worker threads, so many cells at a time. The worker is compiled JavaScript in both cases: run from the
 * sources, it is taken from the build, which must be there.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { CellResult } from '../../results/cell-result.js';
import type { Cell } from '../cell.js';
import type { Executor } from './executor.js';

const WORKER = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/workloads/executors/thread-worker.js', import.meta.url)
  : new URL('thread-worker.js', import.meta.url);

/** Threads to take when nobody says how many: all but one of the processors. */
export function defaultJobs(): number {
  return Math.max(1, availableParallelism() - 1);
}

/** A pool of `jobs` threads; they start with the first cells. */
export function threadPool(jobs: number): Executor {
  const pool = new Piscina<Cell, CellResult>({
    filename: fileURLToPath(WORKER),
    minThreads: 0,
    maxThreads: jobs,
    idleTimeout: 1000,
  });
  return {
    jobs,
    run: (cell, signal) => pool.run(cell, signal === undefined ? {} : { signal }),
    close: () => pool.destroy(),
  };
}
