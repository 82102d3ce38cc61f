/** `restante validate FILE...`: are these scenarios valid? Faults and warnings with their places; exit 2 if one is not. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { isFaultPlan } from '../../workloads/faults/faults-file.js';
import { ScenarioError } from '../../workloads/scenario/problems.js';
import { loadScenario } from '../../workloads/scenario/scenario-files.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';

/** Checks each of `files`; all are looked at, whatever the first one holds. Gives the exit code. */
export function validate(files: readonly string[], set: readonly string[], streams: Streams): number {
  let code: number = ExitCode.pass;
  let valid: string | undefined;
  for (const file of files) {
    let warnings = 0;
    try {
      const scenario = loadScenario(file, set, (text) => {
        warnings++;
        streams.err(`${text}\n`);
      });
      const also = warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
      streams.out(`${file}: valid (${scenario.name}${also})\n`);
      valid ??= file;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      code = ExitCode.usage;
      if (!(error instanceof ScenarioError)) {
        // It cannot be read: the others can, perhaps.
        streams.err(`restante: ${error.message}\n`);
        streams.out(`${file}: not read\n`);
        continue;
      }
      const other = otherKind(file);
      streams.err(`${other ?? error.message}\n`);
      streams.out(`${file}: ${other === undefined ? 'not valid' : 'no scenario'}\n`);
    }
  }
  if (valid !== undefined && code === ExitCode.pass) {
    const what = [valid, ...set.flatMap((text) => ['--set', text])].map(shellWord).join(' ');
    streams.err(`\nNext:  restante plan ${what}\n       restante run ${what}\n`);
  }
  return code;
}

/** What a file that is no scenario is instead, and what checks it; undefined if that cannot be told. */
function otherKind(file: string): string | undefined {
  if (/^restante\.config\.(?:ya?ml|json)$/.test(basename(file)))
    return `${file} has settings: restante run --print-config checks and shows them`;
  if (existsSync(file) && isFaultPlan(readFileSync(file, 'utf8')))
    return `${file} is a fault plan: restante plan SCENARIO --faults ${file} checks it`;
  return undefined;
}
