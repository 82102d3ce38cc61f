/**
 * Admission of push sessions (rules section 5): an avalanche of registrations must not become an avalanche of INVITEs. Users
 * whose queue is to be pushed wait in line; a session starts when fewer than `maxSessions` run and the start rate allows it.
 *
 * A user is in line at most once, and never while her session runs (A23). Each trigger may be spread by a jitter of its own.
 *
 * Not here: whether a user should be pushed to at all (`push-triggers.ts`).
 */
import { assert } from '../../../sim/kernel/assert.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import type { PushConfig } from '../config.js';

/** Where a user stands. */
const Standing = { none: 0, spreading: 1, inLine: 2, running: 3 } as const;

export class PushAdmission {
  private readonly config: PushConfig;
  private readonly standing: Uint8Array;
  /** When the trigger came for which the user waits or runs. */
  private readonly triggeredAt: Float64Array;
  private line = new Int32Array(64);
  private head = 0;
  private waiting = 0;
  private running = 0;
  private nextStartNs = 0;

  constructor(config: PushConfig, subscribers: number) {
    this.config = config;
    this.standing = new Uint8Array(subscribers);
    this.triggeredAt = new Float64Array(subscribers);
  }

  /** True if the user waits, spreads or runs already: a further trigger changes nothing. */
  isBusy(user: number): boolean {
    return this.standing[user] !== Standing.none;
  }

  isRunning(user: number): boolean {
    return this.standing[user] === Standing.running;
  }

  /** A trigger came; the caller starts a timer for the jitter and then calls {@link enter}. */
  spread(user: number, nowNs: number): void {
    assert(this.standing[user] === Standing.none, 'a second trigger of one user');
    this.standing[user] = Standing.spreading;
    this.triggeredAt[user] = nowNs;
  }

  /** The user takes her place at the end of the line. */
  enter(user: number): void {
    assert(this.standing[user] === Standing.spreading, 'a user enters the line without a trigger');
    this.standing[user] = Standing.inLine;
    if (this.waiting === this.line.length) this.enlarge();
    this.line[(this.head + this.waiting) & (this.line.length - 1)] = user;
    this.waiting++;
  }

  /**
   * Takes the next user whose session may start now; -1 if nobody waits, too many run, or the rate says later (then
   * {@link waitNs} tells how long).
   */
  admit(nowNs: number): number {
    if (this.waiting === 0 || this.running >= this.config.maxSessions || nowNs < this.nextStartNs) return -1;
    const user = this.line[this.head];
    this.head = (this.head + 1) & (this.line.length - 1);
    this.waiting--;
    this.standing[user] = Standing.running;
    this.running++;
    if (this.config.startsPerSecond > 0) {
      this.nextStartNs =
        Math.max(nowNs, this.nextStartNs) + Math.round(NS_PER_S / this.config.startsPerSecond);
    }
    return user;
  }

  /** Nobody is admitted before this instant. */
  hold(untilNs: number): void {
    this.nextStartNs = Math.max(this.nextStartNs, untilNs);
  }

  /** Time until the rate, or who was promised silence, allows the next start; -1 if that is not what holds the line up. */
  waitNs(nowNs: number): number {
    if (this.waiting === 0 || this.running >= this.config.maxSessions) return -1;
    return nowNs < this.nextStartNs ? this.nextStartNs - nowNs : -1;
  }

  /** The admitted user turned out to need no session, or her session is over. */
  finished(user: number): void {
    assert(this.standing[user] === Standing.running, 'the end of a push that does not run');
    this.standing[user] = Standing.none;
    this.running--;
  }

  triggeredAtNs(user: number): number {
    return this.triggeredAt[user];
  }

  private enlarge(): void {
    const { length } = this.line;
    const line = new Int32Array(length * 2);
    for (let i = 0; i < this.waiting; i++) line[i] = this.line[(this.head + i) & (length - 1)];
    this.line = line;
    this.head = 0;
  }
}
