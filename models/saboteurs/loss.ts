/** Bugs that lose what was accepted (RFC 3428 section 7). Caught by I9a. */
import type { Block, Ports } from '../../sim/host/ports.js';
import { ImClientFleet } from '../client/fleet.js';
import { Inbox } from '../client/reception/inbox.js';
import type { Deferral } from '../im-server/deferral/deferral.js';
import { ServiceSetting } from '../im-server/config.js';
import { ServiceSettings } from '../im-server/settings.js';
import { RowState } from '../im-server/store/deferred-index.js';
import { Push } from '../im-server/push/push.js';
import { DeferredStore, type StoreListener } from '../im-server/store/store.js';
import { MsrpStatus } from '../msrp/codes.js';
import type { ReceivedMessage } from '../msrp/receiving/received-message.js';
import type { Tx } from '../sip/user.js';
import type { SipMessage } from '../wire/sip/message.js';
import type { Saboteur } from './saboteur.js';
import { serverWith } from './servers.js';

type StoreArguments = ConstructorParameters<typeof DeferredStore>;

/** Number of a message that is not stored yet. */
const NOT_STORED = -1;

/** Passes on what the store reports, but for the answer of a stored message, which left before. */
function withoutAnswers(listener: StoreListener, ports: Ports): StoreListener {
  return {
    onStored: (_tx, _user, _dm, _receivedAtNs, response) => ports.octets.release(response),
    onStoreFailed: (_tx, _user, _status, response) => ports.octets.release(response),
    onLargeStored: (handle, user, dm, at) => listener.onLargeStored(handle, user, dm, at),
    onLargeFailed: (handle, user, status) => listener.onLargeFailed(handle, user, status),
    onUndeliverable: (dm) => listener.onUndeliverable(dm),
    onGone: (user, dm) => listener.onGone(user, dm),
  };
}

class HastyStore extends DeferredStore {
  constructor(
    protected readonly own: Ports,
    index: StoreArguments[1],
    private readonly owner: StoreListener,
    writer: StoreArguments[3],
    policy: StoreArguments[4],
    cluster: StoreArguments[5],
  ) {
    super(own, index, withoutAnswers(owner, own), writer, policy, cluster);
  }

  override save(
    tx: number,
    message: SipMessage,
    deferral: Deferral,
    receivedMs: number,
    response: Block,
    length: number,
  ): void {
    this.own.octets.retain(response);
    this.keep(tx, message, deferral, receivedMs, response, length);
    const { request0, request1, user } = deferral;
    this.owner.onStored(tx, user, NOT_STORED, this.own.now(), response, length, request0, request1);
  }

  protected keep(...args: Parameters<DeferredStore['save']>): void {
    super.save(...args);
  }
}

const acceptsBeforeCommit: Saboteur = {
  name: 'accepts-before-commit',
  title: '202 leaves when the message is handed to storage, not when it is committed',
  caughtBy: 'I9a',
  server: serverWith({ store: (...args) => new HastyStore(...args) }),
};

class BottomlessStore extends HastyStore {
  protected override keep(...args: Parameters<DeferredStore['save']>): void {
    this.own.octets.release(args[4]);
  }
}

const acceptsAndDrops: Saboteur = {
  name: 'accepts-and-drops',
  title: 'messages are answered 202 and never stored',
  caughtBy: 'I9a',
  server: serverWith({ store: (...args) => new BottomlessStore(...args) }),
};

/** One message in so many is mislaid. */
const MISLAID_ONE_IN = 5;

function mislaying(listener: StoreListener, index: StoreArguments[1]): StoreListener {
  let stored = 0;
  return {
    onStored(tx, user, ...rest) {
      stored++;
      if (stored % MISLAID_ONE_IN === 0) index.state[index.firstWaiting(user)] = RowState.leaving;
      listener.onStored(tx, user, ...rest);
    },
    onStoreFailed: (tx, user, status, response) => listener.onStoreFailed(tx, user, status, response),
    onLargeStored: (handle, user, dm, at) => listener.onLargeStored(handle, user, dm, at),
    onLargeFailed: (handle, user, status) => listener.onLargeFailed(handle, user, status),
    onUndeliverable: (dm) => listener.onUndeliverable(dm),
    onGone: (user, dm) => listener.onGone(user, dm),
  };
}

const mislaysMessages: Saboteur = {
  name: 'mislays-messages',
  title: 'some messages stay in storage, but the index does not offer them to a push any more',
  caughtBy: 'I9a',
  server: serverWith({
    store: (ports, index, listener, ...rest) =>
      new DeferredStore(ports, index, mislaying(listener, index), ...rest),
  }),
};

class RashPush extends Push {
  /** SENDs that were taken for settled when they were written, by row. */
  private readonly early = new Map<number, number>();

  override onSent(msrp = 0, tag = 0, row = 0): void {
    this.early.set(row, (this.early.get(row) ?? 0) + 1);
    super.onSettled(msrp, tag, row, MsrpStatus.ok);
  }

  override onSettled(msrp: number, tag: number, row: number, status: number): void {
    const early = this.early.get(row) ?? 0;
    if (early === 0) super.onSettled(msrp, tag, row, status);
    else this.early.set(row, early - 1);
  }
}

const deletesOnWrite: Saboteur = {
  name: 'deletes-on-write',
  title: 'a message is deleted when its SEND is written, not when it is answered 200',
  caughtBy: 'I9a',
  server: serverWith({ push: (...args) => new RashPush(...args) }),
};

/** Has no room for what is pushed to it the first time: legal (A18). */
class CrampedInbox extends Inbox {
  private readonly refused = new Set<string>();

  override pushed(user: number, message: ReceivedMessage): number {
    const { octets } = this.ports;
    const label = octets.start(message.label);
    const key = `${user} ${octets.buf.latin1Slice(label + message.idStart, label + message.idEnd)}`;
    if (this.refused.has(key)) return super.pushed(user, message);
    this.refused.add(key);
    return MsrpStatus.stopSending;
  }
}

class CrampedFleet extends ImClientFleet {
  protected override makeInbox(): Inbox {
    const { ports, table, devices } = this.context;
    return new CrampedInbox(ports, table, devices);
  }
}

/** Clients that answer the first push of each message 413. */
export const crampedClients: NonNullable<Saboteur['clients']> = (ports, config) =>
  new CrampedFleet(ports, config);

/** Clients register anew within the run. */
const REFRESHING: readonly string[] = ['client.registerExpires=60s'];

class ResignedPush extends Push {
  override onSettled(msrp: number, tag: number, row: number, status: number): void {
    super.onSettled(msrp, tag, row, status);
    if (status === MsrpStatus.stopSending) this.index.state[row] = RowState.leaving;
  }
}

const neverTriesAgain: Saboteur = {
  name: 'never-tries-again',
  title: 'what a client answered 413 is kept and never pushed again, however often she registers',
  caughtBy: 'I9a',
  world: REFRESHING,
  clients: crampedClients,
  server: serverWith({ push: (...args) => new ResignedPush(...args) }),
};

class HoldForEverybody extends ServiceSettings {
  override of(): ServiceSetting {
    return ServiceSetting.hold;
  }
}

const holdsForEverybody: Saboteur = {
  name: 'holds-for-everybody',
  title: 'where some users want nothing pushed, nothing is pushed to anybody',
  caughtBy: 'I9a',
  shownByWaiting: true,
  server: serverWith({
    push: (ports, config, index, store, desk, msrp, endpoint, writer, policy, _settings, notice) => {
      const settings = new HoldForEverybody(ports.random, {});
      return new Push(ports, config, index, store, desk, msrp, endpoint, writer, policy, settings, notice);
    },
  }),
};

class IndifferentFleet extends ImClientFleet {
  protected override receiveMessage(tx: Tx, _user: number, message: SipMessage): void {
    this.endpoint.answer(tx, message, 200);
  }
}

const answersUnread: Saboteur = {
  name: 'answers-unread',
  title: 'clients answer a live MESSAGE with 200 and show it to nobody',
  caughtBy: 'I9a',
  clients: (ports, config) => new IndifferentFleet(ports, config),
};

export const lossSaboteurs: readonly Saboteur[] = [
  acceptsBeforeCommit,
  acceptsAndDrops,
  mislaysMessages,
  deletesOnWrite,
  neverTriesAgain,
  holdsForEverybody,
  answersUnread,
];
