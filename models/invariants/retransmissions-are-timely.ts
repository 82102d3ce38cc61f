/**
 * I14: a request over UDP is sent again at exactly the instants of RFC 3261 section 17.1 (rules 4.2), for the timers of its
 * leg, until it is answered, and never after 64 T1. Judged on the datagrams that leave a host, by the branch of their topmost
 * Via, and on the responses that reach it.
 *
 * The first {@link FULL_UNTIL} requests are all followed, then one in {@link ONE_IN}, chosen by its branch. A response with the
 * branch ends the duty to repeat, whatever its status: a repetition after it is judged, a missing one not. ACK is not a request
 * of a transaction; responses are repeated by the requests that cause them, and a CANCEL that a proxy passes on without a transaction by
 * the CANCEL that it got.
 */
import { FIRST_CLIENT_IP } from '../addressing.js';
import { Observed } from '../observations.js';
import { FollowedRequests, FollowState } from './ledger/followed-requests.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { wasAway } from './planned-faults.js';
import { Needle, startsWith } from './readers/search.js';

const FULL_UNTIL = 20_000;
const ONE_IN = 16;
/** The topmost Via is among the first octets. */
const NEAR_OCTETS = 400;
const BRANCH = new Needle('branch=');
const SEMICOLON = 59;
const CR = 13;
const COMMA = 44;
const SPACE = 32;
const REQUEST_TIMEOUT = 408;
const LETTER_A = 65;
const LETTER_Z = 90;
export class RetransmissionsAreTimely extends Invariant {
  readonly id = 'I14';
  readonly title = 'retransmissions leave at the instants of RFC 3261';
  readonly clause = 'RFC 3261 sections 17.1.1.2 and 17.1.2.2';
  readonly kinds = [Observed.datagramSent, Observed.datagramDelivered, Observed.registerFailed];
  private readonly followed = new FollowedRequests();
  private seen = 0;
  private hashA = 0;
  private hashB = 0;
  /** When a client last gave up a REGISTER: of Timer F, or because its network was gone and came back. */
  private readonly gaveUpNs: Float64Array;

  constructor(context: InvariantContext) {
    super(context);
    this.gaveUpNs = new Float64Array(context.subscribers).fill(-1);
  }

  watch(
    kind: number,
    host: number,
    local: number,
    ip: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (kind === Observed.registerFailed) {
      if (ip === REQUEST_TIMEOUT) this.gaveUpNs[host] = this.context.now();
      return;
    }
    const first = buf[start];
    if (first < LETTER_A || first > LETTER_Z) return;
    const response = startsWith(buf, start, end, 'SIP/');
    if (response !== (kind === Observed.datagramDelivered)) return;
    if (startsWith(buf, start, end, 'ACK ') || !this.readBranch(host, buf, start, end)) return;
    if (response) {
      this.answered(0);
      this.answered(1);
      return;
    }
    // CANCEL has the branch of what it cancels.
    const invited = this.followed.find(this.hashA, this.hashB);
    const cancel = startsWith(buf, start, end, 'CANCEL ');
    if (cancel) this.hashB |= 1;
    const row = cancel ? this.followed.find(this.hashA, this.hashB) : invited;
    // One without its request is passed on by a proxy that knows of none (section 16.10), and again whenever it comes again.
    if (cancel && row < 0 && invited < 0) return;
    if (row >= 0) this.again(row);
    else if (this.chosen()) this.follow(host, local, ip, startsWith(buf, start, end, 'INVITE '));
  }

  override finish(): void {
    const { followed } = this;
    for (let row = 0; row < followed.rows; row++) this.overdue(row);
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

  /** By its branch, so that a repetition is chosen if and only if its first sending was. */
  private chosen(): boolean {
    return ++this.seen <= FULL_UNTIL || ((this.hashA ^ (this.hashA >>> 16)) & (ONE_IN - 1)) === 0;
  }

  private answered(cancel: number): void {
    const row = this.followed.find(this.hashA, this.hashB | cancel);
    if (row >= 0) this.followed.state[row] = FollowState.answered;
  }

  private follow(host: number, local: number, ip: number, invite: boolean): void {
    const { context, followed } = this;
    const nowNs = context.now();
    if (followed.isHalfFull) this.forgetOld(nowNs);
    const row = followed.add(this.hashA, this.hashB);
    const ofClients =
      host === context.clientHost ||
      (ip >= FIRST_CLIENT_IP && ip < FIRST_CLIENT_IP + (context.devices?.clients ?? context.subscribers));
    const { t1Ns, t2Ns } = ofClients ? context.clientTimers : context.serverTimers;
    followed.host[row] = host;
    followed.local[row] = local;
    followed.firstNs[row] = followed.lastNs[row] = nowNs;
    followed.intervalNs[row] = 0;
    followed.t1Ns[row] = t1Ns;
    followed.t2Ns[row] = t2Ns;
    followed.invite[row] = invite ? 1 : 0;
    this.checked++;
  }

  private again(row: number): void {
    this.checked++;
    const { followed } = this;
    const nowNs = this.context.now();
    const firstNs = followed.firstNs[row];
    const dueNs = this.dueNs(row);
    const host = followed.host[row];
    const away = wasAway(this.faults, host, followed.local[row], firstNs, nowNs);
    if (nowNs !== dueNs && !away) {
      const offset = (ns: number): string => `${((ns - firstNs) / 1e9).toFixed(3)} s`;
      this.violate(`host ${host} sent a request again after ${offset(nowNs)}, not ${offset(dueNs)}`);
    }
    if (nowNs - firstNs >= 64 * followed.t1Ns[row] && !away) {
      this.violate(`host ${host} sent a request again after 64 T1`);
    }
    followed.intervalNs[row] = nowNs - followed.lastNs[row];
    followed.lastNs[row] = nowNs;
  }

  /** When the request of this row is to be sent again, if nothing answers it. */
  private dueNs(row: number): number {
    const { followed } = this;
    const last = followed.intervalNs[row];
    const doubled = last === 0 ? followed.t1Ns[row] : last * 2;
    const interval = followed.invite[row] === 1 ? doubled : Math.min(doubled, followed.t2Ns[row]);
    return followed.lastNs[row] + interval;
  }

  /**
   * A request that nobody answered and that was not sent again when it was due. A host that crashed is excused, and so is what is
   * due after the limit of live delivery, when the Core may have handed the message to the IM Server, and a REGISTER that its
   * client gave up since: a network that came back is another flow, and the client begins anew.
   */
  private overdue(row: number): void {
    const { followed, context } = this;
    if (followed.state[row] !== FollowState.open) return;
    const dueNs = this.dueNs(row);
    const offsetNs = dueNs - followed.firstNs[row];
    if (dueNs >= context.now()) return;
    if (offsetNs >= Math.min(64 * followed.t1Ns[row], context.liveDeliveryLimitNs)) return;
    const host = followed.host[row];
    if (wasAway(this.faults, host, followed.local[row], followed.firstNs[row], dueNs)) return;
    const client = followed.local[row];
    const user = context.devices?.userOf(client) ?? client;
    if (host === context.clientHost && this.gaveUpNs[user] >= followed.lastNs[row]) return;
    this.violate(`host ${host} did not send a request again after ${(offsetNs / 1e9).toFixed(3)} s`);
  }

  /** Forgets what can be sent no more; twice as long as it may be repeated, so that one that goes on is still known. */
  private forgetOld(nowNs: number): void {
    const { followed } = this;
    followed.rebuild((row) => {
      if (nowNs - followed.firstNs[row] <= 128 * followed.t1Ns[row]) return true;
      this.overdue(row);
      return false;
    });
  }
}
