/**
 * The memory of Message-IDs and how they ended, for duplicates of finished messages (R15) and for further chunks of refused
 * ones (R13). An id is remembered as 64 bits of hash, for the resume window at least unless there are too many ({@link LogBounds}). A session
 * that has finished nothing holds no table.
 */
import { HashLog, type LogBounds } from '../../hash-log.js';

export class IdMemory {
  private readonly log: HashLog;
  /** Hash of the id that was looked at last. */
  private h1 = 0;
  private h2 = 0;

  constructor(bounds: LogBounds) {
    this.log = new HashLog(bounds);
  }

  get empty(): boolean {
    return this.log.size === 0;
  }

  /** The status of the id in octets [start, end) of `buf`; -1 if it is not remembered. */
  look(buf: Buffer, start: number, end: number): number {
    if (this.empty) return -1;
    this.hash(buf, start, end);
    return this.log.look(this.h1, this.h2);
  }

  /** Remembers the id, or changes its status. */
  remember(buf: Buffer, start: number, end: number, status: number, nowNs: number): void {
    this.hash(buf, start, end);
    this.log.note(this.h1, this.h2, status, nowNs);
  }

  /** Remembers also what `other` does, as if it came after. */
  add(other: IdMemory, nowNs: number): void {
    this.log.addAll(other.log, nowNs);
  }

  private hash(buf: Buffer, start: number, end: number): void {
    let h1 = end - start;
    let h2 = 0x9e3779b9 | 0;
    for (let i = start; i < end; i++) {
      h1 = Math.imul(h1 ^ buf[i], 0x01000193);
      h2 = Math.imul(h2 ^ buf[i], 0x85ebca6b) + 0x27d4eb2f;
      h2 ^= h2 >>> 15;
    }
    this.h1 = h1;
    this.h2 = h2 | 0;
  }
}
