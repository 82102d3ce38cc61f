/** The files that other tools read, made of the exact part of a result: JUnit, OpenMetrics and HdrHistogram. */
import type { CellResult } from '../cell-result.js';
import { intervalsJson } from '../folder/intervals-file.js';
import { percentileDistribution } from '../recording/histogram.js';
import { junitXml } from './junit.js';
import { openMetrics } from './openmetrics.js';

/** Files by name, a `/` in a name for a folder. */
export function artefactFiles({ summary, series, intervals }: CellResult): Map<string, string> {
  const files = new Map([
    ['junit.xml', junitXml(summary)],
    ['metrics.prom', openMetrics(summary, series)],
  ]);
  if (intervals !== undefined) files.set('intervals.json', intervalsJson(intervals));
  for (const [name, distribution] of Object.entries(summary.distributions)) {
    if (distribution !== undefined) files.set(`hist/${name}.hgrm`, percentileDistribution(distribution));
  }
  return files;
}
