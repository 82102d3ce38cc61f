/**
 * Summaries of cells that were simulated before, so that a study goes on where it was interrupted. The key is a hash of the cell and of
 * the program itself: another build simulates anew. Only complete runs are kept; a file that cannot be read counts as absent.
 *
 * Not shared between machines, never pruned: remove the folder to be rid of it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SUMMARY_SCHEMA, type Summary } from '../../results/cell-result.js';
import { sortedJson } from '../../results/folder/json.js';
import { runsFolder } from '../../results/folder/folders.js';
import { makeFolder } from '../../results/folder/make-folder.js';
import type { Cell } from '../cell.js';
import { programHash } from './program-hash.js';

export class CellCache {
  private written = 0;

  constructor(private readonly folder: string = join(runsFolder(), '.cache')) {}

  /** The summary of this cell, or undefined. */
  get(cell: Cell): Summary | undefined {
    try {
      const summary = JSON.parse(readFileSync(this.fileOf(cell), 'utf8')) as Summary;
      return summary.schema === SUMMARY_SCHEMA && summary.seed === cell.seed ? summary : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps the summary of a complete run; a disk that refuses is no reason to fail a study. */
  put(cell: Cell, summary: Summary): void {
    if (summary.partial) return;
    const file = this.fileOf(cell);
    const fresh = `${file}.${process.pid}.${this.written++}`;
    try {
      makeFolder(this.folder);
      writeFileSync(fresh, JSON.stringify(summary));
      renameSync(fresh, file);
    } catch {
      return;
    }
  }

  private fileOf(cell: Cell): string {
    // All of it: what the overrides did is in the scenario, but they themselves are shown in the summary.
    const text = sortedJson({ program: programHash(), cell });
    return join(this.folder, `${createHash('sha256').update(text).digest('hex').slice(0, 32)}.json`);
  }
}
