/**
 * What an endpoint wants done, as numbers in the order in which it is to be done. The owner (in an actor: `performing.ts`) takes
 * one after the other; between two of its inputs the queue must be drained.
 */
export const Out = {
  none: 0,
  /** a: conn, b: block (one hold is given away), c: start, d: end, e: 1 if it is message body. */
  write: 1,
  /** a: conn. Send FIN after all writes. */
  close: 2,
  /** a: conn. Send RST. */
  abort: 3,
  /** a: conn, b: 1 stop reading, 0 go on. */
  pauseReading: 4,
  /** a: delay in nanoseconds, b and c: what comes back in `timer(now, b, c)`. */
  timer: 5,
  /** a: session, b: tag. */
  bound: 6,
  /** a: session, b: tag, c: handle of the message; it must be answered. */
  message: 7,
  /** a: session, b: tag, c: token. */
  sent: 8,
  /** a: session, b: tag, c: token, d: status, e: octets from the first that the peer has. */
  settled: 9,
  /** a: session, b: tag, c: token, d: status. The peer reports a failure after the message was settled (A17). */
  lateFailure: 10,
  /** a: session, b: tag, c: reason. */
  ended: 11,
  /** a: conn, b: framing fault in the octets that were handed in last. The connection is given up. */
  malformed: 12,
  /** a: session, b: tag. The last response to chunks of messages that failed before has come. */
  quiet: 13,
} as const;
export type Out = (typeof Out)[keyof typeof Out];

const FIELDS = 6;

export class Outputs {
  a = 0;
  b = 0;
  c = 0;
  d = 0;
  e = 0;
  private readonly queue: number[] = [];
  private first = 0;
  private end = 0;

  get empty(): boolean {
    return this.first === this.end;
  }

  push(op: Out, a: number, b = 0, c = 0, d = 0, e = 0): void {
    const { queue, end } = this;
    if (end === queue.length) queue.push(op, a, b, c, d, e);
    else {
      queue[end] = op;
      queue[end + 1] = a;
      queue[end + 2] = b;
      queue[end + 3] = c;
      queue[end + 4] = d;
      queue[end + 5] = e;
    }
    this.end = end + FIELDS;
  }

  /** The next output, with its numbers in `a` to `e`; `Out.none` if there is none. */
  take(): Out {
    const { queue, first } = this;
    if (first === this.end) return Out.none;
    this.a = queue[first + 1];
    this.b = queue[first + 2];
    this.c = queue[first + 3];
    this.d = queue[first + 4];
    this.e = queue[first + 5];
    const op = queue[first] as Out;
    this.first = first + FIELDS;
    if (this.first === this.end) this.first = this.end = 0;
    return op;
  }
}
