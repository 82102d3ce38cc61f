/**
 * Who of the clients that an outage cut is registered again, and when. Told from the REGISTER requests of these clients alone, each from
 * the instant in which she has her network back until her first 200: refreshes, and registrations of others, are no part of it.
 *
 * Four octets a client, and only where an outage is planned.
 */
import { Observed } from '../../models/observations.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { ObservationSource, VirtualClock } from './observation-source.js';
import { Flow, secondOf } from './series.js';

/** Share of the clients that must be registered again. */
export const REGISTERED_SHARE = 0.99;

/** What is known of the outage before the run. */
export interface PlannedOutage {
  /** When the first clients lose their network, when the first may have it back for good, and when the last have. */
  readonly startsAtNs: number;
  readonly healsFromNs: number;
  readonly endsAtNs: number;
  /** Clients that lose it. */
  readonly clients: number;
  /** When it comes back to the clients of each partition, the first of them at least. */
  readonly healedAtNs: readonly number[];
  /** By client: 1 + the place in `healedAtNs` of what gives her the network back for good; 0 if she never loses it. */
  readonly healing: Int32Array;
}

/** REGISTER requests of the clients that were cut, by second, and when enough of them were registered again. */
export interface ReconnectionFigures {
  readonly registersSent: readonly number[];
  readonly registersGranted: readonly number[];
  /** Whole seconds from the end of the outage on; undefined if that never came. */
  readonly secondsToRegister: number | undefined;
}

export class Reconnection {
  private readonly sent = new Flow();
  private readonly granted = new Flow();
  /** As in the plan, and 0 again for who is registered or not waited for. */
  private readonly healing: Int32Array;
  /** Clients that are waited for, those who came already among them. */
  private expected: number;
  private back = 0;
  private enoughAtNs = Infinity;

  constructor(
    source: ObservationSource,
    private readonly clock: VirtualClock,
    readonly outage: PlannedOutage,
  ) {
    this.healing = outage.healing.slice();
    this.expected = outage.clients;
    source.subscribe(Observed.registerSent, (_kind, client) => {
      if (this.isDue(client)) this.sent.add(secondOf(clock.nowNs), 1);
    });
    source.subscribe(Observed.registered, (_kind, client) => {
      if (!this.isDue(client)) return;
      this.granted.add(secondOf(clock.nowNs), 1);
      this.healing[client] = 0;
      this.back++;
      this.judge();
    });
  }

  /** The outage is over. Who has no network even so is away for another reason, and not waited for. */
  over(hasNetwork: (client: number) => boolean): void {
    this.healing.forEach((place, client) => {
      if (place === 0 || hasNetwork(client)) return;
      this.healing[client] = 0;
      this.expected--;
    });
    this.judge();
  }

  /** The figures of the first `seconds` of the run. */
  figures(seconds: number): ReconnectionFigures {
    const { enoughAtNs, outage } = this;
    return {
      registersSent: this.sent.rows(seconds),
      registersGranted: this.granted.rows(seconds),
      secondsToRegister:
        enoughAtNs === Infinity
          ? undefined
          : Math.max(0, Math.ceil((enoughAtNs - outage.endsAtNs) / NS_PER_S)),
    };
  }

  private isDue(client: number): boolean {
    const place = this.healing[client];
    return place > 0 && this.clock.nowNs >= this.outage.healedAtNs[place - 1];
  }

  private judge(): void {
    if (this.back < this.expected * REGISTERED_SHARE) return;
    this.enoughAtNs = Math.min(this.enoughAtNs, this.clock.nowNs);
  }
}
