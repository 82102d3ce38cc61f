/**
 * The page and the Parquet table of a run, made in a thread of its own. What draws charts takes longer to load than a small run takes to
 * simulate, so the thread is started before the simulation and is ready when the figures are. The worker is compiled JavaScript in any
 * case, as for the pools of `workloads/executors`.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PageOptions, ReportData } from '../../results/report/page.js';

const WORKER = import.meta.url.endsWith('.ts')
  ? new URL('../../dist/bin/report/report-worker.js', import.meta.url)
  : new URL('report-worker.js', import.meta.url);

export class ReportThread {
  private readonly worker: Worker;
  private failure: unknown;

  /** `options` say how the page will be written. */
  constructor(options: PageOptions) {
    this.worker = new Worker(WORKER, { workerData: options });
    // A thread that cannot even load says so when somebody asks it for something.
    this.worker.on('error', (error) => (this.failure = error));
    // Whoever never asks is not kept waiting by it.
    this.worker.unref();
  }

  /** `report.html` and `timeline.parquet` of `data`; ends the thread. Rejects with what went wrong in the thread. */
  async make(data: ReportData): Promise<readonly [page: string, table: Uint8Array]> {
    if (this.failure !== undefined) throw this.failure;
    this.worker.ref();
    this.worker.postMessage(data);
    try {
      const [made] = (await once(this.worker, 'message')) as [[string, Uint8Array]];
      return made;
    } finally {
      await this.worker.terminate();
    }
  }
}
