/** What a fleet of IM Clients has in common. Durations in nanoseconds of virtual time, sizes in octets. */
import type { Block } from '../../sim/host/ports.js';
import type { Devices } from '../devices.js';
import type { SettingShares } from '../im-server/config.js';
import type { ReportChoice } from '../msrp/sending/report-choice.js';
import type { TimerProfile } from '../sip/legs.js';

/** What a client puts into one MESSAGE; the workload says it for each message. */
export interface PagerMessageBody {
  /** Writes the body's octets of message `m` to `target` at `at`; exactly `sizeOctets` of them. */
  fill(m: number, sizeOctets: number, target: Uint8Array, at: number): void;
}

/** How clients fetch what is kept for them, where the user wants no push (rules 2.2). */
export interface FetchConfig {
  readonly xdmsIp: number;
  /** IM Servers of the cluster; she asks the one that serves her. */
  readonly imServers: number;
  /** Shares of the users with each setting, as the IM Server has them: clients of `manual` users fetch, those of `notify` users when they are told. */
  readonly settingShares: SettingShares;
  /** After a registration she waits a time uniform in [0, this] before she asks for her list. */
  readonly waitNs: number;
  /** So long after a list was worked off she asks again; 0: only after the next registration. */
  readonly everyNs: number;
  /** Chance that she deletes a message of the list unread. */
  readonly discardShare: number;
}

export interface ClientFleetConfig {
  /** Users 0 ... subscribers-1; `local` of the fleet's host is the client, which is the user unless she has several devices. */
  readonly subscribers: number;
  /** Users with several devices; one each if left out. */
  readonly devices?: Devices;
  readonly coreIp: number;
  readonly timers: TimerProfile;
  readonly registerExpiresNs: number;
  /** Each client registers at an instant uniform in [0, this] after the start. */
  readonly registerSpreadNs: number;
  /** After its link came up again a client waits a time uniform in [0, this] before it registers. */
  readonly reconnectJitterNs: number;
  /**
   * What a client does when its link is up again, and after a failure. `jitter`, the default: wait uniformly up to
   * `reconnectJitterNs`, then back off by RFC 5626. `rfc5626`: wait half to all of the base already the first time (section 4.5
   * with no failure so far). `lockstep`: at once, and each time the same base wait, all clients alike; what a fleet must not do.
   */
  readonly reconnect?: 'jitter' | 'rfc5626' | 'lockstep';
  /** RFC 5626 section 4.5, for attempts that fail. */
  readonly backoffBaseNs: number;
  readonly backoffMaxNs: number;
  /** Send STUN keep-alives at 80 to 100 % of the Core's Flow-Timer. */
  readonly keepAlive: boolean;
  /** Plants canaries in the values that must not reach a recipient. */
  readonly canaries: boolean;
  readonly body: PagerMessageBody;
  /** Seed of the content of Large Messages (`large-content.ts`). */
  readonly contentSeed?: number;
  /** The next message number of the run, for a notification that a client sends (RFC 5438); absent: none are sent. */
  readonly takeNumber?: (() => number) | undefined;
  /** Absent: nobody fetches. */
  readonly fetch?: FetchConfig | undefined;
  /** Large Message sessions of one client with one host and port share a connection (RFC 4975 section 5.4); absent: each has its own. */
  readonly shareConnections?: boolean;
  /** A message that was shown is looked at so much later, and its sender told if he asked (RFC 5438). Nobody asks if left out. */
  readonly displayDelayNs?: number | undefined;
  /** What the client answers to an MSRP offer of `actpass` (RFC 6135): connect, the default, or wait for the server. */
  readonly setup?: 'active' | 'passive' | undefined;
}

/** What the workload asks of a client for one message. */
export interface PagerOffer {
  readonly sender: number;
  readonly recipient: number;
  readonly message: number;
  readonly sizeOctets: number;
  readonly intendedAtNs: number;
  /** Privacy: id, and the alias as the asserted identity. */
  readonly anonymous: boolean;
  /** Expires in seconds; -1 for none. */
  readonly expiresS: number;
  /** It asks for notifications of its delivery or failure (RFC 5438), in a message/cpim body; `sizeOctets` are those of the text in it. */
  readonly asksNotification?: boolean | undefined;
  /** It is a notification: its message/cpim body is octets [0, sizeOctets) of this block, whose hold goes with the offer. */
  readonly notification?: Block | undefined;
}

/** What the workload asks of a client for one Large Message. */
export interface LargeOffer {
  readonly sender: number;
  readonly recipient: number;
  readonly message: number;
  readonly sizeOctets: number;
  /** Value of Content-Type of each SEND; of the content in message/cpim, if it asks for notifications. */
  readonly contentType: string;
  readonly intendedAtNs: number;
  /** Privacy: id, and the alias as the asserted identity. */
  readonly anonymous: boolean;
  /** Largest body of one SEND; Infinity for as few as possible. */
  readonly chunkOctets: number;
  /** Chunks above 2048 octets, which may be interrupted; without it no chunk is longer than that (R5). */
  readonly interruptible: boolean;
  /** Messages of one session take turns, chunk by chunk. */
  readonly interleave: boolean;
  readonly reports: ReportChoice;
  /** Give the message up after so many octets (R12); -1: never. */
  readonly abortAfterOctets: number;
  /** After a failure go on behind what was answered 200 (R15), else from the start. */
  readonly resume: boolean;
  /** It asks for notifications of its delivery or failure (RFC 5438), in message/cpim; `sizeOctets` are those of the content in it. */
  readonly asksNotification?: boolean | undefined;
}
