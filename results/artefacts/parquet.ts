/**
 * Tables in Parquet, for DuckDB, pandas and whatever else reads columns: the timeline of a run, and the cells of a study. Rows are tidy:
 * one observation each, with what it is of beside it. The same rows give the same octets.
 *
 * The writer is loaded when the first table is written, since most commands write none.
 */
import type { CellResult, Series, Summary } from '../cell-result.js';
import { scalarsOf } from '../metrics.js';

/** A column: text, whole numbers below 2^31, or any numbers; undefined where nothing was measured. */
export type Column =
  | { readonly name: string; readonly type: 'STRING'; readonly data: readonly (string | undefined)[] }
  | {
      readonly name: string;
      readonly type: 'INT32' | 'DOUBLE';
      readonly data: readonly (number | undefined)[];
    };

/** Rows in one group of a file; readers skip whole groups. */
const GROUP_ROWS = 65_536;

/** Column prefix in `timeline.csv` of each station, by its name. */
const STATIONS = [
  ['SIP/IP Core CPU', 'coreCpu'],
  ['IM Server CPU', 'serverCpu'],
  ['IM Server storage', 'serverStorage'],
] as const;

/** What the rows of a whole run are called in the column `station`. */
export const WHOLE_RUN = 'run';

/** The file with these columns, all of one length. */
export async function parquetFile(columns: readonly Column[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const columnData = columns.map(({ name, type, data }) => ({ name, type, data: [...data], nullable: true }));
  const buffer = parquetWriteBuffer({ columnData, rowGroupSize: GROUP_ROWS, createdBy: 'restante' });
  return new Uint8Array(buffer);
}

/**
 * `timeline.parquet`: a row for each virtual second and station with its utilisation and the jobs present in it, and a row for each second
 * of the whole run (station {@link WHOLE_RUN}) with the other columns of `timeline.csv`. A column that says nothing of a row is null in it,
 * so that sums and means need no filter.
 */
export function timelineColumns({ scenario, seed, fingerprint }: Summary, series: Series): Column[] {
  const seconds = series.offered.length;
  const all = new Map(Object.entries(series) as [string, readonly number[]][]);
  const ofStations = new Set(STATIONS.flatMap(([, key]) => [`${key}Utilisation`, `${key}Present`]));
  const rows: { readonly second: number; readonly station: string; readonly key: string | undefined }[] = [];
  for (let second = 0; second < seconds; second++) {
    rows.push({ second, station: WHOLE_RUN, key: undefined });
    for (const [station, key] of STATIONS) {
      if (all.has(`${key}Utilisation`)) rows.push({ second, station, key });
    }
  }
  const ofRow = (suffix: string) =>
    rows.map(({ second, key }) => (key === undefined ? undefined : all.get(`${key}${suffix}`)?.[second]));
  return [
    { name: 'scenario', type: 'STRING', data: rows.map(() => scenario) },
    { name: 'seed', type: 'STRING', data: rows.map(() => seed) },
    { name: 'fingerprint', type: 'STRING', data: rows.map(() => fingerprint) },
    { name: 'second', type: 'INT32', data: rows.map(({ second }) => second) },
    { name: 'station', type: 'STRING', data: rows.map(({ station }) => station) },
    { name: 'utilisation', type: 'DOUBLE', data: ofRow('Utilisation') },
    { name: 'present', type: 'DOUBLE', data: ofRow('Present') },
    ...[...all]
      .filter(([name]) => !ofStations.has(name))
      .map(([name, values]): Column => ({
        name,
        type: 'DOUBLE',
        data: rows.map(({ second, key }) => (key === undefined ? values[second] : undefined)),
      })),
  ];
}

/** `timeline.parquet` of a run. */
export function timelineParquet({
  summary,
  series,
}: Pick<CellResult, 'summary' | 'series'>): Promise<Uint8Array> {
  return parquetFile(timelineColumns(summary, series));
}

/** A cell of a study: its own columns by name (factors, seed, ...), and what came out. */
export interface StudyRow {
  readonly head: Readonly<Record<string, string>>;
  readonly summary: Summary;
}

/** A row for each cell and metric: the columns of the cell, `metric`, `unit` and `value`. What was not measured has no row. */
export function studyColumns(cells: readonly StudyRow[]): Column[] {
  const names = Object.keys(cells[0]?.head ?? {});
  const rows = cells.flatMap(({ head, summary }) =>
    scalarsOf(summary).flatMap(({ name, unit, value }) =>
      value === undefined ? [] : [{ head, summary, name, unit, value }],
    ),
  );
  return [
    { name: 'scenario', type: 'STRING', data: rows.map(({ summary }) => summary.scenario) },
    ...names.map((key): Column => ({ name: key, type: 'STRING', data: rows.map(({ head }) => head[key]) })),
    { name: 'seed', type: 'STRING', data: rows.map(({ summary }) => summary.seed) },
    { name: 'fingerprint', type: 'STRING', data: rows.map(({ summary }) => summary.fingerprint) },
    { name: 'metric', type: 'STRING', data: rows.map(({ name }) => name) },
    { name: 'unit', type: 'STRING', data: rows.map(({ unit }) => unit) },
    { name: 'value', type: 'DOUBLE', data: rows.map(({ value }) => value) },
  ];
}
