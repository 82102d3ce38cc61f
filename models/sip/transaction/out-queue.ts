/**
 * What the transaction interpreter asks of its owner: a queue of (operation, slot, argument) in one typed array, drained before
 * anything else happens.
 */
import { widened } from '../../../sim/kernel/columns.js';

/** Operations of outputs. */
export const Out = {
  send: 1,
  repeat: 2,
  sendAck: 3,
  send100: 4,
  /** argument: {@link Delay} code. */
  startRepeat: 5,
  stopRepeat: 6,
  startLife: 7,
  stopLife: 8,
  deliver: 9,
  timeout: 10,
  failed: 11,
  noAck: 12,
  terminated: 13,
} as const;
export type Out = (typeof Out)[keyof typeof Out];

const FIRST_OUTPUTS = 64;

export class OutQueue {
  /** Triples, [head, tail). */
  private triples = new Int32Array(3 * FIRST_OUTPUTS);
  private head = 0;
  private tail = 0;

  push(op: Out, slot: number, argument: number): void {
    if (this.tail + 3 > this.triples.length) {
      this.triples = widened(this.triples, new Int32Array(this.triples.length * 2));
    }
    this.triples[this.tail] = op;
    this.triples[this.tail + 1] = slot;
    this.triples[this.tail + 2] = argument;
    this.tail += 3;
  }

  /** Goes to the next output; false when drained. Read it with `op`, `slot` and `argument` before the next call of anything. */
  next(): boolean {
    if (this.head === this.tail) {
      this.head = this.tail = 0;
      return false;
    }
    this.head += 3;
    return true;
  }

  get op(): Out {
    return this.triples[this.head - 3] as Out;
  }

  get slot(): number {
    return this.triples[this.head - 2];
  }

  get argument(): number {
    return this.triples[this.head - 1];
  }
}
