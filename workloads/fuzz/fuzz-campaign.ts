/**
 * A fuzz campaign: many seeds of one scenario, in worker threads or inline, folded in order of seeds. What a seed gives depends on the
 * seed alone, so neither the number of threads nor their pace shows in the report.
 */
import { threaded } from '../executors/fuzz-threads.js';
import { fuzzCell, type Campaign } from './fuzz-cell.js';
import { runSeed, type CampaignOptions } from './fuzz-seed.js';

/** Runs seeds `from` to `to`. Rejects with an internal error of a worker, or a `UsageError` from the first cell. */
export async function runCampaign(campaign: Campaign, options: CampaignOptions): Promise<void> {
  // Whatever is wrong with scenario or overrides shows here, before a thread is started.
  fuzzCell(campaign, options.from);
  if (options.jobs <= 1) await inline(campaign, options);
  else await threaded(campaign, options);
}

async function inline(campaign: Campaign, options: CampaignOptions): Promise<void> {
  for (let seed = options.from; seed <= options.to; seed++) {
    if (options.interrupted() || options.onReport(runSeed(campaign, seed))) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
