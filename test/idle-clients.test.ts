/** What an idle client costs: rows in typed arrays and pending events, measured on a running world. */
import { expect, test } from 'vitest';
import type { World } from '../sim/world.js';
import { cellOf } from '../workloads/cell.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { prepare } from '../workloads/simulate.js';

/** Octets of a pending event in the kernel: its slot (36) and its place in heap or lane (20), from their columns. */
const EVENT_OCTETS = 56;
const LIMIT_OCTETS = 200;

/** A world of so many clients, registering at one rate whatever their number, some time after all of them have registered and with nothing under way. */
function idleWorld(subscribers: number, keepAlive: boolean): World {
  const text = `version: 1
name: idle
rampUp: ${subscribers / 200}s
duration: 300s
population: { subscribers: ${subscribers} }
traffic: { pager: { process: uniform-burst, burst: { at: 299s, over: 1s, count: 1 } } }
client: { keepAlive: ${keepAlive}, registerExpires: 600000s }
core: { flowTimeout: 24h }
`;
  let world: World | undefined;
  const watcher = { attach: (built: World) => void (world = built), finish: () => {} };
  const simulation = prepare(cellOf(parseScenario(text, 'idle.yaml')), undefined, [watcher]);
  while (simulation.nowNs < 100e9) simulation.step();
  return world!;
}

/** Octets of all typed arrays that belong to `root`; what it shares with the rest of the world is left out. */
function columnOctets(root: object, shared: ReadonlySet<object>, arena: ArrayBufferLike): number {
  const seen = new Set<object>(shared);
  const buffers = new Set<ArrayBufferLike>();
  const open: object[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (ArrayBuffer.isView(next)) {
      buffers.add(next.buffer);
      continue;
    }
    const members =
      next instanceof Map ? [...next.keys(), ...next.values()] : next instanceof Set ? [...next] : [];
    for (const member of [...members, ...Object.values(next)])
      if (typeof member === 'object' && member !== null) open.push(member as object);
  }
  buffers.delete(arena);
  return [...buffers].reduce((sum, buffer) => sum + buffer.byteLength, 0);
}

/** Octets a client, from two sizes of population, so that what all share falls out. */
function octetsEach(keepAlive: boolean): { readonly columns: number; readonly events: number } {
  const [few, many] = [4096, 8192].map((subscribers) => {
    const world = idleWorld(subscribers, keepAlive);
    const shared = new Set<object>([
      world.kernel,
      world.octets,
      world.udp,
      world.tcp,
      world.observations,
      world.chance,
    ]);
    const columns =
      columnOctets(world.host('clients').actor, shared, world.octets.buf.buffer) + world.links.octetsInUse;
    return { columns, events: world.kernel.pending };
  });
  return {
    columns: (many!.columns - few!.columns) / 4096,
    // One event each is the end of the binding, which waits at the Core.
    events: ((many!.events - few!.events) / 4096 - 1) * EVENT_OCTETS,
  };
}

test.each([false, true])('an idle client costs at most 200 octets (keep-alives: %s)', (keepAlive) => {
  const { columns, events } = octetsEach(keepAlive);
  expect(columns).toBeGreaterThan(40);
  expect(events).toBeGreaterThanOrEqual(EVENT_OCTETS);
  expect(columns + events).toBeLessThanOrEqual(LIMIT_OCTETS);
});
