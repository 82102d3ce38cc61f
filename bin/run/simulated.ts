/** The simulation of `restante run`: in slices, so that progress is shown and Ctrl-C heard between them; once, twice or several times. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TimingSample } from '../../results/cell/timing.js';
import type { CellResult } from '../../results/cell-result.js';
import type { ExitCode } from '../../results/exit-codes.js';
import type { Simulation } from '../../workloads/simulation.js';
import { watchForInterruption } from '../terminal/interruption.js';
import { Progress } from '../terminal/progress.js';
import type { Streams } from '../terminal/streams.js';
import type { Asked, RunOptions } from './options.js';

export interface Simulated {
  readonly result: CellResult;
  /** Where two runs of the cell were not the same one, in words. */
  readonly difference: string | undefined;
  /** The exit code of the signal that came meanwhile. */
  readonly signal: ExitCode | undefined;
}

/** Runs the cell as often as the options ask for. */
export async function simulateWith(
  { cell, watchers }: Asked,
  options: RunOptions,
  streams: Streams,
): Promise<Simulated> {
  const { prepare } = await import('../../workloads/simulate.js');
  const interruption = watchForInterruption();
  const progress = new Progress(streams, options.quiet);
  const afterSlice = async (simulation: Simulation): Promise<boolean> => {
    progress.show(simulation);
    await nextTurn();
    return interruption.code() !== undefined;
  };
  const watched = () => prepare(cell, undefined, watchers);
  const again = () => runInSlices(prepare(cell), afterSlice);
  try {
    let simulated: Compared;
    if (options.verifyDeterminism) {
      const { compareRuns } = await import('../../workloads/watch/determinism.js');
      simulated = await compareRuns(watched(), prepare(cell), afterSlice);
    } else {
      simulated = { result: await runInSlices(watched(), afterSlice), difference: undefined };
    }
    if (options.repeat !== undefined) simulated = await repeated(simulated.result, options.repeat, again);
    return { ...simulated, signal: interruption.code() };
  } finally {
    progress.clear();
    interruption.stop();
  }
}

type Compared = Omit<Simulated, 'signal'>;

async function runInSlices(
  simulation: Simulation,
  afterSlice: (simulation: Simulation) => Promise<boolean>,
): Promise<CellResult> {
  let stop = false;
  while (simulation.outcome === undefined && !stop) {
    simulation.step();
    stop = await afterSlice(simulation);
  }
  return simulation.finish();
}

/** Runs the cell again until it ran `times` times; the result is the first one with all timings. */
async function repeated(
  first: CellResult,
  times: number,
  again: () => Promise<CellResult>,
): Promise<Compared> {
  const earlier: TimingSample[] = [];
  let { timing } = first;
  for (let i = 1; i < times && !first.summary.partial; i++) {
    const { summary, timing: next } = await again();
    if (summary.partial) break;
    if (summary.fingerprint !== first.summary.fingerprint)
      return {
        result: first,
        difference: `run ${i + 1} of ${times} has the fingerprint ${summary.fingerprint}`,
      };
    const { wallMs, cpuMs, speed, eventsPerSecond, maxResidentOctets } = timing;
    earlier.push({ wallMs, cpuMs, speed, eventsPerSecond, maxResidentOctets });
    timing = next;
  }
  return { result: { ...first, timing: { ...timing, earlier } }, difference: undefined };
}
