/**
 * A fuzz campaign: many seeds of one scenario, in worker threads or inline, folded in order of seeds. What a seed gives depends on the
 * seed alone, so neither the number of threads nor their pace shows in the report.
 */
import { Worker } from 'node:worker_threads';
import { fuzzCell, type Campaign } from './fuzz-cell.js';
import { evaluate, type Judged } from './evaluate.js';
import { probeWatcher, type ProbeCounts } from './probes.js';

/** What one seed gave. */
export interface SeedReport {
  readonly seed: number;
  readonly fingerprint: string;
  readonly violated: readonly { readonly id: string; readonly first: string }[];
  /** Kinds of its faults, in order of their places. */
  readonly faults: readonly string[];
  readonly probes: ProbeCounts;
}

/** Runs one seed; the judged run and its report. */
export function runSeed(
  campaign: Campaign,
  seed: number,
): { readonly report: SeedReport; readonly judged: Judged } {
  const cell = fuzzCell(campaign, seed);
  const probes = probeWatcher();
  const judged = evaluate(cell, [probes]);
  const violated = judged.invariants
    .filter(({ held }) => !held)
    .map(({ id, title, first }) => ({ id, first: first ?? title }));
  const faults = cell.scenario.faults.map(({ kind }) => kind);
  return {
    report: { seed, fingerprint: judged.fingerprint, violated, faults, probes: probes.counts() },
    judged,
  };
}

/** How a campaign is run. */
export interface CampaignOptions {
  readonly from: number;
  readonly to: number;
  readonly jobs: number;
  /** Gets each report, in order of seeds; true ends the campaign. */
  readonly onReport: (report: SeedReport) => boolean;
  /** Asked now and then; true ends the campaign. */
  readonly interrupted: () => boolean;
}

/** Seeds that may be finished before an earlier one is. */
const AHEAD = 64;

/** Runs seeds `from` to `to`. Rejects with an internal error of a worker, or a `UsageError` from the first cell. */
export async function runCampaign(campaign: Campaign, options: CampaignOptions): Promise<void> {
  // Whatever is wrong with scenario or overrides shows here, before a thread is started.
  fuzzCell(campaign, options.from);
  if (options.jobs <= 1) await inline(campaign, options);
  else await threaded(campaign, options);
}

async function inline(campaign: Campaign, options: CampaignOptions): Promise<void> {
  for (let seed = options.from; seed <= options.to; seed++) {
    if (options.interrupted() || options.onReport(runSeed(campaign, seed).report)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function threaded(
  campaign: Campaign,
  { from, to, jobs, onReport, interrupted }: CampaignOptions,
): Promise<void> {
  const url = import.meta.url.endsWith('.ts')
    ? new URL('../dist/workloads/fuzz-worker.js', import.meta.url)
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
      worker.on('message', (report: SeedReport) => take(worker, report));
      worker.on('error', end);
      workers.push(worker);
      idle.push(worker);
    }
    feed();
  });
}
