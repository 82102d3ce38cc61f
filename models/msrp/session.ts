/**
 * State of a session and of a connection, without behaviour (RFC 4975 sections 5.4 and 8; COMEDIA, RFC 4145 and 6135). What
 * happens to them is in `opening.ts`, `sender.ts`, `settlement.ts`, `receiver.ts` and `ending.ts`. Both exist only while they are up.
 */
import { OkFrames } from '../wire/msrp/frame-again.js';
import { FrameParser } from '../wire/msrp/frame-parser.js';
import { MsrpUri } from '../wire/msrp/uri.js';
import type { LogBounds } from '../hash-log.js';
import { Fifo } from './fifo.js';
import { IdMemory } from './receiving/id-memory.js';
import type { OutgoingMessage, Transaction } from './sending/outgoing.js';
import type { PartialMessage } from './receiving/partial-message.js';

export class Session {
  id = 0;
  tag = 0;
  active = false;
  localUri = '';
  readonly local = new MsrpUri();
  peerPath = '';
  /** To-Path and From-Path lines of our requests; '' until the peer's path is known. */
  paths = '';
  peerKey = '';
  /** The connection it is bound to (passive), or will be (active); null for a passive session that waits. */
  connection: Connection | null = null;
  /** The owner was told. */
  bound = false;
  /** From-Path of the SEND that came first, while the peer's path is not known. */
  boundFrom = '';
  /** Connections of others that sent one meanwhile (`receiving/binding.ts`). */
  readonly standby: { readonly connection: Connection; readonly from: string }[] = [];

  /** A SEND of ours had no response in its time. */
  timedOut = false;
  /** A SEND left that gets no response at all (Failure-Report: no). */
  unanswerable = false;
  /** Unsettled messages, in the order of `send`. */
  readonly messages = new Fifo<OutgoingMessage>();
  /** Those of them that are not written to their end. */
  readonly outbox = new Fifo<OutgoingMessage>();
  /** Messages settled lately, for late failure REPORTs (A17). */
  readonly settledLately = new Fifo<OutgoingMessage>();
  /** SENDs without response, oldest first. */
  readonly transactions = new Fifo<Transaction>();
  /** Those of them whose response is awaited. */
  awaiting = 0;

  readonly partials: PartialMessage[] = [];
  /** What it finished, and what a failed one did that it replaces (R15). */
  ids: IdMemory;
  /** What was finished, when this one was opened, in sessions that its peer had ended; null if nothing (R15). */
  endedBefore: IdMemory | null = null;
  /** Until when another session may take over what this one did from a failed one; 0 if nothing, and once a chunk has come (R15). */
  heirUntilNs = 0;
  /** When the earliest pending timer of the session fires. */
  timerNs = Infinity;

  constructor(remembered: LogBounds) {
    this.ids = new IdMemory(remembered);
  }
}

/** A SEND of more than 2048 octets that is being written. */
export interface OpenChunk {
  session: Session;
  message: OutgoingMessage;
  transaction: Transaction;
  written: number;
  /** Octets that the chunk may carry at most. */
  limit: number;
}

export class Connection {
  conn = 0;
  up = false;
  /** False while TCP's send buffer is over its high-water mark. */
  writable = true;
  /** We sent FIN; nothing more is written or read. */
  closing = false;
  readonly sessions: Session[] = [];
  /** Whose turn it is to send a chunk. */
  turn = 0;
  /** In the list of connections that may have something to send. */
  ready = false;
  open: OpenChunk | null = null;
  /** Octets of responses and REPORTs written since the buffer filled up. */
  repliesWhileFull = 0;
  readingPaused = false;

  readonly parser = new FrameParser();
  /** The frame being received: its session, its message, and the status that refuses it (0 while nothing is wrong). */
  session: Session | null = null;
  partial: PartialMessage | null = null;
  /** Session and message of the last chunk with a head template, its serial, and the common part of its 200. */
  lastTemplate = 0;
  lastSession: Session | null = null;
  lastPartial: PartialMessage | null = null;
  /** `uses` of it then: the object may be another message's by now. */
  lastUse = 0;
  lastOk = '';
  readonly okFrames = new OkFrames();
  refusal = 0;
  /** The frame was answered before its end. */
  answered = false;
}
