import { describe, expect, it } from 'vitest';
import { scriptedActor, textBlock, type Reactions } from '../host/scripted-actor.js';
import { Tap, type Ports } from '../host/ports.js';
import { createWorld, type HostSpec, type World, type WorldOptions } from '../world.js';
import { accessProfile, ACCESS_PROFILES, type AccessProfile } from './access-profiles.js';

const MS = 1_000_000;
const S = 1_000_000_000;

interface Got {
  readonly atNs: number;
  readonly local: number;
  readonly text: string;
}

interface Pair {
  readonly world: World;
  readonly got: Got[];
  /** Sends `text` from (clients, local) to the server. */
  send(text: string, local?: number, toPort?: number): void;
}

function pair(
  clientLink: AccessProfile,
  serverLink: AccessProfile,
  more: Partial<WorldOptions> = {},
  reactions: (ports: Ports) => Reactions = () => ({}),
): Pair {
  const got: Got[] = [];
  let clients: Ports | undefined;
  const host = (
    name: string,
    ip: number,
    link: AccessProfile,
    react: (ports: Ports) => Reactions,
  ): HostSpec =>
    ({
      name,
      ip,
      addresses: name === 'clients' ? 100 : 1,
      link,
      factory: scriptedActor,
      config: react,
    }) as HostSpec;
  const world = createWorld({
    seed: 'udp',
    epochMs: 0,
    hosts: [
      host('clients', 1000, clientLink, (ports) => {
        clients = ports;
        ports.udp.bind(5060);
        return reactions(ports);
      }),
      host('server', 10, serverLink, (ports) => {
        ports.udp.bind(5060);
        return {
          onDatagram(_local, fromIp, _fromPort, _toPort, _block, buf, start, end) {
            got.push({ atNs: ports.now(), local: fromIp - 1000, text: buf.toString('latin1', start, end) });
          },
        };
      }),
    ],
    ...more,
  });
  world.start();
  const send = (text: string, local = 0, toPort = 5060): void => {
    const ports = clients as Ports;
    ports.udp.send(local, 5060, 10, toPort, textBlock(ports, text), text.length, 0, 0);
  };
  return { world, got, send };
}

describe('UDP', () => {
  it('delivers the octets after exactly the sum of the two link delays', () => {
    const { world, got, send } = pair(
      accessProfile('a', { delayNs: 7 * MS + 1 }),
      accessProfile('b', { delayNs: 3 * MS }, { in: { delayNs: 5 * MS } }),
    );
    send('hello', 42);
    world.runUntil(S);
    expect(got).toEqual([{ atNs: 12 * MS + 1, local: 42, text: 'hello' }]);
    expect(world.octets.heldOctets).toBe(0);
  });

  it('serialises on the sender and on the receiver at the line rate', () => {
    // 972 octets of payload are 1000 on the wire: 8 ms at 1 Mbit/s, then 1 ms of delay, then 80 ms at 0.1 Mbit/s.
    const { world, got, send } = pair(
      accessProfile('a', { delayNs: MS, rateBitsPerS: 1e6, queueOctets: 10_000 }),
      accessProfile('b', { rateBitsPerS: 1e5, queueOctets: 10_000 }),
    );
    send('x'.repeat(972));
    send('y'.repeat(972));
    world.runUntil(S);
    expect(got.map((one) => one.atNs)).toEqual([89 * MS, 169 * MS]);
  });

  it('queues at the receiver in order of arrival, not of sending', () => {
    const slow = accessProfile('slow', { delayNs: 100 * MS });
    const { world, got, send } = pair(slow, accessProfile('b', { rateBitsPerS: 1e6, queueOctets: 10_000 }));
    const change = world.links.table.addChange((profile) => ({
      ...profile,
      out: { ...profile.out, delayNs: 2 * MS },
    }));
    world.links.change(0, 1, change, true);
    send('far', 0);
    send('near', 1);
    world.runUntil(S);
    expect(got.map((one) => one.text)).toEqual(['near', 'far']);
    expect(got[0].atNs).toBeLessThan(3 * MS);
  });

  it('drops what the queue before the line does not hold', () => {
    const { world, got, send } = pair(
      accessProfile('a', { rateBitsPerS: 1e6, queueOctets: 2000 }),
      ACCESS_PROFILES.perfect,
    );
    for (let i = 0; i < 10; i++) send('x'.repeat(972));
    world.runUntil(S);
    expect(got.length).toBe(2);
    expect(world.octets.heldOctets).toBe(0);
  });

  it('loses the share that the profile says, and other links lose other packets', () => {
    const { world, got, send } = pair(accessProfile('a', { loss: 0.2 }), ACCESS_PROFILES.perfect);
    for (let i = 0; i < 20_000; i++) send(`${i >> 1}`, i & 1);
    world.runUntil(S);
    // Binomial with deviation 0.0028.
    expect(1 - got.length / 20_000).toBeCloseTo(0.2, 1.8);
    const first = got.filter((one) => one.local === 0).map((one) => one.text);
    const second = got.filter((one) => one.local === 1).map((one) => one.text);
    expect(first).not.toEqual(second);
  });

  it('loses on both links of a path, each on its own', () => {
    const half = accessProfile('half', { loss: 0.5 });
    const { world, got, send } = pair(half, half);
    for (let i = 0; i < 10_000; i++) send('x');
    world.runUntil(S);
    expect(got.length / 10_000).toBeGreaterThan(0.235);
    expect(got.length / 10_000).toBeLessThan(0.265);
  });

  it('loses what reaches a link that is down, though it was up when the datagram left', () => {
    const { world, got, send } = pair(ACCESS_PROFILES.mobile, ACCESS_PROFILES.perfect, {
      faults: [
        {
          kind: 'partition',
          atNs: 20 * MS,
          forNs: 10 * MS,
          target: { host: 'server' },
          mode: 'all',
          params: {},
        },
      ],
    });
    send('arrives at 25 ms');
    world.runUntil(6 * MS);
    send('arrives at 31 ms');
    world.runUntil(S);
    expect(got.map((one) => one.text)).toEqual(['arrives at 31 ms']);
    expect(world.octets.heldOctets).toBe(0);
  });

  it('loses datagrams above the MTU as often as one of their fragments is lost (RFC 791)', () => {
    const { world, got, send } = pair(accessProfile('a', { loss: 0.1 }), ACCESS_PROFILES.perfect);
    // 4000 octets are three fragments of 1480 octets at most: 1 - 0.9^3 = 0.271.
    for (let i = 0; i < 10_000; i++) send('x'.repeat(4000));
    world.runUntil(S);
    expect(1 - got.length / 10_000).toBeGreaterThan(0.255);
    expect(1 - got.length / 10_000).toBeLessThan(0.287);
  });

  it('loses in bursts with Gilbert-Elliott: share and mean run as the model says', () => {
    const gilbertElliott = { toBad: 0.02, toGood: 0.25, lossInGood: 0, lossInBad: 1 };
    const { world, got, send } = pair(accessProfile('a', { gilbertElliott }), ACCESS_PROFILES.perfect);
    const count = 40_000;
    for (let i = 0; i < count; i++) send(`${i}`);
    world.runUntil(S);
    const arrived = new Uint8Array(count);
    for (const one of got) arrived[Number(one.text)] = 1;
    let runs = 0;
    for (let i = 1; i < count; i++) if (arrived[i - 1] === 1 && arrived[i] === 0) runs++;
    const lost = count - got.length;
    expect(lost / count).toBeGreaterThan(0.066);
    expect(lost / count).toBeLessThan(0.082);
    expect(lost / runs).toBeGreaterThan(3.7);
    expect(lost / runs).toBeLessThan(4.3);
  });

  it('delivers a duplicate as often as the profile says, each with the same octets', () => {
    const { world, got, send } = pair(
      accessProfile('a', { duplicate: 0.25, delayNs: MS }),
      ACCESS_PROFILES.perfect,
    );
    for (let i = 0; i < 10_000; i++) send(`${i}`);
    world.runUntil(S);
    expect(got.length / 10_000).toBeGreaterThan(1.23);
    expect(got.length / 10_000).toBeLessThan(1.27);
    expect(new Set(got.map((one) => one.text)).size).toBe(10_000);
    expect(world.octets.heldOctets).toBe(0);
  });

  it('jitters around the delay, which is what reorders', () => {
    const { world, got, send } = pair(
      accessProfile('a', { delayNs: 20 * MS, jitterNs: 4 * MS, jitter: 'normal' }),
      ACCESS_PROFILES.perfect,
    );
    for (let i = 0; i < 5000; i++) send(`${i}`);
    world.runUntil(S);
    const mean = got.reduce((sum, one) => sum + one.atNs, 0) / got.length;
    const variance = got.reduce((sum, one) => sum + (one.atNs - mean) * (one.atNs - mean), 0) / got.length;
    expect(mean / MS).toBeCloseTo(20, 0);
    expect(Math.sqrt(variance) / MS).toBeCloseTo(4, 0);
    const order = got.map((one) => Number(one.text));
    expect(order.some((value, i) => i > 0 && value < order[i - 1])).toBe(true);
  });

  it('drops what nobody has bound or nobody owns, and shows it as lost', () => {
    const lost: number[] = [];
    const { world, got, send } = pair(ACCESS_PROFILES.mobile, ACCESS_PROFILES.perfect, {
      subscribers: [{ kinds: [Tap.datagramLost], handler: (_k, _e, _m, toIp) => lost.push(toIp) }],
    });
    send('no such port', 0, 9);
    world.runUntil(S);
    expect(got).toEqual([]);
    expect(lost).toEqual([10]);
    expect(world.octets.heldOctets).toBe(0);
  });

  it('shows datagrams to the tap as they are sent and delivered', () => {
    const seen: string[] = [];
    const { world, send } = pair(ACCESS_PROFILES.mobile, ACCESS_PROFILES.perfect, {
      subscribers: [
        {
          kinds: [Tap.datagramSent, Tap.datagramDelivered],
          handler: (kind, entity, local, ip, _b, buf, start, end) =>
            seen.push(`${kind} host ${entity} local ${local} ip ${ip} ${buf.toString('latin1', start, end)}`),
        },
      ],
    });
    send('hi', 3);
    world.runUntil(S);
    expect(seen).toEqual(['50 host 0 local 3 ip 10 hi', '51 host 1 local 0 ip 1003 hi']);
  });

  it('says the largest payload of the path for the rule of RFC 3261 section 18.1.1', () => {
    let mtu = 0;
    const { world } = pair(
      accessProfile('a', {}, { mtuOctets: 1400 }),
      ACCESS_PROFILES.perfect,
      {},
      (ports) => ({ start: () => void (mtu = ports.udp.pathMtu(10)) }),
    );
    world.runUntil(S);
    expect(mtu).toBe(1372);
  });

  it('leaves decisions on one link alone when another link sends more', () => {
    const arrivals = (noise: number): string[] => {
      const { world, got, send } = pair(
        accessProfile('a', { loss: 0.3, jitterNs: MS, delayNs: 5 * MS }),
        ACCESS_PROFILES.perfect,
      );
      for (let i = 0; i < 200; i++) {
        send(`${i}`, 7);
        for (let k = 0; k < noise; k++) send('noise', 8);
      }
      world.runUntil(S);
      return got.filter((one) => one.local === 7).map((one) => `${one.text} at ${one.atNs}`);
    };
    expect(arrivals(3)).toEqual(arrivals(0));
  });

  it('gives the same fingerprint for the same seed, another for other octets, and none for a body', () => {
    const print = (text: string, seed: string, body: number): string => {
      const { world } = pair(
        ACCESS_PROFILES['mobile-edge'],
        ACCESS_PROFILES['data-centre'],
        { seed },
        (ports) => ({
          start() {
            for (let i = 0; i < 50; i++) {
              ports.udp.send(i, 5060, 10, 5060, textBlock(ports, text), text.length, 4, 4 + body);
            }
          },
        }),
      );
      world.runUntil(S);
      return world.state().fingerprint;
    };
    expect(print('abcdefgh', 's', 0)).toBe(print('abcdefgh', 's', 0));
    expect(print('abcdefgh', 's', 0)).not.toBe(print('abcdefgX', 's', 0));
    expect(print('abcdBODYz', 's', 4)).toBe(print('abcdbodyz', 's', 4));
    expect(print('abcdBODYz', 's', 4)).not.toBe(print('abcdBODYy', 's', 4));
  });

  it('costs an idle client a few octets, whatever the profile', () => {
    // A million links: one octet each here, and what chance needs only once a packet was sent.
    const world = createWorld({
      seed: 's',
      epochMs: 0,
      hosts: [
        {
          name: 'fleet',
          ip: 1 << 24,
          addresses: 1_000_000,
          link: ACCESS_PROFILES['mobile-edge'],
          factory: scriptedActor,
          config: () => ({}),
        } as HostSpec,
      ],
    });
    world.runUntil(S);
    expect(world.links.octetsInUse).toBeLessThan(1_100_000);
  });
});
