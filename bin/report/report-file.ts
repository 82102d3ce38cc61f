/** `report.html` of a run: puts together what the page needs from a cell and its result. */
import type { CellResult } from '../../results/cell-result.js';
import type { Comparison } from '../../results/compare/compare.js';
import type { FaultBand } from '../../results/report/charts/chart.js';
import type { LadderPicture, ReportData } from '../../results/report/page.js';
import type { Cell } from '../../workloads/cell.js';
import { faultPlan } from '../../workloads/faults/faults.js';
import { phasesOf } from '../../workloads/scenario/scenario.js';

/** The faults of `cell` as bands of virtual time; what has no end of its own ends with the healing. */
export function faultBands(cell: Cell): FaultBand[] {
  const healNs = phasesOf(cell.scenario).healNs;
  return faultPlan(cell.scenario).map((fault) => {
    const { kind, target, mode, value, atNs, forNs } = fault;
    const share =
      mode === undefined || mode === 'all' ? '' : ` (${mode}${value === undefined ? '' : ` ${value}`})`;
    const endNs = Math.min(atNs + (forNs ?? Infinity), healNs);
    return { label: `${kind} on ${target.host}${share}`, fromS: atNs / 1e9, toS: endNs / 1e9 };
  });
}

/** What the page of a run is made of. */
export function reportData(
  cell: Cell,
  { summary, series, intervals }: Omit<CellResult, 'timing'>,
  comparison?: Comparison,
  ladders: readonly LadderPicture[] = [],
): ReportData {
  return { summary, series, intervals, bands: faultBands(cell), comparison, ladders };
}

const STRUCK =
  'Struck through: header fields that a party received and did not pass on. Dashed red: lost. Shaded: a fault.';

/** The ladders among files: `svg(name)` and `text(name)` give `<name>.svg` and `<name>.txt`, if they are there. */
export function ladderPictures(
  names: readonly string[],
  svg: (name: string) => string | undefined,
  text: (name: string) => string | undefined,
): LadderPicture[] {
  return names.flatMap((name) => {
    const drawing = svg(name);
    if (drawing === undefined) return [];
    return [{ title: ladderTitle(name), caption: STRUCK, svg: drawing, text: text(name) }];
  });
}

function ladderTitle(name: string): string {
  switch (name) {
    case 'ladder':
      return 'The first violation';
    case 'ladder-slowest':
      return 'The slowest message';
    case 'ladder-happy':
      return 'A happy path';
    default:
      return `Message ${name.slice('ladder-'.length)}`;
  }
}
