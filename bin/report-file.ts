/** `report.html` of a run: puts together what the page needs from a cell and its result. */
import type { CellResult } from '../results/cell-result.js';
import type { Comparison } from '../results/compare/compare.js';
import type { FaultBand } from '../results/report/charts.js';
import type { ReportData } from '../results/report/page.js';
import type { Cell } from '../workloads/cell.js';
import { faultPlan } from '../workloads/faults.js';
import { phasesOf } from '../workloads/scenario.js';

/** The faults of `cell` as bands of virtual time; what has no end of its own ends with the healing. */
export function faultBands(cell: Cell): FaultBand[] {
  const healNs = phasesOf(cell.scenario).healNs;
  return (cell.plan ?? faultPlan(cell.scenario)).map((fault) => {
    const { kind, target, mode, value, atNs, forNs } = fault;
    const share =
      mode === undefined || mode === 'all' ? '' : ` (${mode}${value === undefined ? '' : ` ${value}`})`;
    const endNs = forNs === undefined ? healNs : atNs + forNs;
    return { label: `${kind} on ${target.host}${share}`, fromS: atNs / 1e9, toS: endNs / 1e9 };
  });
}

/** What the page of a run is made of. */
export function reportData(
  cell: Cell,
  { summary, series }: Pick<CellResult, 'summary' | 'series'>,
  comparison?: Comparison,
  ladder?: string,
): ReportData {
  return { summary, series, bands: faultBands(cell), comparison, ladder };
}
