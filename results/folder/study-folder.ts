/**
 * The folder of a study (replications, sweep, capacity, sensitivity). Its name comes from the question, not from the answer, so that a
 * study that was interrupted and goes on later ends in the same place; a study may replace an earlier state of itself and nothing else.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../exit-codes.js';
import { whyNotWritten } from './file-error.js';
import { runsFolder } from './folders.js';
import { sortedJson } from './json.js';
import { checkWritable } from './make-folder.js';
import { replaceFolder } from './replace-folder.js';
import { safeSeed } from './run-folder.js';

/** Version of the layout of `study.json`. */
export const STUDY_SCHEMA = 'restante-study-1';

/** What was asked: enough to tell two studies apart. */
export interface StudyQuestion {
  readonly kind: 'replications' | 'sweep' | 'capacity' | 'sensitivity';
  readonly scenario: string;
  readonly seed: string;
  /** Everything else that decides the answer. */
  readonly details: unknown;
}

/** 16 hexadecimal digits of the question. */
function questionHash(question: StudyQuestion): string {
  return createHash('sha256').update(sortedJson(question)).digest('hex').slice(0, 16);
}

/** Where a study goes: `<scenario>-<seed>-<kind>-<hash8>`, or what the user asked for. */
export function studyTarget(question: StudyQuestion, out?: string): string {
  const { scenario, seed, kind } = question;
  const name = `${scenario}-${safeSeed(seed)}-${kind}-${questionHash(question).slice(0, 8)}`;
  return out ?? join(runsFolder(), name);
}

/** Refuses a folder that holds something else than this study, or that could not be written. Throws a `UsageError`. */
export function checkStudyTarget(question: StudyQuestion, target: string): void {
  checkWritable(target, true);
  if (!existsSync(target)) return;
  let there: unknown;
  try {
    if (readdirSync(target).length === 0) return;
    there = (JSON.parse(readFileSync(join(target, 'study.json'), 'utf8')) as { question?: unknown }).question;
  } catch {
    there = undefined;
  }
  if (there !== questionHash(question)) {
    throw new UsageError(
      `${target} is kept as it is: it holds something else than this study\nRemove it, or name another folder with --out DIR`,
    );
  }
}

/** Writes the study: `study.json` from `answer`, and `files` by name beside it. Throws a `UsageError` if it cannot. */
export function writeStudy(
  question: StudyQuestion,
  answer: object,
  files: ReadonlyMap<string, string | Uint8Array>,
  target: string,
): void {
  checkStudyTarget(question, target);
  const { kind, scenario, seed } = question;
  const head = { schema: STUDY_SCHEMA, kind, scenario, seed, question: questionHash(question) };
  try {
    replaceFolder(target, [['study.json', sortedJson({ ...head, ...answer })], ...files]);
  } catch (error) {
    throw new UsageError(
      `cannot write the study to ${target}: ${whyNotWritten(error)}\nAnother place is given by --out DIR`,
    );
  }
}
