/**
 * What the ledger knows of Large Messages beyond its columns: how long each is, what its SENDs say of it, and the INVITE of every
 * session that it went into. A message that had to change its session has several of those (R15), and which of them arrived with
 * it shows in its Call-ID.
 */
import type { Ledger } from './ledger.js';

/** Digests of the header values of one INVITE; 0 where there is none. */
export interface LargeAttempt {
  readonly callId: number;
  readonly from: number;
  readonly to: number;
  readonly subject: number;
  readonly priority: number;
  readonly date: number;
  /** Milliseconds since 1970; -1 without Date. */
  readonly dateMs: number;
  /** When the server received what came by it, once that is stored; 0 before. */
  receivedAtNs: number;
}

export interface LargeRow {
  readonly octets: number;
  /** Digests of Message-ID and Content-Type. */
  messageId: number;
  contentType: number;
  /** What its sender wants, whatever the INVITE says of the session. */
  anonymous: boolean;
  /** Digest of the content. */
  body: number;
  readonly attempts: LargeAttempt[];
}

export class LargeLedger {
  private readonly rows = new Map<number, LargeRow>();

  /** True while no Large Message was offered. */
  get isEmpty(): boolean {
    return this.rows.size === 0;
  }

  offered(m: number, octets: number): void {
    this.rows.set(m, { octets, messageId: 0, contentType: 0, anonymous: false, body: 0, attempts: [] });
  }

  /** What is known of message `m`; undefined if it is none of the large ones. */
  of(m: number): LargeRow | undefined {
    return this.rows.get(m);
  }

  /** Message `m` goes into the session of this INVITE. */
  attempt(ledger: Ledger, m: number, attempt: LargeAttempt): void {
    this.rows.get(m)?.attempts.push(attempt);
    put(ledger, m, attempt);
  }

  /** Message `m` arrived with this Call-ID: the columns of the ledger are made those of that session. */
  select(ledger: Ledger, m: number, callId: number): void {
    const attempt = this.find(m, callId);
    if (attempt !== undefined) put(ledger, m, attempt);
  }

  /** Message `m` was stored as it came with this Call-ID. */
  stored(m: number, callId: number, receivedAtNs: number): void {
    const attempt = this.find(m, callId);
    if (attempt !== undefined) attempt.receivedAtNs = receivedAtNs;
  }

  /** A message that went into the session of this Call-ID; -1 if there is none. Looks at all of them. */
  ofCall(callId: number): number {
    for (const [m, { attempts }] of this.rows) {
      if (attempts.some((one) => one.callId === callId)) return m;
    }
    return -1;
  }

  private find(m: number, callId: number): LargeAttempt | undefined {
    return this.rows.get(m)?.attempts.find((one) => one.callId === callId);
  }
}

function put(ledger: Ledger, m: number, attempt: LargeAttempt): void {
  ledger.callId[m] = attempt.callId;
  ledger.from[m] = attempt.from;
  ledger.to[m] = attempt.to;
  ledger.subject[m] = attempt.subject;
  ledger.priority[m] = attempt.priority;
  ledger.date[m] = attempt.date;
  ledger.dateMs[m] = attempt.dateMs;
  if (attempt.receivedAtNs > 0) ledger.receivedAtNs[m] = attempt.receivedAtNs;
}
