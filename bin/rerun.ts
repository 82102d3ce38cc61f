/**
 * Running the two sides of a comparison again: for the first differing event, and for more seeds. A side runs again here if this program
 * still gives its checkpoints; the base may also be run by the program that made it (`--base-program`), as a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Summary } from '../results/cell-result.js';
import { followLatest } from '../results/compare/read.js';
import { type ReplicationsStudy, readReplications } from '../results/compare/read-study.js';
import { UsageError } from '../results/exit-codes.js';
import { cellOf, type Cell } from '../workloads/cell.js';
import type { Second } from '../workloads/watch/happenings.js';
import { planDigest } from '../workloads/plan.js';
import { loadScenario } from '../workloads/scenario/scenario-files.js';

/** The plan in the folder of the result at `path`, or beside it; undefined if there is none. */
export function planFile(path: string): string | undefined {
  const at = followLatest(path);
  const file = join(statSync(at).isDirectory() ? at : dirname(at), 'plan.yaml');
  return existsSync(file) ? file : undefined;
}

/** The cell of `summary` by the plan in `file`; undefined if this program reads another cell in it. */
export function cellOfPlan(file: string, summary: Summary): Cell | undefined {
  try {
    const cell = cellOf(loadScenario(file), summary.seed, summary.overrides, summary.sabotage);
    return summary.planDigest === undefined || planDigest(cell) === summary.planDigest ? cell : undefined;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** What another version of this program does in virtual second `second`. Throws a `UsageError` if it cannot say. */
export function secondBy(program: string, plan: string, summary: Summary, second: number): Second {
  const sabotage = summary.sabotage === null ? [] : ['--sabotage', summary.sabotage];
  const args = ['events', plan, '--seed', summary.seed, ...sabotage, '--second', String(second), '--json'];
  const read = JSON.parse(output(program, args)) as {
    events: Second['happenings'];
    checkpoint: string | null;
  };
  return { happenings: read.events, checkpoint: read.checkpoint ?? undefined };
}

/** Replications of the cell in `plan` by another version of this program. */
export function replicationsBy(
  program: string,
  plan: string,
  summary: Summary,
  replications: number,
): ReplicationsStudy {
  const folder = mkdtempSync(join(tmpdir(), 'restante-base-'));
  try {
    const sabotage = summary.sabotage === null ? [] : ['--sabotage', summary.sabotage];
    const study = join(folder, 'study');
    const own = ['--replications', String(replications), '--no-cache', '--out', study, '--quiet'];
    output(program, ['run', plan, '--seed', summary.seed, ...sabotage, ...own], study);
    return readReplications(study);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `program` prints. With `made`, any exit code will do as long as that is there. */
function output(program: string, args: readonly string[], made?: string): string {
  if (!existsSync(program)) throw new UsageError(`there is no program at ${program}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (made === undefined ? status !== 0 : !existsSync(made)) {
    const [why = ''] = stderr.trim().split('\n');
    throw new UsageError(
      `${program} ${args[0] ?? ''} ended with exit code ${status ?? 'of a signal'}: ${why}`,
    );
  }
  return stdout;
}
