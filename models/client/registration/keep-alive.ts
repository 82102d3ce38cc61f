/**
 * Keep-alives by STUN over UDP (RFC 5626 sections 3.5.2 and 4.4.2, RFC 5389 section 7.2.1).
 *
 * While a client is bound it sends a Binding request each 80 to 100 % of the Flow-Timer of its last 200, or each 24 to 29 s if
 * that had none. An unanswered one is repeated after RTO, 2 RTO, 4 RTO, ...: seven requests in all, and 16 RTO after the last
 * the flow has failed. An error response and a changed XOR-MAPPED-ADDRESS are failed flows as well.
 *
 * Not modelled: an RTO that is measured (it stays at 500 ms).
 */
import { NS_PER_MS, NS_PER_S } from '../../../sim/kernel/time.js';
import type { Lane } from '../../../sim/host/ports.js';
import { SIP_PORT } from '../../addressing.js';
import {
  BINDING_REQUEST_OCTETS,
  StunFault,
  StunMessage,
  StunType,
  bindingRequest,
} from '../../wire/stun/stun.js';
import { Draw } from '../chance.js';
import { ClientFlag, NO_TIMER } from '../client-table.js';
import { FleetTimer, kept, type FleetContext } from '../context.js';

const RTO_NS = 500 * NS_PER_MS;
/** Requests of one transaction (Rc). */
const REQUESTS = 7;
/** Wait after the last of them, in RTO (Rm). */
const LAST_WAIT_RTO = 16;
/** Without a Flow-Timer (RFC 5626 section 4.4.2). */
const LEAST_INTERVAL_NS = 24 * NS_PER_S;
const MOST_INTERVAL_NS = 29 * NS_PER_S;
/**
 * The interval is drawn from so many values, evenly spread, each with a lane of its own: a keep-alive of a million clients
 * then never touches the heap. The wait counts from the answer, so the largest value stays a little under the Flow-Timer.
 */
const STEPS = 16;
const LARGEST_SHARE = 0.98;

/** What keep-alives find out about a flow. */
export interface KeepAliveOwner {
  flowProven(user: number): void;
  /** `proven`: some keep-alive of this flow had been answered. */
  flowFailed(user: number, proven: boolean): void;
}

export class KeepAlive {
  private readonly context: FleetContext;
  private readonly owner: KeepAliveOwner;
  /** By repetitions so far: how long to wait for an answer. */
  private readonly lanes: Lane[] = [];
  /** The lanes of the intervals, by Flow-Timer in seconds. */
  private readonly intervals = new Map<number, readonly Lane[]>();
  private readonly stun = new StunMessage();

  constructor(context: FleetContext, owner: KeepAliveOwner) {
    this.context = context;
    this.owner = owner;
    const { timer } = context.ports;
    for (let i = 0; i < REQUESTS - 1; i++) this.lanes.push(timer.lane(RTO_NS * (1 << i)));
    this.lanes.push(timer.lane(RTO_NS * LAST_WAIT_RTO));
  }

  /** The user is bound; goes on as before if this was a refresh. */
  start(user: number): void {
    const { table } = this.context;
    if (table.pingTimer[user] !== NO_TIMER) return;
    table.mappedIp[user] = table.mappedPort[user] = 0;
    this.schedule(user);
  }

  /** The user is no longer bound. */
  stop(user: number): void {
    const { table, ports } = this.context;
    table.clear(user, ClientFlag.pinging);
    if (table.pingTimer[user] === NO_TIMER) return;
    ports.timer.cancel(table.pingTimer[user]);
    table.pingTimer[user] = NO_TIMER;
  }

  /** Time for the next one. */
  onPing(user: number): void {
    const { table } = this.context;
    table.pings[user]++;
    table.pingRepeats[user] = 0;
    table.set(user, ClientFlag.pinging);
    this.send(user);
  }

  /** No answer in time: repeats the request, or finds the flow dead. */
  onRepeat(user: number): void {
    const { table } = this.context;
    table.pingTimer[user] = NO_TIMER;
    if (table.pingRepeats[user] + 1 === REQUESTS) {
      this.fail(user);
      return;
    }
    table.pingRepeats[user]++;
    this.send(user);
  }

  /** A STUN datagram [start, end) reached the user. */
  onDatagram(user: number, fromIp: number, fromPort: number, buf: Buffer, start: number, end: number): void {
    const { table, ports, config } = this.context;
    const { stun } = this;
    if (fromIp !== config.coreIp || fromPort !== SIP_PORT || !table.has(user, ClientFlag.pinging)) return;
    const sound = stun.parse(buf, start, end);
    const refused =
      stun.type === StunType.bindingError && (sound || stun.fault === StunFault.unknownAttribute);
    if (!refused && (!sound || stun.type !== StunType.bindingSuccess)) return;
    if (stun.id0 !== this.idOf(user) || stun.id1 !== user || stun.id2 !== table.pings[user]) return;
    table.clear(user, ClientFlag.pinging);
    ports.timer.cancel(table.pingTimer[user]);
    table.pingTimer[user] = NO_TIMER;
    const known = table.mappedPort[user] !== 0;
    if (
      refused ||
      (known && (table.mappedIp[user] !== (stun.mappedIp | 0) || table.mappedPort[user] !== stun.mappedPort))
    ) {
      this.fail(user);
      return;
    }
    table.mappedIp[user] = stun.mappedIp;
    table.mappedPort[user] = stun.mappedPort;
    this.schedule(user);
    this.owner.flowProven(user);
  }

  private send(user: number): void {
    const { table, ports, config } = this.context;
    const length = BINDING_REQUEST_OCTETS;
    const block = bindingRequest(ports.octets, this.idOf(user), user, table.pings[user]);
    table.pingTimer[user] = kept(
      ports.timer.start(this.lanes[table.pingRepeats[user]], FleetTimer.pingRepeat, user, 0),
    );
    ports.udp.send(user, SIP_PORT, config.coreIp, SIP_PORT, block, length, length, length);
  }

  private fail(user: number): void {
    const { table } = this.context;
    table.clear(user, ClientFlag.pinging);
    this.owner.flowFailed(user, table.mappedPort[user] !== 0);
  }

  private schedule(user: number): void {
    const { table, ports } = this.context;
    const lanes = this.intervalsOf(table.flowTimerS[user]);
    const bits = ports.random.addressed(Draw.keepAlive, user, table.pings[user]);
    table.pingTimer[user] = kept(ports.timer.start(lanes[bits & (STEPS - 1)], FleetTimer.ping, user, 0));
  }

  /** Random part of the transaction id; user and ordinal are the rest. */
  private idOf(user: number): number {
    return this.context.ports.random.addressed(Draw.stunId, user, this.context.table.pings[user]);
  }

  /** Lanes of 80 to 98 % of the Flow-Timer, or of RFC 5626's own interval if there was none. */
  private intervalsOf(flowTimerS: number): readonly Lane[] {
    const known = this.intervals.get(flowTimerS);
    if (known !== undefined) return known;
    const flowNs = flowTimerS * NS_PER_S;
    const leastNs = flowNs > 0 ? Math.floor((flowNs * 4) / 5) : LEAST_INTERVAL_NS;
    const mostNs = flowNs > 0 ? Math.floor(flowNs * LARGEST_SHARE) : MOST_INTERVAL_NS;
    const stepNs = Math.floor((mostNs - leastNs) / (STEPS - 1));
    const { timer } = this.context.ports;
    const lanes = Array.from({ length: STEPS }, (_, step) => timer.lane(leastNs + step * stepNs));
    this.intervals.set(flowTimerS, lanes);
    return lanes;
  }
}
