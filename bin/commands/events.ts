/** `restante events`: everything that happens in one virtual second of a run, event by event. */
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/folder/json.js';
import { cellOf } from '../../workloads/cell.js';
import { secondOfRun } from '../../workloads/watch/happenings.js';
import { phasesOf } from '../../workloads/scenario/scenario.js';
import { loadScenario } from '../../workloads/scenario/scenario-files.js';
import { saboteurNames } from '../../workloads/fuzz/sabotage.js';
import { hint } from '../../workloads/scenario/suggest.js';
import type { Streams } from '../terminal/streams.js';

export const EVENTS_SCHEMA = 'restante-events-1';

export interface EventsOptions {
  readonly scenario: string;
  readonly seed: string | undefined;
  readonly set: readonly string[];
  readonly sabotage: string | undefined;
  readonly second: string | undefined;
  readonly json: boolean;
}

/** Runs the command; gives the exit code. */
export function events(options: EventsOptions, streams: Streams): ExitCode {
  const { sabotage = null, second: text } = options;
  if (text === undefined || !/^\d{1,9}$/.test(text)) {
    const fault = text === undefined ? '--second is missing' : `--second ${text}`;
    throw new UsageError(
      `${fault}: name a second of virtual time, a whole number from 0 on, as in --second 12`,
    );
  }
  if (sabotage !== null && !saboteurNames().includes(sabotage))
    throw new UsageError(`unknown saboteur "${sabotage}"${hint(sabotage, saboteurNames())}`);
  const second = Number(text);
  const cell = cellOf(loadScenario(options.scenario, options.set), options.seed, options.set, sabotage);
  const seconds = Math.ceil(phasesOf(cell.scenario).endNs / 1e9);
  if (second >= seconds) throw new UsageError(`--second ${second}: the run ends after second ${seconds - 1}`);
  const { happenings, checkpoint } = secondOfRun(cell, second);
  if (options.json) {
    const head = { schema: EVENTS_SCHEMA, scenario: cell.scenario.name, seed: cell.seed, second };
    streams.out(sortedJson({ ...head, checkpoint: checkpoint ?? null, events: happenings }));
    return ExitCode.pass;
  }
  for (const { event, atNs, what } of happenings) {
    streams.out(`#${event}  ${(atNs / 1e9).toFixed(9)} s  ${what}\n`);
  }
  streams.out(
    `${happenings.length} in virtual second ${second}; fingerprint after it ${checkpoint ?? 'unknown'}\n`,
  );
  streams.err('\nNext:  restante compare BASE NEW   # names the first event in which two runs differ\n');
  return ExitCode.pass;
}
