/**
 * What the tests of TCP share: a client host and a server host, each end with a log of what happened to it.
 */
import { scriptedActor, textBlock, type Reactions } from '../host/scripted-actor.js';
import type { Conn, Ports } from '../host/ports.js';
import { createWorld, type HostSpec, type World, type WorldOptions } from '../world.js';
import { accessProfile, type AccessProfile } from './access-profiles.js';

export const MS = 1_000_000;
export const S = 1_000_000_000;
export const SERVER_IP = 10;

/** One end as a test sees it: what happened to it, and what it read. */
export interface Side {
  ports: Ports;
  log: string[];
  text: string;
  conn: Conn;
  writableAtNs: number[];
}

export interface Pair {
  readonly world: World;
  readonly client: Side;
  readonly server: Side;
}

export function pair(
  links: readonly [AccessProfile, AccessProfile],
  more: Partial<WorldOptions> = {},
  react: { client?: (side: Side) => Reactions; server?: (side: Side) => Reactions } = {},
): Pair {
  const newSide = (): Side => ({
    ports: undefined as unknown as Ports,
    log: [],
    text: '',
    conn: 0,
    writableAtNs: [],
  });
  const client = newSide();
  const server = newSide();
  const host = (
    name: string,
    ip: number,
    link: AccessProfile,
    side: Side,
    extra: (side: Side) => Reactions = () => ({}),
  ): HostSpec => {
    const config = (ports: Ports): Reactions => {
      side.ports = ports;
      const at = (what: string): void => void side.log.push(`${what} at ${ports.now() / MS} ms`);
      return {
        start: () => name === 'server' && ports.tcp.listen(2855),
        onTcpAccepted(conn) {
          side.conn = conn;
          at('accepted');
        },
        onTcpConnected: () => at('connected'),
        onTcpData(_conn, buf, start, end) {
          side.text += buf.toString('latin1', start, end);
        },
        onTcpClosed(_conn, end) {
          const names = ['fin', 'reset', 'timeout', 'refused'];
          at(names[end]);
        },
        onTcpWritable: () => void side.writableAtNs.push(ports.now()),
        ...extra(side),
      };
    };
    // A server is one machine; the addresses of the clients' host are machines of their own.
    const addresses = name === 'server' ? 1 : 4;
    return { name, ip, addresses, link, factory: scriptedActor, config } as HostSpec;
  };
  const world = createWorld({
    seed: 'tcp',
    epochMs: 0,
    arena: { poison: true },
    hosts: [
      host('client', 1000, links[0], client, react.client),
      host('server', SERVER_IP, links[1], server, react.server),
    ],
    ...more,
  });
  world.start();
  return { world, client, server };
}

export function connect({ client }: Pair, port = 2855): void {
  client.conn = client.ports.tcp.connect(0, SERVER_IP, port);
}

export function write(side: Side, text: string): boolean {
  return side.ports.tcp.write(side.conn, textBlock(side.ports, text), 0, text.length, false);
}

/** Text in which every place is recognisable. */
export function long(octets: number): string {
  let text = '';
  for (let i = 0; text.length < octets; i++) text += `${i},`;
  return text.slice(0, octets);
}

export const MOBILE = [accessProfile('a', { delayNs: 10 * MS }), accessProfile('b', {})] as const;
export const LOSSY = [accessProfile('l', { delayNs: 10 * MS, loss: 0.2 }), accessProfile('b', {})] as const;
