/**
 * What is measured over a whole run: durations, rates, the store at its fullest, Large Messages, inadequate scenario attempts. Exact, and part
 * of `summary.json`. What is counted of messages, sessions and registrations is in `counts.ts`.
 */
import type { LargeCounts } from './counts.js';

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
