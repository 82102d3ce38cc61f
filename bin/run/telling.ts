/** What `restante run` says of a run that was kept, and the exit code that it gives. */
import { join } from 'node:path';
import type { Outcome } from '../../results/cell-result.js';
import { ExitCode, worstOf } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/folder/json.js';
import { thousands } from '../../results/text/format.js';
import { reportText } from '../../results/text/text.js';
import { judge } from '../../results/verdict.js';
import type { Cell } from '../../workloads/cell.js';
import { sameScenario, type Asked } from '../terminal/same-scenario.js';
import { sayNext } from '../terminal/next.js';
import type { Streams } from '../terminal/streams.js';
import type { Finished, RunContent } from './files.js';
import type { RunOptions } from './options.js';
import type { Simulated } from './simulated.js';

/** What was kept, and where. */
export interface Kept {
  readonly folder: string;
  readonly content: RunContent;
}

/** Says how the run went; gives the exit code. */
export function tell(
  { asked, result, against }: Finished,
  simulated: Simulated,
  { folder, content }: Kept,
  options: RunOptions,
  streams: Streams,
): ExitCode {
  const { summary } = result;
  const verdict = judge(summary);
  const codes: ExitCode[] = [verdict.exitCode];
  if (against !== undefined) codes.push(against.code);
  if (simulated.signal !== undefined && summary.partial) codes.push(simulated.signal);
  if (simulated.difference !== undefined) codes.push(ExitCode.notDeterministic);
  tellDeterminism(simulated, options, streams);
  if (options.json) streams.out(sortedJson(summary));
  else if (options.quiet)
    streams.out(`${verdict.sentence}  ${summary.fingerprint}  ${folder}${agreed(simulated, options)}\n`);
  else {
    const page = content.hasPage ? join(folder, 'report.html') : undefined;
    streams.out(reportText(result, folder, page));
  }
  if (content.survivor !== undefined && !options.quiet) streams.err(`${content.survivor}\n`);
  if (content.ladder !== undefined && !options.json) streams.out(`\n${content.ladder}`);
  const code = worstOf(codes);
  if (against !== undefined) {
    // A reader of the JSON on stdout gets one document; the comparison goes where the warnings are.
    if (options.json) streams.err(against.text);
    else streams.out(options.quiet ? `${against.text.trimEnd().split('\n').at(-1)}\n` : `\n${against.text}`);
    if (code !== verdict.exitCode) streams.err(`exit ${code}\n`);
  }
  if (!options.quiet && !options.json) sayNext(nextCommands(asked.cell, options, summary.outcome), streams);
  return code;
}

function tellDeterminism({ result, difference }: Simulated, options: RunOptions, streams: Streams): void {
  const { summary } = result;
  if (difference !== undefined) streams.err(`restante: not deterministic: ${difference}\n`);
  else if (options.verifyDeterminism && !summary.partial && !options.quiet)
    streams.err(`deterministic: two runs, ${thousands(summary.events)} equal events, one fingerprint\n`);
}

/** What the one line of a quiet run says of the second one. */
function agreed({ result, difference }: Simulated, options: RunOptions): string {
  const { partial, events } = result.summary;
  if (!options.verifyDeterminism || partial || difference !== undefined) return '';
  return `  two runs, ${thousands(events)} equal events`;
}

/** Two or three commands that a reader of this report may want next. */
function nextCommands(cell: Cell, options: RunOptions, outcome: Outcome): string[] {
  const { scenario, seed, set, faults, sabotage } = options;
  const again = (other: Partial<Asked>) =>
    `restante run ${sameScenario({ scenario, seed, set, faults, sabotage, ...other })}`;
  // Who pressed Ctrl-C knows what comes next.
  if (outcome === 'interrupted') return [];
  if (outcome === 'event-limit') {
    const others = set.filter((override) => !override.startsWith('limits.events='));
    return [again({ set: [...others, `limits.events=${cell.scenario.limits.events * 10}`] })];
  }
  const next = [again({ seed: cell.seed === '7' ? '8' : '7' })];
  if (!set.some((override) => override.startsWith('network.loss')))
    next.push(again({ set: [...set, 'network.loss=5%'] }));
  if (!options.verifyDeterminism) next.push(`${again({})} --verify-determinism`);
  return next;
}
