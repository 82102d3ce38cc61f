/**
 * For tests of the IM Server only: ports in memory with a storage and a CPU station that do what the test says, a scripted Core
 * that speaks by text, and the client's side of a push.
 *
 * Not modelled: any network; the test says what arrives when.
 */
import { CommitStatus, type Block, type Conn, type Octets, type Ports } from '../../sim/host/ports.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { CORE_IP, IM_SERVER_IP, MSRP_PORT, SIP_PORT } from '../addressing.js';
import { FleetPorts, type Observation } from '../client/testing.js';
import { TimerProfile } from '../sip/legs.js';
import type { ImServerConfig } from './config.js';
import { StoredRecord } from './store/record.js';
import { ImServer } from './server.js';

interface Batch {
  readonly token: number;
  readonly puts: readonly (readonly [number, Block, number])[];
  readonly deletes: readonly number[];
}

/** Commits complete when `flush` is called: by the rig after each input, unless `held`. */
export class TestStorage {
  /** How the next commits end. */
  outcome: CommitStatus = CommitStatus.ok;
  held = false;
  usedOctets = 0;
  private readonly kept = new Map<number, readonly [Block, number]>();
  private puts: (readonly [number, Block, number])[] = [];
  private deletes: number[] = [];
  private readonly batches: Batch[] = [];

  constructor(private readonly octets: Octets) {}

  get records(): number {
    return this.kept.size;
  }

  put(key: number, block: Block, length: number): void {
    this.puts.push([key, block, length]);
  }

  delete(key: number): void {
    this.deletes.push(key);
  }

  commit(token: number): void {
    this.batches.push({ token, puts: this.puts, deletes: this.deletes });
    this.puts = [];
    this.deletes = [];
  }

  read(key: number): Block {
    return this.kept.get(key)?.[0] ?? 0;
  }

  lengthOf(key: number): number {
    return this.kept.get(key)?.[1] ?? -1;
  }

  scan(visit: (key: number, block: Block, length: number) => void): void {
    const keys = [...this.kept.keys()].sort((a, b) => a - b);
    for (const key of keys) visit(key, this.read(key), this.lengthOf(key));
  }

  /** The host crashed: what was put since the last completed commit is lost. */
  crash(): void {
    this.puts = [];
    this.deletes = [];
    this.batches.length = 0;
  }

  /** Completes all commits that wait, in order. */
  flush(done: (token: number, status: CommitStatus) => void): void {
    for (let batch = this.batches.shift(); batch !== undefined; batch = this.batches.shift()) {
      if (this.outcome === CommitStatus.ok) this.apply(batch);
      else for (const [, block] of batch.puts) this.octets.release(block);
      done(batch.token, this.outcome);
    }
  }

  private apply({ puts, deletes }: Batch): void {
    for (const [key, block, length] of puts) {
      this.forget(key);
      this.kept.set(key, [block, length]);
    }
    for (const key of deletes) this.forget(key);
  }

  private forget(key: number): void {
    const old = this.kept.get(key);
    if (old !== undefined) this.octets.release(old[0]);
    this.kept.delete(key);
  }
}

/** Work is done at once, unless `held` (then `serve` does it) or `full`. */
export class TestCpu {
  held = false;
  full = false;
  inSystem = 0;
  readonly waiting: number[] = [];
  onServed: (token: number) => void = () => undefined;

  spend(_kind: number, _octets: number, token: number): boolean {
    if (this.full) return false;
    if (this.held) this.waiting.push(token);
    else this.onServed(token);
    return true;
  }

  /** Does the work that waited longest, or the one at this place. */
  serve(at = 0): void {
    const [token] = this.waiting.splice(at, 1);
    this.onServed(token);
  }
}

/** Settings in which nothing is in the way of a test. */
export const TEST_SERVER: ImServerConfig = {
  subscribers: 16,
  coreIp: CORE_IP,
  timers: TimerProfile.internet,
  expiry: { enabled: true, defaultNs: 3600 * NS_PER_S, maxNs: 7200 * NS_PER_S, skewLimitNs: 300 * NS_PER_S },
  push: {
    enabled: true,
    chunkOctets: 2048,
    windowSends: 8,
    wrapper: 'sipfrag',
    maxSessions: 100,
    startsPerSecond: 0,
    startJitterNs: 0,
    refreshesAreTold: true,
    bindLimitNs: 32 * NS_PER_S,
    retryNs: 30 * NS_PER_S,
    graceNs: 30 * NS_PER_S,
    sendTimeoutNs: 30 * NS_PER_S,
  },
  large: {
    messageOctets: 1 << 20,
    reassemblyOctets: 1 << 22,
    partialLimitNs: 120 * NS_PER_S,
    resumeWindowNs: 300 * NS_PER_S,
    sessionLimitNs: 3600 * NS_PER_S,
  },
  quota: { messagesPerUser: 0, octetsPerUser: 0, messageOctets: 0 },
};

/** Overrides of {@link TEST_SERVER}, the groups one deep. */
export interface RigOptions extends Partial<Omit<ImServerConfig, 'push' | 'expiry' | 'quota' | 'large'>> {
  readonly push?: Partial<ImServerConfig['push']>;
  readonly expiry?: Partial<ImServerConfig['expiry']>;
  readonly quota?: Partial<ImServerConfig['quota']>;
  readonly large?: Partial<ImServerConfig['large']>;
}

export class ServerRig {
  readonly ports = new FleetPorts(IM_SERVER_IP);
  readonly storage = new TestStorage(this.ports.octets);
  readonly cpu = new TestCpu();
  server: ImServer;
  private all: Ports;
  private readonly config: ImServerConfig;
  private nextConn = 1;
  private cseq = 0;

  constructor(options: RigOptions = {}) {
    this.config = {
      ...TEST_SERVER,
      ...options,
      push: { ...TEST_SERVER.push, ...options.push },
      expiry: { ...TEST_SERVER.expiry, ...options.expiry },
      quota: { ...TEST_SERVER.quota, ...options.quota },
      large: { ...TEST_SERVER.large, ...options.large },
    };
    const { ports, storage, cpu } = this;
    this.all = {
      hostId: 1,
      incarnation: 0,
      ipOf: (local) => ports.ipOf(local),
      now: () => ports.now(),
      wallClock: () => ports.wallClock(),
      octets: ports.octets,
      timer: ports.timer,
      udp: ports.udp,
      tcp: ports.tcp,
      random: ports.random,
      observe: ports.observe,
      storage,
      cpu,
    };
    this.server = new ImServer(this.all, this.config);
    cpu.onServed = (token) => this.server.onServed(token);
    ports.onTimer = (kind, a, b) => {
      this.server.onTimer(kind, a, b);
      this.settle();
    };
    this.server.start();
    this.settle();
  }

  /** The server's process is killed and begins anew: it has what is in storage, and nothing else. */
  restart(): this {
    this.ports.forgetTimers();
    this.storage.crash();
    this.all = { ...this.all, incarnation: this.all.incarnation + 1 };
    this.server = new ImServer(this.all, this.config);
    this.server.start();
    return this.settle();
  }

  /** Completes what storage has to do, unless it is held. */
  settle(): this {
    if (!this.storage.held) this.flush();
    return this;
  }

  /** Completes what storage has to do. */
  flush(): void {
    this.storage.flush((token, status) => this.server.onCommitted(token, status));
  }

  /** Lets so many seconds pass. */
  pass(seconds: number): this {
    this.ports.advance(this.ports.nowNs + Math.round(seconds * NS_PER_S));
    return this.settle();
  }

  /** A datagram of the Core. Returns what the server sends until it is at rest. */
  fromCore(text: string): string[] {
    this.ports.sent.length = 0;
    const { octets } = this.ports;
    const block = octets.put(text);
    const start = octets.start(block);
    this.server.onDatagram(0, CORE_IP, SIP_PORT, SIP_PORT, block, octets.buf, start, start + text.length);
    octets.release(block);
    this.settle();
    return this.taken();
  }

  /** Datagrams that left since the last look, without taking the connection's octets. */
  taken(): string[] {
    return this.ports.takeSent();
  }

  /** The third-party REGISTER of the Core; `contact` is what her own REGISTER said. */
  register(user: number, expiresS = 3600, contact = '+g.oma.sip-im'): string[] {
    this.cseq++;
    const inner =
      expiresS === 0
        ? ''
        : lines(
            'REGISTER sip:ims.example SIP/2.0',
            `Via: SIP/2.0/UDP 10.16.0.${user}:5060;branch=z9hG4bKr${this.cseq}`,
            `From: <sip:u${user}@ims.example>;tag=1`,
            `To: <sip:u${user}@ims.example>`,
            'Call-ID: reg',
            `CSeq: ${this.cseq} REGISTER`,
            `Contact: <sip:u${user}@10.16.0.${user}:5060>;${contact}`,
            'Content-Length: 0',
            '',
            '',
          );
    return this.fromCore(
      lines(
        'REGISTER sip:im.ims.example SIP/2.0',
        `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKtp${this.cseq}`,
        'Max-Forwards: 70',
        'From: <sip:core.ims.example>;tag=c',
        `To: <sip:u${user}@ims.example>`,
        `Call-ID: r${user}@core`,
        `CSeq: ${this.cseq} REGISTER`,
        'Contact: <sip:core.ims.example>',
        `Expires: ${expiresS}`,
        ...(inner === '' ? [] : ['Content-Type: message/sip']),
        `Content-Length: ${inner.length}`,
        '',
        inner,
      ),
    );
  }

  /** Stores a message for `user`, with `body`; the answer's status. */
  store(user: number, body = 'Watson, come here.', extra: readonly string[] = []): number {
    const answers = this.fromCore(this.message(user, body, extra));
    return statusOf(answers.find((text) => text.startsWith('SIP/2.0')) ?? '');
  }

  /** A MESSAGE as the Core hands it over; each with a branch and Call-ID of its own. */
  message(user: number, body = 'Watson, come here.', extra: readonly string[] = []): string {
    const number = ++this.cseq;
    const type = extra.some((line) => /^(Content-Type|c):/i.test(line)) ? [] : ['Content-Type: text/plain'];
    return lines(
      `MESSAGE sip:u${user}@ims.example SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKm${number}`,
      'Via: SIP/2.0/UDP 10.16.0.1:5060;branch=z9hG4bKorigin',
      'Max-Forwards: 68',
      'Route: <sip:im.ims.example;lr>',
      `From: <sip:u1@ims.example>;tag=f${number}`,
      `To: <sip:u${user}@ims.example>`,
      `Call-ID: call${number}@10.16.0.1`,
      'CSeq: 1 MESSAGE',
      'P-Asserted-Identity: <sip:u1@ims.example>',
      ...type,
      ...extra,
      `Content-Length: ${body.length}`,
      '',
      body,
    );
  }

  /** A client connects to the server's MSRP port. */
  connect(): Conn {
    const conn = this.nextConn++;
    this.server.onTcpAccepted(conn, 0, MSRP_PORT, 0x0a100007, 40_000);
    return conn;
  }

  /** Octets of a TCP peer, in segments of so many. */
  toServer(conn: Conn, text: string, segment = Infinity): this {
    for (let at = 0; at < text.length; at += segment) {
      const buf = Buffer.from(text.slice(at, at + segment), 'latin1');
      this.server.onTcpData(conn, buf, 0, buf.length);
    }
    return this.settle();
  }

  /** What the server has written to a connection since the last call. */
  written(conn: Conn): string {
    const text = this.ports.written.get(conn) ?? '';
    this.ports.written.set(conn, '');
    return text;
  }

  /** Observations of one kind. */
  of(kind: number): Observation[] {
    return this.ports.seen.filter((one) => one.kind === kind);
  }

  /** Numbers of the deferred messages in storage. */
  held(): number[] {
    const keys: number[] = [];
    this.storage.scan((key) => void (key > 0 && keys.push(key - 1)));
    return keys;
  }

  /** A stored record: head, fragment and body as text, and the fields. */
  record(dm: number): { head: string; fragment: string; body: string; record: StoredRecord } {
    const { octets } = this.ports;
    const start = octets.start(this.storage.read(dm + 1));
    const record = new StoredRecord();
    record.read(octets.buf, start, start + this.storage.lengthOf(dm + 1));
    const { headStart, headEnd, fragmentStart, fragmentEnd, bodyStart, bodyEnd } = record;
    return {
      head: octets.buf.latin1Slice(headStart, headEnd),
      fragment: octets.buf.latin1Slice(fragmentStart, fragmentEnd),
      body: octets.buf.latin1Slice(bodyStart, bodyEnd),
      record,
    };
  }
}

/** Lines, each with its CRLF but the last. */
export function lines(...parts: readonly string[]): string {
  return parts.join('\r\n');
}

/** Status of a response; 0 for anything else. */
export function statusOf(text: string): number {
  return Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0);
}
