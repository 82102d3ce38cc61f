/**
 * Inadequately handled scenario attempts, IHSA (ETSI TS 186 008, rules 6.1 and 6.4). A message is one attempt. It is handled
 * inadequately if the sender got no 200 or 202 within the answer limit, counted from the intended time, or if it was stored and not
 * delivered within the delivery limit, counted from when it was stored and the recipient was there: from the third-party REGISTER that
 * told so, or from storing if she was there already.
 *
 * A message that expired while its recipient was away is no failure. One whose limit is not yet over when the run ends is not counted.
 * Altered, duplicated and leaking messages are seen by the invariants, who tell of them here: such a message is handled inadequately,
 * however many violations it has. A violation that is of no known message, as in the answer to a REGISTER, counts as one message more,
 * at the instant at which it was seen.
 */
import { Observed } from '../../models/observations.js';
import { markNumber, Needle } from '../../models/invariants/readers/search.js';
import { BODY_MARK } from '../../models/marks.js';
import { moreRows, Stretch, widened } from '../../sim/kernel/columns.js';
import { NS_PER_MS } from '../../sim/kernel/time.js';
import type { ObservationSource, VirtualClock } from './observation-source.js';
import { Flow, secondOf } from './series.js';

export interface AttemptLimits {
  readonly answerLimitNs: number;
  readonly deliveryLimitNs: number;
}

/** Counts of attempts; see `InadequateAttempts`. */
export interface AttemptCounts {
  readonly attempts: number;
  readonly failed: number;
  readonly unanswered: number;
  readonly undelivered: number;
  /** Altered, duplicated or leaking. */
  readonly spoilt: number;
}

/** Attempts by the second for which they were intended. */
export interface AttemptsBySecond {
  readonly attempts: readonly number[];
  readonly failed: readonly number[];
}

const Flag = { offered: 1, answered: 2, late: 4, undelivered: 8, deferredOpen: 16, spoilt: 32 } as const;
/** Invariants on altered, duplicated and leaking messages (rules 6.4). */
const SPOILING: ReadonlySet<string> = new Set(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I8']);
const NONE = -1;
/** In the place of a message number: this deferred message is not in the store. Numbers may have gaps. */
const NOT_STORED = -2;
/** Of all columns by message, and of those by deferred message. */
const MESSAGE_OCTETS = 4 + 1;
const DEFERRED_OCTETS = 8 + 3 * 4;
const MARK = new Needle(BODY_MARK);
const OK = 200;
const ACCEPTED = 202;

export class AttemptJudge {
  /** By message number: flags, and the intended time in milliseconds. */
  private flags = new Uint8Array(1024);
  private intendedMs = new Uint32Array(1024);
  private messages = 0;
  /** By deferred message number: message number, user, neighbours in the list of that user, one more than the start of the limit (or 0). */
  private messageOf = new Int32Array(1024);
  private next = new Int32Array(1024);
  private previous = new Int32Array(1024);
  private startedNs = new Float64Array(1024);
  private deferred = 0;
  /** By user: head of the list of her stored messages, and whether the server thinks her there. */
  private head = new Int32Array(1024).fill(NONE);
  private there = new Uint8Array(1024);
  /** Violations that are of no known message. */
  private readonly unnamed = new Flow();

  constructor(
    source: ObservationSource,
    private readonly clock: VirtualClock,
    private readonly limits: AttemptLimits,
  ) {
    source.subscribe(Observed.offered, (_kind, _user, message, _to, intendedAtNs) => {
      if (message >= this.flags.length) this.growMessages(message);
      this.flags[message] |= Flag.offered;
      this.intendedMs[message] = Math.floor(intendedAtNs / NS_PER_MS);
      this.messages = Math.max(this.messages, message + 1);
    });
    source.subscribe(Observed.answered, (_kind, _user, message, status, intendedAtNs) => {
      const good = status === OK || status === ACCEPTED;
      const late = clock.nowNs - intendedAtNs > limits.answerLimitNs;
      this.flags[message] |= Flag.answered | (good && !late ? 0 : Flag.late);
    });
    source.subscribe(Observed.stored, (_kind, user, dm, _at, _b, buf, start, end) =>
      this.onStored(user, dm, messageIn(buf, start, end)),
    );
    source.subscribe(Observed.triggered, (_kind, user, _message, expiresS) =>
      this.onTrigger(user, expiresS > 0),
    );
    const over = (good: boolean) => (_kind: number, user: number, dm: number) => this.onOver(user, dm, good);
    source.subscribe(Observed.settled, over(true));
    source.subscribe(Observed.expired, over(true));
    source.subscribe(Observed.discarded, over(true));
    source.subscribe(Observed.deadLettered, over(false));
  }

  /** An invariant was violated, by this message if it is not negative. */
  violated(id: string, message: number): void {
    if (!SPOILING.has(id)) return;
    if (message >= 0 && message < this.messages && (this.flags[message] & Flag.offered) !== 0) {
      this.flags[message] |= Flag.spoilt;
    } else this.unnamed.add(secondOf(this.clock.nowNs), 1);
  }

  /** The counts now, of attempts intended in [fromNs, untilNs). Attempts that still have time are left out. */
  counts(fromNs = 0, untilNs = Infinity): AttemptCounts {
    let attempts = 0;
    let unanswered = 0;
    let undelivered = 0;
    let spoilt = this.unnamed.throughput(secondOf(fromNs), secondOf(untilNs))?.total ?? 0;
    let failed = spoilt;
    this.eachDecided((intendedMs, late, lost, bad) => {
      const intendedNs = intendedMs * NS_PER_MS;
      if (intendedNs < fromNs || intendedNs >= untilNs) return;
      attempts++;
      if (late) unanswered++;
      if (lost) undelivered++;
      if (bad) spoilt++;
      if (late || lost || bad) failed++;
    });
    return { attempts, failed: Math.min(attempts, failed), unanswered, undelivered, spoilt };
  }

  /** Calls `visit` with each attempt that has no time left. */
  private eachDecided(
    visit: (intendedMs: number, late: boolean, lost: boolean, spoilt: boolean) => void,
  ): void {
    const { flags } = this;
    for (let dm = 0; dm < this.deferred; dm++) {
      if (this.isLate(dm)) this.blame(this.messageOf[dm]);
    }
    for (let m = 0; m < this.messages; m++) {
      const flag = flags[m];
      if ((flag & Flag.offered) === 0) continue;
      const silent = (flag & Flag.answered) === 0;
      const late = (flag & Flag.late) !== 0 || (silent && this.isPast(m));
      const lost = (flag & Flag.undelivered) !== 0;
      const spoilt = (flag & Flag.spoilt) !== 0;
      if ((silent || (flag & Flag.deferredOpen) !== 0) && !late && !lost && !spoilt) continue;
      visit(this.intendedMs[m], late, lost, spoilt);
    }
  }

  /** Attempts whose fate is decided, and those of them that failed, by the second for which they were intended. */
  bySecond(): AttemptsBySecond {
    const attempts: number[] = [];
    const failed: number[] = [];
    this.eachDecided((intendedMs, late, lost, spoilt) => {
      const second = Math.floor(intendedMs / 1000);
      while (attempts.length <= second) {
        attempts.push(0);
        failed.push(0);
      }
      attempts[second]++;
      if (late || lost || spoilt) failed[second]++;
    });
    return { attempts, failed };
  }

  private isPast(message: number): boolean {
    return this.clock.nowNs - this.intendedMs[message] * NS_PER_MS > this.limits.answerLimitNs;
  }

  private onStored(user: number, dm: number, message: number): void {
    if (dm >= this.deferred) this.reach(dm);
    this.growUsers(user);
    this.messageOf[dm] = message;
    if (this.there[user] === 1) this.startedNs[dm] = this.clock.nowNs + 1;
    else this.stop(dm);
    const first = this.head[user];
    this.next[dm] = first;
    this.previous[dm] = NONE;
    if (first !== NONE) this.previous[first] = dm;
    this.head[user] = dm;
    if (message >= 0 && message < this.messages) this.flags[message] |= Flag.deferredOpen;
  }

  private onTrigger(user: number, there: boolean): void {
    this.growUsers(user);
    const was = this.there[user] === 1;
    this.there[user] = there ? 1 : 0;
    if (was === there) return;
    for (let dm = this.head[user]; dm !== NONE; dm = this.next[dm]) {
      // Time that ran out while she was there has run out; what had time left starts anew when she is back.
      if (there) this.startedNs[dm] = this.clock.nowNs + 1;
      else {
        if (this.isLate(dm)) this.blame(this.messageOf[dm]);
        this.stop(dm);
      }
    }
  }

  private onOver(user: number, dm: number, good: boolean): void {
    // What was given up may be fetched or deleted later: it is over once.
    if (dm >= this.deferred || this.messageOf[dm] === NOT_STORED) return;
    const message = this.messageOf[dm];
    this.messageOf[dm] = NOT_STORED;
    if (!good || this.isLate(dm)) this.blame(message);
    this.stop(dm);
    if (message >= 0 && message < this.messages) this.flags[message] &= ~Flag.deferredOpen;
    const before = this.previous[dm];
    const after = this.next[dm];
    if (before === NONE) this.head[user] = after;
    else this.next[before] = after;
    if (after !== NONE) this.previous[after] = before;
  }

  /** Only what changes is written: where the users are away, no memory is taken for it. */
  private stop(dm: number): void {
    if (this.startedNs[dm] > 0) this.startedNs[dm] = 0;
  }

  private isLate(dm: number): boolean {
    const startedNs = this.startedNs[dm];
    return startedNs > 0 && this.clock.nowNs - (startedNs - 1) > this.limits.deliveryLimitNs;
  }

  private blame(message: number): void {
    if (message >= 0 && message < this.messages) this.flags[message] |= Flag.undelivered;
  }

  private growMessages(message: number): void {
    const stretch = new Stretch(moreRows(this.flags.length, message, MESSAGE_OCTETS), MESSAGE_OCTETS);
    this.intendedMs = stretch.uint32(this.intendedMs);
    this.flags = stretch.uint8(this.flags);
  }

  /** Makes room for a deferred message; those in the gap before it were never stored. */
  private reach(dm: number): void {
    if (dm >= this.startedNs.length) {
      const stretch = new Stretch(moreRows(this.startedNs.length, dm, DEFERRED_OCTETS), DEFERRED_OCTETS);
      this.startedNs = stretch.float64(this.startedNs);
      this.messageOf = stretch.int32(this.messageOf);
      this.next = stretch.int32(this.next);
      this.previous = stretch.int32(this.previous);
    }
    for (let gap = this.deferred; gap < dm; gap++) {
      this.messageOf[gap] = NOT_STORED;
    }
    this.deferred = dm + 1;
  }

  private growUsers(user: number): void {
    if (user < this.head.length) return;
    const length = this.head.length;
    this.head = roomy(this.head, user).fill(NONE, length);
    this.there = roomy(this.there, user);
  }
}

type Numbers = Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** `values`, or a longer copy in which `index` has a place. */
function roomy<T extends Numbers>(values: T, index: number): T {
  if (index < values.length) return values;
  const Column = values.constructor as new (length: number) => T;
  return widened(values, new Column(Math.max(values.length * 2, index + 1)));
}

/** The message number of the body mark in a record, or -1 if it has none. */
function messageIn(buf: Buffer, start: number, end: number): number {
  const at = MARK.in(buf, start, end);
  return at < 0 ? NONE : markNumber(buf, at + MARK.octets.length, end);
}
