/**
 * The stateful proxy (RFC 3261 section 16) at the two edges of the trust domain: originating (rules 4.4, 4.6: only registered
 * clients, identity asserted) and terminating (rules 2.1: to the live bindings of the served user, else to the IM Server).
 *
 * Live delivery. A MESSAGE, or an INVITE that opens a session, goes to every device of the served user. If all of them fail
 * (408, 430, 480, 503, silence, transport) or nobody answers within `liveDeliveryLimit`, the same request goes to the IM Server
 * on a new branch, within the sender's transaction; what a client says afterwards is swallowed, except a 2xx to INVITE. Of what
 * an IM Server sends only a MESSAGE that may be deferred goes back to it (`deferrable.ts`); else 480.
 *
 * A non-INVITE request with one target and no alternative needs no response context: the client transaction's token is the server
 * transaction, negative. What comes back is for `proxy-responses.ts`.
 *
 * Not modelled: q values, Accept-Contact (RFC 3841), Expires of an INVITE.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { SIP_PORT } from '../../addressing.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import { legOf, Transport, type Leg } from '../../sip/legs.js';
import { NO_TX, type Tx } from '../../sip/user.js';
import { parseAddress, SipAddress } from '../../wire/sip/values/address.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import { parseMaxForwards } from '../../wire/sip/values/scalars.js';
import type { Bindings } from '../registrar/bindings.js';
import type { SipCoreConfig } from '../config.js';
import { answerOwn } from '../own-requests.js';
import { isDeferrable } from './deferrable.js';
import { BranchKeeper } from './branch-keeper.js';
import { CoreTimer } from '../timers.js';
import { NO_TIMER, type Context, type Contexts } from './contexts.js';
import type { Forwarder } from './forwarder.js';
import type { Devices } from '../../devices.js';
import type { ImServers } from '../im-servers.js';
import { type Deferral, ProxyResponses } from './proxy-responses.js';
import { writeUnsupported } from '../../sip/option-tags.js';
import { NeededFeatures } from './needed-features.js';
import { Router } from './routing.js';
import type { Source } from '../source.js';

export class Proxy implements Deferral {
  private readonly endpoint: SipEndpoint;
  private readonly bindings: Bindings;
  private readonly needs = new NeededFeatures();
  private readonly forwarder: Forwarder;
  private readonly imServers: ImServers;
  private readonly devices: Devices;
  private readonly router: Router;
  private readonly serverLeg: Leg;
  private readonly clientLeg: Leg;
  private readonly keeper: BranchKeeper;
  private readonly contexts: Contexts;
  private readonly responses: ProxyResponses;
  private readonly to = new SipAddress();

  constructor(
    ports: Ports,
    config: SipCoreConfig,
    endpoint: SipEndpoint,
    bindings: Bindings,
    forwarder: Forwarder,
    imServers: ImServers,
    devices: Devices,
  ) {
    this.endpoint = endpoint;
    this.bindings = bindings;
    this.forwarder = forwarder;
    this.imServers = imServers;
    this.devices = devices;
    this.router = new Router(config.subscribers, imServers, devices);
    this.serverLeg = legOf(Transport.udp, config.serverTimers);
    this.clientLeg = legOf(Transport.udp, config.clientTimers);
    this.keeper = new BranchKeeper(ports, endpoint, config.liveDeliveryLimitNs);
    this.contexts = this.keeper.contexts;
    this.responses = new ProxyResponses(ports, endpoint, forwarder, imServers, this.keeper, this);
  }

  /** Forwards the request `tx`, or answers it. */
  onRequest(tx: Tx, message: SipMessage, source: Source): void {
    const sender = this.devices.userOfIp(source.ip);
    const refusal = this.judge(message, source.ip, sender);
    if (refusal !== 0) {
      const lines = refusal === 420 ? writeUnsupported(message, Header.proxyRequire, []) : '';
      this.endpoint.answer(tx, message, refusal, lines);
      return;
    }
    const { plan } = this.router;
    const served = plan.servedUser;
    if (plan.own) {
      answerOwn(this.endpoint, tx, message);
    } else if (served >= 0 && this.bindings.hasUsable(served, this.needs.of(message))) {
      this.deliverLive(tx, message, served, sender, source);
    } else if (served >= 0) {
      if (!isDeferrable(message, sender)) this.endpoint.answer(tx, message, 480);
      else this.passOn(tx, message, sender, served, source.ip, source.port);
    } else {
      this.passOn(tx, message, sender, -1, source.ip, source.port);
    }
  }

  /** The ACK of a 2xx (section 16.6: forwarded by its Route set, with no transaction). What cannot be routed is dropped. */
  onAck(message: SipMessage, source: Source): void {
    const sender = this.devices.userOfIp(source.ip);
    if (this.judge(message, source.ip, sender) !== 0) return;
    const { own, servedUser } = this.router.plan;
    if (own || (servedUser >= 0 && this.bindings.firstOf(servedUser) === 0)) return;
    this.sendStateless(message, sender, source);
  }

  /**
   * A CANCEL for no INVITE that is known here goes where that would have gone, statelessly (sections 16.10 and 16.11): to one binding of the
   * user, or to the IM Server for her. The status that answers it if it ends here, or 0.
   */
  onStrayCancel(message: SipMessage, source: Source): number {
    const sender = this.devices.userOfIp(source.ip);
    const refusal = this.judge(message, source.ip, sender);
    if (refusal !== 0) return refusal;
    const { own, servedUser } = this.router.plan;
    const absent = servedUser >= 0 && this.bindings.firstOf(servedUser) === 0;
    // Where nothing can be its target the Core is the UAS that it has come to (section 9.2).
    if (own || (absent && !isDeferrable(message, sender))) return 481;
    this.sendStateless(message, sender, source);
    return 0;
  }

  /** A response that no transaction waits for: passed back only if its request left here statelessly, and to whom the Core knows. */
  onStrayResponse(message: SipMessage, fromIp: number): void {
    const { endpoint, forwarder, imServers } = this;
    const to = endpoint.stateless.replyTo(message);
    if (to === undefined) return;
    const toClient = this.devices.userOfIp(to.ip) >= 0;
    if (!toClient && !imServers.has(to.ip)) return;
    const block = forwarder.response(message, !imServers.has(fromIp), toClient);
    endpoint.stateless.reply(0, block, forwarder.length, forwarder.bodyStart, to);
  }

  /** CANCEL of the INVITE `tx` (section 16.10): it was answered; every pending branch gets one of its own. */
  onCancel(tx: Tx): void {
    const { contexts, endpoint } = this;
    const context = endpoint.token(tx);
    if (context === 0) {
      // The INVITE still waits for the CPU, and is not to be forwarded any more.
      endpoint.answer(tx, endpoint.requestOf(tx), 487);
      return;
    }
    contexts.mayDefer[context] = 0;
    this.keeper.stopLiveTimer(context);
    this.keeper.cancelPending(context);
  }

  /** A response to a client transaction of the proxy. */
  onResponse(tx: Tx, message: SipMessage): void {
    this.responses.onResponse(tx, message);
  }

  /** A client transaction of the proxy failed: `status` is 408 (Timer B or F) or 503 (transport, section 16.9). */
  onFailure(tx: Tx, status: number): void {
    this.responses.onFailure(tx, status);
  }

  /** From `Actor.onTimer`; true if the kind is the proxy's. */
  onTimer(kind: number, a: number, b: number): boolean {
    const { contexts } = this;
    if (kind === CoreTimer.liveDelivery) {
      if (contexts.generation[a] === b) {
        contexts.timer[a] = NO_TIMER;
        if (contexts.mayDefer[a] === 1) this.defer(a);
        else this.responses.concludeNow(a);
      }
      return true;
    }
    if (kind !== CoreTimer.timerC) return false;
    if (contexts.branches.generation[a] === b) {
      // Section 16.8: CANCEL leaves if a provisional response came; if none did, Timer B has long fired.
      contexts.branches.timerC[a] = NO_TIMER;
      this.endpoint.cancel(contexts.branches.tx[a]);
    }
    return true;
  }

  // ---- requests ----

  /** Section 16.3, the edge's own rule, and routing: the status that refuses the request, or 0 and `router.plan`. */
  private judge(message: SipMessage, fromIp: number, sender: number): number {
    if (sender >= 0) {
      if (this.bindings.firstOf(sender) === 0 && !this.endsDialog(message)) return 403;
    } else if (!this.imServers.has(fromIp)) return 403;
    const hops = message.find(Header.maxForwards);
    if (hops >= 0) {
      const left = parseMaxForwards(message.buf, message.valueStart[hops], message.valueEnd[hops]);
      if (left < 0) return 400;
      if (left === 0) return this.router.endsHere(message) ? 0 : 483;
    }
    if (this.forwarder.hasLooped(message, fromIp)) return 482;
    // Section 8.2.2.3: it counts for nothing in a CANCEL.
    const extended = message.has(Header.proxyRequire) && message.method !== Method.cancel;
    if (extended && writeUnsupported(message, Header.proxyRequire, []) !== '') return 420;
    return this.router.route(message);
  }

  private legTo(ip: number, tcp: boolean): Leg {
    const leg = this.imServers.has(ip) ? this.serverLeg : this.clientLeg;
    return tcp ? ((leg | Transport.tcp) as Leg) : leg;
  }

  /** As the plan says and without a transaction: to the first binding of the served user or, if she has none, to the IM Server. */
  private sendStateless(message: SipMessage, sender: number, source: Source): void {
    const { bindings, imServers, forwarder } = this;
    const { plan } = this.router;
    const { servedUser } = plan;
    const binding = servedUser >= 0 ? bindings.firstOf(servedUser) : 0;
    const served = binding === 0 ? servedUser : -1;
    const toIp = binding !== 0 ? bindings.ip[binding] : served >= 0 ? imServers.ipFor(served) : plan.toIp;
    const toPort = binding !== 0 ? bindings.port[binding] : served >= 0 ? SIP_PORT : plan.toPort;
    const tcp = served < 0 && plan.tcp;
    const leg = binding !== 0 ? (bindings.leg[binding] as Leg) : this.legTo(toIp, tcp);
    const toClient = !imServers.has(toIp);
    const { ip, port } = source;
    const block = forwarder.request(message, plan, leg, binding, sender, toClient, served, ip, port);
    this.endpoint.stateless.send(0, block, forwarder.length, forwarder.bodyStart, toIp, toPort, leg);
  }

  /** To the one next hop of the plan, or to the IM Server for `served`. */
  private passOn(
    tx: Tx,
    message: SipMessage,
    sender: number,
    served: number,
    fromIp: number,
    fromPort: number,
  ): void {
    const { plan } = this.router;
    const toIp = served >= 0 ? this.imServers.ipFor(served) : plan.toIp;
    const toPort = served >= 0 ? SIP_PORT : plan.toPort;
    const leg = served >= 0 ? this.serverLeg : this.legTo(toIp, plan.tcp);
    const toClient = !this.imServers.has(toIp);
    const { forwarder, endpoint } = this;
    const invite = message.method === Method.invite;
    const block = forwarder.request(message, plan, leg, 0, sender, toClient, served, fromIp, fromPort);
    const { length, bodyStart } = forwarder;
    if (!invite) {
      if (endpoint.request(0, block, length, bodyStart, toIp, toPort, leg, -tx) === NO_TX)
        this.overloaded(tx, message);
      return;
    }
    let context = endpoint.token(tx);
    if (context === 0) {
      context = this.contexts.open(tx, -1, true, false);
      endpoint.setToken(tx, context);
    }
    this.keeper.send(context, block, length, bodyStart, toIp, toPort, leg);
    if (this.contexts.pending[context] === 0) {
      this.keeper.close(context);
      this.overloaded(tx, message);
    }
  }

  /** To every device of `served`, on one live flow each, in parallel (section 16.6; RFC 5626 section 7). */
  private deliverLive(tx: Tx, message: SipMessage, served: number, sender: number, source: Source): void {
    const { bindings, contexts, endpoint, forwarder } = this;
    const { plan } = this.router;
    const invite = message.method === Method.invite;
    const opens = message.method === Method.message || (invite && !this.isInDialog(message));
    const context = contexts.open(tx, served, invite, opens && isDeferrable(message, sender));
    endpoint.setToken(tx, context);
    for (let b = bindings.firstOf(served); b !== 0; b = bindings.next(b)) {
      const { features } = this.needs;
      if (!bindings.takes(b, features) || !bindings.isFlowOfChoice(b, features)) continue;
      const leg = bindings.leg[b] as Leg;
      const block = forwarder.request(message, plan, leg, b, sender, true, -1, source.ip, source.port);
      const { length, bodyStart } = forwarder;
      this.keeper.send(context, block, length, bodyStart, bindings.ip[b], bindings.port[b], leg);
    }
    if (contexts.pending[context] === 0) {
      this.keeper.close(context);
      this.overloaded(tx, message);
    } else if (contexts.mayDefer[context] === 1) {
      this.keeper.startLiveTimer(context);
    }
  }

  /** Who has no binding any more still confirms and ends the sessions that she has. */
  private endsDialog(message: SipMessage): boolean {
    const { method } = message;
    return (method === Method.ack || method === Method.bye) && this.isInDialog(message);
  }

  private isInDialog(message: SipMessage): boolean {
    const to = message.find(Header.to);
    if (to < 0 || parseAddress(message.buf, message.valueStart[to], message.valueEnd[to], this.to) !== 0)
      return false;
    return this.to.tagEnd > this.to.tagStart;
  }

  /** The transaction limit is reached: no further request can be served either, so 503 it is (section 16.7 item 6). */
  private overloaded(tx: Tx, message: SipMessage): void {
    this.endpoint.answer(tx, message, 503, 'Retry-After: 5\r\n');
  }

  /** Live delivery is over: the IM Server gets the request, the clients' answers do not matter any more. */
  defer(context: Context): void {
    const { contexts, endpoint } = this;
    const tx = contexts.serverTx[context];
    const served = contexts.user[context];
    contexts.mayDefer[context] = 0;
    this.keeper.stopLiveTimer(context);
    while (contexts.firstBranch[context] !== 0) this.keeper.dismiss(contexts.firstBranch[context]);
    this.keeper.forgetBest(context);
    if (contexts.invite[context] === 0) this.keeper.close(context);
    const message = endpoint.requestOf(tx);
    const fromIp = endpoint.peerIpOf(tx);
    const fromPort = endpoint.peerPortOf(tx);
    const refusal = this.router.route(message);
    assert(refusal === 0, 'a request that was routed before has no route any more');
    const sender = this.devices.userOfIp(fromIp);
    this.passOn(tx, message, sender, served, fromIp, fromPort);
  }
}
