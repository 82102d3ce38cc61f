/** The actors of a world: our own, or others that a user puts in their place. The built-in ones have no privileges. */
import { createClientFleet } from '../models/client/fleet.js';
import type { ClientFleet } from '../models/client/client-fleet.js';
import type { ClientFleetConfig } from '../models/client/config.js';
import { createImServer } from '../models/im-server/server.js';
import type { ImServerConfig } from '../models/im-server/config.js';
import { createSipCore } from '../models/sip-core/core.js';
import type { SipCoreConfig } from '../models/sip-core/config.js';
import type { XdmsConfig } from '../models/xdms/config.js';
import { createXdms } from '../models/xdms/xdms.js';
import type { ActorFactory, Ports } from '../sim/host/ports.js';

export interface Actors {
  readonly clients: (ports: Ports, config: ClientFleetConfig) => ClientFleet;
  readonly core: ActorFactory<SipCoreConfig>;
  readonly server: ActorFactory<ImServerConfig>;
  readonly xdms: ActorFactory<XdmsConfig>;
}

export const BUILT_IN: Actors = {
  clients: createClientFleet,
  core: createSipCore,
  server: createImServer,
  xdms: createXdms,
};
