/**
 * Saboteur of the metadata in IM XDMS (S7): entries that outlive their message. One that writes too few shows only while the
 * messages wait, which no user of the trial world does at its end; `metadata.test.ts` of the IM Server has that one.
 */
import { MetadataKeeper } from '../im-server/metadata.js';
import type { Saboteur } from './saboteur.js';
import { serverWith } from './servers.js';

class ForgetfulKeeper extends MetadataKeeper {
  override onLeft(): void {
    // The entry of a message that left stays.
  }
}

export const metadataSaboteurs: readonly Saboteur[] = [
  {
    name: 'keeps-metadata',
    title: 'the metadata of a message that left are not deleted',
    caughtBy: 'I10',
    server: serverWith({ metadata: (...args) => new ForgetfulKeeper(...args) }),
  },
];
