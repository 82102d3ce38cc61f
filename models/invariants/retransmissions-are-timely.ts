/**
 * I14: a request over UDP is sent again at exactly the instants of RFC 3261 section 17.1 (rules 4.2), for the timers of its
 * leg, until it is answered, and never after 64 T1. Judged on the datagrams that leave a host, by the branch of their topmost
 * Via, and on the responses that reach it.
 *
 * Transactions are followed in a table of fixed size: two that meet in one row push each other out, which loses a test and
 * nothing else. A response with the branch stops the clock, whatever its status: a repetition after it is judged, a missing one
 * not. ACK is not a request of a transaction; responses are repeated by the requests that cause them.
 */
import { FIRST_CLIENT_IP } from '../addressing.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Needle, startsWith } from './search.js';

const ROWS = 1 << 14;
/** The topmost Via is among the first octets. */
const NEAR_OCTETS = 400;
const BRANCH = new Needle('branch=');
const SEMICOLON = 59;
const CR = 13;
const COMMA = 44;
const SPACE = 32;
const LETTER_A = 65;
const LETTER_Z = 90;
const SWEEP_EVERY_NS = 16e9;

const Followed = { none: 0, open: 1, answered: 2 } as const;

export class RetransmissionsAreTimely extends Invariant {
  readonly id = 'I14';
  readonly title = 'retransmissions leave at the instants of RFC 3261';
  readonly clause = 'RFC 3261 sections 17.1.1.2 and 17.1.2.2';
  readonly kinds = [Observed.datagramSent, Observed.datagramDelivered];
  private readonly state = new Uint8Array(ROWS);
  private readonly keyA = new Int32Array(ROWS);
  private readonly keyB = new Int32Array(ROWS);
  private readonly host = new Int32Array(ROWS);
  private readonly firstNs = new Float64Array(ROWS);
  private readonly lastNs = new Float64Array(ROWS);
  /** The interval that led to the last sending; 0 for the first. */
  private readonly intervalNs = new Float64Array(ROWS);
  private readonly t1Ns = new Float64Array(ROWS);
  private readonly t2Ns = new Float64Array(ROWS);
  private readonly invite = new Uint8Array(ROWS);
  private hashA = 0;
  private hashB = 0;
  private sweepAtNs = SWEEP_EVERY_NS;

  constructor(context: InvariantContext) {
    super(context);
  }

  watch(
    kind: number,
    host: number,
    _local: number,
    ip: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const first = buf[start];
    if (first < LETTER_A || first > LETTER_Z) return;
    const response = startsWith(buf, start, end, 'SIP/');
    if (response !== (kind === Observed.datagramDelivered)) return;
    if (startsWith(buf, start, end, 'ACK ') || !this.readBranch(host, buf, start, end)) return;
    const nowNs = this.context.now();
    if (nowNs >= this.sweepAtNs) this.sweep(nowNs);
    if (response) {
      this.answered(0);
      this.answered(1);
      return;
    }
    // CANCEL has the branch of what it cancels.
    if (startsWith(buf, start, end, 'CANCEL ')) this.hashB ^= 1;
    const row = this.row();
    if (this.isFollowed(row)) this.again(row, nowNs);
    else this.follow(row, host, ip, startsWith(buf, start, end, 'INVITE '), nowNs);
  }

  override finish(): void {
    const nowNs = this.context.now();
    for (let row = 0; row < ROWS; row++) this.overdue(row, nowNs);
  }

  /** Hashes the topmost branch and the host; false if there is no branch. */
  private readBranch(host: number, buf: Buffer, start: number, end: number): boolean {
    let at = BRANCH.in(buf, start, Math.min(end, start + NEAR_OCTETS));
    if (at < 0) return false;
    let a = host + 1;
    let b = 0x2c1b3c6d;
    for (at += BRANCH.octets.length; at < end; at++) {
      const octet = buf[at];
      if (octet === SEMICOLON || octet === CR || octet === COMMA || octet === SPACE) break;
      a = Math.imul(a ^ octet, 0x01000193);
      b = Math.imul(b + octet, 0x85ebca6b) ^ (a >>> 15);
    }
    this.hashA = a;
    // The lowest bit tells CANCEL apart.
    this.hashB = b & ~1;
    return true;
  }

  private row(): number {
    return (this.hashA ^ (this.hashA >>> 16) ^ (this.hashB << 4)) & (ROWS - 1);
  }

  private isFollowed(row: number): boolean {
    return (
      this.state[row] !== Followed.none && this.keyA[row] === this.hashA && this.keyB[row] === this.hashB
    );
  }

  private answered(cancel: number): void {
    this.hashB = (this.hashB & ~1) | cancel;
    const row = this.row();
    if (this.isFollowed(row)) this.state[row] = Followed.answered;
  }

  private follow(row: number, host: number, ip: number, invite: boolean, nowNs: number): void {
    const { context } = this;
    this.overdue(row, nowNs);
    const ofClients =
      host === context.clientHost || (ip >= FIRST_CLIENT_IP && ip < FIRST_CLIENT_IP + context.subscribers);
    const { t1Ns, t2Ns } = ofClients ? context.clientTimers : context.serverTimers;
    this.state[row] = Followed.open;
    this.keyA[row] = this.hashA;
    this.keyB[row] = this.hashB;
    this.host[row] = host;
    this.firstNs[row] = this.lastNs[row] = nowNs;
    this.intervalNs[row] = 0;
    this.t1Ns[row] = t1Ns;
    this.t2Ns[row] = t2Ns;
    this.invite[row] = invite ? 1 : 0;
    this.checked++;
  }

  private again(row: number, nowNs: number): void {
    this.checked++;
    const firstNs = this.firstNs[row];
    const dueNs = this.dueNs(row);
    const host = this.host[row];
    if (nowNs !== dueNs) {
      const offset = (ns: number): string => `${((ns - firstNs) / 1e9).toFixed(3)} s`;
      this.violate(`host ${host} sent a request again after ${offset(nowNs)}, not ${offset(dueNs)}`);
    }
    if (nowNs - firstNs >= 64 * this.t1Ns[row]) {
      this.violate(`host ${host} sent a request again after 64 T1`);
    }
    this.intervalNs[row] = nowNs - this.lastNs[row];
    this.lastNs[row] = nowNs;
  }

  /** When the request of this row is to be sent again, if nothing answers it. */
  private dueNs(row: number): number {
    const last = this.intervalNs[row];
    const doubled = last === 0 ? this.t1Ns[row] : last * 2;
    return this.lastNs[row] + (this.invite[row] === 1 ? doubled : Math.min(doubled, this.t2Ns[row]));
  }

  /**
   * A request that nobody answered and that was not sent again when it was due. A host that crashed is excused, and so is what is
   * due after the limit of live delivery, when the Core may have handed the message to the IM Server.
   */
  private overdue(row: number, nowNs: number): void {
    if (this.state[row] !== Followed.open || this.context.crashes) return;
    const dueNs = this.dueNs(row);
    const lastNs = Math.min(64 * this.t1Ns[row], this.context.liveDeliveryLimitNs);
    if (dueNs >= nowNs || dueNs - this.firstNs[row] >= lastNs) return;
    const after = ((dueNs - this.firstNs[row]) / 1e9).toFixed(3);
    this.violate(`host ${this.host[row]} did not send an unanswered request again after ${after} s`);
  }

  /** Forgets what can be sent no more. */
  private sweep(nowNs: number): void {
    this.sweepAtNs = nowNs + SWEEP_EVERY_NS;
    for (let row = 0; row < ROWS; row++) {
      if (this.state[row] === Followed.none) continue;
      // Twice as long as it may be repeated, so that one that goes on is still known.
      if (nowNs - this.firstNs[row] <= 128 * this.t1Ns[row]) continue;
      this.overdue(row, nowNs);
      this.state[row] = Followed.none;
    }
  }
}
