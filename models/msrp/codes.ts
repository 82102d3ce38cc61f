/**
 * The numbers that MSRP owners and engines exchange: status codes (RFC 4975 section 10), Failure-Report values (section
 * 7.1.1), reasons why a session ended, limits and settings with their defaults.
 *
 * Not here: anything about SDP (`models/wire/sdp`) and about TCP (`sim/host/ports`).
 */
import { NS_PER_S } from '../../sim/kernel/time.js';

/** Transaction status codes, RFC 4975 section 10; and two of our own below 100 for what has no response. */
export const MsrpStatus = {
  /** Not decided yet: the owner answers later, with `answer`. Never on the wire. */
  later: 0,
  /** No response within 30 s of the last octet, or the application's own wait for a success REPORT ran out. Not on the wire. */
  timeout: 1,
  /** The connection or the session ended before the message was settled. Not on the wire. */
  lost: 2,
  /** The owner aborted the message. Not on the wire. */
  aborted: 3,
  ok: 200,
  badRequest: 400,
  forbidden: 403,
  /** Only relays say so; treated like a time-out of our own (rules 3.5). */
  requestTimeout: 408,
  /** Stop sending this message (R13). */
  stopSending: 413,
  /** Media type not understood; no more of that type in the session (R14). */
  unsupportedType: 415,
  outOfBounds: 423,
  noSession: 481,
  unknownMethod: 501,
  /** The session is bound to another connection. */
  otherConnection: 506,
} as const;

/** Values of Failure-Report; absent means yes. */
export const FailureReport = { yes: 0, partial: 1, no: 2 } as const;
export type FailureReport = (typeof FailureReport)[keyof typeof FailureReport];

/** Why a session ended, as the owner is told. */
export const SessionEnd = {
  /** The peer closed the connection or it broke. RFC 4975 section 5.4: all its sessions have failed. */
  connectionLost: 0,
  /** The peer answered 481: it has no such session. */
  noSession: 1,
  /** The peer answered 506: the session is bound to another connection. */
  otherConnection: 2,
  /** The peer sent octets that cannot be framed; the connection was reset. */
  framing: 3,
  /** A failure REPORT or our own timer says that octets did not arrive (rules 3.5). Sends of the session have stopped. */
  timeout: 4,
} as const;
export type SessionEnd = (typeof SessionEnd)[keyof typeof SessionEnd];

/** Settings of an endpoint. All have defaults in {@link msrpDefaults}. */
export interface MsrpConfig {
  /**
   * Largest body of one SEND. Above 2048 chunks are interruptible: range-end is `*`, and one is cut short (not before 2048
   * octets) when something else waits for the connection (R5, R6). Infinity: as few chunks as possible.
   */
  readonly chunkOctets: number;
  /** SEND transactions of a session without their response at a time; R17 allows any number. */
  readonly windowTransactions: number;
  /** Wait for the response, from the last octet of the chunk (RFC 4975 section 7.1.1). */
  readonly transactionTimeoutNs: number;
  /** Wait for the success REPORT after the last chunk was written, where one was asked for (rules 3.5). */
  readonly reportTimeoutNs: number;
  /** A partial message without a new chunk for so long is discarded (R13). */
  readonly partialTimeoutNs: number;
  /** Keep partials and finished ids of a failed session for so long, for a replacement session (R15). 0: do not. */
  readonly resumeWindowNs: number;
  /** Keep finished ids of a session that the peer ended for so long (`receiving/after-bye.ts`). 0: do not. */
  readonly afterByeNs: number;
  /** Largest message that is accepted; beyond it 413. */
  readonly maxMessageOctets: number;
  /** Octets that all partial messages of the endpoint may hold together; beyond it 413. */
  readonly maxPartialOctets: number;
  /** Partial messages that one session may have open; beyond it 413. */
  readonly maxPartialsOfSession: number;
  /** Pieces of one partial that do not touch; beyond it 413. */
  readonly maxGaps: number;
  /**
   * Finished Message-IDs that a session remembers however long ago they were finished, so that a duplicate is answered but not handed up twice
   * (R15). It remembers those of the last window above as well, be it that of failed sessions or of ended ones.
   */
  readonly finishedIds: number;
  /** Most that it remembers of both, which bounds its memory to some 24 octets each. */
  readonly finishedIdsLimit: number;
  /** Send FIN when the last session of a connection has ended. */
  readonly closeWhenIdle: boolean;
}

/** Afresh, to be filled in place: what a spread makes has another hidden class in each world (docs/performance.md). */
export function msrpDefaults(): MsrpConfig {
  return {
    chunkOctets: 2048,
    windowTransactions: 64,
    transactionTimeoutNs: 30 * NS_PER_S,
    reportTimeoutNs: 120 * NS_PER_S,
    partialTimeoutNs: 120 * NS_PER_S,
    resumeWindowNs: 0,
    afterByeNs: 0,
    maxMessageOctets: 64 * 1024 * 1024,
    maxPartialOctets: 1024 * 1024 * 1024,
    maxPartialsOfSession: 64,
    maxGaps: 1024,
    finishedIds: 4096,
    finishedIdsLimit: 65_536,
    closeWhenIdle: true,
  };
}
