/**
 * Saboteurs of what users fetch and delete themselves (rules 2.2 and 2.4): a message is lost on a way that no push takes.
 */
import { DeferredAccess } from '../im-server/deferred-access.js';
import { RowState } from '../im-server/store/deferred-index.js';
import type { Saboteur } from './saboteur.js';
import { serverWith } from './servers.js';

/** A world in which somebody fetches. */
const WORLD = ['server.settings.manual=50%'];

class HastyAccess extends DeferredAccess {
  /** What was asked for counts as delivered before anybody has it. */
  protected override onFetched(row: number): void {
    super.onFetched(row);
    this.store.leave(row, false);
  }
}

class TidyAccess extends DeferredAccess {
  /** Whoever reads one message has no use for the next. */
  protected override onFetched(row: number): void {
    super.onFetched(row);
    const { index } = this;
    const next = index
      .rowsOf(index.user[row])
      .find((other) => index.state[other] === RowState.waiting && other !== row);
    if (next !== undefined) this.store.discard(next);
  }
}

export const ownHandsSaboteurs: readonly Saboteur[] = [
  {
    name: 'deletes-on-fetch',
    title: 'a message that its user fetches is deleted before she has it',
    caughtBy: 'I9a',
    world: WORLD,
    server: serverWith({ access: (...args) => new HastyAccess(...args) }),
  },
  {
    name: 'discards-unasked',
    title: 'a message is deleted unread though its user did not ask for that',
    caughtBy: 'I9a',
    world: WORLD,
    server: serverWith({ access: (...args) => new TidyAccess(...args) }),
  },
];
