/**
 * The CPU of a host under processor sharing: every job is in service, and each gets the same share of the servers, at most one. It is
 * how a preemptive scheduler with short slices looks from afar; with one server the mean time in the system does not depend on how
 * costs are distributed, only on their mean.
 *
 * *Attained service* is a clock that runs at the speed of a single job; a job is done when that clock has gone on by its cost, so jobs
 * wait in a heap by the clock's value at their end, and one event of the kernel stands for the earliest.
 *
 * Not modelled: the length of a slice, the cost of switching, weights.
 */
import { assert } from '../kernel/assert.js';
import { widened } from '../kernel/columns.js';
import { type EventHandler, Phase } from '../kernel/kernel.js';
import { costOf, type Station, type StationParts } from './station.js';
import type { StationMeter } from './station-meter.js';

const NO_EVENT = -1;
/** Differences of the clock that are its rounding. */
const ROUNDING_NS = 1e-3;

export class SharedCpu implements Station, EventHandler {
  inSystem = 0;

  private readonly handler: number;
  private live = true;
  private factor = 1;
  /** The clock of attained service, and when it was last looked at. */
  private attainedNs = 0;
  private changedNs = 0;
  private event = NO_EVENT;
  private sequence = 0;
  /** Jobs as a binary heap by (end, sequence): columns of equal length. */
  private ends = new Float64Array(16);
  private order = new Float64Array(16);
  private tokens = new Float64Array(16);
  private arrivals = new Float64Array(16);

  constructor(private readonly parts: StationParts) {
    this.handler = parts.kernel.register(this);
  }

  get slowdown(): number {
    return this.factor;
  }

  set slowdown(factor: number) {
    this.advance();
    for (let at = 0; at < this.inSystem; at++) {
      this.meter.serviceNs += Math.max(0, this.ends[at] - this.attainedNs) * (factor - this.factor);
    }
    this.factor = factor;
    // While the process stands still, its end has come or will be planned anew.
    if (this.event !== NO_EVENT) this.plan();
  }

  get meter(): StationMeter {
    return this.parts.meter;
  }

  spend(kind: number, octets: number, token: number): boolean {
    const { spec, stream, meter, sink } = this.parts;
    const costNs = costOf(spec, kind, octets, stream);
    if (costNs === 0 && this.inSystem < spec.servers) {
      meter.pass();
      sink().onServed(token);
      return true;
    }
    if (this.inSystem >= spec.servers + spec.queueLimit) {
      meter.refused++;
      return false;
    }
    this.advance();
    meter.arrive();
    // A server more is at work, or the job shares those that are.
    const serviceNs = costNs * this.factor;
    if (this.inSystem < spec.servers) meter.begin(serviceNs);
    else meter.serviceNs += serviceNs;
    this.insert(this.attainedNs + costNs, token);
    this.plan();
    return true;
  }

  stop(): void {
    this.live = false;
    this.meter.clear();
    this.inSystem = 0;
  }

  onEvent(): void {
    if (!this.live) return;
    const { pausable } = this.parts;
    this.event = NO_EVENT;
    if (pausable?.paused === true) pausable.keep(() => this.finish());
    else this.finish();
  }

  /**
   * Lets go what is done, and plans for the rest. What was kept during a pause comes here after inputs that were kept before it, and
   * may find an event that one of them planned: `plan` takes that back.
   */
  private finish(): void {
    if (!this.live) return;
    const { meter, spec, sink } = this.parts;
    this.advance();
    // Jobs of one end leave together, in order of arrival; a new one that comes meanwhile is not among them.
    const until = this.attainedNs + ROUNDING_NS;
    const done: number[] = [];
    while (this.inSystem > 0 && this.ends[0] <= until) {
      done.push(this.tokens[0]);
      meter.leave(this.arrivals[0]);
      this.remove();
      if (this.inSystem < spec.servers) meter.end();
    }
    this.plan();
    for (const token of done) if (this.live) sink().onServed(token);
  }

  /** The clock runs at the speed of one job: full while there is a server for each. */
  private advance(): void {
    const { nowNs } = this.parts.kernel;
    const share = Math.min(1, this.parts.spec.servers / this.inSystem);
    if (this.inSystem > 0) this.attainedNs += ((nowNs - this.changedNs) * share) / this.factor;
    else this.attainedNs = 0;
    this.changedNs = nowNs;
  }

  /** One event for the job that is done first. */
  private plan(): void {
    const { kernel, spec } = this.parts;
    if (this.event !== NO_EVENT) kernel.cancel(this.event);
    this.event = NO_EVENT;
    if (this.inSystem === 0) return;
    const jobs = Math.max(1, this.inSystem / spec.servers);
    const leftNs = Math.max(0, this.ends[0] - this.attainedNs) * jobs * this.factor;
    this.event = kernel.at(kernel.nowNs + Math.ceil(leftNs - ROUNDING_NS), Phase.host, this.handler, 0, 0, 0);
  }

  private insert(endNs: number, token: number): void {
    if (this.inSystem === this.ends.length) this.enlarge();
    let at = this.inSystem++;
    const order = this.sequence++;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.isBefore(endNs, order, above)) break;
      this.move(above, at);
      at = above;
    }
    this.put(at, endNs, order, token, this.parts.kernel.nowNs);
  }

  /** Takes the first job out. */
  private remove(): void {
    assert(this.inSystem > 0, 'a job leaves that is not there');
    const last = --this.inSystem;
    const end = this.ends[last];
    const order = this.order[last];
    const token = this.tokens[last];
    const arrival = this.arrivals[last];
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= last) break;
      if (below + 1 < last && this.isBefore(this.ends[below + 1], this.order[below + 1], below)) below++;
      if (this.isBefore(end, order, below)) break;
      this.move(below, at);
      at = below;
    }
    this.put(at, end, order, token, arrival);
  }

  private isBefore(endNs: number, order: number, other: number): boolean {
    return endNs < this.ends[other] || (endNs === this.ends[other] && order < this.order[other]);
  }

  private move(from: number, to: number): void {
    this.put(to, this.ends[from], this.order[from], this.tokens[from], this.arrivals[from]);
  }

  private put(at: number, endNs: number, order: number, token: number, arrivedNs: number): void {
    this.ends[at] = endNs;
    this.order[at] = order;
    this.tokens[at] = token;
    this.arrivals[at] = arrivedNs;
  }

  private enlarge(): void {
    const length = this.ends.length * 2;
    this.ends = widened(this.ends, new Float64Array(length));
    this.order = widened(this.order, new Float64Array(length));
    this.tokens = widened(this.tokens, new Float64Array(length));
    this.arrivals = widened(this.arrivals, new Float64Array(length));
  }
}
