/** The first event in which two runs differ: both sides run again up to the end of the first second whose checkpoints differ. */
import type { Summary } from '../results/cell-result.js';
import type { Comparison, DifferingEvent } from '../results/compare/compare.js';
import { firstDifference, secondOfRun, type Happening, type Second } from '../workloads/happenings.js';
import { cellOfPlan, planFile, secondBy } from './rerun.js';

/** More events than this are run again only if somebody asks for it. */
const EVENTS_UNASKED = 2_000_000;

interface Sides {
  readonly base: string;
  readonly next: string;
  readonly event?: boolean | undefined;
  readonly baseProgram?: string | undefined;
}

/** What a comparison can say of the event; nothing if no second differs. `tell` hears what takes a while. */
export function firstDifferingEvent(
  { firstDifferingSecond: second, outcome }: Comparison,
  base: Summary,
  next: Summary,
  sides: Sides,
  tell: (text: string) => void,
): Pick<Comparison, 'firstDifferingEvent' | 'noEvent'> {
  if (second === undefined || outcome === 'incomparable') return {};
  // A baseline is a summary alone; its scenario is that of the other side, which is why they are comparable.
  const nextPlan = planFile(sides.next) ?? planFile(sides.base);
  const basePlan = planFile(sides.base) ?? nextPlan;
  if (nextPlan === undefined || basePlan === undefined)
    return { noEvent: 'neither side has a plan.yaml beside it' };
  const share = (second + 2) / Math.max(1, next.virtualNs / 1e9);
  if (sides.event !== true && Math.min(1, share) * next.events > EVENTS_UNASKED)
    return { noEvent: 'it takes a long run; --event looks for it' };
  tell(`running both sides again up to virtual second ${second}`);
  const here = (plan: string, summary: Summary): Second | undefined => {
    const cell = cellOfPlan(plan, summary);
    return cell === undefined ? undefined : secondOfRun(cell, second);
  };
  const a =
    sides.baseProgram === undefined
      ? here(basePlan, base)
      : secondBy(sides.baseProgram, basePlan, base, second);
  const b = here(nextPlan, next);
  const other = 'this program does not behave as the one that made it';
  if (b === undefined || b.checkpoint !== next.checkpoints[second])
    return { noEvent: `the new side cannot be run again: ${other}` };
  if (a === undefined || a.checkpoint !== base.checkpoints[second]) {
    return { noEvent: `the base cannot be run again: ${other} (--base-program names that one)` };
  }
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
