/**
 * The SIP/IP Core as one actor: edge proxy (P-CSCF part), registrar and S-CSCF part (rules 4.4).
 *
 * It takes what the ports report, charges the CPU for it, and hands it on: keep-alives and REGISTER to the registrar's part, everything
 * else to the proxy. Whatever comes from a flow is a sign of its life.
 *
 * All state is volatile: a restarted Core knows no binding. It leaves keep-alives of unknown flows unanswered and refuses their
 * requests with 403; either tells a client that she has to register again.
 *
 * Not modelled: IPsec and authentication, SigComp, QoS, HSS, emergency calls, more than one Core.
 */
import type { Actor, ActorFactory, Block, Conn, Ports, TcpEnd } from '../../sim/host/ports.js';
import { SIP_PORT } from '../addressing.js';
import { HOP_CANARY, mark } from '../marks.js';
import { SipEndpoint } from '../sip/endpoint.js';
import { legOf, Transport } from '../sip/legs.js';
import { PROFILE_TIMES } from '../sip/transaction/timers.js';
import { endpointDefaults, type TransactionUser, type Tx } from '../sip/user.js';
import { OctetWriter } from '../wire/octet-writer.js';
import type { SipMessage } from '../wire/sip/message.js';
import { Method } from '../wire/sip/head/methods.js';
import { Devices } from '../devices.js';
import { Bindings } from './registrar/bindings.js';
import { CoreWork, type SipCoreConfig } from './config.js';
import { Forwarder } from './proxy/forwarder.js';
import { ImServers } from './im-servers.js';
import { KeepAlives } from './registrar/keep-alives.js';
import { Liveness } from './registrar/liveness.js';
import { CoreTimer } from './timers.js';
import { Proxy } from './proxy/proxy.js';
import { Registrar } from './registrar/registrar.js';
import { Source } from './source.js';
import { NOTHING_FOLLOWS, StreamWork } from './stream-work.js';
import { THIRD_PARTY_TOKEN, ThirdPartyRegistration } from './registrar/third-party.js';
import { WaitingWork } from './work.js';
import { workOf } from './work-kind.js';

/** What a client waits that meets a full CPU queue (assumed). */
const FULL_QUEUE_LINES = 'Retry-After: 5\r\n';
class SipCore implements Actor, TransactionUser {
  private readonly ports: Ports;
  private readonly writer: OctetWriter;
  private readonly endpoint: SipEndpoint;
  private readonly devices: Devices;
  private readonly bindings: Bindings;
  private readonly liveness: Liveness;
  private readonly thirdParty: ThirdPartyRegistration;
  private readonly registrar: Registrar;
  private readonly proxy: Proxy;
  private readonly work: WaitingWork;
  private readonly streams: StreamWork;
  private readonly keepAlives: KeepAlives;
  /** A request that waited longer is dropped: its sender's transaction is over (RFC 3261 section 17.1), and she may have sent it anew. */
  private readonly staleNs: number;
  private readonly source = new Source();
  /** Users by the connection that their client opened, to know whose flow ends with it. */
  private readonly userOfConn = new Map<Conn, number>();
  /** The datagram in hand found the CPU queue full: requests in it are answered 503. */
  private refusing = false;

  constructor(ports: Ports, config: SipCoreConfig) {
    this.ports = ports;
    this.writer = new OctetWriter(ports.octets);
    const imServers = new ImServers(config.imServers ?? 1);
    this.endpoint = new SipEndpoint(ports, this, {
      port: SIP_PORT,
      branchTag: config.canaries ? mark(HOP_CANARY, ports.incarnation) : '',
      transactionLimit: config.transactionLimit ?? endpointDefaults().transactionLimit,
      isProxy: true,
      profileFor: (ip) => (imServers.has(ip) ? config.serverTimers : config.clientTimers),
    });
    this.devices = config.devices ?? new Devices(config.subscribers);
    this.bindings = new Bindings(ports.octets, config.subscribers);
    this.liveness = new Liveness(ports, this.bindings, config.flowTimeoutNs);
    const serverLeg = legOf(Transport.udp, config.serverTimers);
    const { bindings, endpoint, writer, liveness } = this;
    this.thirdParty = new ThirdPartyRegistration(ports, endpoint, writer, bindings, imServers, serverLeg);
    this.registrar = new Registrar(
      ports,
      config,
      endpoint,
      writer,
      bindings,
      liveness,
      this.thirdParty,
      this.devices,
    );
    this.proxy = new Proxy(
      ports,
      config,
      endpoint,
      bindings,
      new Forwarder(ports, config, endpoint, writer, bindings, imServers.hosts),
      imServers,
      this.devices,
    );
    this.work = new WaitingWork(ports);
    this.streams = new StreamWork(ports, endpoint, this.work);
    this.keepAlives = new KeepAlives(ports, this.devices, bindings);
    const { clientTimers, serverTimers } = config;
    this.staleNs = 64 * Math.max(PROFILE_TIMES[clientTimers].t1Ns, PROFILE_TIMES[serverTimers].t1Ns);
    this.liveness.onRemoved = (user) => {
      if (this.bindings.firstOf(user) === 0) this.thirdParty.gone(user);
    };
  }

  start(): void {
    this.endpoint.start();
  }

  // ---- from the ports ----

  onDatagram(
    local: number,
    fromIp: number,
    fromPort: number,
    toPort: number,
    block: Block,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (toPort !== SIP_PORT) return;
    const user = this.devices.userOfIp(fromIp);
    if (user >= 0) this.bindings.seen(user, fromIp, fromPort, 0, this.ports.now());
    const kind = workOf(buf, start, end);
    if (kind < 0) return;
    const { work } = this;
    const slot = work.open();
    work.kind[slot] = kind;
    work.local[slot] = local;
    work.fromIp[slot] = fromIp;
    work.fromPort[slot] = fromPort;
    work.conn[slot] = 0;
    work.block[slot] = block;
    work.start[slot] = start - this.ports.octets.start(block);
    work.length[slot] = end - start;
    if (work.submit(slot, end - start)) return;
    if (kind === CoreWork.keepAlive || kind === CoreWork.response) return;
    // An ACK ends work that was paid for: it is handled all the same.
    this.refusing = true;
    this.endpoint.onDatagram(local, fromIp, fromPort, block, buf, start, end);
    this.refusing = false;
  }

  onServed(token: number): void {
    if (token === NOTHING_FOLLOWS) return;
    const { work } = this;
    const held = work.served(token);
    const fromIp = work.fromIp[token];
    const fromPort = work.fromPort[token];
    const block = work.block[token];
    if (block === 0) {
      const waitedNs = this.ports.now() - work.sinceNs[token];
      this.serveStreamRequest(work.tx[token], waitedNs, fromIp, fromPort, work.conn[token]);
      return;
    }
    const { octets } = this.ports;
    const start = octets.start(block) + work.start[token];
    const end = start + work.length[token];
    const local = work.local[token];
    const kind = work.kind[token];
    if (kind === CoreWork.keepAlive)
      this.keepAlives.onDatagram(local, fromIp, fromPort, octets.buf, start, end);
    else if (kind === CoreWork.response || this.ports.now() - work.sinceNs[token] <= this.staleNs)
      this.endpoint.onDatagram(local, fromIp, fromPort, block, octets.buf, start, end);
    work.release(held);
  }

  onTimer(kind: number, a: number, b: number): void {
    if (this.endpoint.onTimer(kind, a, b)) return;
    if (kind === CoreTimer.lifetime) this.liveness.lifetimeOver(a, b);
    else if (kind === CoreTimer.flows) this.liveness.flowsDue();
    else if (kind === CoreTimer.thirdParty) this.thirdParty.fired(a);
    else this.proxy.onTimer(kind, a, b);
  }

  onTcpAccepted(conn: Conn, local: number, port: number, fromIp: number, fromPort: number): void {
    if (!this.endpoint.onTcpAccepted(conn, local, port, fromIp, fromPort)) {
      this.ports.tcp.abort(conn);
      return;
    }
    const user = this.devices.userOfIp(fromIp);
    if (user >= 0) this.userOfConn.set(conn, user);
  }

  onTcpConnected(conn: Conn): void {
    this.endpoint.onTcpConnected(conn);
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    const user = this.userOfConn.get(conn);
    if (user !== undefined) this.bindings.seen(user, 0, 0, conn, this.ports.now());
    this.endpoint.onTcpData(conn, buf, start, end);
  }

  onTcpWritable(conn: Conn): void {
    this.endpoint.onTcpWritable(conn);
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    this.endpoint.onTcpClosed(conn, end);
    const user = this.userOfConn.get(conn);
    if (user === undefined) return;
    this.userOfConn.delete(conn);
    this.liveness.connectionClosed(user, conn);
  }

  onLink(): void {
    // The Core's own link is the operator's matter.
  }

  onCommitted(): void {
    // The Core stores nothing.
  }

  // ---- from the endpoint ----

  onRequest(tx: Tx, message: SipMessage): void {
    const { arrival } = this.endpoint;
    if (this.refusing) {
      this.endpoint.answer(tx, message, 503, FULL_QUEUE_LINES);
      return;
    }
    if (arrival.conn !== 0) {
      if (!this.streams.submit(tx, message)) this.endpoint.answer(tx, message, 503, FULL_QUEUE_LINES);
      return;
    }
    this.handleRequest(tx, message, this.sourceOfArrival());
  }

  onAck(message: SipMessage): void {
    this.streams.charge(CoreWork.request);
    this.proxy.onAck(message, this.sourceOfArrival());
  }

  onCancel(tx: Tx): void {
    this.streams.charge(CoreWork.request);
    this.proxy.onCancel(tx);
  }

  onResponse(tx: Tx, message: SipMessage): void {
    this.streams.charge(CoreWork.response);
    const token = this.endpoint.token(tx);
    if (isThirdParty(token)) this.thirdParty.onResponse(token & ~THIRD_PARTY_TOKEN, message);
    else this.proxy.onResponse(tx, message);
  }

  onTimeout(tx: Tx): void {
    this.onFailure(tx, 408);
  }

  onTransportError(tx: Tx): void {
    this.onFailure(tx, 503);
  }

  onStrayCancel(message: SipMessage): number {
    if (this.refusing) return 503;
    this.streams.charge(CoreWork.request);
    return this.proxy.onStrayCancel(message, this.sourceOfArrival());
  }

  /** The late answers of clients are swallowed (RFC 6026 section 8.9, RFC 4320 section 4.2). */
  onStrayResponse(message: SipMessage): void {
    this.proxy.onStrayResponse(message, this.endpoint.arrival.fromIp);
  }

  onNoAck(): void {
    // The proxy repeats no 2xx of its own.
  }

  // ---- within ----

  private onFailure(tx: Tx, status: number): void {
    const token = this.endpoint.token(tx);
    // A transport error may be reported of a server transaction, which concerns nobody here (section 16.9).
    if (isThirdParty(token)) this.thirdParty.onFailure(token & ~THIRD_PARTY_TOKEN);
    else this.proxy.onFailure(tx, status);
  }

  private handleRequest(tx: Tx, message: SipMessage, source: Source): void {
    if (message.method === Method.register) this.registrar.onRegister(tx, message, source);
    else this.proxy.onRequest(tx, message, source);
  }

  private sourceOfArrival(): Source {
    const { source } = this;
    const { arrival } = this.endpoint;
    source.ip = arrival.fromIp;
    source.port = arrival.fromPort;
    source.conn = arrival.conn;
    source.leg = arrival.leg;
    return source;
  }

  /** An INVITE that waited has had its 100, and its sender waits too; the transaction of any other ends with Timer F (D-162). */
  private serveStreamRequest(tx: Tx, waitedNs: number, fromIp: number, fromPort: number, conn: Conn): void {
    const { endpoint, source } = this;
    if (!endpoint.isLive(tx) || endpoint.requestBlock(tx) === 0) return;
    const message = endpoint.requestOf(tx);
    if (waitedNs > this.staleNs && message.method !== Method.invite) {
      endpoint.answer(tx, message, 408);
      return;
    }
    if (
      message.method === Method.register &&
      this.devices.userOfIp(fromIp) >= 0 &&
      !this.userOfConn.has(conn)
    ) {
      // The flow has failed (RFC 5626 section 7): nothing would ever end a binding to it but its silence.
      endpoint.answer(tx, message, 500);
      return;
    }
    source.ip = fromIp;
    source.port = fromPort;
    source.conn = conn;
    source.leg = endpoint.legOfTx(tx);
    this.handleRequest(tx, message, source);
  }
}

function isThirdParty(token: number): boolean {
  return token >= THIRD_PARTY_TOKEN;
}

/** The SIP/IP Core. One address; it binds UDP and listens on TCP port 5060. */
export const createSipCore: ActorFactory<SipCoreConfig> = (ports, config) => new SipCore(ports, config);
