/** What the folder of a failed run holds besides its results: a capsule, and, from a second run, packets and a ladder. */
import type { Summary } from '../results/cell-result.js';
import { sortedJson } from '../results/folder/json.js';
import { ladderSvg } from '../results/report/ladder/ladder-svg.js';
import { ladderText } from '../results/report/ladder/ladder-text.js';
import type { Ladder } from '../results/report/ladder/ladder.js';
import { catchText } from '../results/text/kill-text.js';
import { captureWatcher } from '../workloads/watch/capture.js';
import type { Cell } from '../workloads/cell.js';
import { evaluate } from '../workloads/evaluate.js';
import { ladderWatcher } from '../workloads/watch/ladder.js';
import { placeOf, suspectWatcher } from '../workloads/fuzz/suspect.js';
import { namedBy } from '../workloads/fuzz/sabotage.js';
import { makeCapsule } from './capsule-files.js';
import { version } from './version.js';

/** Files by name. */
export type Files = Map<string, string | Uint8Array>;

/** A run of more events is not run again for its packets; `restante replay` does that when somebody asks. */
const MOST_EVENTS = 2_000_000;

/** The files of a run of `cell` that violated something; none if it did not. */
export function failureFiles(cell: Cell, summary: Summary): Files {
  const files: Files = new Map();
  const capsule = makeCapsule(summary, cell);
  if (capsule === undefined) return files;
  files.set('capsule.json', sortedJson(capsule));
  if (summary.events > MOST_EVENTS || summary.outcome === 'interrupted') return files;
  const pieces: Uint8Array[] = [];
  const capture = captureWatcher((octets, length) => {
    pieces.push(octets.slice(0, length));
  }, `restante ${version()}`);
  const { message, first } = capsule.violation;
  const named = message === null ? undefined : ladderWatcher(message);
  const place = message === null ? placeOf(first ?? '') : undefined;
  const suspect = place === undefined ? undefined : suspectWatcher(place.user, place.atNs);
  evaluate(
    cell,
    [capture, named, suspect].filter((watcher) => watcher !== undefined),
  );
  files.set('capture.pcapng', Buffer.concat(pieces));
  const ladder = named?.ladder() ?? ladderOf(cell, suspect?.message());
  if (ladder !== undefined) addLadder(files, ladder, 'ladder');
  return files;
}

/** What to say of a planted bug that another invariant than the one it names was violated by; undefined if there is nothing to say. */
export function survivorText({ sabotage, invariants }: Summary): string | undefined {
  const caughtBy = namedBy(sabotage);
  const violated = invariants.filter(({ held }) => !held).map(({ id }) => id);
  if (caughtBy === undefined || violated.length === 0 || violated.includes(caughtBy)) return undefined;
  return `the saboteur ${sabotage ?? ''} was ${catchText({ caughtBy, violated })}`;
}

/** The ladder of a message that was found out by a run, from another one. */
function ladderOf(cell: Cell, message: number | undefined): Ladder | undefined {
  if (message === undefined) return undefined;
  const drawn = ladderWatcher(message);
  evaluate(cell, [drawn]);
  return drawn.ladder();
}

/** Adds `<name>.txt` and `<name>.svg`. */
export function addLadder(files: Files, ladder: Ladder, name: string): void {
  files.set(`${name}.txt`, ladderText(ladder));
  files.set(`${name}.svg`, ladderSvg(ladder));
}
