/** Reads the replications of a study back from its folder: `study.json` for what was asked and found, `replications.csv` for the scalars. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../exit-codes.js';
import type { Unit } from '../metrics.js';
import { STUDY_SCHEMA } from '../folder/study-folder.js';
import type { Replication } from './paired.js';
import { followLatest, IncomparableError, readJson } from './read.js';

export interface ReplicationsStudy {
  readonly folder: string;
  readonly scenario: string;
  readonly seed: string;
  readonly replications: readonly Replication[];
  readonly units: ReadonlyMap<string, Unit>;
}

/** True if `path` is the folder of a study. */
export function isStudy(path: string): boolean {
  const folder = followLatest(path);
  return existsSync(folder) && statSync(folder).isDirectory() && existsSync(join(folder, 'study.json'));
}

/** The replications in `path`. Throws a `UsageError` with one line if it is no whole study of replications. */
export function readReplications(path: string): ReplicationsStudy {
  const folder = followLatest(path);
  const file = join(folder, 'study.json');
  const study = readJson(file) as {
    schema?: unknown;
    kind?: unknown;
    scenario?: unknown;
    seed?: unknown;
    partial?: unknown;
    runs?: unknown;
  } | null;
  if (study === null || typeof study.schema !== 'string' || !study.schema.startsWith('restante-study-'))
    throw new UsageError(`${file} is not a study of restante`);
  if (study.schema !== STUDY_SCHEMA)
    throw new IncomparableError(
      `${file} has the schema ${study.schema}; this version reads ${STUDY_SCHEMA} only`,
    );
  if (study.kind !== 'replications')
    throw new UsageError(`${folder} is a study of ${String(study.kind)}; replications can be compared`);
  const { scenario, seed, runs } = study;
  if (typeof scenario !== 'string' || typeof seed !== 'string' || !Array.isArray(runs))
    throw new UsageError(`${file} is damaged: parts of the study are missing`);
  if (study.partial === true) throw new UsageError(`${folder} was broken off before its end`);
  const table = join(folder, 'replications.csv');
  if (!existsSync(table)) throw new UsageError(`${folder} is not a whole study: it has no replications.csv`);
  const rows = readFileSync(table, 'utf8').trimEnd().split('\n').map(cellsOf);
  const [head = [], ...body] = rows;
  if (head[0] !== 'seed' || head[1] !== 'fingerprint' || body.some((row) => row.length !== head.length))
    throw new UsageError(`${table} is damaged: it is no table of replications`);
  const names = head.slice(2).map((text) => /^(.*) \[(.*)\]$/.exec(text)?.slice(1) ?? [text, 'count']);
  // Studies of before have no `sound`, and a verdict that leaves thresholds out.
  const sound = new Map(
    (runs as { seed?: unknown; verdict?: unknown; sound?: unknown }[]).map((run) => [
      run.seed,
      typeof run.sound === 'boolean' ? run.sound : run.verdict === 'PASSED',
    ]),
  );
  return {
    folder,
    scenario,
    seed,
    units: new Map(names.map(([name, unit]) => [name, unit as Unit])),
    replications: body.map(([ofSeed, fingerprint, ...values]) => ({
      seed: ofSeed,
      fingerprint,
      values: new Map(
        values.flatMap((text, i) => (text === '' ? [] : [[names[i][0], Number(text)] as const])),
      ),
      sound: sound.get(ofSeed) === true,
    })),
  };
}

/** The cells of a line of CSV as `scalarsCsv` writes it, in which no cell holds a line break. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}
