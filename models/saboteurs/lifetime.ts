/** Bugs of the lifetime of deferred messages (S6, A9, A10, A25). Caught by I9b. */
import { NS_PER_S } from '../../sim/kernel/time.js';
import { createImServer } from '../im-server/server.js';
import { DeferredStore } from '../im-server/store/store.js';
import type { Saboteur } from './saboteur.js';
import { serverWith } from './servers.js';

class TimelessStore extends DeferredStore {
  override expireDue(nowNs: number): void {
    while (this.expiries.earliestNs <= nowNs) this.expiries.shift();
  }

  override isExpired(): boolean {
    return false;
  }
}

const pushesExpired: Saboteur = {
  name: 'pushes-expired',
  title: 'messages whose lifetime is over are kept and pushed',
  caughtBy: 'I9b',
  server: serverWith({ store: (...args) => new TimelessStore(...args) }),
};

class HurriedStore extends DeferredStore {
  override expireDue(nowNs: number): void {
    super.expireDue(nowNs + 5 * NS_PER_S);
  }
}

const expiresEarly: Saboteur = {
  name: 'expires-early',
  title: 'messages are deleted up to 5 s before their lifetime is over',
  caughtBy: 'I9b',
  server: serverWith({ store: (...args) => new HurriedStore(...args) }),
};

const grantsTheMaximum: Saboteur = {
  name: 'grants-the-maximum',
  title: 'a message without Expires gets the maximum and not the default lifetime',
  caughtBy: 'I9b',
  server: (ports, config) =>
    createImServer(ports, { ...config, expiry: { ...config.expiry, defaultNs: config.expiry.maxNs } }),
};

const countsFromReceipt: Saboteur = {
  name: 'counts-from-receipt',
  title: "the lifetime counts from receipt, whatever the sender's Date says",
  caughtBy: 'I9b',
  server: (ports, config) =>
    createImServer(ports, { ...config, expiry: { ...config.expiry, skewLimitNs: 0 } }),
};

export const lifetimeSaboteurs: readonly Saboteur[] = [
  pushesExpired,
  expiresEarly,
  grantsTheMaximum,
  countsFromReceipt,
];
