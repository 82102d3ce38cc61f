/** What the parts of one endpoint share. */
import type { Octets, RandomStream } from '../../sim/host/ports.js';
import type { LogBounds } from '../hash-log.js';
import { OctetWriter } from '../wire/octet-writer.js';
import type { MsrpConfig } from './codes.js';
import { Out, Outputs } from './outputs.js';
import type { Connection, Session } from './session.js';

/** Decides whether a message may begin; see `MsrpOwner.judgeMessage`. */
export interface MessageJudge {
  judgeMessage(
    session: number,
    tag: number,
    buf: Buffer,
    typeStart: number,
    typeEnd: number,
    totalOctets: number,
  ): number;
}

/** Refused ids that a session remembers, at least (R13). */
const REFUSED_KEPT = 16;

/** What happened so far, in numbers. */
export interface MsrpCounters {
  framesReceived: number;
  /** Connections given up because their octets could not be framed. */
  framingFaults: number;
  /** Frames answered 400. */
  headerFaults: number;
  chunksReceived: number;
  messagesReceived: number;
  /** Chunks of messages that were finished already (R15). */
  duplicateChunks: number;
  partialsDiscarded: number;
  chunksSent: number;
  /** Transaction ids drawn again because their end-line was in the payload. */
  tidsRedrawn: number;
  transactionTimeouts: number;
}

export class Context {
  readonly octets: Octets;
  readonly writer: OctetWriter;
  readonly random: RandomStream;
  readonly config: MsrpConfig;
  readonly judge: MessageJudge;
  /** True while TCP holds octets of this connection that did not arrive. */
  readonly holds: (conn: number) => boolean;
  /** How many Message-IDs a session remembers, and for how long. */
  readonly idBounds: LogBounds;
  readonly out = new Outputs();
  readonly counters: MsrpCounters = {
    framesReceived: 0,
    framingFaults: 0,
    headerFaults: 0,
    chunksReceived: 0,
    messagesReceived: 0,
    duplicateChunks: 0,
    partialsDiscarded: 0,
    chunksSent: 0,
    tidsRedrawn: 0,
    transactionTimeouts: 0,
  };
  /** Time of the input that is being handled. */
  nowNs = 0;
  readonly sessions = new Map<number, Session>();
  /** By session-id of the local URI. */
  readonly bySessionId = new Map<string, Session>();
  readonly connections = new Map<number, Connection>();
  /** Connections that may have something to send. */
  readonly ready: Connection[] = [];

  constructor(
    octets: Octets,
    random: RandomStream,
    config: MsrpConfig,
    judge: MessageJudge,
    holds: (conn: number) => boolean,
  ) {
    this.octets = octets;
    this.writer = new OctetWriter(octets);
    this.random = random;
    this.config = config;
    this.judge = judge;
    this.holds = holds;
    this.idBounds = {
      atLeast: Math.max(REFUSED_KEPT, config.finishedIds),
      atMost: Math.max(REFUSED_KEPT, config.finishedIds, config.finishedIdsLimit),
      windowNs: Math.max(config.resumeWindowNs, config.afterByeNs),
    };
  }

  markReady(connection: Connection): void {
    if (connection.ready) return;
    connection.ready = true;
    this.ready.push(connection);
  }

  /** Sees to it that `timer(session)` is called at `deadlineNs` or before. */
  wake(session: Session, deadlineNs: number): void {
    if (deadlineNs >= session.timerNs) return;
    session.timerNs = deadlineNs;
    this.out.push(Out.timer, Math.max(0, deadlineNs - this.nowNs), session.id, TimerOf.session);
  }
}

/** What a timer of an endpoint is about; the second number of `timer`. */
export const TimerOf = { session: 0, connection: 1, resume: 2 } as const;
