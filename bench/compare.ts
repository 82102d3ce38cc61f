/**
 * Two runs of the benchmark: how many times as fast each candidate is as it was. Machines differ and are shared, so beside each ratio
 * stands the same one measured against the last candidate of its group (a package of the npm registry, where there is one), which runs
 * interleaved with it: what the machine does to both cancels out.
 */
import { readFileSync } from 'node:fs';
import { UsageError } from '../results/exit-codes.js';
import { whyNotRead } from '../results/folder/file-error.js';
import type { Measured } from './measure.js';

export const BENCH_SCHEMA = 'restante-bench-1';

export interface GroupResult {
  readonly group: string;
  readonly measured: readonly Measured[];
}

export interface BenchResult {
  readonly schema: typeof BENCH_SCHEMA;
  readonly node: string;
  readonly results: readonly GroupResult[];
}

export interface Ratio {
  readonly name: string;
  /** Median now over median then. */
  readonly ratio: number;
  /** The same, both measured in units of the last candidate of the group; absent for that one, and if it is alone. */
  readonly relative?: number;
}

/** Reads a result. Throws with one line if `file` holds none. */
export function readBench(file: string): BenchResult {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw new UsageError(`cannot read ${file}: ${whyNotRead(error)}`);
  }
  if (typeof found !== 'object' || found === null || (found as BenchResult).schema !== BENCH_SCHEMA)
    throw new UsageError(`${file} is no result of this benchmark (npm run bench -- --json > FILE)`);
  return found as BenchResult;
}

/** The ratios of what both have, in the order of `now`. */
export function ratiosOf(before: readonly GroupResult[], now: readonly GroupResult[]): Ratio[] {
  return now.flatMap(({ group, measured }) => {
    const old = before.find((one) => one.group === group)?.measured ?? [];
    const ratioOf = ({ name, median }: Measured): number | undefined => {
      const was = old.find((one) => one.name === name)?.median;
      return was === undefined ? undefined : median / was;
    };
    const last = measured.at(-1);
    const machine = last === undefined ? undefined : ratioOf(last);
    return measured.flatMap((one): Ratio[] => {
      const ratio = ratioOf(one);
      if (ratio === undefined) return [];
      const relative = one === last || machine === undefined ? {} : { relative: ratio / machine };
      return [{ name: one.name, ratio, ...relative }];
    });
  });
}
