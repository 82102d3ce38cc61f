/**
 * Traces: arrivals from a CSV file. The first line names the columns: `at` (seconds from the start of the load, with decimals, or
 * a duration with its unit) and, if wanted, `sender`, `recipient` (numbers of users) and `octets`. An empty cell is drawn as if
 * there were no trace. Rows are in order of time. Lines that start with # are skipped.
 *
 * Not supported: quoted cells.
 */
import { duration } from '../scenario/units.js';

/** Instant in nanoseconds, sender, recipient, octets; -1 for what is drawn. */
export type TraceRow = [atNs: number, sender: number, recipient: number, octets: number];

/** What is wrong with a trace: the line, counted from 1, the column of the text, and words. */
export interface TraceFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const COLUMNS = ['at', 'sender', 'recipient', 'octets'];

/** Reads a trace; gives its rows, or the first fault. */
export function readTrace(text: string): TraceRow[] | TraceFault {
  const rows: TraceRow[] = [];
  let places: number[] | undefined;
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    if (lines[i].trim() === '' || lines[i].startsWith('#')) continue;
    const cells = lines[i].split(',');
    if (places === undefined) {
      const names = cells.map((cell) => cell.trim());
      const unknown = names.findIndex((name) => !COLUMNS.includes(name));
      if (unknown >= 0)
        return fault(
          i,
          cells,
          unknown,
          `unknown column "${names[unknown]}" — known here: ${COLUMNS.join(', ')}`,
        );
      if (!names.includes('at')) return fault(i, cells, 0, 'the header needs a column "at"');
      places = COLUMNS.map((name) => names.indexOf(name));
      continue;
    }
    const row = readRow(cells, places);
    if ('message' in row) return fault(i, cells, row.cell, row.message);
    if (rows.length > 0 && row.values[0] < rows[rows.length - 1][0])
      return fault(i, cells, places[0], 'the rows of a trace are in order of time');
    rows.push(row.values);
  }
  if (places === undefined)
    return { line: 1, column: 1, message: 'the trace is empty: its first line names the columns' };
  if (rows.length === 0)
    return { line: lines.length, column: 1, message: 'the trace has a header and no rows' };
  return rows;
}

type RowResult = { readonly values: TraceRow } | { readonly cell: number; readonly message: string };

function readRow(cells: readonly string[], places: readonly number[]): RowResult {
  const values: TraceRow = [0, -1, -1, -1];
  for (let column = 0; column < COLUMNS.length; column++) {
    const cell = places[column];
    if (cell < 0) continue;
    const text = cells[cell]?.trim() ?? '';
    if (column === 0) {
      const atNs = instantNs(text);
      if (atNs === undefined)
        return { cell, message: `"${text}" is not an instant: write seconds like 12.5, or 90ms` };
      values[0] = atNs;
    } else if (text !== '') {
      if (!/^\d+$/.test(text))
        return { cell, message: `"${text}" is not a whole number (${COLUMNS[column]})` };
      values[column] = Number(text);
    }
  }
  return { values };
}

function instantNs(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1e9);
  const read = duration().safeParse(text);
  return read.success ? read.data : undefined;
}

function fault(index: number, cells: readonly string[], cell: number, message: string): TraceFault {
  let column = 1;
  for (let i = 0; i < Math.min(cell, cells.length); i++) column += cells[i].length + 1;
  return { line: index + 1, column, message };
}
