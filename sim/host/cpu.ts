/**
 * The CPU of a host: a station with c equal servers and one bounded queue, first come, first served. What a piece of work costs
 * comes from a table that says where its numbers are from.
 *
 * Work that costs nothing while a server is idle is served in the same call, so that a free CPU costs no events.
 *
 * Not modelled: preemption, priorities, caches, work that uses several servers.
 */
import { exponential } from '../kernel/distributions.js';
import { type EventHandler, type Kernel, Phase } from '../kernel/kernel.js';
import type { CpuPort, RandomStream } from './ports.js';
import type { CpuSpec } from './specs.js';
import { StationMeter } from './station-meter.js';

/** Gets the end of each service, unless the incarnation that asked is over. */
export interface ServedSink {
  onServed(token: number): void;
}

/** Says whether the process stands still, and keeps what it must do when it goes on. */
export interface Pausable {
  readonly paused: boolean;
  keep(call: () => void): void;
}

export class CpuStation implements CpuPort, EventHandler {
  inSystem = 0;
  /** What a fault multiplies each cost with. */
  slowdown = 1;

  private readonly handler: number;
  private busyServers = 0;
  private live = true;
  /** Waiting jobs: cost and token, in a ring. */
  private waiting = new Float64Array(32);
  /** When each of them came. */
  private arrivedNs = new Float64Array(16);
  private head = 0;
  private waitingCount = 0;

  /** `stream` serves the exponential costs; it belongs to this incarnation of the host. `meter` outlives it. */
  constructor(
    private readonly kernel: Kernel,
    private readonly spec: CpuSpec,
    private readonly stream: RandomStream,
    private readonly sink: () => ServedSink,
    private readonly pausable?: Pausable,
    readonly meter = new StationMeter(kernel, spec.servers),
  ) {
    this.handler = kernel.register(this);
  }

  /** Jobs refused because the queue was full. */
  get refused(): number {
    return this.meter.refused;
  }

  spend(kind: number, octets: number, token: number): boolean {
    const costNs = this.costOf(kind, octets);
    if (this.busyServers < this.spec.servers) {
      if (costNs === 0) {
        this.meter.pass();
        this.sink().onServed(token);
        return true;
      }
      this.meter.arrive();
      this.serve(costNs, token, this.kernel.nowNs);
      return true;
    }
    if (this.waitingCount >= this.spec.queueLimit) {
      this.meter.refused++;
      return false;
    }
    if (this.waitingCount * 2 === this.waiting.length) this.enlarge();
    const at = ((this.head + this.waitingCount++) * 2) & (this.waiting.length - 1);
    this.waiting[at] = costNs;
    this.waiting[at + 1] = token;
    this.arrivedNs[at / 2] = this.kernel.nowNs;
    this.inSystem++;
    this.meter.arrive();
    return true;
  }

  /** Drops all jobs; nothing more is reported. */
  stop(): void {
    this.live = false;
    this.meter.clear();
    this.waitingCount = 0;
    this.inSystem = 0;
  }

  onEvent(_kind: number, token: number, arrivedNs: number): void {
    if (!this.live) return;
    // A stopped process finishes nothing and takes nothing up; what was due meanwhile is done at once when it goes on.
    if (this.pausable?.paused === true) {
      this.pausable.keep(() => this.onEvent(_kind, token, arrivedNs));
      return;
    }
    this.busyServers--;
    this.inSystem--;
    this.meter.end();
    this.meter.leave(arrivedNs);
    // The next in line goes to the server before the actor may ask for more.
    while (this.waitingCount > 0 && this.busyServers < this.spec.servers) {
      const at = (this.head * 2) & (this.waiting.length - 1);
      this.head = (this.head + 1) & (this.waiting.length / 2 - 1);
      this.waitingCount--;
      this.inSystem--;
      this.serve(this.waiting[at], this.waiting[at + 1], this.arrivedNs[at / 2]);
    }
    this.sink().onServed(token);
  }

  private serve(costNs: number, token: number, arrivedNs: number): void {
    this.busyServers++;
    this.inSystem++;
    this.meter.begin(costNs);
    this.kernel.at(this.kernel.nowNs + costNs, Phase.host, this.handler, 0, token, arrivedNs);
  }

  private costOf(kind: number, octets: number): number {
    const cost = this.spec.costs[kind];
    if (cost === undefined) return 0;
    const meanNs = (cost.baseNs + (cost.nsPerKiB * octets) / 1024) * this.slowdown;
    return Math.round(cost.distribution === 'constant' ? meanNs : exponential(this.stream, meanNs));
  }

  private enlarge(): void {
    const waiting = new Float64Array(this.waiting.length * 2);
    const arrivedNs = new Float64Array(this.waiting.length);
    for (let i = 0; i < this.waitingCount; i++) {
      const from = ((this.head + i) * 2) & (this.waiting.length - 1);
      waiting[i * 2] = this.waiting[from];
      waiting[i * 2 + 1] = this.waiting[from + 1];
      arrivedNs[i] = this.arrivedNs[from / 2];
    }
    this.waiting = waiting;
    this.arrivedNs = arrivedNs;
    this.head = 0;
  }
}
