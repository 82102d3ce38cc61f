/** Bugs that show a client what belongs to the network (M1 to M3, P8, rules 4.7). Caught by I2. */
import { mark, NEVER_CANARY } from '../marks.js';
import { Push } from '../im-server/push/push.js';
import { Wrapper } from '../im-server/push/wrapper.js';
import { createSipCore } from '../sip-core/core.js';
import { HeaderClass } from '../im-server/store/header-classes.js';
import { Column } from '../im-server/store/header-policy.js';
import type { Saboteur } from './saboteur.js';
import { serverThatKeeps, serverWith } from './servers.js';
import { editToClients, withLine } from './tampering.js';

class ReplayingPush extends Push {
  override wrapperFor(): Wrapper {
    return Wrapper.legacyE1;
  }
}

const pushesVia: Saboteur = {
  name: 'pushes-via',
  title: 'the push replays the whole stored request, as example E1 of the change request shows it',
  caughtBy: 'I2',
  server: serverWith({ push: (...args) => new ReplayingPush(...args) }),
};

const pushesRoutes: Saboteur = {
  name: 'pushes-routes',
  title: 'the pushed fragment has the Route and Record-Route of the stored request',
  caughtBy: 'I2',
  server: serverThatKeeps((column, headerClass) =>
    column === Column.sipfrag && headerClass === HeaderClass.T2 ? true : undefined,
  ),
};

const showsAccessNetwork: Saboteur = {
  name: 'shows-access-network',
  title: 'the Core leaves P-Access-Network-Info in what it delivers live',
  caughtBy: 'I2',
  core: (ports, config) =>
    createSipCore(
      editToClients(ports, 'MESSAGE', (text) =>
        withLine(text, 'P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=2620103'),
      ),
      config,
    ),
};

const tracesCharging: Saboteur = {
  name: 'traces-charging',
  title: 'the Core copies the charging identifier into a header that no list knows',
  caughtBy: 'I2',
  core: (ports, config) =>
    createSipCore(
      editToClients(ports, 'MESSAGE', (text) => withLine(text, `X-Trace: ${mark(NEVER_CANARY, 77)}`)),
      config,
    ),
};

export const networkSaboteurs: readonly Saboteur[] = [
  pushesVia,
  pushesRoutes,
  showsAccessNetwork,
  tracesCharging,
];
