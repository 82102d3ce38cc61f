/**
 * The CPU of a host: a station with c equal servers and one bounded queue, first come, first served, or by priority of kinds of work:
 * then the next job is the first of the most urgent class that waits, and a job in service is never interrupted. What a piece of
 * work costs comes from a table that says where its numbers are from. Processor sharing is in `shared-cpu.ts`.
 *
 * A slowdown holds for as long as it lasts: a job that waited pays it when its service begins, and what is left of one in service when it
 * ends goes on at the new speed.
 *
 * Work that costs nothing while a server is idle is served in the same call, so that a free CPU costs no events.
 *
 * Not modelled: preemption by priority, caches, work that uses several servers.
 */
import { type EventHandler, type Kernel, Phase } from '../kernel/kernel.js';
import { JobRing } from './job-ring.js';
import type { RandomStream } from './ports.js';
import type { CpuSpec } from './specs.js';
import { costOf, type Pausable, type ServedSink, type Station } from './station.js';
import { SlowedJobs } from './slowed-jobs.js';
import { StationMeter } from './station-meter.js';

export type { Pausable, ServedSink } from './station.js';

/** In the place of a slowed job's number: the job began at full speed. */
const FULL_SPEED = 0;

export class CpuStation implements Station, EventHandler {
  inSystem = 0;
  private readonly handler: number;
  private busyServers = 0;
  private live = true;
  private factor = 1;
  private readonly slowed: SlowedJobs;
  /** Waiting jobs by class, the most urgent first; one class unless kinds have priorities. */
  private readonly waiting: JobRing[] = [new JobRing()];
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
    this.slowed = new SlowedJobs(kernel, this.meter);
    const classes = spec.discipline === 'priority' ? Math.max(0, ...(spec.priorities ?? [])) : 0;
    while (this.waiting.length <= classes) this.waiting.push(new JobRing());
  }

  /** Jobs refused because the queue was full. */
  get refused(): number {
    return this.meter.refused;
  }

  get slowdown(): number {
    return this.factor;
  }

  set slowdown(factor: number) {
    if (factor !== this.factor) this.slowed.stretch(factor / this.factor);
    this.factor = factor;
  }

  spend(kind: number, octets: number, token: number): boolean {
    const costNs = costOf(this.spec, kind, octets, this.stream);
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
    this.waitingCount++;
    this.waiting[this.classOf(kind)].push(costNs, token, this.kernel.nowNs);
    this.inSystem++;
    this.meter.arrive();
    return true;
  }

  /** Drops all jobs; nothing more is reported. */
  stop(): void {
    this.live = false;
    this.meter.clear();
    for (const ring of this.waiting) ring.clear();
    this.waitingCount = 0;
    this.inSystem = 0;
  }

  onEvent(slowedJob: number, token: number, arrivedNs: number): void {
    if (!this.live) return;
    if (slowedJob !== FULL_SPEED) this.slowed.end(slowedJob);
    // A stopped process finishes nothing and takes nothing up; what was due meanwhile is done at once when it goes on.
    if (this.pausable?.paused === true) {
      this.pausable.keep(() => this.onEvent(FULL_SPEED, token, arrivedNs));
      return;
    }
    this.busyServers--;
    this.inSystem--;
    this.meter.end();
    this.meter.leave(arrivedNs);
    // The next in line goes to the server before the actor may ask for more.
    while (this.waitingCount > 0 && this.busyServers < this.spec.servers) {
      const ring = this.next();
      ring.shift();
      this.waitingCount--;
      this.inSystem--;
      this.serve(ring.costNs, ring.token, ring.arrivedNs);
    }
    this.sink().onServed(token);
  }

  private serve(costNs: number, token: number, arrivedNs: number): void {
    this.busyServers++;
    this.inSystem++;
    const { kernel, handler } = this;
    if (this.factor === 1) {
      this.meter.begin(costNs);
      kernel.at(kernel.nowNs + costNs, Phase.host, handler, FULL_SPEED, token, arrivedNs);
      return;
    }
    const durationNs = Math.round(costNs * this.factor);
    this.meter.begin(durationNs);
    this.slowed.begin(durationNs, (endNs, job) =>
      kernel.at(endNs, Phase.host, handler, job, token, arrivedNs),
    );
  }

  /** The ring of the most urgent class in which somebody waits; there must be one. */
  private next(): JobRing {
    let first = 0;
    while (this.waiting[first].count === 0) first++;
    return this.waiting[first];
  }

  private classOf(kind: number): number {
    return this.spec.discipline === 'priority'
      ? (this.spec.priorities?.[kind] ?? this.waiting.length - 1)
      : 0;
  }
}
