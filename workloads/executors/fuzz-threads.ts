/**
 * A fuzz campaign in worker threads. Each thread runs one seed at a time; reports are handed on in order of seeds. The worker is compiled
 * JavaScript in any case, as in `threads.ts`.
 */
import { Worker } from 'node:worker_threads';
import type { Campaign } from '../fuzz/fuzz-cell.js';
import type { CampaignOptions, SeedReport } from '../fuzz/fuzz-seed.js';

/** Seeds that may be finished before an earlier one is. */
const AHEAD = 64;

/** Runs the campaign; rejects with an internal error of a worker, or with what `onReport` throws. */
export function threaded(
  campaign: Campaign,
  { from, to, jobs, onReport, interrupted }: CampaignOptions,
): Promise<void> {
  const url = import.meta.url.endsWith('.ts')
    ? new URL('../../dist/workloads/executors/fuzz-worker.js', import.meta.url)
    : new URL('fuzz-worker.js', import.meta.url);
  return new Promise((resolve, reject) => {
    const waiting = new Map<number, SeedReport>();
    const workers: Worker[] = [];
    const idle: Worker[] = [];
    let nextSeed = from;
    let nextReport = from;
    let over = false;
    const end = (error?: unknown): void => {
      if (over) return;
      over = true;
      void Promise.all(workers.map((worker) => worker.terminate())).then(() => {
        if (error === undefined) resolve();
        else reject(error as Error);
      });
    };
    const feed = (): void => {
      while (idle.length > 0 && nextSeed <= to && nextSeed < nextReport + AHEAD) {
        idle.pop()?.postMessage(nextSeed++);
      }
    };
    const take = (worker: Worker, report: SeedReport): void => {
      idle.push(worker);
      waiting.set(report.seed, report);
      for (
        let ready = waiting.get(nextReport);
        ready !== undefined && !over;
        ready = waiting.get(nextReport)
      ) {
        waiting.delete(nextReport++);
        if (onReport(ready) || nextReport > to) end();
      }
      if (interrupted()) end();
      if (!over) feed();
    };
    for (let i = 0; i < Math.min(jobs, to - from + 1); i++) {
      const worker = new Worker(url, { workerData: campaign });
      worker.on('message', (report: SeedReport) => {
        // Thrown out of here, what the listener throws would end the program past everybody who waits.
        try {
          take(worker, report);
        } catch (error) {
          end(error);
        }
      });
      worker.on('error', end);
      workers.push(worker);
      idle.push(worker);
    }
    feed();
  });
}
