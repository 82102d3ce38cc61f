/** From a cell to what a capsule keeps of it, and back. */
import type { Capsule, CapsuleCell } from '../../results/capsule.js';
import { UsageError } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/folder/json.js';
import type { Cell } from '../cell.js';
import { expandedFaults, withFaults } from '../faults/faults.js';
import { parseScenario } from '../scenario/loader.js';
import { planOf, textDigest } from '../plan.js';
import { ScenarioError } from '../scenario/problems.js';
import { saboteurNames } from './sabotage.js';

/** `cell` with an id and explicit members for each fault: the same run, but each fault stands for itself. */
export function explicitCell(cell: Cell): Cell {
  return withFaults(cell, expandedFaults(cell));
}

/** What a capsule keeps of `cell`. */
export function capsuleCell(cell: Cell): CapsuleCell {
  const { seed, overrides, sabotage, tieSeed } = cell;
  return { scenario: planOf(explicitCell(cell)), seed, overrides, sabotage, tieSeed: tieSeed ?? null };
}

/** 16 hexadecimal digits over all that decides what `cell` does; the same for a cell that was written to a capsule and read again. */
export function cellDigest(cell: Cell): string {
  const { scenario, seed, sabotage, tieSeed } = capsuleCell(cell);
  return textDigest(sortedJson({ scenario, seed, sabotage, tieSeed }));
}

/**
 * The cell of a capsule. Throws a `UsageError` that says what stands in the way, and, if another version wrote it, what changed.
 */
export function cellOfCapsule(capsule: Capsule, file: string, version: string): Cell {
  const { cell, versions } = capsule;
  const refuse = (words: string): never => {
    const other = versions.restante !== version;
    const who = other ? `\nIt was written by restante ${versions.restante}; this is ${version}` : '';
    throw new UsageError(`${file} cannot be replayed: ${words}${who}`);
  };
  if (cell.sabotage !== null && !saboteurNames().includes(cell.sabotage)) {
    refuse(`there is no saboteur "${cell.sabotage}"`);
  }
  try {
    const scenario = parseScenario(JSON.stringify(cell.scenario, null, 2), `${file}, cell.scenario`);
    const { seed, overrides, sabotage, tieSeed } = cell;
    return { scenario, seed, overrides, sabotage, ...(tieSeed === null ? {} : { tieSeed }) };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return refuse(`its scenario is not valid here\n${error.message}`);
  }
}
