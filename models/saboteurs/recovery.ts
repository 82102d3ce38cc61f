/**
 * Bugs of recovery: what must outlive a crash does not, or comes back as something else (rules S7, A11, A17, I8, I9a, I10). They show
 * only where servers crash, so their small world has crashes.
 */
import type { Ports } from '../../sim/host/ports.js';
import { ImClientFleet } from '../client/fleet.js';
import { Inbox } from '../client/reception/inbox.js';
import type { Deferral } from '../im-server/deferral/deferral.js';
import { MetadataKeeper } from '../im-server/metadata/metadata.js';
import { ImServer } from '../im-server/server.js';
import { DeferredStore, type StoreListener } from '../im-server/store/store.js';
import type { ReceivedMessage } from '../msrp/receiving/received-message.js';
import type { SipMessage } from '../wire/sip/message.js';
import type { Saboteur } from './saboteur.js';
import { serverWith } from './servers.js';
import { editStreams } from './tampering.js';

/** Number of a message that is not stored yet. */
const NOT_STORED = -1;

type StoreArguments = ConstructorParameters<typeof DeferredStore>;

/** Passes on what the store reports, but for the Large Messages that were answered before. */
function withoutLarge(listener: StoreListener): StoreListener {
  return {
    onStored: (...stored) => listener.onStored(...stored),
    onStoreFailed: (tx, user, status, response) => listener.onStoreFailed(tx, user, status, response),
    onLargeStored: () => {},
    onLargeFailed: () => {},
    onGone: (user, dm) => listener.onGone(user, dm),
    onUndeliverable: (dm) => listener.onUndeliverable(dm),
  };
}

class HastyLargeStore extends DeferredStore {
  constructor(
    private readonly own: Ports,
    index: StoreArguments[1],
    private readonly owner: StoreListener,
    writer: StoreArguments[3],
    policy: StoreArguments[4],
    cluster: StoreArguments[5],
  ) {
    super(own, index, withoutLarge(owner), writer, policy, cluster);
  }

  override saveLarge(
    invite: SipMessage,
    message: ReceivedMessage,
    deferral: Deferral,
    receivedMs: number,
  ): void {
    const { handle } = message;
    super.saveLarge(invite, message, deferral, receivedMs);
    this.owner.onLargeStored(handle, deferral.user, NOT_STORED, this.own.now());
  }
}

class UnreconciledKeeper extends MetadataKeeper {
  override recover(): void {
    // What waited for the IM XDMS when the server crashed stays undone.
  }
}

/** One message in so many goes under the push Message-ID of the one before it. */
const REUSED_ONE_IN = 4;

/** Frames that leave with other Message-IDs, of the same length, as `rename` says when an id is seen first. */
function renaming(ports: Ports, rename: (id: string, before: string) => string): Ports {
  const names = new Map<string, string>();
  let last = '';
  return editStreams(ports, (text) =>
    text.replace(/(SEND\r\n(?:[^\r]+\r\n)*?Message-ID: )([^\r]+)/g, (_line, head: string, id: string) => {
      let name = names.get(id);
      if (name === undefined) {
        name = rename(id, last);
        if (name.length !== id.length) name = id;
        names.set(id, name);
        last = name;
      }
      return head + name;
    }),
  );
}

/** A push is known again by its push Message-ID alone, which A11 lets a client do; a live message by its key. */
class LiteralInbox extends Inbox {
  private pushing = false;

  override pushed(...call: Parameters<Inbox['pushed']>): number {
    this.pushing = true;
    const status = super.pushed(...call);
    this.pushing = false;
    return status;
  }

  protected override noteKey(user: number, h1: number, h2: number): void {
    if (!this.pushing) super.noteKey(user, h1, h2);
  }
}

class LiteralFleet extends ImClientFleet {
  protected override makeInbox(): Inbox {
    const { ports, table, devices } = this.context;
    return new LiteralInbox(ports, table, devices);
  }
}

/** Clients that know pushes by their push Message-ID alone. */
export const literalClients: NonNullable<Saboteur['clients']> = (ports, config) =>
  new LiteralFleet(ports, config);

export const recoverySaboteurs: readonly Saboteur[] = [
  {
    name: 'confirms-before-commit',
    title: 'the last 200 to a Large Message leaves when it is handed to storage, not when it is committed',
    caughtBy: 'I9a',
    shownByCrash: true,
    server: serverWith({ store: (...args) => new HastyLargeStore(...args) }),
  },
  {
    name: 'forgets-metadata-retries',
    title:
      'after a restart the metadata are not compared with the store: what waited for the IM XDMS is forgotten',
    caughtBy: 'I10',
    shownByCrash: true,
    server: serverWith({ metadata: (...args) => new UnreconciledKeeper(...args) }),
  },
  {
    name: 'reuses-push-ids',
    title: 'some messages are pushed under the push Message-ID of another one',
    caughtBy: 'I9a',
    server: (ports, config) => {
      let sent = 0;
      const reuse = (id: string, before: string): string =>
        ++sent % REUSED_ONE_IN === 0 && before !== '' ? before : id;
      return new ImServer(renaming(ports, reuse), config);
    },
  },
  {
    name: 'pushes-anew-after-restart',
    title:
      'after a restart messages are pushed under new push Message-IDs; clients know pushes by these alone',
    caughtBy: 'I8',
    shownByCrash: true,
    server: (ports, config) => {
      const anew = (id: string): string => `${'nopqrstuvwxyz'[ports.incarnation % 13]}${id.slice(1)}`;
      return new ImServer(ports.incarnation > 1 ? renaming(ports, anew) : ports, config);
    },
    clients: literalClients,
  },
];
