/** Bugs around P-Asserted-Identity (S2, A8, P8; RFC 3325). Caught by I3. */
import { aliasUri } from '../addressing.js';
import { HeaderClass } from '../im-server/store/header-classes.js';
import { Column } from '../im-server/store/header-policy.js';
import { ImServer } from '../im-server/server.js';
import { mark, NEVER_CANARY } from '../marks.js';
import { createClientFleet } from '../client/fleet.js';
import { createSipCore } from '../sip-core/core.js';
import type { Saboteur } from './saboteur.js';
import { isPushed, serverThatKeeps } from './servers.js';
import { editDatagrams, editStreams, editToClients, withLine } from './tampering.js';

const forgetsAnonymity: Saboteur = {
  name: 'forgets-anonymity',
  title: 'P-Asserted-Identity of a sender who asked for anonymity is stored and pushed',
  caughtBy: 'I3',
  server: serverThatKeeps((_column, headerClass) => (headerClass === HeaderClass.Eid ? true : undefined)),
};

const hidesEverybody: Saboteur = {
  name: 'hides-everybody',
  title: 'nobody is pushed with the identity that the network asserts',
  caughtBy: 'I3',
  server: serverThatKeeps((column, headerClass) =>
    isPushed(column) && headerClass === HeaderClass.Eid ? false : undefined,
  ),
};

const ignoresPrivacy: Saboteur = {
  name: 'ignores-privacy',
  title: 'the Core shows the asserted identity to a live recipient although Privacy asks it not to',
  caughtBy: 'I3',
  core: (ports, config) =>
    createSipCore(
      editToClients(ports, 'MESSAGE', (text) =>
        text.includes('\r\nPrivacy: id') ? withLine(text, `P-Asserted-Identity: <${aliasUri(0)}>`) : text,
      ),
      config,
    ),
};

const HIDDEN = 'anonymous@anonymous.invalid';

const tellsTheDirectory: Saboteur = {
  name: 'tells-the-directory',
  title: 'the metadata of an anonymous message name the identity that the network asserted',
  caughtBy: 'I3',
  server: (ports, config) =>
    new ImServer(
      editStreams(ports, (text) =>
        text.startsWith('PUT ')
          ? text.replaceAll(HIDDEN, mark(NEVER_CANARY, 0).padEnd(HIDDEN.length, '@'))
          : text,
      ),
      config,
    ),
};

/**
 * Clients that hide who they are and say it all the same, in headers that they may choose, and in compact form too; a sane server
 * keeps none of it (rules 1.6).
 */
export const talkativeClients: NonNullable<Saboteur['clients']> = (ports, config) =>
  createClientFleet(
    editDatagrams(ports, (text) =>
      text.startsWith('MESSAGE ') && text.includes('\r\nPrivacy: id')
        ? withLine(withLine(text, 'Organization: Example'), 'b: <sip:me@ims.example>')
        : text,
    ),
    config,
  );

const keepsTheOrganization: Saboteur = {
  name: 'keeps-the-organization',
  title: 'what the client of an anonymous sender says of her, by Organization or Referred-By, is stored',
  caughtBy: 'I3',
  clients: talkativeClients,
  server: serverThatKeeps((column, headerClass) =>
    column === Column.store && headerClass === HeaderClass.I2 ? true : undefined,
  ),
};

export const identitySaboteurs: readonly Saboteur[] = [
  forgetsAnonymity,
  hidesEverybody,
  ignoresPrivacy,
  tellsTheDirectory,
  keepsTheOrganization,
];
