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
  /** Nanoseconds of service given out so far, over all servers: for utilisation. */
  busyNs = 0;
  /** Jobs refused because the queue was full. */
  refused = 0;

  private readonly handler: number;
  private busyServers = 0;
  private live = true;
  /** Waiting jobs: cost and token, in a ring. */
  private waiting = new Float64Array(32);
  private head = 0;
  private waitingCount = 0;

  /** `stream` serves the exponential costs; it belongs to this incarnation of the host. */
  constructor(
    private readonly kernel: Kernel,
    private readonly spec: CpuSpec,
    private readonly stream: RandomStream,
    private readonly sink: () => ServedSink,
    private readonly process?: Pausable,
  ) {
    this.handler = kernel.register(this);
  }

  spend(kind: number, octets: number, token: number): boolean {
    const costNs = this.costOf(kind, octets);
    if (this.busyServers < this.spec.servers) {
      if (costNs === 0) this.sink().onServed(token);
      else this.serve(costNs, token);
      return true;
    }
    if (this.waitingCount >= this.spec.queueLimit) {
      this.refused++;
      return false;
    }
    if (this.waitingCount * 2 === this.waiting.length) this.enlarge();
    const at = ((this.head + this.waitingCount++) * 2) & (this.waiting.length - 1);
    this.waiting[at] = costNs;
    this.waiting[at + 1] = token;
    this.inSystem++;
    return true;
  }

  /** Drops all jobs; nothing more is reported. */
  stop(): void {
    this.live = false;
    this.waitingCount = 0;
    this.inSystem = 0;
  }

  onEvent(_kind: number, token: number): void {
    if (!this.live) return;
    // A stopped process finishes nothing and takes nothing up; what was due meanwhile is done at once when it goes on.
    if (this.process?.paused === true) {
      this.process.keep(() => this.onEvent(_kind, token));
      return;
    }
    this.busyServers--;
    this.inSystem--;
    // The next in line goes to the server before the actor may ask for more.
    while (this.waitingCount > 0 && this.busyServers < this.spec.servers) {
      const at = (this.head * 2) & (this.waiting.length - 1);
      this.head = (this.head + 1) & (this.waiting.length / 2 - 1);
      this.waitingCount--;
      this.inSystem--;
      this.serve(this.waiting[at], this.waiting[at + 1]);
    }
    this.sink().onServed(token);
  }

  private serve(costNs: number, token: number): void {
    this.busyServers++;
    this.inSystem++;
    this.busyNs += costNs;
    this.kernel.at(this.kernel.nowNs + costNs, Phase.host, this.handler, 0, token, 0);
  }

  private costOf(kind: number, octets: number): number {
    const cost = this.spec.costs[kind];
    if (cost === undefined) return 0;
    const meanNs = (cost.baseNs + (cost.nsPerKiB * octets) / 1024) * this.slowdown;
    return Math.round(cost.distribution === 'constant' ? meanNs : exponential(this.stream, meanNs));
  }

  private enlarge(): void {
    const waiting = new Float64Array(this.waiting.length * 2);
    for (let i = 0; i < this.waitingCount; i++) {
      const from = ((this.head + i) * 2) & (this.waiting.length - 1);
      waiting[i * 2] = this.waiting[from];
      waiting[i * 2 + 1] = this.waiting[from + 1];
    }
    this.waiting = waiting;
    this.head = 0;
  }
}
