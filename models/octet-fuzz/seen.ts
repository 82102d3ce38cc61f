/**
 * What a reader made of its octets, as one number: faults, numbers and the octets of spans, in the order in which the reader was asked.
 * Two readings of the same octets, in other surroundings or other pieces, must give the same number.
 *
 * A span that leaves the octets that were given is a defect, and so is one that runs backwards: both are assertions here.
 */
import { assert } from '../../sim/kernel/assert.js';

export class Seen {
  hash = 0;
  /** Readings that found no fault, and those that did: both must occur for a campaign to mean anything. */
  sound = 0;
  faulty = 0;
  private base = 0;
  private limit = 0;

  /** Begins with a reading of octets [start, end). */
  begin(start: number, end: number): void {
    this.hash = 0x2545f491;
    this.base = start;
    this.limit = end;
  }

  number(value: number): void {
    assert(Number.isFinite(value), 'a reader gave something that is no number');
    this.hash = Math.imul(this.hash ^ (value | 0) ^ (value / 4294967296), 0x01000193);
    this.hash ^= this.hash >>> 15;
  }

  flag(value: boolean): void {
    this.number(value ? 1 : 2);
  }

  /** A fault, 0 for none, and its place in the octets that were given. */
  fault(fault: number, at: number): void {
    this.number(fault);
    if (fault === 0) this.sound++;
    else {
      this.faulty++;
      this.place(at);
    }
  }

  /** A position in the octets that were given, the end included. */
  place(at: number): void {
    assert(at >= this.base && at <= this.limit, 'a position outside the octets that were given');
    this.number(at - this.base);
  }

  /** A span of the octets that were given. */
  span(start: number, end: number): void {
    assert(start <= end, 'a span that runs backwards');
    this.place(start);
    this.place(end);
  }

  /** A span of any buffer, by its octets. */
  octets(buf: Uint8Array, start: number, end: number): void {
    assert(start >= 0 && start <= end && end <= buf.length, 'a span outside its buffer');
    this.number(end - start);
    for (let i = start; i < end; i++) this.number(buf[i]);
  }

  text(text: string): void {
    this.number(text.length);
    for (let i = 0; i < text.length; i++) this.number(text.charCodeAt(i));
  }
}
