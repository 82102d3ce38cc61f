/**
 * For tests of the IM Server only: the server on ports in memory, with a storage and a CPU station that do what the test says
 * (`testing-machine.ts`), and a scripted Core that speaks by text (`testing-texts.ts`).
 *
 * Not modelled: any network; the test says what arrives when.
 */
import type { Conn, Ports } from '../../sim/host/ports.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { CORE_IP, IM_SERVER_IP, MSRP_PORT, SIP_PORT } from '../addressing.js';
import { FleetPorts, type Observation } from '../client/testing.js';
import type { ImServerConfig } from './config.js';
import { ImServer } from './server.js';
import { StoredRecord } from './store/record.js';
import { TestCpu, TestStorage } from './testing-machine.js';
import { type RigOptions, testConfig } from './testing-settings.js';
import { messageText, registerText, statusOf } from './testing-texts.js';

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
    this.config = testConfig(options);
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
    return this.fromCore(registerText(user, this.cseq, expiresS, contact));
  }

  /** Stores a message for `user`, with `body`; the answer's status. */
  store(user: number, body = 'Watson, come here.', extra: readonly string[] = []): number {
    const answers = this.fromCore(this.message(user, body, extra));
    return statusOf(answers.find((text) => text.startsWith('SIP/2.0')) ?? '');
  }

  /** A MESSAGE as the Core hands it over; each with a branch and Call-ID of its own. */
  message(user: number, body = 'Watson, come here.', extra: readonly string[] = []): string {
    return messageText(user, ++this.cseq, body, extra);
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
