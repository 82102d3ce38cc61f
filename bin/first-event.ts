/** The first event in which two runs differ: both sides run again up to the end of the first second whose checkpoints differ. */
import type { Summary } from '../results/cell-result.js';
import type { Comparison, DifferingEvent } from '../results/compare/compare.js';
import type { Cell } from '../workloads/cell.js';
import { firstDifference, secondOfRun, type Happening, type Second } from '../workloads/watch/happenings.js';
import { cellOfPlan, planFile, secondBy } from './rerun.js';

/** More events than this are run again only if somebody asks for it. */
const EVENTS_UNASKED = 2_000_000;

/** What a comparison says of the event. */
type Told = Pick<Comparison, 'firstDifferingEvent' | 'noEvent'>;

/** One side run again: what happens in that second, or undefined if this program cannot run it. */
type Again = (second: number) => Second | undefined;

interface Sides {
  readonly base: string;
  readonly next: string;
  readonly event?: boolean | undefined;
  readonly baseProgram?: string | undefined;
}

/** The event for two results by their paths; nothing if no second differs. `tell` hears what takes a while. */
export function firstDifferingEvent(
  comparison: Comparison,
  base: Summary,
  next: Summary,
  sides: Sides,
  tell: (text: string) => void,
): Told {
  if (!differs(comparison)) return {};
  // A baseline is a summary alone; its scenario is that of the other side, which is why they are comparable.
  const nextPlan = planFile(sides.next) ?? planFile(sides.base);
  const basePlan = planFile(sides.base) ?? nextPlan;
  if (nextPlan === undefined || basePlan === undefined)
    return { noEvent: 'neither side has a plan.yaml beside it' };
  if (sides.event !== true && takesLong(comparison, next))
    return { noEvent: 'it takes a long run; --event looks for it' };
  const here = (plan: string, summary: Summary) => (second: number) => {
    const cell = cellOfPlan(plan, summary);
    return cell === undefined ? undefined : secondOfRun(cell, second);
  };
  const { baseProgram } = sides;
  const again = {
    base:
      baseProgram === undefined
        ? here(basePlan, base)
        : (second: number) => secondBy(baseProgram, basePlan, base, second),
    next: here(nextPlan, next),
  };
  return eventOf(comparison, { base, next }, again, '--base-program names that one', tell);
}

/** The event for a run of `cell`, which gave `next`, and its baseline: comparable sides have one scenario and seed. */
export function firstEventOfRun(
  comparison: Comparison,
  base: Summary,
  next: Summary,
  cell: Cell,
  tell: (text: string) => void,
): Told {
  if (!differs(comparison)) return {};
  if (takesLong(comparison, next))
    return { noEvent: 'it takes a long run; restante compare BASE NEW --event looks for it' };
  const of = (side: Cell) => (second: number) => secondOfRun(side, second);
  const again = { base: of({ ...cell, sabotage: base.sabotage }), next: of(cell) };
  const elsewhere = 'restante compare BASE NEW --base-program FILE takes that one';
  return eventOf(comparison, { base, next }, again, elsewhere, tell);
}

function differs({ firstDifferingSecond, outcome }: Comparison): boolean {
  return firstDifferingSecond !== undefined && outcome !== 'incomparable';
}

function takesLong({ firstDifferingSecond = 0 }: Comparison, next: Summary): boolean {
  const share = (firstDifferingSecond + 2) / Math.max(1, next.virtualNs / 1e9);
  return Math.min(1, share) * next.events > EVENTS_UNASKED;
}

/** Runs the base, and the other side if that helps. `elsewhere` says how to name another program for the base. */
function eventOf(
  { firstDifferingSecond: second = 0 }: Comparison,
  { base, next }: { readonly base: Summary; readonly next: Summary },
  again: { readonly base: Again; readonly next: Again },
  elsewhere: string,
  tell: (text: string) => void,
): Told {
  tell(`running both sides again up to virtual second ${second}`);
  const other = 'this program does not behave as the one that made it';
  const a = again.base(second);
  if (a === undefined || a.checkpoint !== base.checkpoints[second])
    return { noEvent: `the base cannot be run again: ${other} (${elsewhere})` };
  const b = again.next(second);
  if (b === undefined || b.checkpoint !== next.checkpoints[second])
    return { noEvent: `the new side cannot be run again: ${other}` };
  const found = firstDifference(a.happenings, b.happenings);
  if (found === undefined) return { noEvent: 'the same octets and observations came from other numbers' };
  // Where the words are the same, the numbers are not.
  const exact = found.base?.what === found.next?.what;
  return {
    firstDifferingEvent: {
      ...(found.base === undefined ? {} : { base: shown(found.base, exact) }),
      ...(found.next === undefined ? {} : { next: shown(found.next, exact) }),
    },
  };
}

function shown({ event, atNs, what, digest }: Happening, exact: boolean): DifferingEvent {
  return { event, atNs, what: exact ? `${what} (${digest})` : what };
}
