/** What `restante run` is asked for: its options, and what they name, read and found to make sense before anything is simulated. */
import { UsageError } from '../../results/exit-codes.js';
import { checkTarget } from '../../results/folder/run-folder.js';
import { cellOf, type Cell } from '../../workloads/cell.js';
import { planDigest } from '../../workloads/plan.js';
import { loadFaults, loadScenario } from '../../workloads/scenario/scenario-files.js';
import { hint } from '../../workloads/scenario/suggest.js';
import type { LadderWatcher } from '../../workloads/watch/ladder.js';
import type { Watcher } from '../../workloads/watch/watcher.js';
import type { Baseline } from '../commands/baseline.js';
import { messageNumber } from '../parser/flags.js';
import type { StudyOptions } from '../study.js';
import type { Streams } from '../terminal/streams.js';

export interface RunOptions {
  readonly scenario: string;
  readonly seed: string | undefined;
  readonly set: readonly string[];
  /** A file with the fault plan, in the place of the scenario's. */
  readonly faults?: string | undefined;
  readonly json: boolean;
  readonly verifyDeterminism: boolean;
  readonly out: string | undefined;
  readonly sabotage: string | undefined;
  readonly pcap: string | undefined;
  /** Number of a message whose life to draw. */
  readonly ladder?: string | undefined;
  /** A result to compare with; empty for the accepted baseline of this scenario and seed. */
  readonly baseline?: string | undefined;
  readonly requireBaseline?: boolean;
  readonly quiet: boolean;
  /** False to leave out `report.html`, which `restante report` can make later. */
  readonly report?: boolean;
  /** Static drawings are in `report.html` too. */
  readonly drawings?: boolean;
  /** How many times, for the timing; once if undefined. */
  readonly repeat?: number | undefined;
  /** How many seeds; one run if undefined. */
  readonly replications: number | undefined;
  readonly precision: string | undefined;
  readonly study: StudyOptions;
}

/** What a run is compared with, and whether it has to be. */
export interface Wanted {
  readonly baseline: Baseline;
  readonly required: boolean;
}

/** One run, with all that its options name. */
export interface Asked {
  readonly cell: Cell;
  readonly wanted: Wanted | undefined;
  /** Draws the life of a message. */
  readonly drawn: LadderWatcher | undefined;
  /** All that look on, `drawn` among them. */
  readonly watchers: readonly Watcher[];
}

const NO_PAGE =
  '--drawings goes neither with --no-report nor with --replications: restante report DIR draws later';

/** The cell to run, once or under many seeds. Throws a `UsageError`. */
export async function readCell(options: RunOptions, streams: Streams): Promise<Cell> {
  const written = loadScenario(options.scenario, options.set, (text) => {
    if (!options.quiet) streams.err(`${text}\n`);
  });
  const scenario = options.faults === undefined ? written : loadFaults(options.faults, written);
  if (options.drawings === true && (options.replications !== undefined || options.report === false))
    throw new UsageError(NO_PAGE);
  const sabotage = options.sabotage ?? null;
  if (sabotage !== null) await checkSaboteur(sabotage);
  return cellOf(scenario, options.seed, options.set, sabotage);
}

async function checkSaboteur(name: string): Promise<void> {
  const { saboteurNames } = await import('../../workloads/fuzz/sabotage.js');
  if (!saboteurNames().includes(name))
    throw new UsageError(`unknown saboteur "${name}"${hint(name, saboteurNames())}`);
}

/** What is about one run says nothing of many; above all a gate that is asked for must not be passed by in silence. */
export function refuseForMany(options: RunOptions): void {
  const given = [
    options.verifyDeterminism && '--verify-determinism',
    options.pcap !== undefined && '--pcap',
    options.ladder !== undefined && '--ladder',
    options.repeat !== undefined && '--repeat',
    options.baseline !== undefined && '--baseline',
    options.requireBaseline === true && '--require-baseline',
  ].filter((flag) => flag !== false);
  if (given.length === 0) return;
  const compared = given.some((flag) => flag.endsWith('baseline'));
  const instead = compared ? '\nrestante compare BASE NEW compares two studies of replications' : '';
  throw new UsageError(`--replications does not go with ${given.join(', ')}${instead}`);
}

/** All that is asked of the one run of `cell`. Throws a `UsageError` where that makes no sense, or cannot be kept or compared. */
export async function readOptions(options: RunOptions, cell: Cell): Promise<Asked> {
  if (options.repeat !== undefined && options.verifyDeterminism)
    throw new UsageError('--repeat compares the fingerprints already: leave out --verify-determinism');
  if (options.precision !== undefined)
    throw new UsageError('--precision needs --replications, the most seeds to try');
  const { scenario, seed, sabotage } = cell;
  checkTarget({ scenario: scenario.name, seed, sabotage, planDigest: planDigest(cell) }, options.out);
  const wanted = await readBaseline(options, cell);
  const drawn = await drawerOf(options);
  const watchers: Watcher[] = drawn === undefined ? [] : [drawn];
  if (options.pcap !== undefined) {
    const { pcapFile } = await import('../pcap-file.js');
    watchers.push(pcapFile(options.pcap));
  }
  return { cell, wanted, drawn, watchers };
}

async function readBaseline(options: RunOptions, { scenario, seed }: Cell): Promise<Wanted | undefined> {
  // Who names a file means that file: a slip in its name must not look like a run that was compared.
  const required = options.requireBaseline === true || (options.baseline ?? '') !== '';
  if (options.baseline === undefined && !required) return undefined;
  const { findBaseline } = await import('../commands/baseline.js');
  return { baseline: findBaseline(options.baseline ?? '', scenario.name, seed), required };
}

async function drawerOf({ ladder }: RunOptions): Promise<LadderWatcher | undefined> {
  if (ladder === undefined) return undefined;
  const { ladderWatcher } = await import('../../workloads/watch/ladder.js');
  return ladderWatcher(messageNumber(ladder));
}
