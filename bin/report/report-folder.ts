/** What `restante report` reads: the folder of a run or of a study, checked, with one clear line for what is neither. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary } from '../../results/cell-result.js';
import { followLatest, readJson, readSummary } from '../../results/compare/read.js';
import { UsageError } from '../../results/exit-codes.js';
import { readIntervals } from '../../results/folder/intervals-file.js';
import type { LadderPicture, ReportData } from '../../results/report/page.js';
import { studyPart, type Study } from '../../results/report/study.js';
import type { StudyPart } from '../../results/report/page.js';
import { readTimeline } from '../../results/report/charts/timelines.js';
import { STUDY_SCHEMA } from '../../results/folder/study-folder.js';
import { cellOf, type Cell } from '../../workloads/cell.js';
import { loadScenario } from '../../workloads/scenario/scenario-files.js';
import { faultBands, ladderPictures } from './report-file.js';

/** A run folder, read. */
export interface RunFolder {
  readonly folder: string;
  readonly data: ReportData;
  /** The cell of the run; undefined if its plan cannot be read. */
  readonly cell: Cell | undefined;
  /** Things that the reader should know, a line each. */
  readonly warnings: readonly string[];
}

/** The folder of a study, read. */
export interface StudyFolder {
  readonly folder: string;
  readonly scenario: string;
  readonly part: StudyPart;
}

const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** The study in `folder`; undefined if it holds no study. Throws a `UsageError` if it is damaged or has nothing to draw. */
export function readStudyFolder(folder: string): StudyFolder | undefined {
  const file = join(folder, 'study.json');
  if (!existsSync(file)) return undefined;
  const value = readJson(file);
  const { schema, kind, scenario, seed, ...answer } = (value ?? {}) as Record<string, unknown>;
  if (schema !== STUDY_SCHEMA) {
    throw new UsageError(`${file} is no study of this version: its schema is ${String(schema)}`);
  }
  if (typeof kind !== 'string' || typeof scenario !== 'string' || typeof seed !== 'string') {
    throw new UsageError(`${file} is damaged: parts of the study are missing`);
  }
  const text = /```text\n([\s\S]*?)```/.exec(read(join(folder, 'summary.md')) ?? '')?.[1];
  const study: Study = { kind, scenario, seed, answer, csv: read(join(folder, 'sweep.csv')), text };
  const part = studyPart(study);
  if (part === undefined) {
    throw new UsageError(
      `${folder} holds ${kind} of ${scenario}, of which there is nothing to draw; summary.md has its table`,
    );
  }
  return { folder, scenario, part };
}

/** The run in `given`. Throws a `UsageError` if it is none, or damaged. */
export function readRunFolder(given: string): RunFolder {
  const folder = followLatest(given);
  const summary = readSummary(folder);
  if (!statSync(folder).isDirectory())
    throw new UsageError(`${given} is no run folder; a report needs its timeline.csv`);
  const file = join(folder, 'timeline.csv');
  const timeline = read(file);
  if (timeline === undefined)
    throw new UsageError(`${folder} is not a whole run folder: it has no timeline.csv`);
  const series = readTimeline(timeline);
  if (series === undefined) throw new UsageError(`${file} is damaged: it is no table of numbers`);
  const warnings: string[] = [];
  const text = read(join(folder, 'intervals.json'));
  const intervals = text === undefined ? undefined : readIntervals(text);
  if (text !== undefined && intervals === undefined) {
    warnings.push(
      `${join(folder, 'intervals.json')} cannot be read, so the report shows no latency over time`,
    );
  }
  const cell = cellIn(folder, summary);
  if (cell === undefined) {
    warnings.push(`${join(folder, 'plan.yaml')} cannot be read, so the report shows no faults`);
  }
  const bands = cell === undefined ? [] : faultBands(cell);
  return { folder, data: { summary, series, intervals, bands, ladders: laddersIn(folder) }, cell, warnings };
}

/** The cell that a folder's plan and summary describe. */
function cellIn(folder: string, { seed, overrides, sabotage }: Summary): Cell | undefined {
  try {
    return cellOf(loadScenario(join(folder, 'plan.yaml')), seed, overrides, sabotage);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** What is drawn in `folder`: the first violation, then the others in order of their names. */
export function laddersIn(folder: string): LadderPicture[] {
  const names = readdirSync(folder)
    .filter((file) => /^ladder(-[a-z0-9]+)?\.svg$/.test(file))
    .map((file) => file.slice(0, -'.svg'.length))
    .toSorted((a, b) => (a < b ? -1 : 1));
  return ladderPictures(
    names,
    (name) => read(join(folder, `${name}.svg`)),
    (name) => read(join(folder, `${name}.txt`)),
  );
}
