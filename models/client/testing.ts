/**
 * For tests of the fleet only: ports in memory that keep every observation, and a scripted SIP/IP Core that answers by text.
 *
 * Not modelled: any network; the test says what arrives when.
 */
import { TestPorts } from '../sip/testing.js';
import { CORE_IP, FIRST_CLIENT_IP, SIP_PORT } from '../addressing.js';
import { TimerProfile } from '../sip/legs.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { ClientFleetConfig, PagerOffer } from './config.js';
import { ImClientFleet } from './fleet.js';

/** An observation as it was emitted; `b` is absent and `text` there for those with octets. */
export interface Observation {
  readonly atNs: number;
  readonly kind: number;
  readonly entity: number;
  readonly message: number;
  readonly a: number;
  readonly b: number;
  readonly text: string;
}

export class FleetPorts extends TestPorts {
  readonly seen: Observation[] = [];

  override readonly observe = {
    wants: (): boolean => true,
    emit: (kind: number, entity: number, message: number, a: number, b = 0): void =>
      void this.seen.push({ atNs: this.nowNs, kind, entity, message, a, b, text: '' }),
    emitOctets: (
      kind: number,
      entity = 0,
      message = 0,
      a = 0,
      buf: Buffer = this.octets.buf,
      start = 0,
      end = 0,
    ): void =>
      void this.seen.push({
        atNs: this.nowNs,
        kind,
        entity,
        message,
        a,
        b: 0,
        text: buf.latin1Slice(start, end),
      }),
  };
}

export const TEST_CONFIG: ClientFleetConfig = {
  subscribers: 16,
  coreIp: CORE_IP,
  timers: TimerProfile.internet,
  registerExpiresNs: 3600 * NS_PER_S,
  registerSpreadNs: 0,
  reconnectJitterNs: 0,
  backoffBaseNs: 30 * NS_PER_S,
  backoffMaxNs: 1800 * NS_PER_S,
  keepAlive: false,
  canaries: true,
  body: {
    fill: (m, sizeOctets, target, at) => {
      const text = `body ${m} `.padEnd(sizeOctets, '.');
      for (let i = 0; i < sizeOctets; i++) target[at + i] = text.charCodeAt(i);
    },
  },
};

export class FleetRig {
  readonly ports = new FleetPorts(FIRST_CLIENT_IP);
  readonly fleet: ImClientFleet;

  constructor(config: Partial<ClientFleetConfig> = {}) {
    this.fleet = new ImClientFleet(this.ports, { ...TEST_CONFIG, ...config });
    this.ports.onTimer = (kind, a, b) => this.fleet.onTimer(kind, a, b);
    this.fleet.start();
  }

  /** Lets time pass up to and including `seconds` of virtual time. */
  at(seconds: number): this {
    this.ports.advance(Math.round(seconds * NS_PER_S));
    return this;
  }

  /** A datagram of the Core reaches `user`. */
  deliver(user: number, text: string, fromPort = SIP_PORT): void {
    const { octets } = this.ports;
    const block = octets.put(text);
    const start = octets.start(block);
    this.fleet.onDatagram(user, CORE_IP, fromPort, SIP_PORT, block, octets.buf, start, start + text.length);
    octets.release(block);
  }

  /** The requests sent since the last call that begin with `method`; anything else sent is forgotten. */
  take(method: string): string[] {
    return this.ports.takeSent().filter((text) => text.startsWith(method));
  }

  /** Registers every user that has a REGISTER out, with a binding of `seconds`. */
  register(seconds = 3600, extra = ''): void {
    for (const text of this.take('REGISTER')) this.deliver(userOf(text), granted(text, seconds, extra));
  }

  /** Observations of one kind. */
  of(kind: number): Observation[] {
    return this.ports.seen.filter((one) => one.kind === kind);
  }

  offer(offer: Partial<PagerOffer>): void {
    this.fleet.offerPager({
      sender: 1,
      recipient: 2,
      message: 0,
      sizeOctets: 24,
      intendedAtNs: this.ports.nowNs,
      anonymous: false,
      expiresS: -1,
      ...offer,
    });
  }
}

/** The user from whose address a request left, by the sent-by of its Via. */
export function userOf(request: string): number {
  const [, a = '0', b = '0', c = '0'] = /^Via: \S+ 10\.(\d+)\.(\d+)\.(\d+)/m.exec(request) ?? [];
  return (Number(a) - 16) * 65536 + Number(b) * 256 + Number(c);
}

/** The value of the first header line `name`. */
export function header(message: string, name: string): string {
  return new RegExp(`^${name}: (.*)\r$`, 'm').exec(message)?.[1] ?? '';
}

/** A response to `request`; `extra` are whole header lines. */
export function response(request: string, status: number, extra = ''): string {
  const lines = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => {
    const value = header(request, name);
    return `${name}: ${value}${name === 'To' && !value.includes(';tag=') ? ';tag=core' : ''}`;
  });
  return `SIP/2.0 ${status} Whatever\r\n${lines.join('\r\n')}\r\n${extra}Content-Length: 0\r\n\r\n`;
}

/** A 200 to a REGISTER that lists its Contact with `expires`. */
export function granted(request: string, seconds: number, extra = ''): string {
  return response(request, 200, `Contact: ${header(request, 'Contact')};expires=${seconds}\r\n${extra}`);
}
