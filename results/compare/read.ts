/**
 * Reads a result back: a run folder, or a `summary.json` or baseline by itself. Whatever else the user points at is named for
 * what it is, in one line, and nothing is written.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TIMING_SCHEMA, type Timing } from '../cell/timing.js';
import { SUMMARY_SCHEMA, type Summary } from '../cell-result.js';
import { ExitCode, UsageError } from '../exit-codes.js';
import { whyNotRead } from '../folder/file-error.js';
import { runsFolder } from '../folder/folders.js';
import { LATEST } from '../folder/run-folder.js';
import { isMap } from '../is-map.js';

/** Largest summary that is read; checkpoints of a week of virtual time are some 12 MiB. */
const LARGEST_OCTETS = 64 * 1024 * 1024;

/** A result that is there and sound, but of another version: exit 6, not 2. */
export class IncomparableError extends UsageError {
  override name = 'IncomparableError';
  readonly exitCode = ExitCode.baselineMissing;
}

/** The folder that the pointer `latest` names, or `path` itself if it is no pointer. The word alone is the last run of all. */
export function followLatest(given: string): string {
  const path = given === LATEST && !existsSync(given) ? join(runsFolder(), LATEST) : given;
  if (basename(path) !== LATEST || !existsSync(path) || !statSync(path).isFile()) return path;
  return join(dirname(path), basename(readFileSync(path, 'utf8').trim()));
}

/** The summary at `given`. Throws a `UsageError` with one line. */
export function readSummary(given: string): Summary {
  const path = followLatest(given);
  if (!existsSync(path)) throw new UsageError(`there is no result at ${path}`);
  const folder = statSync(path).isDirectory();
  const file = folder ? join(path, 'summary.json') : path;
  if (folder && !existsSync(file)) {
    throw new UsageError(`${path} is not a run folder: it has no summary.json`);
  }
  const value = readJson(file);
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (typeof schema !== 'string' || !schema.startsWith('restante-')) {
    throw new UsageError(`${file} is not a result of restante: it names no schema`);
  }
  if (!schema.startsWith('restante-summary-')) {
    throw new UsageError(`${file} is not the summary of a run: its schema is ${schema}`);
  }
  if (schema !== SUMMARY_SCHEMA) {
    throw new IncomparableError(
      `${file} has the schema ${schema}; this version reads ${SUMMARY_SCHEMA} only`,
    );
  }
  if (!isSummary(value))
    throw new UsageError(`${file} is damaged: parts of the summary are missing, or no numbers`);
  return value;
}

/** `timing.json` beside the result at `given`; undefined if there is none that can be read, since it decides nothing. */
export function readTiming(given: string): Timing | undefined {
  const path = followLatest(given);
  const file = join(statSync(path).isDirectory() ? path : dirname(path), 'timing.json');
  if (!existsSync(file)) return undefined;
  try {
    const timing = readJson(file) as Timing | null;
    return timing?.schema === TIMING_SCHEMA ? timing : undefined;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** JSON of `file`. Throws a `UsageError` that names the place where a truncated one ends. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    if (statSync(file).size > LARGEST_OCTETS) throw new Error('it is larger than 64 MiB');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${whyNotRead(error)}`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const line = text.split('\n').length;
    const what = text.trim() === '' ? 'it is empty' : `it is no whole JSON document (${line} lines)`;
    throw new UsageError(`${file} is damaged: ${what}`);
  }
}

/** The parts without which nothing here works. */
function isSummary(value: unknown): value is Summary {
  const { scenario, seed, overrides, fingerprint, checkpoints, counts, distributions, invariants } =
    value as Partial<Summary>;
  return (
    typeof scenario === 'string' &&
    typeof seed === 'string' &&
    typeof fingerprint === 'string' &&
    [overrides, checkpoints, invariants].every((part) => Array.isArray(part)) &&
    isMap(counts) &&
    areNumbers(counts) &&
    isMap(distributions) &&
    Object.values(distributions).every((part) => isMap(part) && areNumbers(part, 'hdr'))
  );
}

/** True if all values are numbers, but those of `text`. What an editor or a merge left is not shown as a figure. */
function areNumbers(part: Record<string, unknown>, text = ''): boolean {
  return Object.entries(part).every(([key, value]) => key === text || typeof value === 'number');
}
