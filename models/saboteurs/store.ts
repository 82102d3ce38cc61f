/** Bugs of the store's header policy: what must never be stored is (S1a, A3). Caught by I1. */
import { isImServerIp } from '../addressing.js';
import { HeaderClass } from '../im-server/store/header-classes.js';
import { Column, HeaderPolicy } from '../im-server/store/header-policy.js';
import { createSipCore } from '../sip-core/core.js';
import type { Saboteur } from './saboteur.js';
import { serverThatKeeps, serverWith } from './servers.js';
import { editDatagrams, withLine } from './tampering.js';

const storesCharging: Saboteur = {
  name: 'stores-charging',
  title: 'the store keeps P-Charging-Vector and its like',
  caughtBy: 'I1',
  server: serverThatKeeps((column, headerClass) =>
    column === Column.store && headerClass === HeaderClass.X ? true : undefined,
  ),
};

/** Knows a header only if it is spelt as the registry spells it; every other one is an extension to it, and kept. */
class LiteralPolicy extends HeaderPolicy {
  override classOf(id: number, buf: Buffer, nameStart: number, nameEnd: number): HeaderClass {
    const name = buf.latin1Slice(nameStart, nameEnd);
    const registered = /^(?:[A-Z][A-Za-z]*-)*[A-Z][A-Za-z]+$/.test(name) || name === 'CSeq';
    return registered ? super.classOf(id, buf, nameStart, nameEnd) : HeaderClass.U;
  }
}

/** A Core that spells header names in legal but odd ways towards the IM Server; a sane server does not mind. */
export const coreWithOddSpelling: NonNullable<Saboteur['core']> = (ports, config) =>
  createSipCore(
    editDatagrams(ports, (text, ip) =>
      isImServerIp(ip, config.imServers ?? 1) && text.startsWith('MESSAGE ')
        ? withLine(
            text.replace(/\r\nP-Charging-(Vector|Function-Addresses):/g, '\r\np-chARGing-$1:'),
            'y: YWJj;info=<https://ims.example/cert>',
          )
        : text,
    ),
    config,
  );

const knowsOneSpelling: Saboteur = {
  name: 'knows-one-spelling',
  title: 'the store knows header names by one spelling only; the Core spells some oddly',
  caughtBy: 'I1',
  core: coreWithOddSpelling,
  server: serverWith({ policy: () => new LiteralPolicy() }),
};

export const storeSaboteurs: readonly Saboteur[] = [storesCharging, knowsOneSpelling];
