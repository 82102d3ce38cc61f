/**
 * For tests only: a Core on ports in memory, fed with text and read as text.
 *
 * Not modelled: any network; what the Core sends stays where it is until the test takes it.
 */
import type { Actor, Ports } from '../../sim/host/ports.js';
import { NS_PER_MS, NS_PER_S } from '../../sim/kernel/time.js';
import { CORE_IP, FIRST_CLIENT_IP, IM_SERVER_IP, ipText } from '../addressing.js';
import { TestPorts } from '../sip/testing.js';
import type { SipCoreConfig } from './config.js';
import { createSipCore } from './core.js';

/** Ports with a CPU that serves at once, or on demand once `slow` is set, and observations with all their numbers. */
export class CorePorts extends TestPorts {
  slow = false;
  queueLimit = 1000;
  readonly waiting: number[] = [];
  readonly spent: number[] = [];
  readonly emitted: number[][] = [];
  core: Actor | undefined;

  /** What the Core gets. */
  readonly forActor: Ports = {
    hostId: this.hostId,
    incarnation: this.incarnation,
    ipOf: (local) => this.ipOf(local),
    now: () => this.now(),
    wallClock: () => this.wallClock(),
    octets: this.octets,
    timer: this.timer,
    udp: this.udp,
    tcp: this.tcp,
    storage: this.storage,
    random: this.random,
    cpu: {
      inSystem: 0,
      spend: (kind, _octets, token) => {
        if (this.slow && this.waiting.length === this.queueLimit) return false;
        this.spent.push(kind);
        if (this.slow) this.waiting.push(token);
        else this.core?.onServed(token);
        return true;
      },
    },
    observe: {
      wants: () => true,
      emit: (kind, entity, message, a, b) => void this.emitted.push([kind, entity, message, a, b]),
      emitOctets: () => undefined,
    },
  };

  /** Ends the service of everything that waits. */
  serve(): void {
    for (const token of this.waiting.splice(0)) this.core?.onServed(token);
  }
}

export const TEST_CONFIG: SipCoreConfig = {
  subscribers: 100,
  clientTimers: 0,
  serverTimers: 0,
  registerExpiresNs: 3600 * NS_PER_S,
  minExpiresNs: 60 * NS_PER_S,
  flowTimeoutNs: 30 * NS_PER_S,
  liveDeliveryLimitNs: 8 * NS_PER_S,
  thirdPartyOnRefresh: true,
  registersPerSecond: 0,
  canaries: false,
};

export interface Sent {
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
}

export function clientIp(user: number): number {
  return FIRST_CLIENT_IP + user;
}

export class CoreBench {
  readonly ports = new CorePorts(CORE_IP);
  readonly core: Actor;
  private readonly cseq = new Map<number, number>();
  private branches = 0;

  constructor(overrides: Partial<SipCoreConfig> = {}) {
    this.core = createSipCore(this.ports.forActor, { ...TEST_CONFIG, ...overrides });
    this.ports.core = this.core;
    this.ports.onTimer = (kind, a, b) => this.core.onTimer(kind, a, b);
    this.core.start();
  }

  /** A datagram from `ip`:`port` to port 5060; lines joined by CRLF. */
  receive(ip: number, text: string, port = 5060): void {
    const { octets } = this.ports;
    const block = octets.put(text);
    const start = octets.start(block);
    this.core.onDatagram(0, ip, port, 5060, block, octets.buf, start, start + text.length);
    octets.release(block);
  }

  fromClient(user: number, text: string, port = 5060): void {
    this.receive(clientIp(user), text, port);
  }

  fromServer(text: string): void {
    this.receive(IM_SERVER_IP, text);
  }

  /** What was sent since the last call. */
  take(): Sent[] {
    return this.ports.sent.splice(0).map(({ toIp, toPort, text, atNs }) => ({
      to: `${ipText(toIp)}:${toPort}`,
      text,
      atMs: Math.round(atNs / NS_PER_MS),
    }));
  }

  /** The one datagram that was sent since the last call. */
  takeOne(): Sent {
    const all = this.take();
    if (all.length !== 1)
      throw new Error(`${all.length} datagrams: ${all.map((s) => firstLine(s.text)).join(', ')}`);
    return all[0];
  }

  advance(seconds: number): void {
    this.ports.advance(this.ports.nowNs + Math.round(seconds * NS_PER_S));
  }

  /** Registers a client, answers the third-party REGISTER with 200, and forgets what was sent. */
  register(user: number, options: RegisterOptions = {}): void {
    this.fromClient(user, this.registerText(user, options), options.port ?? 5060);
    for (const sent of this.take())
      if (sent.text.startsWith('REGISTER')) this.fromServer(answer(sent.text, 200));
    this.take();
  }

  /** A MESSAGE of user `from` to user `to`, with `extra` header lines. */
  messageText(
    from: number,
    to: number,
    extra: readonly string[] = [],
    branch = `z9hG4bKm${this.branches++}`,
  ): string {
    return lines(
      `MESSAGE sip:u${to}@ims.example SIP/2.0`,
      `Via: SIP/2.0/UDP 10.16.0.${from}:5060;rport;branch=${branch}`,
      'Max-Forwards: 70',
      `From: <sip:u${from}@ims.example>;tag=s1`,
      `To: <sip:u${to}@ims.example>`,
      `Call-ID: call-${branch}`,
      'CSeq: 1 MESSAGE',
      ...extra,
      'Content-Type: text/plain',
      'Content-Length: 18',
      '',
      'Watson, come here.',
    );
  }

  /** A request from the IM Server to user `to`. */
  pushText(
    method: string,
    to: number,
    extra: readonly string[] = [],
    branch = `z9hG4bKp${this.branches++}`,
  ): string {
    return lines(
      `${method} sip:u${to}@ims.example SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=${branch}`,
      'Max-Forwards: 70',
      'Route: <sip:core.ims.example;lr>',
      'From: <sip:deferred@im.ims.example>;tag=im',
      `To: <sip:u${to}@ims.example>`,
      'Call-ID: push1@im.ims.example',
      `CSeq: 1 ${method}`,
      'Contact: <sip:deferred@10.0.0.2:5060>',
      ...extra,
      'Content-Length: 0',
      '',
      '',
    );
  }

  registerText(user: number, options: RegisterOptions = {}): string {
    const cseq = options.cseq ?? (this.cseq.get(user) ?? 0) + 1;
    this.cseq.set(user, cseq);
    const contact = options.contacts ?? [`Contact: ${contactOf(user, options.port ?? 5060)}`];
    return lines(
      `REGISTER sip:ims.example SIP/2.0`,
      `Via: SIP/2.0/UDP ${ipText(clientIp(user))}:5060;rport;branch=z9hG4bKr${user}x${cseq}${options.callId ?? ''}`,
      'Max-Forwards: 70',
      `From: <sip:u${user}@ims.example>;tag=f${user}`,
      `To: ${options.to ?? `<sip:u${user}@ims.example>`}`,
      `Call-ID: ${options.callId ?? `reg${user}`}`,
      `CSeq: ${cseq} REGISTER`,
      ...contact,
      ...(options.extra ?? []),
      'Content-Length: 0',
      '',
      '',
    );
  }
}

export interface RegisterOptions {
  readonly port?: number;
  readonly cseq?: number;
  readonly callId?: string;
  readonly to?: string;
  readonly contacts?: readonly string[];
  readonly extra?: readonly string[];
}

export function contactOf(user: number, port = 5060): string {
  return `<sip:u${user}@${ipText(clientIp(user))}:${port}>;+g.oma.sip-im;+sip.instance="<urn:uuid:${user}-${port}>";reg-id=1`;
}

export function lines(...all: readonly string[]): string {
  return all.join('\r\n');
}

export function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\r\n'));
}

/** Header lines of a message without its start line. */
export function headersOf(text: string): string[] {
  return text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n').slice(1);
}

/** Values of the header lines called `name`, as written in full. */
export function valuesOf(text: string, name: string): string[] {
  const prefix = `${name}: `;
  return headersOf(text)
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length));
}

/** A response to `request` as its receiver would send it. */
export function answer(request: string, status: number, extra: readonly string[] = [], tag = 'ans'): string {
  const kept = headersOf(request).filter((line) =>
    /^(Via|v|From|f|Call-ID|i|CSeq|Record-Route):/i.test(line),
  );
  const to = headersOf(request).find((line) => /^(To|t):/i.test(line)) ?? '';
  const tagged = to.includes(';tag=') ? to : `${to};tag=${tag}`;
  return lines(`SIP/2.0 ${status} Whatever`, ...kept, tagged, ...extra, 'Content-Length: 0', '', '');
}

/** Our Via without what is random in it. */
export function plainVia(text: string): string {
  return text.replace(/branch=z9hG4bK[0-9a-f]{16}/g, 'branch=OURS').replace(/loop=[0-9a-f]{8}/g, 'loop=HASH');
}

export function registered(...users: readonly number[]): CoreBench {
  const bench = new CoreBench({ flowTimeoutNs: 1e13 });
  for (const user of users) bench.register(user);
  return bench;
}
