/**
 * `sometimes` probes: rare paths that a campaign ought to reach somewhere. An invariant that always holds says little if the path that
 * could break it was never taken. Probes read observations and the fault plan, so models know nothing of them.
 *
 * A probe counts how often its path was taken. Those that are `expected` must be reached by any campaign of two hundred seeds of the
 * `fuzz` scenario; the others need more luck, other traffic or other faults.
 */
import { Observed } from '../../models/observations.js';
import { TcpEnd } from '../../sim/host/ports.js';
import type { World } from '../../sim/world.js';
import { Host, instanceOnHost } from '../topology.js';
import type { Watcher } from '../watch/watcher.js';

interface Probe {
  readonly title: string;
  readonly expected: boolean;
}

const expected = (title: string): Probe => ({ title, expected: true });
const lucky = (title: string): Probe => ({ title, expected: false });

/** All probes by id. */
export const PROBES = {
  'push-resumed': expected('a deferred message is sent in a second push session'),
  'push-cut': expected('a push session ends while a SEND has no answer'),
  'push-failed': expected('a push session ends without having been established'),
  'presented-once': expected('a client drops a push that it has presented already'),
  expired: expected('a lifetime ends in the store'),
  'expired-during-push': lucky('a lifetime ends while a push session of its user is up'),
  'live-fallback': expected('a message is stored although its recipient has a binding'),
  'repeated-202': expected('the same 202 leaves the IM Server twice'),
  'merged-request': lucky('a request comes on two paths and is refused with 482'),
  'store-refused': expected('the IM Server refuses to store'),
  'crash-pending-commit': expected('the IM Server crashes between request and commit'),
  'crash-202-under-way': expected('the IM Server crashes between commit and the arrival of the 202'),
  'crash-during-push': expected('the IM Server crashes while a push session is up'),
  'crash-before-delete': expected('the IM Server crashes between SEND and the deletion of its record'),
  'stored-after-crash': expected('a message is settled by another incarnation than the one that stored it'),
  'large-stored': expected('a Large Message is stored'),
  'large-retried': expected('a Large Message goes into another session than its first'),
  'crash-mid-chunk': expected('the IM Server crashes while a Large Message comes in'),
  'client-crash': expected('a client crashes'),
  'metadata-retried': expected('the IM XDMS does not answer a request'),
  'metadata-reconciled': expected('metadata are compared with the store after a restart'),
  'core-crash': expected('the SIP/IP Core restarts and its bindings are gone'),
  'flow-failed': expected('the Core drops a binding because its flow is dead'),
  'register-failed': expected('a registration fails and is backed off'),
  'transaction-timeout': expected('a transaction ends by Timer B or F'),
  'stream-reset': expected('a connection ends by RST'),
  'stream-given-up': lucky('a connection ends because retransmissions were given up'),
  'stream-refused': lucky('a connection is refused'),
  notified: expected('a sender is told of delivery or failure by IMDN'),
  'failure-notified': lucky('the IM Server tells a sender that his message failed'),
  malformed: lucky('octets come that no parser accepts'),
  'dead-lettered': lucky('a message is kept and no longer pushed'),
  'drained-under-fire': lucky('a queue runs empty while the IM Server is under a fault'),
} as const satisfies Readonly<Record<string, Probe>>;
export type ProbeId = keyof typeof PROBES;

/** How often each probe was reached; one that was not is absent. */
export type ProbeCounts = Readonly<Partial<Record<ProbeId, number>>>;

/** Adds the counts of one run to those of a campaign. */
export function addProbes(to: Partial<Record<ProbeId, number>>, from: ProbeCounts): void {
  for (const id of probeIds()) {
    const count = from[id];
    if (count !== undefined) to[id] = (to[id] ?? 0) + count;
  }
}

/** Ids of all probes, in the order of the catalogue. */
export function probeIds(): ProbeId[] {
  return Object.keys(PROBES) as ProbeId[];
}

/** Counts the probes of a run. */
export function probeWatcher(): Watcher & { counts(): ProbeCounts } {
  const counts: Partial<Record<ProbeId, number>> = {};
  return {
    attach(world) {
      new ProbeWatch(world, (id) => {
        counts[id] = (counts[id] ?? 0) + 1;
      }).subscribe();
    },
    finish: () => {},
    counts: () => counts,
  };
}

/** A deferred message on its way out. */
interface Outgoing {
  user: number;
  storedAtNs: number;
  incarnation: number;
  push: number;
}

/** A 202 is under way for so long at least, from the commit on: two links of 40 ms. */
const UNDER_WAY_NS = 80e6;
/** Octets of a response that tell it from others: its start line, Via and what follows. */
const RESPONSE_OCTETS = 400;

class ProbeWatch {
  /** Requests that are being stored. */
  private pending = 0;
  private readonly messages = new Map<number, Outgoing>();
  /** Users by their bindings; established push sessions by number, with their users. */
  private readonly bound = new Set<number>();
  private readonly established = new Map<number, number>();
  private readonly accepted = new Set<string>();
  /** Sessions in which Large Messages come to the IM Server. */
  private readonly largeOpen = new Set<number>();
  /** Instants at which the IM Server crashes, ascending, and how many are over. */
  private readonly crashesNs: readonly number[];
  private incarnation = 0;

  constructor(
    private readonly world: World,
    private readonly hit: (id: ProbeId) => void,
  ) {
    const crashes = world.plan.filter(({ kind }) => kind === 'crash');
    this.crashesNs = crashes
      .filter(({ host }) => instanceOnHost(host) >= 0)
      .map(({ atNs }) => atNs)
      .toSorted((a, b) => a - b);
    if (crashes.some(({ host }) => host === Host.core)) hit('core-crash');
    if (crashes.some(({ host }) => host === Host.clients)) hit('client-crash');
  }

  subscribe(): void {
    this.watchStore();
    this.watchPush();
    this.watchRegistrations();
    this.watchNetwork();
    this.watchLarge();
    this.on(Observed.notificationReceived, () => this.hit('notified'));
    this.on(Observed.failureNotified, () => this.hit('failure-notified'));
  }

  /** Calls `handle` for each observation of `kind`, with crashes up to now accounted for. */
  private on(kind: number, handle: (entity: number, message: number, a: number, b: number) => void): void {
    this.world.observations.subscribe(kind, (_kind, entity, message, a, b) => {
      this.catchUp();
      handle(entity, message, a, b);
    });
  }

  private watchStore(): void {
    const { hit, messages } = this;
    this.on(Observed.deferralRequested, () => void this.pending++);
    this.on(Observed.stored, (user, dm) => {
      this.pending = Math.max(0, this.pending - 1);
      const storedAtNs = this.world.kernel.nowNs;
      messages.set(dm, { user, storedAtNs, incarnation: this.incarnation, push: -1 });
      if (this.bound.has(user)) hit('live-fallback');
    });
    this.on(Observed.rejected, () => {
      this.pending = Math.max(0, this.pending - 1);
      hit('store-refused');
    });
    this.on(Observed.expired, (user, dm) => {
      hit('expired');
      if ([...this.established.values()].includes(user)) hit('expired-during-push');
      messages.delete(dm);
    });
    this.on(Observed.deadLettered, () => hit('dead-lettered'));
    this.on(Observed.settled, (_user, dm) => {
      const message = messages.get(dm);
      if (message !== undefined && message.incarnation !== this.incarnation) hit('stored-after-crash');
      messages.delete(dm);
    });
  }

  private watchPush(): void {
    const { hit, messages, established } = this;
    this.on(Observed.pushEstablished, (user, push) => void established.set(push, user));
    /** By push session: deferred messages that left in it. */
    const sentIn = new Map<number, number>();
    this.on(Observed.pushSent, (_user, dm, push) => {
      sentIn.set(push, (sentIn.get(push) ?? 0) + 1);
      const message = messages.get(dm);
      if (message === undefined) return;
      if (message.push >= 0 && message.push !== push) hit('push-resumed');
      message.push = push;
    });
    this.on(Observed.pushEnded, (_user, push, _status, settled) => {
      if (!established.delete(push)) hit('push-failed');
      else if (settled < (sentIn.get(push) ?? 0)) hit('push-cut');
      sentIn.delete(push);
    });
    this.on(Observed.duplicateDropped, () => hit('presented-once'));
    this.on(Observed.drained, () => {
      const { nowNs } = this.world.kernel;
      const underFire = this.world.plan.some(
        ({ host, atNs, forNs }) =>
          instanceOnHost(host) >= 0 && atNs <= nowNs && nowNs <= atNs + (forNs ?? Infinity),
      );
      if (underFire) hit('drained-under-fire');
    });
  }

  private watchLarge(): void {
    const { hit, largeOpen } = this;
    this.on(Observed.largeSessionOpened, (_user, session) => void largeOpen.add(session));
    this.on(Observed.largeSessionEnded, (_user, session) => void largeOpen.delete(session));
    this.on(Observed.assembled, () => hit('large-stored'));
    this.on(Observed.largeRetried, () => hit('large-retried'));
    this.on(Observed.metadataFailed, () => hit('metadata-retried'));
    this.on(Observed.metadataReconciled, () => hit('metadata-reconciled'));
  }

  private watchRegistrations(): void {
    const { hit, bound } = this;
    this.on(Observed.bindingAdded, (user) => void bound.add(user));
    this.on(Observed.bindingRemoved, (user, _message, why) => {
      bound.delete(user);
      if (why === 2) hit('flow-failed');
    });
    this.on(Observed.registerFailed, () => hit('register-failed'));
    this.on(Observed.timedOut, () => hit('transaction-timeout'));
    this.on(Observed.malformed, () => hit('malformed'));
  }

  private watchNetwork(): void {
    const { hit } = this;
    this.on(Observed.streamEnded, (_host, _conn, end) => {
      if (end === TcpEnd.reset) hit('stream-reset');
      else if (end === TcpEnd.timeout) hit('stream-given-up');
      else if (end === TcpEnd.refused) hit('stream-refused');
    });
    const server = this.world.host(Host.im).id;
    this.world.observations.subscribe(
      Observed.datagramSent,
      (_kind, host, _local, _a, _b, buf, start, end) => {
        if (buf.toString('latin1', start, Math.min(end, start + 8)) !== 'SIP/2.0 ') return;
        const text = buf.toString('latin1', start, Math.min(end, start + RESPONSE_OCTETS));
        if (text.startsWith('482', 8)) hit('merged-request');
        if (host !== server || !text.startsWith('202', 8)) return;
        if (this.accepted.has(text)) hit('repeated-202');
        this.accepted.add(text);
      },
    );
  }

  /** What was open when the IM Server crashed, for each crash since the last observation. */
  private catchUp(): void {
    const { crashesNs, hit, messages } = this;
    while (
      this.incarnation < crashesNs.length &&
      (crashesNs[this.incarnation] ?? 0) <= this.world.kernel.nowNs
    ) {
      this.incarnation++;
      if (this.pending > 0) hit('crash-pending-commit');
      const open = [...messages.values()];
      const crashNs = crashesNs[this.incarnation - 1] ?? 0;
      if (open.some(({ storedAtNs }) => crashNs - storedAtNs < UNDER_WAY_NS)) hit('crash-202-under-way');
      if (this.largeOpen.size > 0) hit('crash-mid-chunk');
      this.largeOpen.clear();
      if (open.some(({ push }) => this.established.has(push))) hit('crash-before-delete');
      if (this.established.size > 0) hit('crash-during-push');
      this.pending = 0;
      this.established.clear();
    }
  }
}
