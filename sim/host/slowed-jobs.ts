/**
 * Jobs in service that began under a slowdown. When the slowdown changes or ends, what is left of each takes another time; a job that
 * began at full speed is left alone, since it is over in no time.
 */
import type { Kernel } from '../kernel/kernel.js';
import type { StationMeter } from './station-meter.js';

interface SlowedJob {
  event: number;
  endNs: number;
}

/** Schedules the end of a job; gives the event. */
export type ScheduleEnd = (endNs: number, job: number) => number;

export class SlowedJobs {
  private readonly jobs = new Map<number, SlowedJob & { readonly schedule: ScheduleEnd }>();
  /** Numbers of jobs, from 1 on. */
  private last = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly meter: StationMeter,
  ) {}

  /** A job begins that takes so long as things are. */
  begin(durationNs: number, schedule: ScheduleEnd): void {
    const job = ++this.last;
    const endNs = this.kernel.nowNs + durationNs;
    this.jobs.set(job, { event: schedule(endNs, job), endNs, schedule });
  }

  /** The end of `job` has come. */
  end(job: number): void {
    this.jobs.delete(job);
  }

  /** From now on everything takes `ratio` times as long as it did. */
  stretch(ratio: number): void {
    const { kernel, meter } = this;
    for (const [number, job] of this.jobs) {
      const leftNs = job.endNs - kernel.nowNs;
      const nowLeftNs = Math.round(leftNs * ratio);
      meter.serviceNs += nowLeftNs - leftNs;
      kernel.cancel(job.event);
      job.endNs = kernel.nowNs + nowLeftNs;
      job.event = job.schedule(job.endNs, number);
    }
  }
}
