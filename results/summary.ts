/** Puts the exact part of a result together: the document `summary.json`. */
import type { AttemptCounts, AttemptLimits } from './recording/attempts.js';
import {
  SUMMARY_SCHEMA,
  type InadequateAttempts,
  type InvariantVerdict,
  type Outcome,
  type Recovery,
  type Summary,
} from './cell-result.js';
import type { Recorder } from './recording/recorder.js';
import type { Reconnection } from './recording/reconnection.js';
import { recoveryOf } from './recording/recovery.js';
import { selfChecks, stationReport, type StationAccount } from './recording/self-checks.js';
import { judgeThresholds, type Threshold } from './thresholds.js';

/** What the summary needs besides the recorder's figures. */
export interface RunFacts {
  readonly scenario: string;
  readonly seed: string;
  readonly overrides: readonly string[];
  readonly sabotage: string | null;
  readonly planDigest?: string;
  readonly outcome: Outcome;
  readonly fingerprint: string;
  readonly checkpoints: readonly string[];
  readonly virtualNs: number;
  readonly events: number;
  readonly subscribers: number;
  /** Provenance of each cost table. */
  readonly provenance: readonly string[];
  readonly invariants: readonly InvariantVerdict[];
  readonly stations?: readonly StationAccount[];
  /** What the storage device of the IM Server holds at the end. */
  readonly device?: { readonly records: number; readonly octets: number };
  /** The clients of the outage that was planned. */
  readonly reconnection?: Reconnection;
  readonly limits?: AttemptLimits;
  readonly thresholds?: readonly Threshold[];
}

/** Invariants on altered, duplicated and leaking messages (rules 6.4). */
const SPOILT: ReadonlySet<string> = new Set(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I8']);

/** The summary of a run that has ended, for whatever reason. */
export function summarise(recorder: Recorder, facts: RunFacts): Summary {
  const { provenance, limits, thresholds, stations, device, reconnection, ...rest } = facts;
  const recovery = reconnection === undefined ? undefined : recoveryFrom(recorder, reconnection);
  const calibrated = provenance.every((source) => source.startsWith('calibrated'));
  const counts = recorder.attemptCounts();
  const warmUp = recorder.warmUp();
  const summary: Summary = {
    schema: SUMMARY_SCHEMA,
    ...rest,
    partial: facts.outcome !== 'completed',
    counts: recorder.counts(),
    ...(warmUp === undefined ? {} : { warmUp }),
    distributions: recorder.distributions(),
    ...recorder.loads(),
    ...recorder.large(),
    ...recorder.notifications(),
    ...recorder.byUsers(),
    ...(recovery === undefined ? {} : { recovery }),
    ...(counts === undefined || limits === undefined ? {} : { ihs: ihsOf(counts, limits, facts.invariants) }),
    ...(stations === undefined
      ? {}
      : {
          stations: stations.map((account) => stationReport(account, facts.virtualNs)),
          selfChecks: selfChecks(stations, recorder.storeAccount(device), facts.virtualNs),
        }),
    serviceTimes: calibrated ? 'calibrated' : 'assumed, not calibrated',
  };
  return thresholds === undefined || thresholds.length === 0
    ? summary
    : { ...summary, thresholds: judgeThresholds(summary, thresholds) };
}

function recoveryFrom(recorder: Recorder, reconnection: Reconnection): Recovery | undefined {
  const series = recorder.series();
  const clients = reconnection.figures(series.offered.length);
  return recoveryOf(series, reconnection.outage, clients, recorder.attemptsBySecond());
}

/** Attempts as the recorder counted them, and what the invariants found spoilt. */
function ihsOf(
  counts: AttemptCounts,
  limits: AttemptLimits,
  invariants: readonly InvariantVerdict[],
): InadequateAttempts {
  let spoilt = 0;
  for (const { id, violations } of invariants) if (SPOILT.has(id)) spoilt += violations;
  return {
    attempts: counts.attempts,
    inadequate: Math.min(counts.attempts, counts.failed + spoilt),
    unanswered: counts.unanswered,
    undelivered: counts.undelivered,
    spoilt,
    ...limits,
  };
}
