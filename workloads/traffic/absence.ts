/**
 * Users who come and go: each alternates between a time with her network and a time without. Online times are exponential,
 * offline times lognormal, and their means give the wanted share of users offline at any instant. At the start the whole
 * population is in equilibrium: a user who is away is away for the *rest* of a time that was picked in proportion to its length.
 *
 * All chance is addressed by user and ordinal, so a user costs one pending event and five octets. From the end of the load
 * everybody is online, as after a planned fault.
 *
 * Not modelled: correlation between users, hours of the day.
 */
import type { Devices } from '../../models/devices.js';
import type { EventHandler } from '../../sim/kernel/kernel.js';
import { Phase } from '../../sim/kernel/kernel.js';
import { standardNormal } from '../../sim/kernel/distributions.js';
import { unit } from '../../sim/kernel/random.js';
import { LinkBits } from '../../sim/network/link.js';
import type { World } from '../../sim/world.js';

/** Purposes of addressed chance. */
const PURPOSE_AWAY = 0x3_0002;
const PURPOSE_ONLINE_TIME = 0x3_0003;
const PURPOSE_OFFLINE_TIME = 0x3_0004;

export interface AbsenceSpec {
  /** Share of users offline at an instant, in [0, 1). */
  readonly share: number;
  readonly medianNs: number;
  readonly meanNs: number;
}

/** Offline times: lognormal with this median and mean; constant if both are equal. */
export class AbsenceTimes {
  private readonly sigma: number;
  private readonly onlineMeanNs: number;

  constructor(
    private readonly spec: AbsenceSpec,
    /** 32 bits from (purpose, user, ordinal). */
    private readonly bits: (purpose: number, user: number, ordinal: number) => number,
  ) {
    const { share, medianNs, meanNs } = spec;
    this.sigma = Math.sqrt(2 * Math.log(meanNs / medianNs));
    this.onlineMeanNs = (meanNs * (1 - share)) / share;
  }

  /** True if the user is offline at the start. */
  startsAway(user: number): boolean {
    return unit(this.bits(PURPOSE_AWAY, user, 0)) < this.spec.share;
  }

  onlineNs(user: number, ordinal: number): number {
    return Math.ceil(-this.onlineMeanNs * Math.log1p(-unit(this.bits(PURPOSE_ONLINE_TIME, user, ordinal))));
  }

  offlineNs(user: number, ordinal: number): number {
    return Math.ceil(this.spec.medianNs * Math.exp(this.sigma * this.normal(user, ordinal)));
  }

  /** What is left of the offline time in which the run starts. */
  restNs(user: number): number {
    // A time picked in proportion to its length is lognormal again, with e^(sigma^2) times the median.
    const length = this.spec.medianNs * Math.exp(this.sigma * this.normal(user, 0) + this.sigma * this.sigma);
    return Math.ceil(length * unit(this.bits(PURPOSE_AWAY, user, 1)));
  }

  private normal(user: number, ordinal: number): number {
    const u = unit(this.bits(PURPOSE_OFFLINE_TIME, user, 2 * ordinal));
    const v = unit(this.bits(PURPOSE_OFFLINE_TIME, user, 2 * ordinal + 1));
    return standardNormal(u, v);
  }
}

export class Absences implements EventHandler {
  private readonly handler: number;
  private readonly times: AbsenceTimes;
  /** Times of each user so far, counted from 1; odd while she is offline if she started so. */
  private readonly ordinal: Int32Array;
  private readonly away: Uint8Array;

  /** `host` names the clients; they come and go until `untilNs`. Call {@link begin} once the world has started. */
  constructor(
    private readonly world: World,
    private readonly host: string,
    spec: AbsenceSpec,
    private readonly untilNs: number,
    private readonly devices: Devices,
  ) {
    const { kernel, chance } = world;
    this.handler = kernel.register(this);
    this.times = new AbsenceTimes(spec, (purpose, user, ordinal) => chance.addressed(purpose, user, ordinal));
    this.ordinal = new Int32Array(devices.subscribers);
    this.away = new Uint8Array(devices.subscribers);
  }

  /** Takes those offline who are at the start, and plans the next change of everybody. */
  begin(): void {
    for (let user = 0; user < this.away.length; user++) {
      const { times } = this;
      if (times.startsAway(user)) {
        this.set(user, true);
        this.plan(user, times.restNs(user));
      } else this.plan(user, times.onlineNs(user, 0));
    }
  }

  isCut(user: number): boolean {
    return this.away[user] === 1;
  }

  onEvent(_kind: number, user: number): void {
    const { times } = this;
    const leaves = this.away[user] === 0;
    const ordinal = ++this.ordinal[user];
    if (leaves && this.world.kernel.nowNs >= this.untilNs) return;
    this.set(user, leaves);
    if (this.world.kernel.nowNs >= this.untilNs) return;
    this.plan(user, leaves ? times.offlineNs(user, ordinal) : times.onlineNs(user, ordinal));
  }

  private plan(user: number, afterNs: number): void {
    const { kernel } = this.world;
    const atNs = Math.min(this.untilNs, kernel.nowNs + afterNs);
    if (atNs < this.untilNs || this.away[user] === 1) kernel.at(atNs, Phase.fault, this.handler, 0, user, 0);
  }

  /** As a partition of this one user does it: her devices see their radio go, and come back with the first direction. */
  private set(user: number, away: boolean): void {
    this.away[user] = away ? 1 : 0;
    this.devices.each(user, (client) => this.cut(client, away));
  }

  private cut(client: number, away: boolean): void {
    const { links } = this.world;
    const host = this.world.host(this.host);
    const sees = () => links.isUp(host.id, client, LinkBits.out) || links.isUp(host.id, client, LinkBits.in);
    const saw = sees();
    links.hold(host.id, client, LinkBits.both, away);
    if (sees() !== saw) host.receiver.onLink(client, !away);
  }
}
