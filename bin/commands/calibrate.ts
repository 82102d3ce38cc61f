/** `restante calibrate FILE.csv`: from measured service times to the cost table of a scenario. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../../results/exit-codes.js';
import { whyNotRead } from '../../results/folder/file-error.js';
import { columns, durationOfUs, thousands } from '../../results/text/format.js';
import { sortedJson } from '../../results/folder/json.js';
import { costsYaml, fitKinds, readRows, type KindFit } from '../../workloads/calibration.js';
import type { Streams } from '../terminal/streams.js';

/** Runs the command: the fits go to stderr, the YAML to paste to stdout. */
export function calibrate(file: string, json: boolean, streams: Streams): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${whyNotRead(error)}`);
  }
  const fits = fitKinds(readRows(text, file));
  const yaml = costsYaml(fits, basename(file));
  if (json) {
    streams.out(sortedJson({ schema: 'restante-calibration-1', fits, yaml }));
    return;
  }
  streams.err(`${tableOf(fits).join('\n')}\n\nPaste this into the scenario:\n\n`);
  streams.out(yaml);
}

function tableOf(fits: readonly KindFit[]): string[] {
  const time = (ns: number) => durationOfUs(Number((ns / 1000).toPrecision(4)));
  return columns([
    ['kind', 'rows', 'base', 'per KiB', 'MAPE', 'bias', 'best shape', 'KS distance', 'others by AIC'],
    ...fits.map(({ kind, rows, baseNs, nsPerKiB, mape, bias, shapes }) => [
      kind,
      thousands(rows),
      time(baseNs),
      time(nsPerKiB),
      `${(100 * mape).toFixed(1)} %`,
      `${(100 * bias).toFixed(1)} %`,
      shapes[0].name,
      shapes[0].distance === undefined ? '-' : shapes[0].distance.toFixed(4),
      shapes
        .slice(1)
        .map(({ name, aic }) => `${name} +${((aic ?? 0) - (shapes[0].aic ?? 0)).toFixed(0)}`)
        .join(', '),
    ]),
  ]);
}
