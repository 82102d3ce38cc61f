/**
 * Searching a threshold along one parameter: bracket by doubling and halving, bisect to a relative precision, look for places where the
 * answer is not monotone. Pure: what a load does is asked through `passes`, which is expected to remember its answers.
 */

/** Says whether a load passes; the same answer for the same load. */
export type Passes = (load: number) => Promise<boolean>;

export interface SearchSpace {
  /** Where to begin; within the bounds. */
  readonly start: number;
  readonly least: number;
  readonly most: number;
  /** Stop when the bracket is at most this share of its lower end. */
  readonly precision: number;
  /** True if only whole numbers make sense. */
  readonly whole: boolean;
  /** From a passing load, a load worth trying next; it counts if it is above twice the load. */
  readonly leap?: (load: number) => number | undefined;
}

/** Highest passing and lowest failing load; one of them is missing if the bounds were reached. */
export interface Bracket {
  readonly highestPassing?: number;
  readonly lowestFailing?: number;
}

/**
 * A load of the space: whole if need be, otherwise with six digits, so that a printed load is the load itself; and within the
 * bounds, which may have more digits. The bounds come last: a bound that no load reaches would never end a search.
 */
export function loadOf(value: number, { least, most, whole }: SearchSpace): number {
  if (!whole) return Math.min(most, Math.max(least, Number(value.toPrecision(6))));
  return Math.min(Math.floor(most), Math.max(Math.ceil(least), Math.round(value)));
}

/** Closer to a bound than this share of it, a step of the bracket goes to the bound: six digits part the two, and no run does. */
const AT_BOUND = 0.001;

function stepTo(value: number, space: SearchSpace): number {
  const bound = [space.least, space.most].find((end) => Math.abs(value - end) <= AT_BOUND * end);
  return bound === undefined || space.whole ? loadOf(value, space) : bound;
}

/** Doubles from the start until a load fails, or halves until one passes. */
export async function bracket(space: SearchSpace, passes: Passes): Promise<Bracket> {
  let load = loadOf(space.start, space);
  if (await passes(load)) {
    for (;;) {
      const next = stepTo(Math.max(load * 2, space.leap?.(load) ?? 0), space);
      if (next === load) return { highestPassing: load };
      if (!(await passes(next))) return { highestPassing: load, lowestFailing: next };
      load = next;
    }
  }
  for (;;) {
    const next = stepTo(load / 2, space);
    if (next === load) return { lowestFailing: load };
    if (await passes(next)) return { highestPassing: next, lowestFailing: load };
    load = next;
  }
}

/** Narrows a closed bracket to the precision of the space. */
export async function bisect(
  from: Required<Bracket>,
  space: SearchSpace,
  passes: Passes,
): Promise<Required<Bracket>> {
  let { highestPassing, lowestFailing } = from;
  while (lowestFailing - highestPassing > space.precision * highestPassing) {
    const middle = loadOf((highestPassing + lowestFailing) / 2, space);
    if (middle <= highestPassing || middle >= lowestFailing) break;
    if (await passes(middle)) highestPassing = middle;
    else lowestFailing = middle;
  }
  return { highestPassing, lowestFailing };
}

/** Shares of the found bracket at which its neighbourhood is looked at. */
const BELOW: readonly number[] = [0.9, 0.75, 0.5];
const ABOVE: readonly number[] = [1.25];

/** A load that fails below one that passes. */
export interface Contradiction {
  readonly failing: number;
  readonly passing: number;
}

/** Looks below the passing and above the failing end; gives the first contradiction, or undefined if there is none. */
export async function findContradiction(
  found: Required<Bracket>,
  space: SearchSpace,
  passes: Passes,
): Promise<Contradiction | undefined> {
  for (const share of BELOW) {
    const load = loadOf(found.highestPassing * share, space);
    if (!(await passes(load))) return { failing: load, passing: found.highestPassing };
  }
  for (const share of ABOVE) {
    const load = loadOf(found.lowestFailing * share, space);
    if (load > found.lowestFailing && (await passes(load))) {
      return { failing: found.lowestFailing, passing: load };
    }
  }
  return undefined;
}
