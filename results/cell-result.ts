/**
 * What one cell gives (`docs/architecture.md`, "Results"). The *exact* part depends on the cell alone: same cell, same bytes, and any
 * difference is a change of behaviour. The *noisy* part depends on the machine. They never share a document: `Summary` is
 * `summary.json`, `Timing` is `timing.json`.
 *
 * Plain data throughout, so that a worker thread can hand it over. A metric with nothing in it is absent, not zero.
 */
import type { Intervals } from './folder/intervals-file.js';
import type { ThresholdVerdict } from './thresholds.js';
import type { WarmUp } from './recording/warm-up.js';

/** Version of the layout of {@link Summary}; a reader refuses another. */
export const SUMMARY_SCHEMA = 'restante-summary-1';
/** Version of the layout of {@link Timing}. */
export const TIMING_SCHEMA = 'restante-timing-1';

/** Why the run ended. */
export type Outcome =
  /** The load was offered and the drain phase is over. */
  | 'completed'
  /** Somebody pressed Ctrl-C: the figures cover the time until then. */
  | 'interrupted'
  /** More events than `limits.events`. */
  | 'event-limit';

/** Disposition notifications (IMDN, RFC 5438). */
export interface NotificationCounts {
  /** Messages sent that ask for them. */
  asked: number;
  /** `delivered`: sent by clients that were shown such a message; each is a message of its own, in the counts of messages too. */
  sent: number;
  /** ... and shown to who had asked. */
  received: number;
  /** `failed`: sent by the IM Server for what expired or cannot be delivered. */
  failuresTold: number;
  /** ... and shown to who had asked. */
  failuresReceived: number;
  /** `failed`, not sent: too long for a MESSAGE, or too many waited for one sender; absent without any. */
  failuresUntold?: number;
  /** `displayed`, sent by clients whose users looked at such a message (`client.displayDelay`); absent without any. */
  displayedSent?: number;
  /** ... and shown to who had asked. */
  displayedReceived?: number;
}

/** What users did with their deferred messages themselves (rules 2.2, `manual`). */
export interface ByUsers {
  /** Answers to a GET; a message that is fetched again counts again. */
  fetched: number;
  /** Deleted unread. What was fetched and then deleted is settled. */
  discarded: number;
}

/** Counts over the whole run, both modes together; {@link LargeCounts} has those of Large Messages alone. */
export interface Counts {
  /** Asked for by the workload. */
  offered: number;
  /** First transmission left a client. */
  sent: number;
  /** Reached a registered recipient outside of any push. */
  deliveredAtOnce: number;
  /** Answered 200 to the sender: delivered end to end; a Large Message: confirmed, by whoever took it. */
  answeredDelivered: number;
  /** Answered 202 to the sender: accepted for deferral; a Large Message: written, no confirmation was asked for. */
  answeredDeferred: number;
  /** Answered otherwise, 408 of Timer F included. */
  answeredFailed: number;
  /** Never answered until the run ended. */
  unanswered: number;
  /** Committed to the store. */
  stored: number;
  /** Handed to TCP in a push session, repetitions in later sessions included. */
  pushed: number;
  /** Complete at the recipient's client for the first time. */
  presented: number;
  /** Complete at the recipient's client again, and not presented. */
  duplicatesDropped: number;
  /** Complete at a device of a user who has several and had it before; absent if there was none. */
  copies?: number;
  /** Delivered and deleted from the store. */
  settled: number;
  expired: number;
  /** Deferral refused by the server. */
  rejected: number;
  /** Kept but no longer pushed (A18, A19). */
  deadLettered: number;
  /** Stored, and neither settled, expired nor dead-lettered when the run ended. */
  stillWaiting: number;
  triggers: number;
  pushSessions: number;
  pushSessionsFailed: number;
  registersSent: number;
  registered: number;
  registerFailures: number;
  bindingsRemoved: number;
  retransmissions: number;
  transactionTimeouts: number;
  malformed: number;
  /** Entries put into the IM XDMS, and taken out again. */
  metadataPut: number;
  metadataDeleted: number;
  /** Metadata requests that were refused or not answered, each of which is tried again. */
  metadataFailed: number;
  /** Lists that were compared with the store. */
  metadataReconciled: number;
  /** Requests that the IM XDMS answered. */
  xdmsRequests: number;
}

/** A distribution of durations in whole microseconds of virtual time. */
export interface Distribution {
  count: number;
  /** The exact sum, of which the mean is rounded to whole microseconds. Results of earlier versions have none. */
  sumUs?: number;
  meanUs: number;
  p50Us: number;
  p95Us: number;
  p99Us: number;
  maxUs: number;
  /** The HDR histogram itself (V2, compressed, base64), for merging and plotting. */
  hdr: string;
}

export interface Distributions {
  /** From the intended time of sending to the 200 at the sender. */
  answerDelivered?: Distribution;
  /** From the intended time of sending to the 202 at the sender. */
  answerDeferred?: Distribution;
  /** From the MESSAGE at the server to its 202 (rules 6.4). */
  storeDelay?: Distribution;
  /** From the third-party REGISTER at the server to the push INVITE. */
  triggerLatency?: Distribution;
  /** From the 200 to the third-party REGISTER to the empty queue. */
  drainTime?: Distribution;
  /** From the MESSAGE at the server to its settlement. */
  dwell?: Distribution;
  /** From the REGISTER that left a client to its 200. */
  registrationDelay?: Distribution;
}

/** A rate over seconds of virtual time. */
export interface Throughput {
  total: number;
  /** Mean over the seconds in which anything was settled. */
  meanPerActiveSecond: number;
  activeSeconds: number;
  peakPerSecond: number;
  /** The second of the peak, counted from the start of the run. */
  peakAtSecond: number;
}

export interface StoreOccupancy {
  peakRecords: number;
  peakRecordsAtSecond: number;
  peakOctets: number;
  peakOctetsAtSecond: number;
}

/** Scenario attempts, and those that were handled inadequately (ETSI TS 186 008; rules 6.1, 6.4). */
export interface InadequateAttempts {
  /** Messages whose fate is decided: one attempt each. */
  attempts: number;
  /** Those that failed in any way, each counted once; never above `attempts`. */
  inadequate: number;
  /** No 200 or 202 within the answer limit. */
  unanswered: number;
  /** Stored, and not delivered within the delivery limit after the recipient was there. */
  undelivered: number;
  /** Altered, duplicated or leaking by the invariants; a violation that is of no known message counts as one. */
  spoilt: number;
  answerLimitNs: number;
  deliveryLimitNs: number;
}

/** Large Messages over the whole run. */
export interface LargeCounts {
  offered: number;
  /** Sent, asking for notifications (RFC 5438); absent without any. They are in the counts of notifications as well. */
  asked?: number;
  /** Answered 200: every SEND confirmed, by a client or by the IM Server. */
  confirmed: number;
  /** Written, with no confirmation asked for. */
  unconfirmed: number;
  /** Given up by their sender with `#`. */
  aborted: number;
  failed: number;
  /** Went into another session after a failure (R15). */
  retried: number;
  /** Complete at a registered recipient, outside of any push. */
  deliveredAtOnce: number;
  /** Complete at the IM Server. */
  assembled: number;
  stored: number;
  /** Sessions that the IM Server answered. */
  sessions: number;
  /** MIME headers of SENDs that are not stored (A14). */
  contentHeadersDropped: number;
  /** SENDs of assembled messages. */
  chunks: number;
}

/** What rules 6.4 ask of Large Messages. */
export interface LargeFigures {
  counts: LargeCounts;
  /** From the intended time of sending to the last confirmation. */
  answer?: Distribution;
  /** From the first octet of the first SEND at the IM Server to the commit. */
  storeDelay?: Distribution;
  /** From the last missing octet to the commit. */
  reassemblyLag?: Distribution;
  /** Octets assembled by the IM Server. */
  goodput?: Throughput;
  /** Octets on streams for each octet of payload on them: SENDs and their responses, both legs, SIP over TCP included, HTTP with the IM XDMS not. */
  overhead?: number;
}

/** A station over the whole run. Of a steady-state one, what is told of load, busiest second, presence and times is that of its window. */
export interface StationReport {
  name: string;
  servers: number;
  arrived: number;
  completed: number;
  /** Refused because the queue was full. */
  refused: number;
  /** Dropped by crashes. */
  dropped: number;
  /** Share of the servers at work: over the run, over the phase of load, in the busiest second. */
  utilisation: number;
  loadUtilisation: number;
  peakUtilisation: number;
  /** Jobs present on average, and at most. */
  meanPresent: number;
  maxPresent: number;
  /** Time in the station, and time of service, for each job. */
  meanTimeUs: number;
  meanServiceUs: number;
}

/** How clients and store came back after the planned outages of clients (`recovery.ts`). In whole seconds. */
export interface Recovery {
  /** When the last clients got their network back. */
  endsAtSecond: number;
  /** Clients that had lost it. */
  clients: number;
  /** From then until 99 % of them were registered again, those apart who had no network then for another reason; absent if that never came. */
  secondsToRegister?: number;
  /** Until 99 % of the backlog was gone; absent if that never came. */
  secondsToDrain?: number;
  /** Until scenario attempts were handled adequately again: at most 0.1 % IHSA in any ten seconds; absent if that never came. */
  secondsToAdequate?: number;
  /** Nobody sent anything after the outage, so nothing can be said of attempts. */
  nothingAttempted?: true;
  /** Most messages in the store since the first had their network back. */
  peakBacklog: number;
  /** Most REGISTER requests of a second, of the clients that had lost their network and were not registered again: sent, and granted. */
  peakRegistersOffered: number;
  peakRegistersOfferedAtSecond: number;
  peakRegistersCarried: number;
  peakRegistersCarriedAtSecond: number;
  /** Peaks of those offered, averaged over five seconds: the first attempts, then each wave of retries. */
  waves: readonly { atSecond: number; perSecond: number }[];
}

/** A law that every run must obey (`self-checks.ts`). */
export interface SelfCheck {
  law: string;
  where: string;
  expected: number;
  measured: number;
  /** Difference over the larger of the two. */
  residual: number;
  held: boolean;
}

/** What an invariant found. */
export interface InvariantVerdict {
  id: string;
  title: string;
  clause: string;
  held: boolean;
  /** How often it was put to the test; an invariant that was never tested proves nothing. */
  checked: number;
  violations: number;
  /** The first offender in words. */
  first?: string;
  /** What the fault plan, or a user who is not there, explains: reason and number. */
  notes?: Record<string, number>;
}

/** The exact part. */
export interface Summary {
  schema: typeof SUMMARY_SCHEMA;
  scenario: string;
  seed: string;
  overrides: readonly string[];
  sabotage: string | null;
  /** Digest of the expanded scenario, its seed apart: two results can be compared only if they have the same. */
  planDigest?: string;
  outcome: Outcome;
  /** True if the run did not come to its end: the figures cover a part. */
  partial: boolean;
  /** 16 hexadecimal digits over all octets emitted and all observations. */
  fingerprint: string;
  /** The state of the fingerprint at the end of each virtual second, as 16 hexadecimal digits. */
  checkpoints: readonly string[];
  virtualNs: number;
  events: number;
  subscribers: number;
  counts: Counts;
  /** Of a steady-state run: what the figures leave out. Absent for a terminating one: nothing is removed. */
  warmUp?: WarmUp;
  distributions: Distributions;
  throughput?: { messages: Throughput; octets: Throughput };
  store?: StoreOccupancy;
  /** Absent if no Large Message was offered. */
  large?: LargeFigures;
  /** Absent if no message asked for a notification. */
  notifications?: NotificationCounts;
  /** Absent if no user fetched or deleted a message herself. */
  byUsers?: ByUsers;
  ihs?: InadequateAttempts;
  /** The thresholds of the scenario, in its order; absent if it has none. */
  thresholds?: readonly ThresholdVerdict[];
  /** CPU stations and storage, by host. */
  stations?: readonly StationReport[];
  /** Absent if no outage of clients was planned, or the run ended before it. */
  recovery?: Recovery;
  selfChecks?: readonly SelfCheck[];
  invariants: readonly InvariantVerdict[];
  /** Where the cost table of the stations comes from. */
  serviceTimes: 'assumed, not calibrated' | 'calibrated';
}

/** What the machine did in one run. */
export interface TimingSample {
  wallMs: number;
  cpuMs: number;
  /** Virtual seconds for each second of wall time. */
  speed: number;
  eventsPerSecond: number;
  maxResidentOctets: number;
}

/** The noisy part: what the machine did. */
export interface Timing extends TimingSample {
  schema: typeof TIMING_SCHEMA;
  node: string;
  /** The runs before this one, if the cell was run several times for its timing (`--repeat`). */
  earlier?: readonly TimingSample[];
}

/** One row for each virtual second, column-wise; all columns have the same length. */
export interface Series {
  offered: readonly number[];
  deliveredAtOnce: readonly number[];
  stored: readonly number[];
  settled: readonly number[];
  settledOctets: readonly number[];
  expired: readonly number[];
  registersSent: readonly number[];
  registersGranted: readonly number[];
  /** Records and octets in the store at the end of the second. */
  storeRecords: readonly number[];
  storeOctets: readonly number[];
  registersFailed?: readonly number[];
  /** REGISTER attempts without a final answer at the end of the second. */
  registersWaiting?: readonly number[];
  /** Large Messages complete at the IM Server, and their octets; its Large Message sessions at the end of the second. */
  assembled?: readonly number[];
  assembledOctets?: readonly number[];
  largeSessions?: readonly number[];
  /** Share of the servers of a station at work in the second, and jobs present in the mean over it. */
  coreCpuUtilisation?: readonly number[];
  coreCpuPresent?: readonly number[];
  serverCpuUtilisation?: readonly number[];
  serverCpuPresent?: readonly number[];
  serverStorageUtilisation?: readonly number[];
  serverStoragePresent?: readonly number[];
}

export interface CellResult {
  readonly summary: Summary;
  readonly timing: Timing;
  readonly series: Series;
  /** Durations over virtual time, for the report. */
  readonly intervals?: Intervals;
}
