/**
 * The proxy's bookkeeping of branches (RFC 3261 sections 16.6 to 16.10): opening them, their Timer C, cancelling them, and letting
 * go of a context with all that it holds.
 *
 * Not here: which targets (`proxy.ts`), which response (`proxy-responses.ts`).
 */
import type { Lane, Ports } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import type { Leg } from '../../sip/legs.js';
import { NO_TX } from '../../sip/user.js';
import { CoreTimer } from '../timers.js';
import { Contexts, NO_TIMER, type Branch, type Context } from './contexts.js';

/** RFC 3261 section 16.6 item 11: more than three minutes. */
export const TIMER_C_NS = 181 * NS_PER_S;

/** Token of a client transaction whose answers nobody wants. */
export const NOBODY = 0;

export class BranchKeeper {
  readonly contexts = new Contexts();
  private readonly ports: Ports;
  private readonly endpoint: SipEndpoint;
  private readonly liveLane: Lane;
  private readonly timerCLane: Lane;

  constructor(ports: Ports, endpoint: SipEndpoint, liveDeliveryLimitNs: number) {
    this.ports = ports;
    this.endpoint = endpoint;
    this.liveLane = ports.timer.lane(liveDeliveryLimitNs);
    this.timerCLane = ports.timer.lane(TIMER_C_NS);
  }

  /** Sends a composed request on a new branch of `context`; nothing is left of it if the endpoint is full. Takes over the hold. */
  send(
    context: Context,
    block: number,
    length: number,
    bodyStart: number,
    toIp: number,
    toPort: number,
    leg: Leg,
  ): void {
    const { contexts } = this;
    const branch = contexts.fork(context);
    const client = this.endpoint.request(0, block, length, bodyStart, toIp, toPort, leg, branch);
    if (client === NO_TX) {
      contexts.join(branch);
      return;
    }
    contexts.branches.tx[branch] = client;
    if (contexts.invite[context] === 1) this.startTimerC(branch);
  }

  /** A branch has its final response, or none will come. */
  end(branch: Branch): void {
    this.stopTimerC(branch);
    this.contexts.join(branch);
  }

  /** A branch that lost against a 2xx. */
  release(branch: Branch): void {
    const { contexts, endpoint } = this;
    const context = contexts.branches.context[branch];
    const client = contexts.branches.tx[branch];
    this.end(branch);
    if (contexts.invite[context] === 0) {
      endpoint.setToken(client, NOBODY);
      return;
    }
    endpoint.setToken(client, -contexts.serverTx[context]);
    endpoint.cancel(client);
  }

  /** A branch that the IM Server takes over from. An INVITE is cancelled, anything else forgotten: no more retransmissions. */
  dismiss(branch: Branch): void {
    const client = this.contexts.branches.tx[branch];
    const invite = this.contexts.invite[this.contexts.branches.context[branch]] === 1;
    if (invite) this.release(branch);
    else {
      this.end(branch);
      this.endpoint.setToken(client, NOBODY);
      this.endpoint.abandon(client);
    }
  }

  /** CANCEL for every pending branch of an INVITE. */
  cancelPending(context: Context): void {
    const { contexts } = this;
    if (contexts.invite[context] === 0) return;
    for (let b = contexts.firstBranch[context]; b !== 0; b = contexts.branches.next[b]) {
      this.endpoint.cancel(contexts.branches.tx[b]);
    }
  }

  /** Lets go of a context without branches. */
  close(context: Context): void {
    this.stopLiveTimer(context);
    this.forgetBest(context);
    const serverTx = this.contexts.serverTx[context];
    if (this.endpoint.isLive(serverTx)) this.endpoint.setToken(serverTx, 0);
    this.contexts.close(context);
  }

  forgetBest(context: Context): void {
    const block = this.contexts.bestBlock[context];
    if (block !== 0) this.ports.octets.release(block);
    this.contexts.setBest(context, 0, 0, 0, 0);
  }

  startLiveTimer(context: Context): void {
    const { contexts } = this;
    const generation = contexts.generation[context];
    contexts.timer[context] = this.ports.timer.start(
      this.liveLane,
      CoreTimer.liveDelivery,
      context,
      generation,
    );
  }

  stopLiveTimer(context: Context): void {
    const timer = this.contexts.timer[context];
    if (timer !== NO_TIMER) this.ports.timer.cancel(timer);
    this.contexts.timer[context] = NO_TIMER;
  }

  /** Starts Timer C of a branch, or starts it again. */
  startTimerC(branch: Branch): void {
    this.stopTimerC(branch);
    const { branches } = this.contexts;
    branches.timerC[branch] = this.ports.timer.start(
      this.timerCLane,
      CoreTimer.timerC,
      branch,
      branches.generation[branch],
    );
  }

  private stopTimerC(branch: Branch): void {
    const timer = this.contexts.branches.timerC[branch];
    if (timer !== NO_TIMER) this.ports.timer.cancel(timer);
    this.contexts.branches.timerC[branch] = NO_TIMER;
  }
}
