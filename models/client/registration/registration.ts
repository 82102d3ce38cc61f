/**
 * Registration of each client (RFC 3261 section 10.2, RFC 5626 sections 4.2 and 4.5, rules 4.4).
 *
 * The first attempt comes within `registerSpreadNs` of the start. A binding is refreshed 600 s before it runs out if it lives
 * longer than 1200 s, else at half its life. A failed attempt is repeated after the back-off of RFC 5626. A binding outlives a
 * refresh that was refused, and ends when its flow fails or its time is over.
 *
 * A 403 to another request of hers is the Core's word that it has no binding of hers, for instance since it restarted: one who believes she is
 * bound registers as after a dead flow.
 *
 * When the access link goes down, nothing is sent and a running attempt times out by itself; when it comes up again, the client
 * registers anew after a time uniform in [0, `reconnectJitterNs`], with its failures forgotten: it is another flow.
 *
 * Every client registers by itself, several of one user too; `user` below is the client.
 *
 * Not modelled: unregistering, authentication, several outbound proxies, redirection.
 */
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { SIP_PORT, userOfUserPart } from '../../addressing.js';
import { Observed } from '../../observations.js';
import { retryAfterNs } from '../../sip/retry-after.js';
import { NO_TX, type Tx } from '../../sip/user.js';
import { parseContact, SipContact } from '../../wire/sip/values/address.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { parseIpv4 } from '../../wire/sip/values/host.js';
import { ListCursor } from '../../wire/sip/values/list.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { parseSeconds } from '../../wire/sip/values/scalars.js';
import { parseUri, SipUri } from '../../wire/sip/values/uri.js';
import { backoffNs } from './backoff.js';
import type { BindingDoubts } from './binding-doubts.js';
import { Draw, uniformBetween } from '../chance.js';
import { ClientFlag, NO_TIMER } from '../client-table.js';
import type { ClientFleetConfig } from '../config.js';
import { FleetTimer, kept, TokenKind, tokenOf, type FleetContext } from '../context.js';
import { RegisterWriter } from './register-writer.js';

/** Rules 4.4: refresh this long before the end of a binding that lives longer than the second. */
const REFRESH_EARLY_S = 600;
const REFRESH_EARLY_ABOVE_S = 1200;
/** The longest lifetime that a client lets a 423 demand of it. */
export const LONGEST_ASK_S = 2_000_000;
/** Flow-Timer values above this are taken for this. */
const LONGEST_FLOW_TIMER_S = 0xffff;

const REQUEST_TIMEOUT = 408;
const INTERVAL_TOO_BRIEF = 423;
const SERVICE_UNAVAILABLE = 503;

/** Who wants to know what became of a registration. */
export interface RegistrationOwner {
  /** A 200 came: the user is bound from now on. */
  onRegistered(user: number): void;
  /** The flow of the user failed or her link went down: she is no longer bound. */
  onFlowLost(user: number): void;
}

export class Registration implements BindingDoubts {
  private readonly context: FleetContext;
  private readonly requests: RegisterWriter;
  private readonly owner: RegistrationOwner;
  private readonly contacts = new ListCursor();
  private readonly contact = new SipContact();
  private readonly uri = new SipUri();

  constructor(context: FleetContext, owner: RegistrationOwner) {
    this.context = context;
    this.requests = new RegisterWriter(context);
    this.owner = owner;
  }

  /** Spreads the first attempts. */
  start(): void {
    const { config, ports } = this.context;
    for (let user = 0; user < this.context.devices.clients; user++) {
      const bits = ports.random.addressed(Draw.firstRegister, user, ports.incarnation);
      this.schedule(user, uniformBetween(bits, 0, config.registerSpreadNs));
    }
  }

  /** The register timer of the user fired: first attempt, retry or refresh. */
  onTimer(user: number): void {
    this.context.table.registerTimer[user] = NO_TIMER;
    this.attempt(user);
  }

  onResponse(tx: Tx, user: number, message: SipMessage): void {
    const { table } = this.context;
    const { status } = message;
    if (status < 200 || table.registerTx[user] !== tx) return;
    table.registerTx[user] = NO_TX;
    if (status < 300) {
      const grantedS = this.grantedS(user, message);
      if (grantedS > 0) this.granted(user, grantedS, message);
      else this.failed(user, status, 0);
      return;
    }
    if (status === INTERVAL_TOO_BRIEF) {
      const leastS = this.secondsOf(message, Header.minExpires);
      if (leastS > this.askS(user) && leastS <= LONGEST_ASK_S && table.has(user, ClientFlag.linkUp)) {
        table.askS[user] = leastS;
        this.report(Observed.registerFailed, user, status, 0);
        this.attempt(user);
        return;
      }
    }
    this.failed(user, status, retryAfterNs(message));
  }

  /** Timer F, or the transport failed: `status` 408 or 503. Either way the flow is gone. */
  onNoAnswer(tx: Tx, user: number, status: number): void {
    const { table } = this.context;
    if (table.registerTx[user] !== tx) return;
    table.registerTx[user] = NO_TX;
    this.unbind(user);
    this.failed(user, status, 0);
  }

  /** A keep-alive was answered: with its registration the flow counts as successful (RFC 5626 section 4.5). */
  flowProven(user: number): void {
    this.context.table.failures[user] = 0;
  }

  /**
   * Keep-alives or a 403 found the flow dead. A flow that had been successful is formed anew at once; one that never was counts as a
   * failed attempt and waits (RFC 5626 section 4.5).
   */
  flowFailed(user: number, proven: boolean): void {
    const { table } = this.context;
    this.unbind(user);
    if (table.registerTx[user] !== NO_TX) return; // a refresh is on its way: its end decides
    if (proven) this.schedule(user, 0);
    else this.schedule(user, this.nextBackoffNs(user, 0));
  }

  /**
   * The Core refused a request of hers with 403. If she believes she is bound, the binding is lost, and a new one is due at once; but after
   * failures that no flow has made up for, with the wait that follows one more. Otherwise she is about to register anyway.
   */
  bindingRefused(user: number): void {
    const { table, ports } = this.context;
    if (table.isReady(user, ports.now())) this.flowFailed(user, table.failures[user] === 0);
  }

  /** Her process ended, and her link is down. Counters of requests outlive it, so that none of the next ones looks like a repetition. */
  onCrash(user: number): void {
    const { table } = this.context;
    this.cancel(user);
    this.unbind(user);
    table.clear(user, ClientFlag.linkUp);
    table.registerTx[user] = NO_TX;
    table.failures[user] = 0;
    table.askS[user] = 0;
  }

  onLink(user: number, up: boolean): void {
    const { table, endpoint, ports, config } = this.context;
    if (table.has(user, ClientFlag.linkUp) === up) return;
    this.cancel(user);
    if (!up) {
      table.clear(user, ClientFlag.linkUp);
      this.unbind(user);
      return;
    }
    table.set(user, ClientFlag.linkUp);
    const tx = table.registerTx[user];
    if (tx !== NO_TX) {
      table.registerTx[user] = NO_TX;
      endpoint.abandon(tx);
      this.report(Observed.registerFailed, user, REQUEST_TIMEOUT, 0);
    }
    table.failures[user] = 0;
    const bits = ports.random.addressed(Draw.reconnect, user, table.cseq[user]);
    this.schedule(user, reconnectNs(config, bits));
  }

  private attempt(user: number): void {
    const { table, ports, writer, endpoint, config, leg } = this.context;
    if (!table.has(user, ClientFlag.linkUp) || table.registerTx[user] !== NO_TX) return;
    table.cseq[user]++;
    table.registerSentNs[user] = ports.now();
    const askS = this.askS(user);
    this.requests.write(user, askS);
    const { length } = writer;
    const block = writer.end();
    this.report(Observed.registerSent, user, askS, 0);
    const token = tokenOf(TokenKind.register, user);
    const tx = endpoint.request(user, block, length, length, config.coreIp, SIP_PORT, leg, token);
    if (tx === NO_TX) this.failed(user, SERVICE_UNAVAILABLE, 0);
    else table.registerTx[user] = tx;
  }

  private granted(user: number, grantedS: number, message: SipMessage): void {
    const { table, ports, config } = this.context;
    const now = ports.now();
    this.report(Observed.registered, user, now - table.registerSentNs[user], grantedS);
    if (!table.has(user, ClientFlag.linkUp)) return;
    if (!config.keepAlive) table.failures[user] = 0;
    table.set(user, ClientFlag.bound);
    table.boundUntilNs[user] = now + grantedS * NS_PER_S;
    const flowTimerS = this.secondsOf(message, Header.flowTimer);
    table.flowTimerS[user] = Math.max(0, Math.min(flowTimerS, LONGEST_FLOW_TIMER_S));
    this.schedule(user, refreshAfterNs(grantedS));
    this.owner.onRegistered(user);
  }

  private failed(user: number, status: number, retryAfterNs: number): void {
    const waits = this.context.table.has(user, ClientFlag.linkUp);
    const waitNs = waits ? this.nextBackoffNs(user, retryAfterNs) : 0;
    this.report(Observed.registerFailed, user, status, waitNs);
    if (waits) this.schedule(user, waitNs);
  }

  /** Counts a failure and draws the wait that follows it. */
  private nextBackoffNs(user: number, retryAfterNs: number): number {
    const { table, ports, config } = this.context;
    const failures = Math.min(table.failures[user] + 1, 0xffff);
    table.failures[user] = failures;
    if (config.reconnect === 'lockstep') return Math.max(config.backoffBaseNs, retryAfterNs);
    const bits = ports.random.addressed(Draw.backoff, user, table.cseq[user]);
    return backoffNs(failures, config.backoffBaseNs, config.backoffMaxNs, bits, retryAfterNs);
  }

  private unbind(user: number): void {
    const { table } = this.context;
    if (!table.has(user, ClientFlag.bound)) return;
    table.clear(user, ClientFlag.bound);
    this.owner.onFlowLost(user);
  }

  /** Lifetime that is asked for, in seconds. */
  private askS(user: number): number {
    const { table, config } = this.context;
    return table.askS[user] > 0 ? table.askS[user] : Math.floor(config.registerExpiresNs / NS_PER_S);
  }

  /** Lifetime of our own binding in a 200, in seconds; 0 if it is not among those listed. Never more than was asked for. */
  private grantedS(user: number, message: SipMessage): number {
    const { contacts, contact } = this;
    const { buf } = message;
    contacts.open(message, Header.contact);
    while (contacts.next()) {
      if (parseContact(buf, contacts.start, contacts.end, contact) !== 0) continue;
      if (!this.isOwn(user, buf)) continue;
      let seconds = contact.expiresSeconds;
      if (seconds < 0) seconds = this.secondsOf(message, Header.expires);
      return seconds < 0 ? this.askS(user) : Math.min(seconds, this.askS(user));
    }
    return 0;
  }

  private isOwn(user: number, buf: Buffer): boolean {
    const { uri, contact } = this;
    return (
      parseUri(buf, contact.uriStart, contact.uriEnd, uri) === 0 &&
      userOfUserPart(buf, uri.userStart, uri.userEnd) === this.context.devices.userOf(user) &&
      parseIpv4(buf, uri.hostStart, uri.hostEnd) === this.context.ports.ipOf(user) &&
      (uri.port === SIP_PORT || uri.port === -1)
    );
  }

  /** delta-seconds of the first header `id`; -1 if there is none or it is malformed. */
  private secondsOf(message: SipMessage, id: Header): number {
    const at = message.find(id);
    return at < 0 ? -1 : parseSeconds(message.buf, message.valueStart[at], message.valueEnd[at]);
  }

  private schedule(user: number, delayNs: number): void {
    this.cancel(user);
    const { table, ports } = this.context;
    table.registerTimer[user] = kept(ports.timer.after(delayNs, FleetTimer.register, user, 0));
  }

  private cancel(user: number): void {
    const { table, ports } = this.context;
    if (table.registerTimer[user] === NO_TIMER) return;
    ports.timer.cancel(table.registerTimer[user]);
    table.registerTimer[user] = NO_TIMER;
  }

  private report(kind: number, user: number, a: number, b: number): void {
    const { ports, devices, table } = this.context;
    ports.observe.emit(kind, devices.userOf(user), table.cseq[user], a, b);
  }
}

/** How long a client waits after its link came up again, from 32 bits of chance. */
export function reconnectNs(
  config: Pick<ClientFleetConfig, 'reconnect' | 'reconnectJitterNs' | 'backoffBaseNs' | 'backoffMaxNs'>,
  bits: number,
): number {
  switch (config.reconnect) {
    case 'lockstep':
      return 0;
    case 'rfc5626':
      return backoffNs(0, config.backoffBaseNs, config.backoffMaxNs, bits, 0);
    default:
      return uniformBetween(bits, 0, config.reconnectJitterNs);
  }
}

/** When to refresh a binding of `grantedS` seconds, from the 200 on. */
export function refreshAfterNs(grantedS: number): number {
  const seconds = grantedS > REFRESH_EARLY_ABOVE_S ? grantedS - REFRESH_EARLY_S : grantedS / 2;
  return Math.floor(seconds * NS_PER_S);
}
