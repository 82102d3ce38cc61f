/**
 * Calibration: from measured rows (kind, octets, duration) to the cost table of a scenario. Each kind gets a line over size and the shape
 * of what is left; the YAML to paste carries its provenance, so that reports stop saying "assumed".
 *
 * The scenario knows constant and exponential times; of a gamma or lognormal shape the nearer of the two by its variation is written, and
 * the report says so.
 */
import {
  fitLine,
  fitShapes,
  meanAbsolutePercentageError,
  type CostLine,
  type Shape,
} from '../results/statistics/fit.js';
import { UsageError } from '../results/exit-codes.js';
import { meanOf } from '../results/statistics/interval.js';
import { scenarioSchema } from './scenario/scenario.js';
import { keysAt } from './scenario/schema-walk.js';
import { hint } from './scenario/suggest.js';

/** Fewest rows of a kind. */
const LEAST_ROWS = 5;

const DURATION_NS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1_000],
  ['ms', 1_000_000],
  ['s', 1_000_000_000],
]);

/** The kinds of work that a scenario gives costs to: `core.register`, `server.message`, ... */
export function calibratedKinds(): string[] {
  return ['core', 'server'].flatMap((host) =>
    keysAt(scenarioSchema, [host, 'cpu', 'costs']).map((kind) => `${host}.${kind}`),
  );
}

interface Rows {
  readonly octets: number[];
  readonly durationsNs: number[];
}

/** What was learned of one kind of work. */
export interface KindFit extends CostLine {
  readonly kind: string;
  readonly rows: number;
  readonly mape: number;
  /** Mean of the error over the mean of the times: above 0 the model is too slow. */
  readonly bias: number;
  /** The best first. */
  readonly shapes: readonly Shape[];
  /** What the scenario gets. */
  readonly distribution: 'constant' | 'exponential';
}

/** Reads the rows of `text`; `file` is how errors call it. Throws a `UsageError` with line and column. */
export function readRows(text: string, file: string): ReadonlyMap<string, Rows> {
  const lines = text.split(/\r?\n/);
  const fault = (line: number, column: number, message: string): never => {
    const shown = lines[line] ?? '';
    throw new UsageError(
      `${file}:${line + 1}:${column + 1}  ${message}\n${String(line + 1).padStart(5)} | ${shown}\n      | ${' '.repeat(column)}^`,
    );
  };
  const header = (lines[0] ?? '').split(',').map((cell) => cell.trim());
  const at = (name: RegExp) => header.findIndex((cell) => name.test(cell));
  const [kindAt, octetsAt, durationAt] = [at(/^kind$/), at(/^octets$/), at(/^duration(?:_(?:ns|us|ms|s))?$/)];
  if (kindAt < 0 || octetsAt < 0 || durationAt < 0) {
    fault(0, 0, 'the first line names the columns: kind,octets,duration (or duration_us, duration_ms, ...)');
  }
  const unit = /_(\w+)$/.exec(header[durationAt])?.[1];
  const known = calibratedKinds();
  const rows = new Map<string, Rows>();
  lines.forEach((line, number) => {
    if (number === 0 || line.trim() === '') return;
    const cells = line.split(',');
    const columnOf = (index: number) => cells.slice(0, index).reduce((sum, cell) => sum + cell.length + 1, 0);
    const cell = (index: number) => (cells[index] ?? '').trim();
    const kind = cell(kindAt);
    if (!known.includes(kind)) {
      fault(number, columnOf(kindAt), `"${kind}" is no kind of work${hint(kind, known)}`);
    }
    const octets = Number(cell(octetsAt));
    if (cell(octetsAt) === '' || !Number.isFinite(octets) || octets < 0) {
      fault(number, columnOf(octetsAt), 'a number of octets is needed here');
    }
    const match = /^([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)(ns|us|ms|s)?$/i.exec(cell(durationAt));
    const factor = DURATION_NS.get(match?.[2] ?? unit ?? '');
    const durationNs = Number(match?.[1]) * (factor ?? Number.NaN);
    if (!(durationNs > 0)) {
      const how =
        unit === undefined
          ? 'a duration with its unit above 0 is needed here, 1.5ms'
          : 'a duration above 0 is needed here';
      fault(number, columnOf(durationAt), how);
    }
    const entry = rows.get(kind) ?? { octets: [], durationsNs: [] };
    rows.set(kind, entry);
    entry.octets.push(octets);
    entry.durationsNs.push(durationNs);
  });
  if (rows.size === 0) fault(0, 0, 'there are no rows');
  for (const [kind, { octets }] of rows) {
    if (octets.length < LEAST_ROWS) {
      throw new UsageError(
        `${file}: ${kind} has ${octets.length} ${octets.length === 1 ? 'row' : 'rows'}; at least ${LEAST_ROWS} are needed for a fit`,
      );
    }
  }
  return rows;
}

/** Fits each kind, in the order of the scenario's table. */
export function fitKinds(rows: ReadonlyMap<string, Rows>): KindFit[] {
  return calibratedKinds().flatMap((kind) => {
    const entry = rows.get(kind);
    if (entry === undefined) return [];
    const { octets, durationsNs } = entry;
    const line = fitLine(octets, durationsNs);
    const predicted = octets.map((size) => line.baseNs + (line.nsPerKiB * size) / 1024);
    // A line through the origin predicts 0 for an empty body; such rows tell nothing of the shape.
    const ratios = durationsNs.flatMap((value, i) => (predicted[i] > 0 ? [value / predicted[i]] : []));
    const mean = meanOf(ratios);
    const scv = meanOf(ratios.map((ratio) => (ratio - mean) * (ratio - mean))) / (mean * mean);
    return [
      {
        kind,
        rows: octets.length,
        ...line,
        mape: meanAbsolutePercentageError(durationsNs, predicted),
        bias: meanOf(predicted.map((value, i) => value - durationsNs[i])) / meanOf(durationsNs),
        shapes: fitShapes(ratios),
        distribution: scv > 0.5 ? ('exponential' as const) : ('constant' as const),
      },
    ];
  });
}

/** The part of a scenario to paste. */
export function costsYaml(fits: readonly KindFit[], file: string): string {
  const lines: string[] = [];
  for (const host of ['core', 'server']) {
    const own = fits.filter(({ kind }) => kind.startsWith(`${host}.`));
    if (own.length === 0) continue;
    const rows = own.reduce((sum, fit) => sum + fit.rows, 0);
    const kinds = keysAt(scenarioSchema, [host, 'cpu', 'costs']).length;
    const worst = Math.max(...own.map(({ mape }) => mape));
    // Only a table in which every line was measured may call itself calibrated.
    const state = own.length === kinds ? 'calibrated' : `partly calibrated (${own.length} of ${kinds} kinds)`;
    const from = `${state} from ${file.replaceAll(/["\\]/g, '_')}, ${rows} rows, MAPE up to ${(100 * worst).toFixed(1)} %`;
    lines.push(`${host}:`, '  cpu:', `    provenance: "${from}"`, '    costs:');
    for (const { kind, baseNs, nsPerKiB, distribution, shapes } of own) {
      const name = kind.slice(host.length + 1);
      const cost = `{ base: ${Math.round(baseNs)}ns, perKiB: ${Math.round(nsPerKiB)}ns, distribution: ${distribution} }`;
      lines.push(`      ${name}: ${cost} # best fit: ${shapes[0].name}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
