/**
 * The world of a cell: its hosts with their actors, processors, storage and links, its faults, and what enters its fingerprint. What each part is set to
 * is in `topology.ts`.
 */
import { CORE_IP, FIRST_CLIENT_IP, imServerIp, XDMS_IP } from '../models/addressing.js';
import type { ImServerConfig } from '../models/im-server/config.js';
import { Needle } from '../models/invariants/readers/search.js';
import { BODY_MARK } from '../models/marks.js';
import { Observed } from '../models/observations.js';
import { createWorld, type HostSpec, type World } from '../sim/world.js';
import type { Actors } from './actors.js';
import type { Cell } from './cell.js';
import { faultPlan } from './faults/faults.js';
import { arenaOctets } from './forecast/arena.js';
import { phasesOf } from './scenario/scenario.js';
import * as topology from './topology.js';
import { Bodies } from './traffic/bodies.js';
import type { Numbers } from './traffic/numbers.js';

const MARK = new Needle(BODY_MARK);

/** The world of `cell`, not started yet. `numbers` gives messages their numbers. */
export function buildWorld(cell: Cell, actors: Actors, numbers: Numbers): World {
  const { scenario, seed } = cell;
  const links = topology.linksOf(scenario);
  return createWorld({
    seed,
    epochMs: Date.parse(scenario.epoch),
    faults: faultPlan(scenario),
    healAtNs: phasesOf(scenario).healNs,
    kernel: cell.tieSeed === undefined ? {} : { tieSeed: cell.tieSeed },
    limits: { maxEvents: scenario.limits.events },
    arena: { initialOctets: arenaOctets(scenario) },
    hosts: [
      {
        name: topology.Host.core,
        ip: CORE_IP,
        addresses: 1,
        factory: actors.core,
        config: topology.coreConfig(cell),
        link: links.servers,
        cpu: topology.coreCpu(scenario),
      },
      imServerHost(cell, actors, 0),
      {
        name: topology.Host.clients,
        ip: FIRST_CLIENT_IP,
        addresses: topology.devicesOf(scenario).clients,
        factory: actors.clients,
        config: topology.clientConfig(cell, new Bodies(seed), numbers),
        link: links.clients,
      },
      {
        name: topology.Host.xdms,
        ip: XDMS_IP,
        addresses: 1,
        factory: actors.xdms,
        config: topology.xdmsConfig(cell),
        link: links.servers,
        storage: topology.xdmsStorage(scenario),
      },
      ...Array.from({ length: scenario.server.instances - 1 }, (_, i) => imServerHost(cell, actors, i + 1)),
    ],
  });
}

function imServerHost(cell: Cell, actors: Actors, instance: number): HostSpec<ImServerConfig> {
  const { scenario } = cell;
  return {
    name: topology.imHost(instance),
    ip: imServerIp(instance),
    addresses: 1,
    factory: actors.server,
    config: topology.serverConfig(cell, instance),
    link: topology.linksOf(scenario).servers,
    cpu: topology.serverCpu(scenario),
    storage: topology.serverStorage(scenario),
  };
}

/** Bodies stay out of the fingerprint on every hop; each enters it once, here, when it is first sent. */
export function mixBodies(world: World): void {
  world.observations.subscribe(Observed.sent, (_kind, _user, _message, _a, _b, buf, start, end) => {
    const at = MARK.in(buf, start, end);
    if (at >= 0) world.fingerprint.octets(world.octets.words, at, end);
  });
  world.observations.subscribe(Observed.largeContent, (_kind, _user, _message, _a, _b, _buf, start, end) => {
    world.fingerprint.octets(world.octets.words, start, end);
  });
}
