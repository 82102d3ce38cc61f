/**
 * What passes through a station, for utilisation and for Little's law. Two accounts are kept that know nothing of each other: the area
 * under the number of jobs present, which grows as time goes by, and the time that each job spent, added when it leaves. That
 * L = lambda W then follows from both is a check of the station, not of an identity.
 *
 * Jobs that a crash drops leave without being completed; their time is in the area only.
 */

/** Where the time comes from. */
interface Clock {
  readonly nowNs: number;
}

export class StationMeter {
  arrived = 0;
  completed = 0;
  /** Refused because the queue was full. */
  refused = 0;
  /** Dropped by crashes. */
  dropped = 0;
  present = 0;
  /** Servers at work. */
  busy = 0;
  /** Time in the station over all completed jobs. */
  spentNs = 0;
  /** Services begun, those of jobs that cost nothing among them, and their time. */
  services = 0;
  serviceNs = 0;

  /** Most jobs present before {@link takeMost} was last asked, and since. */
  private mostBefore = 0;
  private most = 0;
  private presentArea = 0;
  private busyArea = 0;
  private changedNs = 0;

  constructor(
    private readonly clock: Clock,
    readonly servers: number,
  ) {}

  /** Jobs present, integrated over the time until now. */
  get presentNs(): number {
    return this.presentArea + this.present * (this.clock.nowNs - this.changedNs);
  }

  /** Busy servers, integrated over the time until now. */
  get busyNs(): number {
    return this.busyArea + this.busy * (this.clock.nowNs - this.changedNs);
  }

  /** Most jobs present at an instant. */
  get maxPresent(): number {
    return Math.max(this.mostBefore, this.most);
  }

  /** Most jobs present at an instant since this was last asked. */
  takeMost(): number {
    const { most } = this;
    this.mostBefore = Math.max(this.mostBefore, most);
    this.most = this.present;
    return most;
  }

  /** A job comes; it is served or waits. */
  arrive(): void {
    this.advance();
    this.arrived++;
    this.present++;
    if (this.present > this.most) this.most = this.present;
  }

  /** A job that costs nothing came and went. */
  pass(): void {
    this.arrived++;
    this.completed++;
    this.services++;
  }

  /** A server begins a service of this length. */
  begin(serviceNs: number): void {
    this.advance();
    this.busy++;
    this.services++;
    this.serviceNs += serviceNs;
  }

  /** A server ends its service. */
  end(): void {
    this.advance();
    this.busy--;
  }

  /** The job that arrived then leaves. */
  leave(arrivedNs: number): void {
    this.advance();
    this.present--;
    this.completed++;
    this.spentNs += this.clock.nowNs - arrivedNs;
  }

  /** A crash: all jobs are gone. */
  clear(): void {
    this.advance();
    this.dropped += this.present;
    this.present = 0;
    this.busy = 0;
  }

  private advance(): void {
    const { nowNs } = this.clock;
    const sinceNs = nowNs - this.changedNs;
    if (sinceNs === 0) return;
    this.presentArea += this.present * sinceNs;
    this.busyArea += this.busy * sinceNs;
    this.changedNs = nowNs;
  }
}
