/**
 * A fleet in which some clients are hostile: an honest fleet behind ports that change what those clients send and read. Who is
 * hostile, and how, depends on the seed and the user alone.
 */
import type { Actor, Block, Conn, Octets, Ports, RandomPort } from '../../sim/host/ports.js';
import type { ClientFleetConfig, LargeOffer, PagerOffer } from '../client/config.js';
import type { ClientFleet } from '../client/client-fleet.js';
import { blockOf, exchange } from '../saboteurs/tampering.js';
import { HABITS, type Habit, type HabitName, type HostileState } from './habits.js';

/** Purpose number of the addressed decisions who is hostile, and how. */
const HOSTILE_CHANCE = 0x4057;
/** Timer kind of a slow reader; far from those of the fleet. a: the connection. */
const READ_ON = 0x7e57;

/** Which clients are hostile. */
export interface Hostility {
  /** Share of the clients, from 0 to 1. */
  readonly share: number;
  readonly kinds: readonly HabitName[];
}

/** The habit of `user`; undefined if she is honest. */
export function habitOf(
  random: Pick<RandomPort, 'addressed'>,
  { share, kinds }: Hostility,
  user: number,
): HabitName | undefined {
  if (kinds.length === 0 || (random.addressed(HOSTILE_CHANCE, user, 0) >>> 0) / 2 ** 32 >= share)
    return undefined;
  return kinds[(random.addressed(HOSTILE_CHANCE, user, 1) >>> 0) % kinds.length];
}

type Honest = (ports: Ports, config: ClientFleetConfig) => ClientFleet;

/** The fleet of `honest` with hostile clients in it. */
export function hostileFleet(honest: Honest, hostility: Hostility): Honest {
  return (ports, config) => new HostileFleet(ports, config, honest, hostility);
}

class HostileFleet implements ClientFleet {
  private readonly fleet: ClientFleet;
  private readonly habits: (Habit | undefined)[] = [];
  private readonly states = new Map<number, HostileState>();
  private readonly userOfConn = new Map<Conn, number>();
  private readonly octets: Octets;

  constructor(
    private readonly ports: Ports,
    config: ClientFleetConfig,
    honest: Honest,
    hostility: Hostility,
  ) {
    this.octets = ports.octets;
    for (let user = 0; user < config.subscribers; user++) {
      const name = habitOf(ports.random, hostility, user);
      this.habits.push(name === undefined ? undefined : HABITS[name]);
    }
    this.fleet = honest(this.tampered(), config);
  }

  get unanswered(): number {
    return this.fleet.unanswered;
  }

  get pushSessions(): number {
    return this.fleet.pushSessions;
  }

  offerPager(offer: PagerOffer): void {
    this.fleet.offerPager(offer);
  }

  offerLarge(offer: LargeOffer): void {
    this.fleet.offerLarge(offer);
  }

  start(): void {
    this.fleet.start();
  }

  onDatagram(...call: Parameters<Actor['onDatagram']>): void {
    if (!this.isDead(call[0])) this.fleet.onDatagram(...call);
  }

  onTimer(kind: number, a: number, b: number): void {
    if (kind !== READ_ON) this.fleet.onTimer(kind, a, b);
    else if (this.userOfConn.has(a)) this.ports.tcp.pauseReading(a, false);
  }

  onTcpAccepted(conn: Conn, local: number, port: number, fromIp: number, fromPort: number): void {
    this.userOfConn.set(conn, local);
    this.readSlowly(conn, local);
    this.fleet.onTcpAccepted(conn, local, port, fromIp, fromPort);
  }

  onTcpConnected(conn: Conn): void {
    this.readSlowly(conn, this.userOfConn.get(conn) ?? -1);
    this.fleet.onTcpConnected(conn);
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    const user = this.userOfConn.get(conn) ?? -1;
    if (this.isDead(user)) return;
    this.readSlowly(conn, user);
    this.fleet.onTcpData(conn, buf, start, end);
  }

  onTcpWritable(conn: Conn): void {
    this.fleet.onTcpWritable(conn);
  }

  onTcpClosed(...call: Parameters<Actor['onTcpClosed']>): void {
    this.userOfConn.delete(call[0]);
    this.fleet.onTcpClosed(...call);
  }

  onLink(local: number, up: boolean): void {
    this.fleet.onLink(local, up);
  }

  onCrash(local: number): void {
    this.fleet.onCrash?.(local);
  }

  onCommitted(...call: Parameters<Actor['onCommitted']>): void {
    this.fleet.onCommitted(...call);
  }

  onServed(token: number): void {
    this.fleet.onServed(token);
  }

  private tampered(): Ports {
    const { ports } = this;
    const { udp, tcp } = ports;
    return exchange(ports, {
      udp: {
        bind: (port) => udp.bind(port),
        pathMtu: (ip) => udp.pathMtu(ip),
        send: (local, fromPort, ip, port, block, length, bodyStart, bodyEnd) => {
          const edit = this.habits[local]?.datagram;
          if (this.isDead(local)) {
            this.octets.release(block);
            return;
          }
          // Octets below 4 begin STUN (RFC 7983).
          if (edit === undefined || this.octets.buf[this.octets.start(block)] < 4) {
            udp.send(local, fromPort, ip, port, block, length, bodyStart, bodyEnd);
            return;
          }
          const state = this.stateOf(local);
          state.datagrams++;
          const sent = this.edited(block, 0, length, (text) => edit(text, state));
          udp.send(local, fromPort, ip, port, sent.block, sent.length, 0, 0);
        },
      },
      tcp: {
        listen: (port) => tcp.listen(port),
        connect: (local, ip, port) => {
          const conn = tcp.connect(local, ip, port);
          this.userOfConn.set(conn, local);
          return conn;
        },
        writable: (conn) => tcp.writable(conn),
        holds: (conn) => tcp.holds(conn),
        close: (conn) => tcp.close(conn),
        abort: (conn) => tcp.abort(conn),
        pauseReading: (conn, paused) => tcp.pauseReading(conn, paused),
        write: (conn, block, start, end, body) => this.write(conn, block, start, end, body),
      },
    });
  }

  private write(conn: Conn, block: Block, start: number, end: number, body: boolean): boolean {
    const { tcp } = this.ports;
    const user = this.userOfConn.get(conn) ?? -1;
    if (this.isDead(user)) {
      this.octets.release(block);
      return true;
    }
    const edit = this.habits[user]?.stream;
    if (edit === undefined || body) return tcp.write(conn, block, start, end, body);
    const state = this.stateOf(user);
    state.writes++;
    const sent = this.edited(block, start, end, (text) => edit(text, state));
    return tcp.write(conn, sent.block, sent.start, sent.start + sent.length, false);
  }

  private edited(
    block: Block,
    start: number,
    end: number,
    edit: (text: string) => string,
  ): { readonly block: Block; readonly start: number; readonly length: number } {
    const base = this.octets.start(block);
    const text = this.octets.buf.latin1Slice(base + start, base + end);
    const changed = edit(text);
    if (changed === text) return { block, start, length: end - start };
    this.octets.release(block);
    return { block: blockOf(this.octets, changed), start: 0, length: changed.length };
  }

  private readSlowly(conn: Conn, user: number): void {
    const waitNs = this.habits[user]?.readsAfterNs;
    if (waitNs === undefined) return;
    this.ports.tcp.pauseReading(conn, true);
    this.ports.timer.after(waitNs, READ_ON, conn, 0);
  }

  private stateOf(user: number): HostileState {
    let state = this.states.get(user);
    if (state === undefined) {
      state = { datagrams: 0, writes: 0, dead: false };
      this.states.set(user, state);
    }
    return state;
  }

  private isDead(user: number): boolean {
    return this.states.size > 0 && this.states.get(user)?.dead === true;
  }
}
