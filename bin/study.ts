/**
 * What all studies share: cells are taken from the cache or simulated in a pool, progress goes to stderr, an interruption gives up what
 * is under way and keeps what is finished.
 */
import type { Summary } from '../results/cell-result.js';
import type { ExitCode } from '../results/exit-codes.js';
import type { Cell } from '../workloads/cell.js';
import { CellCache } from '../workloads/executors/cache.js';
import type { Executor } from '../workloads/executors/executor.js';
import { foldInOrder } from '../workloads/executors/fold.js';
import { INLINE } from '../workloads/executors/inline.js';
import { defaultJobs, threadPool } from '../workloads/executors/threads.js';
import { watchForInterruption, type Interruption } from './terminal/interruption.js';
import type { Streams } from './terminal/streams.js';

export interface StudyOptions {
  /** Cells at a time; undefined for the number of processors less one. 1 runs in this thread. */
  readonly jobs: number | undefined;
  readonly quiet: boolean;
  /** False to simulate everything anew. */
  readonly cache: boolean;
}

export class Study {
  /** How many cells run at a time. */
  readonly jobs: number;
  fromCache = 0;
  simulated = 0;
  private readonly executor: Executor;
  private readonly cache: CellCache | undefined;
  private readonly abort = new AbortController();
  private readonly interruption: Interruption;

  constructor(
    private readonly options: StudyOptions,
    private readonly streams: Streams,
  ) {
    this.jobs = options.jobs ?? defaultJobs();
    this.executor = this.jobs === 1 ? INLINE : threadPool(this.jobs);
    this.cache = options.cache ? new CellCache() : undefined;
    this.interruption = watchForInterruption(() => this.abort.abort());
  }

  /** The exit code of the signal that came, or undefined. */
  get interrupted(): ExitCode | undefined {
    return this.interruption.code();
  }

  /** The summary of `cell`, from the cache or by simulating it. Rejects when the study was interrupted. */
  async evaluate(cell: Cell): Promise<Summary> {
    this.abort.signal.throwIfAborted();
    const known = this.cache?.get(cell);
    if (known !== undefined) {
      this.fromCache++;
      return known;
    }
    const { summary } = await this.executor.run(cell, this.abort.signal);
    this.simulated++;
    this.cache?.put(cell, summary);
    return summary;
  }

  /**
   * Evaluates `cells` and hands the summaries to `take` in their order, until it says true or the study is interrupted. What was finished
   * by then comes too, although one before it may be missing.
   */
  async fold(
    cells: readonly Cell[],
    take: (summary: Summary, index: number) => boolean | void,
  ): Promise<void> {
    try {
      await foldInOrder(cells, (cell) => this.evaluate(cell), {
        jobs: this.jobs,
        stopped: () => this.interrupted !== undefined,
        take,
        left: (summary, index) => void take(summary, index),
      });
    } catch (error) {
      if (this.interrupted === undefined) throw error;
    }
  }

  /** Runs `search`; gives undefined if an interruption ended it. */
  async search<T>(search: () => Promise<T>): Promise<T | undefined> {
    try {
      return await search();
    } catch (error) {
      if (this.interrupted === undefined) throw error;
      return undefined;
    }
  }

  /** A line of progress. */
  note(text: string): void {
    if (!this.options.quiet) this.streams.err(`${text}\n`);
  }

  /** What marks the table of a study, `what`, as partial. */
  partialText(what: string): string {
    const next =
      this.cache === undefined
        ? 'nothing was kept in a cache, so the same command begins anew'
        : 'the same command goes on with it';
    return `PARTIAL: the ${what} was interrupted; ${next}`;
  }

  /** Where the results came from, for the end. */
  get provenance(): string {
    return `${this.simulated} simulated, ${this.fromCache} taken from the cache`;
  }

  /** Frees the pool and listens no more. */
  async close(): Promise<void> {
    this.interruption.stop();
    await this.executor.close();
  }
}
