/**
 * Tampering from outside: ports that change what passes through them, so that a built-in model does wrong without a line of
 * sabotage in it. Texts are latin1, one character an octet.
 *
 * Not for the hot path: saboteurs run in small worlds.
 */
import type { Block, Octets, Ports, StoragePort, TcpPort, TimerPort, UdpPort } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { FIRST_CLIENT_IP } from '../addressing.js';

/** Gives the octets that go in the place of `text`. `ip` is the peer's. */
export type Edit = (text: string, ip: number) => string;

const END_OF_HEAD = '\r\n\r\n';

/** The same ports with some of them exchanged. */
export function exchange(
  ports: Ports,
  others: Partial<Pick<Ports, 'udp' | 'tcp' | 'timer' | 'storage'>>,
): Ports {
  return {
    hostId: ports.hostId,
    incarnation: ports.incarnation,
    ipOf: (local) => ports.ipOf(local),
    now: () => ports.now(),
    wallClock: () => ports.wallClock(),
    octets: ports.octets,
    timer: ports.timer,
    udp: ports.udp,
    tcp: ports.tcp,
    storage: ports.storage,
    cpu: ports.cpu,
    random: ports.random,
    observe: ports.observe,
    ...others,
  };
}

/** A new block with `text`, held by the caller. */
export function blockOf(octets: Octets, text: string): Block {
  const block = octets.alloc(text.length);
  octets.buf.latin1Write(text, octets.start(block));
  return block;
}

/** Datagrams leave as `edit` makes them. */
export function editDatagrams(ports: Ports, edit: Edit): Ports {
  const { udp, octets } = ports;
  const tampered: UdpPort = {
    bind: (port) => udp.bind(port),
    pathMtu: (ip) => udp.pathMtu(ip),
    send(local, fromPort, ip, port, block, length, bodyStart, bodyEnd) {
      const start = octets.start(block);
      const text = octets.buf.latin1Slice(start, start + length);
      const edited = edit(text, ip);
      if (edited === text) {
        udp.send(local, fromPort, ip, port, block, length, bodyStart, bodyEnd);
        return;
      }
      octets.release(block);
      const end = edited.length;
      const body = Math.min(end, edited.indexOf(END_OF_HEAD) + END_OF_HEAD.length);
      udp.send(local, fromPort, ip, port, blockOf(octets, edited), end, body, end);
    },
  };
  return exchange(ports, { udp: tampered });
}

/** Requests of `method` to clients leave as `edit` makes them. */
export function editToClients(ports: Ports, method: string, edit: Edit): Ports {
  return editDatagrams(ports, (text, ip) =>
    ip >= FIRST_CLIENT_IP && text.startsWith(`${method} `) ? edit(text, ip) : text,
  );
}

/** Octets leave on streams as `edit` makes them; they must stay as many. */
export function editStreams(ports: Ports, edit: Edit): Ports {
  const { tcp, octets } = ports;
  const tampered: TcpPort = {
    listen: (port) => tcp.listen(port),
    connect: (local, ip, port) => tcp.connect(local, ip, port),
    writable: (conn) => tcp.writable(conn),
    holds: (conn) => tcp.holds(conn),
    close: (conn) => tcp.close(conn),
    abort: (conn) => tcp.abort(conn),
    pauseReading: (conn, paused) => tcp.pauseReading(conn, paused),
    write(conn, block, start, end, body) {
      const base = octets.start(block);
      const text = octets.buf.latin1Slice(base + start, base + end);
      const edited = edit(text, 0);
      if (edited === text) return tcp.write(conn, block, start, end, body);
      assert(edited.length === text.length, 'a tampered span of another length');
      octets.release(block);
      return tcp.write(conn, blockOf(octets, edited), 0, edited.length, body);
    },
  };
  return exchange(ports, { tcp: tampered });
}

/** Records of messages are stored as `edit` makes them; the octets must stay as many. */
export function editRecords(ports: Ports, edit: Edit): Ports {
  const { storage, octets } = ports;
  const tampered: StoragePort = {
    put(key, block, length) {
      const start = octets.start(block);
      // Key 0 is no message. The block is not in use anywhere else yet, so it may be written.
      if (key !== 0) {
        const text = octets.buf.latin1Slice(start, start + length);
        const edited = edit(text, 0);
        assert(edited.length === length, 'a tampered record of another length');
        octets.buf.latin1Write(edited, start);
      }
      storage.put(key, block, length);
    },
    delete: (key) => storage.delete(key),
    commit: (token) => storage.commit(token),
    read: (key) => storage.read(key),
    lengthOf: (key) => storage.lengthOf(key),
    scan: (visit) => storage.scan(visit),
    get records() {
      return storage.records;
    },
    get usedOctets() {
      return storage.usedOctets;
    },
  };
  return exchange(ports, { storage: tampered });
}

/** Timers of a constant delay run as long as `delay` says. */
export function editLanes(ports: Ports, delay: (ns: number) => number): Ports {
  const { timer } = ports;
  const tampered: TimerPort = {
    lane: (delayNs) => timer.lane(delay(delayNs)),
    start: (lane, kind, a, b) => timer.start(lane, kind, a, b),
    after: (delayNs, kind, a, b) => timer.after(delayNs, kind, a, b),
    cancel: (pending) => timer.cancel(pending),
  };
  return exchange(ports, { timer: tampered });
}

/** `text` with one more header line at the end of its head. */
export function withLine(text: string, line: string): string {
  return text.replace(END_OF_HEAD, () => `\r\n${line}${END_OF_HEAD}`);
}
