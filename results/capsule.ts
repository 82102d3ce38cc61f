/**
 * A capsule: everything that brings a failure back. The cell with each fault explicit, the versions that made it, the fingerprint
 * with its checkpoints, and the invariant that was violated. A JSON document, `capsule.json` in the folder of the run.
 *
 * The cell's scenario is in the form of a scenario file, so that a capsule can be read and edited by hand.
 */
import type { InvariantVerdict, Outcome, Summary } from './cell-result.js';
import { UsageError } from './exit-codes.js';

export const CAPSULE_SCHEMA = 'restante-capsule-1';

/** The cell as it is written down. */
export interface CapsuleCell {
  /** A whole scenario, quantities as text, faults with their members. */
  readonly scenario: unknown;
  readonly seed: string;
  readonly overrides: readonly string[];
  readonly sabotage: string | null;
  /** Seed of the permutation of ties; null if they go in order of scheduling. */
  readonly tieSeed: number | null;
}

/** What was violated. */
export interface CapsuleViolation {
  /** Id of the invariant. */
  readonly id: string;
  readonly title: string;
  readonly clause: string;
  /** The first offender in words. */
  readonly first: string | null;
  readonly violations: number;
  /** Number of the first offender's message, if the words name one. */
  readonly message: number | null;
}

/** The program that made it. */
export interface Versions {
  readonly restante: string;
  readonly node: string;
  /** Hash of the program, which tells builds of one version apart; absent in capsules of before. */
  readonly build?: string;
}

export interface Capsule {
  readonly schema: typeof CAPSULE_SCHEMA;
  readonly versions: Versions;
  readonly cell: CapsuleCell;
  /** Digest over {@link cell}, so that a change by hand shows; absent in capsules of before. */
  readonly cellDigest?: string;
  readonly outcome: Outcome;
  readonly fingerprint: string;
  readonly checkpoints: readonly string[];
  /** The one that replaying and shrinking go by. */
  readonly violation: CapsuleViolation;
  /** Ids of all that were violated. */
  readonly violated: readonly string[];
}

/** What a capsule needs of a run's summary. */
export type JudgedRun = Pick<Summary, 'fingerprint' | 'checkpoints' | 'outcome' | 'invariants'>;

/** The capsule of a run that violated something; undefined if it did not. `wanted`: the invariant to go by, else the first. */
export function capsuleOf(
  summary: JudgedRun,
  cell: CapsuleCell,
  versions: Versions,
  wanted?: string,
  cellDigest?: string,
): Capsule | undefined {
  const violated = summary.invariants.filter(({ held }) => !held);
  const verdict = violated.find(({ id }) => id === wanted) ?? violated[0];
  if (verdict === undefined) return undefined;
  return {
    schema: CAPSULE_SCHEMA,
    versions,
    cell,
    ...(cellDigest === undefined ? {} : { cellDigest }),
    outcome: summary.outcome,
    fingerprint: summary.fingerprint,
    checkpoints: summary.checkpoints,
    violation: violationOf(verdict),
    violated: violated.map(({ id }) => id),
  };
}

function violationOf({ id, title, clause, first, violations }: InvariantVerdict): CapsuleViolation {
  return { id, title, clause, first: first ?? null, violations, message: messageNumberIn(first) };
}

/** The number in "message 17", as invariants name an offender; null if there is none. */
export function messageNumberIn(words: string | undefined): number | null {
  const found = /(?<!deferred )\bmessage (\d+)\b/.exec(words ?? '');
  return found === null ? null : Number(found[1]);
}

/** Reads a capsule. `file` is how errors call it. Throws a `UsageError` if it is not one. */
export function parseCapsule(text: string, file: string): Capsule {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not a capsule: it is not JSON`);
  }
  const schema = member(content, 'schema');
  if (schema !== CAPSULE_SCHEMA) {
    const what = typeof schema === 'string' ? `its layout is ${schema}` : 'it has no "schema"';
    throw new UsageError(`${file} is not a capsule that this version reads: ${what}, not ${CAPSULE_SCHEMA}`);
  }
  const cell = member(content, 'cell');
  const fits =
    typeof member(content, 'fingerprint') === 'string' &&
    Array.isArray(member(content, 'checkpoints')) &&
    typeof member(member(content, 'violation'), 'id') === 'string' &&
    typeof member(cell, 'seed') === 'string' &&
    typeof member(cell, 'scenario') === 'object' &&
    typeof member(member(content, 'versions'), 'restante') === 'string';
  if (!fits) throw new UsageError(`${file} is a damaged capsule: a part of it is missing`);
  return content as Capsule;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Id under which a failed assertion is reported among the invariants of a run, if there was one. */
export const ASSERTION_ID = 'assertion';

/** How a replay compares with its capsule. */
export interface Reproduction {
  /** The same invariant was violated. */
  readonly violated: boolean;
  /** Every octet was the same. */
  readonly exact: boolean;
  readonly words: string;
}

/** Compares a new run of a capsule's cell with what the capsule says. */
export function compareWithCapsule(capsule: Capsule, summary: JudgedRun): Reproduction {
  const { violation, fingerprint, checkpoints } = capsule;
  const now = summary.invariants.find(({ id }) => id === violation.id);
  const violated = now !== undefined && !now.held;
  const exact = summary.fingerprint === fingerprint && summary.outcome === capsule.outcome;
  const parts: string[] = [];
  if (now === undefined && violation.id === ASSERTION_ID) parts.push('no assertion failed');
  else if (now === undefined) parts.push(`${violation.id} is no invariant of this version`);
  else if (violated) parts.push(`${violation.id} violated again: ${now.first ?? violation.title}`);
  else parts.push(`${violation.id} held`);
  const others = summary.invariants.filter(({ id, held }) => !held && !capsule.violated.includes(id));
  for (const { id, first, title } of others) parts.push(`${id} is violated now: ${first ?? title}`);
  if (exact)
    parts.push(violated ? 'same fingerprint' : 'same fingerprint, so it is the judgement that changed');
  else {
    const at = checkpoints.findIndex((mark, i) => summary.checkpoints[i] !== mark);
    const where = at < 0 ? 'after the last whole second' : `from virtual second ${at} on`;
    parts.push(`${violated ? 'another fingerprint, ' : ''}another run ${where}`);
  }
  return { violated, exact, words: parts.join('; ') };
}

/** Hexadecimal digits of a hash that are shown. */
const SHOWN_DIGITS = 12;

/** What may be why a replay is another run than that of its capsule, a line each: `here` is this program, `digest` that of the cell. */
export function whyAnotherRun({ versions, cellDigest }: Capsule, here: Versions, digest: string): string[] {
  const lines: string[] = [];
  const { restante, node, build } = versions;
  const short = (hash: string) => hash.slice(0, SHOWN_DIGITS);
  if (restante !== here.restante)
    lines.push(`the capsule is of restante ${restante}, this is ${here.restante}`);
  if (build === undefined) lines.push('the capsule does not say which build it is of');
  else if (here.build !== undefined && build !== here.build)
    lines.push(`it is of build ${short(build)}, this is build ${short(here.build)}`);
  if (node !== here.node) lines.push(`it was made on Node ${node}, this is ${here.node}`);
  if (cellDigest !== undefined && cellDigest !== digest)
    lines.push(
      `its cell reads otherwise (digest ${digest}, was ${cellDigest}): it was edited, or has other defaults here`,
    );
  if (lines.length === 0)
    lines.push('version, build and cell are the same: try restante run --verify-determinism');
  return lines;
}
