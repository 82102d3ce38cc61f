/**
 * What a client holds while it is idle: one row of numbers in typed arrays, some 70 octets. Everything else (push sessions,
 * queued messages, memory of what was received) exists only once it is used.
 */

/** Bits of {@link ClientTable.flags}. */
export const ClientFlag = {
  /** The access link is up, as the device sees its own radio. */
  linkUp: 1,
  /** A 200 to REGISTER came, and the flow has not failed since. The binding may have run out: see `isReady`. */
  bound: 2,
  /** A keep-alive request waits for its answer. */
  pinging: 4,
} as const;

/** No timer. Timer ids are never negative, and fit 31 bits (`sim/host/ports.ts` gives integers; asserted where one is kept). */
export const NO_TIMER = -1;
/** No entry of a pool. */
export const NONE = -1;

export class ClientTable {
  readonly flags: Uint8Array;
  /** CSeq of the last REGISTER, which is also the number of the attempt. */
  readonly cseq: Int32Array;
  /** Consecutive failed attempts (RFC 5626 section 4.5). */
  readonly failures: Uint16Array;
  /** The REGISTER transaction that runs; 0 if none. */
  readonly registerTx: Int32Array;
  readonly registerSentNs: Float64Array;
  /** Instant at which the binding runs out. */
  readonly boundUntilNs: Float64Array;
  /** Lifetime that a 423 demanded, in seconds; 0: the configured one. */
  readonly askS: Uint32Array;
  /** First attempt, retry or refresh to come. */
  readonly registerTimer: Int32Array;
  /** Next keep-alive, or its next repetition. */
  readonly pingTimer: Int32Array;
  /** Flow-Timer of the last 200 in seconds; 0 if it had none. */
  readonly flowTimerS: Uint16Array;
  /** Keep-alives of this client so far. */
  readonly pings: Int32Array;
  /** Repetitions of the one that waits. */
  readonly pingRepeats: Uint8Array;
  /** XOR-MAPPED-ADDRESS of the flow; 0 until the first answer. */
  readonly mappedIp: Int32Array;
  readonly mappedPort: Uint16Array;
  /** Messages presented so far, live or pushed. */
  readonly received: Int32Array;
  /** Push sessions so far. */
  readonly sessions: Int32Array;

  constructor(subscribers: number) {
    this.flags = new Uint8Array(subscribers).fill(ClientFlag.linkUp);
    this.cseq = new Int32Array(subscribers);
    this.failures = new Uint16Array(subscribers);
    this.registerTx = new Int32Array(subscribers);
    this.registerSentNs = new Float64Array(subscribers);
    this.boundUntilNs = new Float64Array(subscribers);
    this.askS = new Uint32Array(subscribers);
    this.registerTimer = new Int32Array(subscribers).fill(NO_TIMER);
    this.pingTimer = new Int32Array(subscribers).fill(NO_TIMER);
    this.flowTimerS = new Uint16Array(subscribers);
    this.pings = new Int32Array(subscribers);
    this.pingRepeats = new Uint8Array(subscribers);
    this.mappedIp = new Int32Array(subscribers);
    this.mappedPort = new Uint16Array(subscribers);
    this.received = new Int32Array(subscribers);
    this.sessions = new Int32Array(subscribers);
  }

  has(user: number, flag: number): boolean {
    return (this.flags[user] & flag) !== 0;
  }

  set(user: number, flag: number): void {
    this.flags[user] |= flag;
  }

  clear(user: number, flag: number): void {
    this.flags[user] &= ~flag;
  }

  /** True if the user may send now: link up, bound, and the binding has not run out. */
  isReady(user: number, nowNs: number): boolean {
    const both = ClientFlag.linkUp | ClientFlag.bound;
    return (this.flags[user] & both) === both && nowNs < this.boundUntilNs[user];
  }
}
