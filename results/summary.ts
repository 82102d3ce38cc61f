/** Puts the exact part of a result together: the document `summary.json`. */
import type { AttemptCounts, AttemptLimits } from './recording/attempts.js';
import type { InadequateAttempts } from './cell/figures.js';
import type { Recovery } from './cell/recovery.js';
import { SUMMARY_SCHEMA, type InvariantVerdict, type Outcome, type Summary } from './cell-result.js';
import type { Recorder } from './recording/recorder.js';
import type { Reconnection } from './recording/reconnection.js';
import { recoveryOf } from './recording/recovery.js';
import { selfChecks, stationReport, type StationAccount } from './recording/self-checks.js';
import { serviceTimesOf, toldSources, type CostSources } from './service-times.js';
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
  readonly costs: CostSources;
  readonly invariants: readonly InvariantVerdict[];
  readonly stations?: readonly StationAccount[];
  /** What the storage device of the IM Server holds at the end. */
  readonly device?: { readonly records: number; readonly octets: number };
  /** The clients of the outage that was planned. */
  readonly reconnection?: Reconnection;
  readonly limits?: AttemptLimits;
  readonly thresholds?: readonly Threshold[];
}

/** The summary of a run that has ended, for whatever reason. */
export function summarise(recorder: Recorder, facts: RunFacts): Summary {
  const { costs, limits, thresholds, stations, device, reconnection, ...rest } = facts;
  const recovery = reconnection === undefined ? undefined : recoveryFrom(recorder, reconnection);
  const costSources = toldSources(costs);
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
    ...(counts === undefined || limits === undefined ? {} : { ihs: ihsOf(counts, limits) }),
    ...(stations === undefined
      ? {}
      : {
          stations: stations.map((account) => stationReport(account, facts.virtualNs)),
          selfChecks: selfChecks(stations, recorder.storeAccount(device), facts.virtualNs),
        }),
    serviceTimes: serviceTimesOf(costs),
    ...(costSources === undefined ? {} : { costSources }),
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

/** Attempts as the recorder counted them. */
function ihsOf(counts: AttemptCounts, limits: AttemptLimits): InadequateAttempts {
  const { attempts, failed, unanswered, undelivered, spoilt } = counts;
  return { attempts, inadequate: failed, unanswered, undelivered, spoilt, ...limits };
}
