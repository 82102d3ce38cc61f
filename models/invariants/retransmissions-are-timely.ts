/**
 * I14: a request over UDP is sent again at exactly the instants of RFC 3261 section 17.1 (rules 4.2), for the timers of its
 * leg, and never after 64 T1. Judged on the datagrams that leave: the same branch and method from the same address.
 *
 * The first {@link FULL_UNTIL} requests are all followed, then one in {@link ONE_IN}, chosen by its branch. ACK is not a
 * request of a transaction; responses are repeated by the requests that cause them.
 */
import { FIRST_CLIENT_IP } from '../addressing.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { findIn } from './search.js';

const FULL_UNTIL = 20_000;
const ONE_IN = 16;
const BRANCH = Buffer.from('branch=');
const SEMICOLON = 59;
const CR = 13;
const COMMA = 44;
const SPACE = 32;

interface Followed {
  readonly firstNs: number;
  readonly t1Ns: number;
  readonly t2Ns: number;
  readonly invite: boolean;
  /** Offset of the last sending, and the interval that led to it. */
  lastNs: number;
  intervalNs: number;
}

export class RetransmissionsAreTimely extends Invariant {
  readonly id = 'I14';
  readonly title = 'retransmissions leave at the instants of RFC 3261';
  readonly clause = 'RFC 3261 sections 17.1.1.2 and 17.1.2.2';
  readonly kinds = [Observed.datagramSent];
  private readonly followed = new Map<string, Followed>();
  private seen = 0;
  private sweepAtNs = 0;

  constructor(context: InvariantContext) {
    super(context);
  }

  watch(
    _kind: number,
    host: number,
    local: number,
    toIp: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const first = buf[start];
    // Requests only, by a capital that is neither that of SIP/2.0 nor of ACK followed by a space.
    if (first < 65 || first > 90) return;
    if (first === 83 && buf[start + 3] === 47) return;
    if (first === 65 && buf[start + 1] === 67 && buf[start + 3] === SPACE) return;
    const at = findIn(buf, start, Math.min(end, start + 400), BRANCH);
    if (at < 0) return;
    let branchEnd = at + BRANCH.length;
    let hash = 0;
    while (branchEnd < end) {
      const octet = buf[branchEnd];
      if (octet === SEMICOLON || octet === CR || octet === COMMA || octet === SPACE) break;
      hash = Math.imul(hash ^ octet, 0x01000193);
      branchEnd++;
    }
    this.seen++;
    if (this.seen > FULL_UNTIL && ((hash ^ (hash >>> 16)) & (ONE_IN - 1)) !== 0) return;
    const method = buf.latin1Slice(start, start + 6);
    this.follow(`${host} ${local} ${method} ${buf.latin1Slice(at, branchEnd)}`, method, local, host, toIp);
  }

  private follow(key: string, method: string, _local: number, host: number, toIp: number): void {
    const nowNs = this.context.now();
    const known = this.followed.get(key);
    if (known === undefined) {
      const { context } = this;
      const towardsClient = toIp >= FIRST_CLIENT_IP && toIp < FIRST_CLIENT_IP + context.subscribers;
      const { t1Ns, t2Ns } =
        host === context.clientHost || towardsClient ? context.clientTimers : context.serverTimers;
      const invite = method === 'INVITE';
      this.followed.set(key, { firstNs: nowNs, t1Ns, t2Ns, invite, lastNs: nowNs, intervalNs: 0 });
      this.checked++;
      this.sweep(nowNs);
      return;
    }
    this.checked++;
    const { t1Ns, t2Ns } = known;
    const doubled = known.intervalNs === 0 ? t1Ns : known.intervalNs * 2;
    const dueNs = known.lastNs + (known.invite ? doubled : Math.min(doubled, t2Ns));
    if (nowNs !== dueNs) {
      const offset = (ns: number): string => `${((ns - known.firstNs) / 1e9).toFixed(3)} s`;
      this.violate(
        `${method.trim()} of host ${host} was sent again after ${offset(nowNs)}, not ${offset(dueNs)}`,
      );
    }
    if (nowNs - known.firstNs >= 64 * t1Ns) this.violate(`${method.trim()} was sent again after 64 T1`);
    known.intervalNs = nowNs - known.lastNs;
    known.lastNs = nowNs;
  }

  /** Forgets what can be sent no more. */
  private sweep(nowNs: number): void {
    if (this.followed.size < 8192 || nowNs < this.sweepAtNs) return;
    this.sweepAtNs = nowNs + 10e9;
    for (const [key, entry] of this.followed) {
      if (nowNs - entry.firstNs > 65 * entry.t1Ns) this.followed.delete(key);
    }
  }
}
