/**
 * What a study of replications found wrong: thresholds, which the means are judged by, and what single runs found, which no mean makes
 * good. For the last line, for `junit.xml` and for the annotations of a CI.
 */
import { junitDocument, type Case } from './artefacts/junit.js';
import type { Summary } from './cell-result.js';
import type { ReplicatedThreshold } from './replications.js';
import { judge } from './verdict.js';

/** What was replicated, and what came of it. */
export interface Replicated {
  readonly scenario: string;
  readonly seed: string;
  readonly summaries: readonly Summary[];
  readonly thresholds: readonly ReplicatedThreshold[];
  /** True if it was broken off. */
  readonly partial: boolean;
}

/** Something to tell of, with its weight. */
interface Finding {
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  /** The threshold that was missed, as the scenario has it. */
  readonly threshold?: string;
}

/** A run without its thresholds: `PASSED`, or what it found. */
export function soundness(summary: Summary) {
  return judge({ ...summary, thresholds: [] });
}

/** What is wrong, the runs first. */
export function replicationFindings({ seed, summaries, thresholds }: Replicated): Finding[] {
  const runs = summaries.flatMap((summary): Finding[] => {
    const { sentence } = soundness(summary);
    if (sentence === 'PASSED') return [];
    return [{ severity: 'error', title: `the run with seed ${summary.seed}`, message: sentence }];
  });
  const missed = thresholds.flatMap(({ threshold, met, severity, measured, metIn, n }): Finding[] =>
    met
      ? []
      : [
          {
            severity: severity === 'fail' ? 'error' : 'warning',
            title: `${threshold} not met`,
            message: `measured ${measured} in the mean of ${n} from seed ${seed}, met in ${metIn}`,
            threshold,
          },
        ],
  );
  return [...runs, ...missed];
}

/** After `FAILED: `, what failed, in a line: the first of the runs, and all thresholds. */
export function failureWords({ summaries, thresholds }: Replicated): string {
  const unsound = summaries.filter((summary) => soundness(summary).sentence !== 'PASSED');
  const [first] = unsound;
  const missed = thresholds.filter(({ met, severity }) => !met && severity === 'fail');
  const parts = [
    ...(first === undefined
      ? []
      : [
          `seed ${first.seed}${unsound.length === 1 ? '' : ` and ${unsound.length - 1} more`}: ${soundness(
            first,
          )
            .sentence.replace(/ \(exit \d+\)$/, '')
            .replace(/^FAILED: /, '')}`,
        ]),
    ...(missed.length === 0
      ? []
      : [`${missed.map(({ threshold }) => threshold).join(', ')} not met by the means`]),
  ];
  return parts.join('; ');
}

/** `junit.xml`: a case for each run and each threshold. */
export function replicationsJunit(study: Replicated): string {
  const { scenario, seed, summaries, thresholds, partial } = study;
  const cases: Case[] = [
    {
      group: 'study',
      name: 'comes to its end',
      ...(partial ? { failure: 'the study was interrupted' } : {}),
    },
    ...summaries.map((summary): Case => {
      const { sentence } = soundness(summary);
      return {
        group: 'runs',
        name: `seed ${summary.seed}`,
        ...(sentence === 'PASSED' ? {} : { failure: sentence }),
      };
    }),
    ...thresholds.map(({ threshold, met, severity, measured, metIn, n }): Case => {
      const text = `measured ${measured} in the mean of ${n}, met in ${metIn}`;
      return {
        group: 'thresholds',
        name: threshold,
        ...(met ? {} : severity === 'fail' ? { failure: text } : { warning: text }),
      };
    }),
  ];
  return junitDocument(
    scenario,
    [
      ['seed', seed],
      ['replications', String(summaries.length)],
    ],
    cases,
  );
}
