/**
 * Simulates in worker threads, one for each cell. The worker is compiled JavaScript in both cases: run from the sources, it is
 * taken from the build, which must be there.
 *
 * Not modelled yet: a pool, and a bound on how many run at a time.
 */
import { Worker } from 'node:worker_threads';
import type { CellResult } from '../../results/cell-result.js';
import type { Cell } from '../cell.js';
import type { Executor } from './executor.js';

const WORKER = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/workloads/executors/thread-worker.js', import.meta.url)
  : new URL('thread-worker.js', import.meta.url);

export const THREADS: Executor = {
  run: (cell: Cell) =>
    new Promise<CellResult>((resolve, reject) => {
      const worker = new Worker(WORKER, { workerData: cell });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) =>
        reject(new Error(`the worker thread ended with code ${code} and no result`)),
      );
    }),
};
