/**
 * What the tests of a host share: a world of one, with the ports of each of its incarnations, and records as text.
 */
import { ACCESS_PROFILES } from '../network/access-profiles.js';
import { createWorld, type HostSpec, type World, type WorldOptions } from '../world.js';
import type { Ports } from './ports.js';
import { scriptedActor, textBlock, type Reactions } from './scripted-actor.js';

export const MS = 1_000_000;
export const S = 1_000_000_000;

/** A world of one host; `boots` has the ports of each incarnation. */
export function single(
  react: (ports: Ports) => Reactions,
  more: Partial<HostSpec> = {},
  options: Partial<WorldOptions> = {},
): { world: World; boots: Ports[] } {
  const boots: Ports[] = [];
  const config = (ports: Ports): Reactions => {
    boots.push(ports);
    return react(ports);
  };
  const host = { name: 'host', ip: 10, addresses: 1, link: ACCESS_PROFILES.perfect, factory: scriptedActor };
  const world = createWorld({
    seed: 'host',
    epochMs: 1_700_000_000_000,
    arena: { poison: true },
    hosts: [{ ...host, config, ...more } as HostSpec],
    ...options,
  });
  world.start();
  return { world, boots };
}

export function put(ports: Ports, key: number, text: string): void {
  ports.storage.put(key, textBlock(ports, text), text.length);
}

export function stored(ports: Ports, key: number): string {
  const start = ports.octets.start(ports.storage.read(key));
  return ports.octets.buf.toString('latin1', start, start + ports.storage.lengthOf(key));
}
