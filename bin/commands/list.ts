/** `restante list`: scenarios, presets, executors, arrival processes, faults, metrics, invariants and planted bugs, one line each. */
import { listInvariants } from '../../models/invariants/suite.js';
import { saboteurs } from '../../models/saboteurs/catalogue.js';
import { METRICS } from '../../results/metrics.js';
import { columns } from '../../results/text/format.js';
import { loadScenario, shippedScenarios } from '../../workloads/scenario/scenario-files.js';
import { FAULT_TITLES } from '../../workloads/faults/fault-titles.js';
import { PRESET_TITLES } from '../../workloads/scenario/presets.js';
import { LOAD_TITLES } from '../../workloads/load/titles.js';
import { sayNext } from '../terminal/next.js';
import type { Streams } from '../terminal/streams.js';

/** Prints what there is to name on the command line. */
export function list(streams: Streams): void {
  const sections: [string, string[][]][] = [
    [
      'scenarios (restante run NAME)',
      shippedScenarios().map((name) => [name, loadScenario(name).description]),
    ],
    ['presets (preset: NAME, or --set preset=NAME)', PRESET_TITLES.map((row) => [...row])],
    ['executors (traffic.pager.executor)', LOAD_TITLES.executors.map((row) => [...row])],
    ['arrival processes (traffic.pager.process)', LOAD_TITLES.processes.map((row) => [...row])],
    ['faults (faults: [{ kind: NAME, ... }])', Object.entries(FAULT_TITLES)],
    ['metrics (thresholds, --slo, --metric)', METRICS.map(({ name, title }) => [name, title])],
    ['invariants, judged in every run', listInvariants().map(({ id, title }) => [id, title])],
    [
      'saboteurs (restante run smoke --sabotage NAME)',
      saboteurs.map(({ name, title, caughtBy }) => [name, `${title}; caught by ${caughtBy}`]),
    ],
  ];
  const texts = sections
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => [title, ...aligned(rows).map((line) => `  ${line}`)].join('\n'));
  streams.out(`${texts.join('\n\n')}\n`);
  sayNext(['restante run smoke'], streams);
}

/** Names padded to one width, texts as they are. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const names = columns(rows.map(([name]) => [name, '|']));
  return rows.map(([, text], i) => `${names[i].slice(0, -1)}${text}`);
}
