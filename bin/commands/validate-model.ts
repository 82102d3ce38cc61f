/** `restante validate-model`: the laboratory against queueing theory, and its samplers against their distributions. */
import { ExitCode } from '../../results/exit-codes.js';
import { columns } from '../../results/text/format.js';
import { sortedJson } from '../../results/folder/json.js';
import { checkSamplers, checkStations, type Check } from '../../workloads/validation/validate.js';
import type { Streams } from '../terminal/streams.js';

/** Runs the command; exit 3 if a check is out of its tolerance. */
export function validateModel(json: boolean, streams: Streams): ExitCode {
  const checks = [...checkStations(), ...checkSamplers()];
  const failed = checks.filter(({ held }) => !held);
  if (json) streams.out(sortedJson({ schema: 'restante-validation-1', checks }));
  else {
    const sentence = failed.length === 0 ? 'PASSED' : `FAILED (exit ${ExitCode.thresholdFailed})`;
    streams.out(
      `${tableOf(checks).join('\n')}\n\n${sentence}: ${checks.length - failed.length} of ${checks.length} checks hold\n`,
    );
  }
  return failed.length === 0 ? ExitCode.pass : ExitCode.thresholdFailed;
}

function tableOf(checks: readonly Check[]): string[] {
  return columns([
    ['model', 'quantity', 'theory', 'measured', 'off by', 'allowed', ''],
    ...checks.map(({ model, quantity, theory, measured, tolerance, held }) => {
      const isTest = quantity === 'KS p';
      const off = isTest || theory === 0 ? '' : `${((measured / theory - 1) * 100).toFixed(2)} %`;
      const allowed = isTest ? `>= ${tolerance}` : theory === 0 ? String(tolerance) : `${tolerance * 100} %`;
      return [
        model,
        quantity,
        isTest ? '' : theory.toFixed(5),
        measured.toFixed(5),
        off,
        allowed,
        held ? 'ok' : 'OUT',
      ];
    }),
  ]);
}
