/** What an operator sets on an IM Server. Durations in nanoseconds of virtual time, sizes in octets. */
import type { ReportChoice } from '../msrp/sending/report-choice.js';
import type { TimerProfile } from '../sip/legs.js';
import type { HeaderPolicyOptions } from './store/header-policy.js';

export interface ExpiryConfig {
  /** S6 is a capability that the operator may leave off: then nothing ever expires. */
  readonly enabled: boolean;
  readonly defaultNs: number;
  /** Local policy; a larger or absent Expires gives the default (S6b). The default may not exceed it (A9). */
  readonly maxNs: number;
  /** A sender's Date further than this from the receive time is not trusted as the base of the lifetime (A10). */
  readonly skewLimitNs: number;
}

export interface PushConfig {
  /** Operator's switch for pushing at all (D2). */
  readonly enabled: boolean;
  /** Largest chunk of a SEND; 2048 unless in a stress mode (R5). */
  readonly chunkOctets: number;
  /** SEND transactions in flight in one push session (R17). */
  readonly windowSends: number;
  /** Failure-Report and Success-Report of each SEND; `responses` if left out. */
  readonly reports?: ReportChoice;
  /** Which wrapper carries a Pager Mode message (A1). */
  readonly wrapper: 'sipfrag' | 'sip';
  /** Push sessions at one time over all users; further triggers wait in line. */
  readonly maxSessions: number;
  /** Push sessions started per second at most; 0 is no limit. */
  readonly startsPerSecond: number;
  /** Each push waits a time uniform in [0, this] after its trigger, so that a storm of registrations spreads. */
  readonly startJitterNs: number;
  /** The Core tells of each refresh, so that a lifetime that is over means that she is gone. */
  readonly refreshesAreTold: boolean;
  /** How long the server waits for the client's MSRP connection and binding SEND before it gives the session up. */
  readonly bindLimitNs: number;
  /** A message that a session failed to deliver, or that came for a registered user, is tried again after this while she stays
   *  registered; 0 leaves it to the next third-party REGISTER. */
  readonly retryNs: number;
  /** A delivered message is kept so long after its 200 at most, in case a failure is reported late (A17). */
  readonly graceNs: number;
  /** RFC 4975 section 7.1.1: a SEND transaction without a response for this long has failed. */
  readonly sendTimeoutNs: number;
}

export interface LargeMessageConfig {
  /** Largest message that is received; beyond it MSRP 413. */
  readonly messageOctets: number;
  /** Octets that all messages in reassembly may hold together; beyond it MSRP 413. */
  readonly reassemblyOctets: number;
  /** A partial message without a new chunk for so long is discarded (R13). */
  readonly partialLimitNs: number;
  /** Partials and finished ids of a failed session are kept so long for a replacement session (R15). */
  readonly resumeWindowNs: number;
  /** A session without BYE is ended by the server after this. */
  readonly sessionLimitNs: number;
}

/** What a served user may have chosen (rules 2.2). */
export const ServiceSetting = { push: 0, notify: 1, manual: 2, reject: 3, hold: 4 } as const;
export type ServiceSetting = (typeof ServiceSetting)[keyof typeof ServiceSetting];

/** Shares of the settings other than `push`, in this order; the rest of the users has `push`. */
export interface SettingShares {
  readonly notify: number;
  readonly manual: number;
  readonly reject: number;
  readonly hold: number;
}

export interface QuotaConfig {
  /** Deferred messages for one user at one time; a further one is answered 480. 0 is no limit. */
  readonly messagesPerUser: number;
  /** Octets of deferred messages for one user at one time. 0 is no limit. */
  readonly octetsPerUser: number;
  /** Largest single message; a larger one is answered 413. 0 is no limit. */
  readonly messageOctets: number;
}

/** Metadata in the IM XDMS (S7). */
export interface MetadataConfig {
  readonly xdmsIp: number;
  /** Keep-alive connections; all requests about one user go over one of them. */
  readonly connections: number;
  /** Requests without an answer on one connection. */
  readonly pipelining: number;
  /** Requests are collected so long and leave together. */
  readonly lingerNs: number;
  /** A connection on which no answer came for this long is broken; doubled each time, up to `backoffMaxNs`. */
  readonly timeoutNs: number;
  /** Wait before a failed connection is opened again: base, doubled each time, and its ceiling. */
  readonly backoffBaseNs: number;
  readonly backoffMaxNs: number;
  /** Requests that may wait on one connection, at least 3; beyond, the user's whole list is compared later. */
  readonly queueLimit: number;
}

/** Work that costs time of the server's CPU station; the numbers index its cost table. */
export const ImServerWork = {
  message: 0,
  register: 1,
  push: 2,
  send: 3,
  session: 4,
  large: 5,
  /** A user's own GET or DELETE of one of her messages. */
  fetch: 6,
} as const;
export type ImServerWork = (typeof ImServerWork)[keyof typeof ImServerWork];

/** The cluster of one. */
export const ALONE = { instance: 0, instances: 1 } as const;

export interface ImServerConfig {
  /** Users 0 ... subscribers-1 exist; a request for another is answered 404. */
  readonly subscribers: number;
  readonly coreIp: number;
  /** Which server of a cluster this is, from 0, and how many there are; its users are those whom the Core sends to it. */
  readonly cluster?: { readonly instance: number; readonly instances: number };
  readonly timers: TimerProfile;
  readonly expiry: ExpiryConfig;
  readonly push: PushConfig;
  readonly large: LargeMessageConfig;
  readonly quota: QuotaConfig;
  /** Absent: no metadata. */
  readonly metadata?: MetadataConfig | undefined;
  /** Setting of each user, one by one. */
  readonly settings?: Uint8Array;
  /** Shares of the users with each setting, where `settings` is absent. */
  readonly settingShares?: SettingShares;
  /** Senders who ask for it are told by IMDN that their message is stored (RFC 5438 section 8.1); off if absent. */
  readonly storedNotification?: boolean;
  /** They are told as well when it expires or cannot be delivered (rules 2.4); off if absent. */
  readonly failureNotification?: boolean;
  /** What the operator changes in the table of rules 4.7; nothing if left out. */
  readonly headers?: HeaderPolicyOptions | undefined;
}
