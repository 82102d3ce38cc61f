/** Hostile clients in a run: who they are, and what of them the invariants do not look at. */
import { habitOf, type Hostility } from '../../models/hostile/hostile-fleet.js';
import { Observed } from '../../models/observations.js';
import { Tap } from '../../sim/host/ports.js';
import type { World } from '../../sim/world.js';
import type { Scenario } from '../scenario/scenario.js';
import { Host } from '../topology.js';

/** True if an observation shows what a hostile client does, which nobody asks to be right. */
export type HostileFilter = (kind: number, entity: number, message: number, a: number, b: number) => boolean;

/** The hostile clients of `scenario`; undefined without any. */
export function hostilityOf({ population }: Scenario): Hostility | undefined {
  const { hostile } = population;
  return hostile.share > 0 ? hostile : undefined;
}

/** Tells the hostile users of `world`; undefined if there are none. */
export function hostileUsers(scenario: Scenario, world: World): ((user: number) => boolean) | undefined {
  const hostility = hostilityOf(scenario);
  if (hostility === undefined) return undefined;
  const hostile = Uint8Array.from({ length: scenario.population.subscribers }, (_, user) =>
    habitOf(world.chance, hostility, user) === undefined ? 0 : 1,
  );
  return (user) => hostile[user] === 1;
}

/**
 * Which observations are not judged: what leaves a hostile client, what reaches her, and that she is there at all. The servers'
 * doings are judged, and so is what becomes of every message, whoever sent it.
 */
export function hostileFilter(isHostile: (user: number) => boolean, world: World): HostileFilter {
  const clients = world.host(Host.clients).id;
  return (kind, entity, message, a, b) => {
    switch (kind) {
      case Observed.bindingAdded:
      case Observed.bindingRemoved:
        return isHostile(entity);
      case Tap.datagramSent:
      case Tap.datagramDelivered:
      case Tap.datagramLost:
        return entity === clients && isHostile(message);
      case Tap.streamSent:
      case Tap.streamDelivered:
        return entity === clients && isHostile(a);
      case Tap.streamEnded:
        return entity === clients && isHostile(b);
      default:
        return false;
    }
  };
}
