/** All saboteurs: models with one planted bug each, and the invariant that must catch it, in order of the invariants, then of their files. */
import { byeSaboteurs } from './bye.js';
import { contentSaboteurs } from './content.js';
import { frameSaboteurs } from './frames.js';
import { headerSaboteurs } from './headers.js';
import { identitySaboteurs } from './identity.js';
import { largeSaboteurs } from './large.js';
import { lifetimeSaboteurs } from './lifetime.js';
import { lossSaboteurs } from './loss.js';
import { metadataSaboteurs } from './metadata.js';
import { networkSaboteurs } from './network.js';
import { ownHandsSaboteurs } from './own-hands.js';
import { recoverySaboteurs } from './recovery.js';
import { retransmissionSaboteurs } from './retransmission.js';
import type { Saboteur } from './saboteur.js';
import { storeSaboteurs } from './store.js';
import { twiceSaboteurs } from './twice.js';

/** I9a before I9b before I10. */
const placeOf = ({ caughtBy }: Saboteur): number =>
  Number.parseInt(caughtBy.slice(1), 10) + (caughtBy.endsWith('b') ? 0.5 : 0);

export const saboteurs: readonly Saboteur[] = [
  ...storeSaboteurs,
  ...networkSaboteurs,
  ...identitySaboteurs,
  ...contentSaboteurs,
  ...headerSaboteurs,
  ...largeSaboteurs,
  ...twiceSaboteurs,
  ...lossSaboteurs,
  ...ownHandsSaboteurs,
  ...lifetimeSaboteurs,
  ...metadataSaboteurs,
  ...recoverySaboteurs,
  ...frameSaboteurs,
  ...byeSaboteurs,
  ...retransmissionSaboteurs,
].sort((a, b) => placeOf(a) - placeOf(b));
