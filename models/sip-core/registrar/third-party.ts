/**
 * Third-party registration: the Core tells the IM Server who is registered (rules 2.3 and 4.4; TS 24.229 section 5.4.1.7 by way
 * of the rules). A REGISTER for the user with the lifetime of her bindings, or Expires 0 when the last is gone. When a binding is
 * made, refreshed or taken back, the registrar's 200 is the body: feature tags are visible nowhere else, and it has those of all her
 * bindings, where her REGISTER has those of one device.
 *
 * Never two outstanding for one user, and the newest state wins: what changes while one is outstanding is sent when its answer is
 * there. Lost requests are the transaction layer's to repeat. A time-out, a transport failure, 408, 480 or a 5xx is tried again
 * after 2, 4, 8, 16, then every 32 s (less up to half of it by chance, more if Retry-After says so), until it succeeds: a
 * trigger is never lost for good. Any other answer is final: the same request would get it again.
 *
 * Volatile: after a restart the clients' new registrations bring everything back.
 *
 * Not modelled: service-info, her REGISTER as another body, network-initiated de-registration after a failure; that the flow of one of
 * several devices died is told with the next REGISTER.
 */
import type { Block, Ports } from '../../../sim/host/ports.js';
import { CoreTimer } from '../timers.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { CORE_HOST, DOMAIN, SIP_PORT } from '../../addressing.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import type { Leg } from '../../sip/legs.js';
import { retryAfterNs } from '../../sip/retry-after.js';
import { NO_TX } from '../../sip/user.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import type { SipMessage } from '../../wire/sip/message.js';
import type { Bindings } from './bindings.js';
import type { ImServers } from '../im-servers.js';

/** Set in the user token of these transactions; the rest is the user. */
export const THIRD_PARTY_TOKEN = 0x4000_0000;
/** Purpose number of the addressed chance that spreads retries. */
const RETRY_CHANCE = 0x7c01;
/** Purpose number of the addressed chance of From tags. */
const TAG_CHANCE = 0x7c03;
const RETRY_BASE_NS = 2 * NS_PER_S;
const RETRY_DOUBLINGS = 4;

const Phase = { idle: 0, outstanding: 1, waiting: 2 } as const;

/** What is under way for one user. */
interface Job {
  phase: (typeof Phase)[keyof typeof Phase];
  /** The state changed since the outstanding request left. */
  stale: boolean;
  attempt: number;
  /** The registrar's 200, held; 0 if there is none to pass on. */
  block: Block;
  length: number;
}

export class ThirdPartyRegistration {
  private readonly ports: Ports;
  private readonly endpoint: SipEndpoint;
  private readonly writer: OctetWriter;
  private readonly bindings: Bindings;
  private readonly servers: ImServers;
  private readonly leg: Leg;
  /** Only users with something under way are here. */
  private readonly jobs = new Map<number, Job>();
  private readonly spare: Job[] = [];
  /** Last CSeq for each user; the Call-ID is hers for this incarnation (RFC 3261 section 10.2). */
  private readonly cseq: Uint32Array;
  /** By instance. */
  private readonly heads: readonly string[];
  private readonly tail: string;

  constructor(
    ports: Ports,
    endpoint: SipEndpoint,
    writer: OctetWriter,
    bindings: Bindings,
    servers: ImServers,
    leg: Leg,
  ) {
    this.ports = ports;
    this.endpoint = endpoint;
    this.writer = writer;
    this.bindings = bindings;
    this.servers = servers;
    this.leg = leg;
    this.cseq = new Uint32Array(bindings.subscribers);
    this.heads = servers.hosts.map((host) => `REGISTER sip:${host} SIP/2.0\r\n`);
    this.tail = `.${ports.incarnation}@${CORE_HOST}\r\nCSeq: `;
  }

  /** Users for whom a request is outstanding or waits to be repeated. */
  get underWay(): number {
    return this.jobs.size;
  }

  /** Her bindings are as the 200 in `block` says, of which a hold is taken. */
  registered(user: number, block: Block, length: number): void {
    const job = this.jobOf(user);
    this.forgetBody(job);
    this.ports.octets.retain(block);
    job.block = block;
    job.length = length;
    this.changed(user, job);
  }

  /** Her last binding is gone. */
  gone(user: number): void {
    const job = this.jobOf(user);
    this.forgetBody(job);
    this.changed(user, job);
  }

  /** A response to the request of `user`. */
  onResponse(user: number, message: SipMessage): void {
    const { status } = message;
    if (status < 200) return;
    const again = status === 408 || status === 480 || (status >= 500 && status < 600);
    if (again) this.failed(user, retryAfterNs(message));
    else this.settled(user);
  }

  /** Timer F, or the transport failed. */
  onFailure(user: number): void {
    this.failed(user, 0);
  }

  /** From `Actor.onTimer` with {@link CoreTimer.thirdParty}. */
  fired(user: number): void {
    const job = this.jobs.get(user);
    if (job !== undefined && job.phase === Phase.waiting) this.send(user, job);
  }

  private jobOf(user: number): Job {
    let job = this.jobs.get(user);
    if (job !== undefined) return job;
    job = this.spare.pop() ?? { phase: Phase.idle, stale: false, attempt: 0, block: 0, length: 0 };
    job.phase = Phase.idle;
    job.stale = false;
    job.attempt = 0;
    this.jobs.set(user, job);
    return job;
  }

  private changed(user: number, job: Job): void {
    if (job.phase === Phase.outstanding) job.stale = true;
    else if (job.phase === Phase.idle) this.send(user, job);
    // A job that waits keeps waiting: the server has asked for peace, and the newest state leaves when the wait is over.
  }

  private send(user: number, job: Job): void {
    const { writer } = this;
    const expiresS = this.bindings.remainingOfUserS(user, this.ports.now());
    const bodyOctets = expiresS > 0 && job.block !== 0 ? job.length : 0;
    const cseq = ++this.cseq[user];
    writer.begin();
    writer.ascii(this.heads[this.servers.instanceOf(user)]);
    this.endpoint.writeVia(writer, 0, this.leg);
    writer.ascii(`Max-Forwards: 70\r\nFrom: <sip:${CORE_HOST}>;tag=`);
    // Section 19.3: it can be guessed from nothing.
    writer.hex32(this.ports.random.addressed(TAG_CHANCE, user, cseq)).hex32(cseq);
    writer
      .ascii('\r\nTo: <sip:u')
      .decimal(user)
      .ascii(`@${DOMAIN}>\r\nCall-ID: r`)
      .decimal(user)
      .ascii(this.tail);
    writer.decimal(cseq).ascii(` REGISTER\r\nContact: <sip:${CORE_HOST}>\r\nExpires: `).decimal(expiresS);
    if (bodyOctets > 0) writer.ascii('\r\nContent-Type: message/sip');
    writer.ascii('\r\nContent-Length: ').decimal(bodyOctets).ascii('\r\n\r\n');
    const bodyStart = writer.length;
    if (bodyOctets > 0) {
      const { octets } = this.ports;
      const from = octets.start(job.block);
      writer.span(octets.buf, from, from + bodyOctets);
    }
    const { length } = writer;
    const block = writer.end();
    job.phase = Phase.outstanding;
    job.stale = false;
    const token = THIRD_PARTY_TOKEN | user;
    const { endpoint, leg } = this;
    const serverIp = this.servers.ipFor(user);
    if (endpoint.request(0, block, length, bodyStart, serverIp, SIP_PORT, leg, token) === NO_TX)
      this.failed(user, 0);
  }

  private settled(user: number): void {
    const job = this.jobs.get(user);
    if (job === undefined || job.phase !== Phase.outstanding) return;
    job.attempt = 0;
    if (job.stale) {
      this.send(user, job);
      return;
    }
    this.forgetBody(job);
    job.phase = Phase.idle;
    this.jobs.delete(user);
    this.spare.push(job);
  }

  private failed(user: number, afterNs: number): void {
    const job = this.jobs.get(user);
    if (job === undefined || job.phase !== Phase.outstanding) return;
    job.phase = Phase.waiting;
    const backOffNs = RETRY_BASE_NS * (1 << Math.min(job.attempt, RETRY_DOUBLINGS));
    job.attempt++;
    const chance = this.ports.random.addressed(RETRY_CHANCE, user, this.cseq[user]) >>> 0;
    const spreadNs = backOffNs - Math.floor((backOffNs / 2 / 0x1_0000_0000) * chance);
    this.ports.timer.after(Math.max(spreadNs, afterNs), CoreTimer.thirdParty, user, 0);
  }

  private forgetBody(job: Job): void {
    if (job.block !== 0) this.ports.octets.release(job.block);
    job.block = 0;
  }
}
