/** Puts the exact part of a result together: the document `summary.json`. */
import { SUMMARY_SCHEMA, type InvariantVerdict, type Outcome, type Summary } from './cell-result.js';
import type { Recorder } from './recorder.js';

/** What the summary needs besides the recorder's figures. */
export interface RunFacts {
  readonly scenario: string;
  readonly seed: string;
  readonly overrides: readonly string[];
  readonly sabotage: string | null;
  readonly outcome: Outcome;
  readonly fingerprint: string;
  readonly checkpoints: readonly string[];
  readonly virtualNs: number;
  readonly events: number;
  readonly subscribers: number;
  /** Provenance of each cost table. */
  readonly provenance: readonly string[];
  readonly invariants: readonly InvariantVerdict[];
}

/** The summary of a run that has ended, for whatever reason. */
export function summarise(recorder: Recorder, facts: RunFacts): Summary {
  const { provenance, ...rest } = facts;
  const calibrated = provenance.every((source) => source.startsWith('calibrated'));
  return {
    schema: SUMMARY_SCHEMA,
    ...rest,
    partial: facts.outcome !== 'completed',
    counts: recorder.counts(),
    distributions: recorder.distributions(),
    ...recorder.loads(),
    serviceTimes: calibrated ? 'calibrated' : 'assumed, not calibrated',
  };
}
