/**
 * A saboteur: one or two of the built-in models with one planted bug. It proves that an invariant can fail: the suite runs each,
 * and the invariant that it names must be violated. Never used in a sane run.
 */
import type { ActorFactory, Ports } from '../../sim/host/ports.js';
import type { ClientFleetConfig } from '../client/config.js';
import type { ClientFleet } from '../client/client-fleet.js';
import type { ImServerConfig } from '../im-server/config.js';
import type { SipCoreConfig } from '../sip-core/config.js';
import type { XdmsConfig } from '../xdms/config.js';

export interface Saboteur {
  /** As `--sabotage` takes it. */
  readonly name: string;
  /** What it does wrong, in one line. */
  readonly title: string;
  /** Id of the invariant that must catch it. */
  readonly caughtBy: string;
  /** It shows only while messages wait, so the small world it is tried in has users who are never pushed to. */
  readonly shownByWaiting?: true;
  /** Settings of the trial world without which its bug cannot show, as `--set` takes them. */
  readonly world?: readonly string[];
  /** It shows only where the IM Server crashes, so the small world it is tried in has crashes. */
  readonly shownByCrash?: true;
  /** The models that it replaces: one, or two where a bug shows only if the peer does something unusual but legal. */
  readonly server?: ActorFactory<ImServerConfig>;
  readonly core?: ActorFactory<SipCoreConfig>;
  readonly xdms?: ActorFactory<XdmsConfig>;
  readonly clients?: (ports: Ports, config: ClientFleetConfig) => ClientFleet;
}
