/**
 * Faults of a scenario in the style of compilers: `file:line:col  error  what is wrong`, then the line, then a mark under the
 * place.
 */
import { isMap, isNode, isScalar, type Document, type LineCounter } from 'yaml';
import { UsageError } from '../../results/exit-codes.js';

/** A step into a scenario: a key, or the index of a list. */
export type Path = readonly (string | number)[];

/** One fault: where (a path, or a stretch of the text) and what. `key` says that the path names an unwelcome key itself. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  readonly key?: boolean;
  readonly range?: readonly [number, number];
  /** What is marked if nothing on the way to `path` stands in the text. */
  readonly instead?: Path;
}

/** A scenario that is not valid; the message holds all its faults, ready to be shown. */
export class ScenarioError extends UsageError {
  override name = 'ScenarioError';
}

/** `faults.0.percent` for a path. */
export function pathText(path: Path): string {
  return path.join('.');
}

/** A text with its lines and its YAML document, for finding places. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
  readonly document: Document;
}

/** First and end offset of what `problem` is about; the nearest enclosing place if it stands nowhere itself. */
function rangeOf(source: SourceText, problem: Problem): readonly [number, number] {
  if (problem.range !== undefined) return problem.range;
  if (problem.key === true) {
    const parent = source.document.getIn(problem.path.slice(0, -1), true);
    const name = problem.path.at(-1);
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === name)
      : undefined;
    const range = isNode(pair?.key) ? pair.key.range : undefined;
    if (range) return [range[0], range[1]];
  }
  for (let length = problem.path.length; length >= 0; length--) {
    if (length === 0 && problem.instead !== undefined)
      return rangeOf(source, { path: problem.instead, message: problem.message });
    const path = problem.path.slice(0, length);
    const node: unknown = length === 0 ? source.document.contents : source.document.getIn(path, true);
    if (!isNode(node) || !node.range) continue;
    // What is missing is marked at the head of where it should stand, not over all of it.
    return length === problem.path.length
      ? [node.range[0], node.range[1]]
      : [node.range[0], node.range[0] + 1];
  }
  return [0, 1];
}

/** Where `path` stands in the text, counted from 1; of the nearest enclosing place if it stands nowhere itself. */
export function placeOf(source: SourceText, path: Path): { readonly line: number; readonly column: number } {
  const { line, col } = source.lines.linePos(rangeOf(source, { path, message: '' })[0]);
  return { line, column: col };
}

/** One fault, or one warning, as text of three lines. */
export function renderProblem(
  source: SourceText,
  problem: Problem,
  severity: 'error' | 'warning' = 'error',
): string {
  const [from, to] = rangeOf(source, problem);
  const { line, col } = source.lines.linePos(from);
  const lineText = source.text.split(/\r?\n/)[line - 1] ?? '';
  const width = Math.max(1, Math.min(to - from, lineText.length - (col - 1)));
  const gutter = String(line).padStart(5);
  const head = `${source.file}:${line}:${col}  ${severity}  ${problem.message}`;
  const { shown, before } = cut(lineText.replaceAll('\t', ' '), col - 1);
  const mark = '^'.repeat(Math.max(1, Math.min(width, shown.length - before)));
  return `${head}\n${gutter} | ${shown}\n${' '.repeat(5)} | ${' '.repeat(before)}${mark}`;
}

/** Columns of a line that are shown, and how many of them before the place. */
const SHOWN_COLUMNS = 160;
const COLUMNS_BEFORE = 60;

/** A long line around `place`, with dots where it goes on; `before` is where the place is then. */
function cut(line: string, place: number): { readonly shown: string; readonly before: number } {
  if (line.length <= SHOWN_COLUMNS) return { shown: line, before: place };
  const from = Math.max(0, Math.min(place - COLUMNS_BEFORE, line.length - SHOWN_COLUMNS));
  const head = from > 0 ? '...' : '';
  const tail = from + SHOWN_COLUMNS < line.length ? '...' : '';
  return { shown: head + line.slice(from, from + SHOWN_COLUMNS) + tail, before: head.length + place - from };
}
