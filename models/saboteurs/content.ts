/** Bugs that change what a recipient reads, or who reads it (S1, P1, S5). Caught by I4. */
import type { Block } from '../../sim/host/ports.js';
import type { Deferral } from '../im-server/deferral/deferral.js';
import { ImServer } from '../im-server/server.js';
import { DeferredStore } from '../im-server/store/store.js';
import { createSipCore } from '../sip-core/core.js';
import type { SipMessage } from '../wire/sip/message.js';
import type { Saboteur } from './saboteur.js';
import { serverWith } from './servers.js';
import { editRecords, editToClients } from './tampering.js';

const flipsAnOctet: Saboteur = {
  name: 'flips-an-octet',
  title: 'the last octet of each body is another one in the store',
  caughtBy: 'I4',
  server: (ports, config) =>
    new ImServer(
      editRecords(ports, (text) => text.slice(0, -1) + (text.endsWith('#') ? '%' : '#')),
      config,
    ),
};

const cutsTheLastOctet: Saboteur = {
  name: 'cuts-the-last-octet',
  title: 'the Core forwards each MESSAGE without the last octet of its body',
  caughtBy: 'I4',
  core: (ports, config) =>
    createSipCore(
      editToClients(ports, 'MESSAGE', (text) =>
        text
          .slice(0, -1)
          .replace(
            /\r\nContent-Length: ([0-9]+)/,
            (_line, octets: string) => `\r\nContent-Length: ${Number(octets) - 1}`,
          ),
      ),
      config,
    ),
};

class MixingStore extends DeferredStore {
  override save(
    tx: number,
    message: SipMessage,
    deferral: Deferral,
    receivedMs: number,
    response: Block,
    responseLength: number,
  ): void {
    deferral.user = deferral.user === 0 ? 1 : deferral.user - 1;
    super.save(tx, message, deferral, receivedMs, response, responseLength);
  }
}

const mixesUsersUp: Saboteur = {
  name: 'mixes-users-up',
  title: 'messages are filed in the account of the neighbour',
  caughtBy: 'I4',
  server: serverWith({ store: (...args) => new MixingStore(...args) }),
};

export const contentSaboteurs: readonly Saboteur[] = [flipsAnOctet, cutsTheLastOctet, mixesUsersUp];
