/**
 * The one place where octets are composed. A writer works in the scratch region of the arena, one message at a time, and
 * `end` moves the finished message to a block of its own size. Parts of received messages are copied as spans, so a message
 * that is passed on costs a few block moves, not a character loop.
 *
 * Not done here: any knowledge of a protocol. Messages larger than the scratch region do not come this way: a large body is
 * handed on as spans (`models/msrp`).
 */
import { assert } from '../../sim/kernel/assert.js';
import type { Block, Octets } from '../../sim/host/ports.js';

const CR = 13;
const LF = 10;
const DOT = 46;
/** At most so many octets has a dotted address. */
const DOTTED_OCTETS = 15;

/** What an idle writer holds: an arena that was left for a larger one must not be kept alive by it. */
const NOTHING = Buffer.alloc(0);

/** Below this length a loop beats the call into the engine. */
const LOOP_OCTETS = 24;
/** The same for octets of another buffer, of which the engine wants a view first. */
const FOREIGN_LOOP_OCTETS = 48;

/** A constant text, whose characters are all below 256, as octets: copying them costs less than half of reading a text. */
export function octetsOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

export class OctetWriter {
  private readonly octets: Octets;
  private buf: Buffer = NOTHING;
  private at = 0;
  private open = false;

  constructor(octets: Octets) {
    this.octets = octets;
  }

  /** Starts a message. The previous one must have ended. */
  begin(): void {
    assert(!this.open, 'a message is already being written');
    this.open = true;
    this.buf = this.octets.buf;
    this.at = this.octets.scratchStart;
  }

  /** Octets written so far. */
  get length(): number {
    return this.at - this.octets.scratchStart;
  }

  /** The buffer and the first octet of the message being written; for reading back what was written. */
  get buffer(): Buffer {
    return this.buf;
  }

  get startAt(): number {
    return this.octets.scratchStart;
  }

  /** Appends text whose characters are all below 256, one octet each. */
  ascii(text: string): this {
    const length = text.length;
    assert(this.at + length <= this.octets.scratchEnd, 'message exceeds the scratch region');
    if (length < LOOP_OCTETS) {
      const { buf } = this;
      let at = this.at;
      for (let i = 0; i < length; i++) buf[at++] = text.charCodeAt(i);
      this.at = at;
    } else {
      this.at += this.buf.latin1Write(text, this.at, length);
    }
    return this;
  }

  /** Appends all of `constant`: {@link octetsOf} a text that is written again and again. */
  constant(constant: Uint8Array): this {
    return this.span(constant, 0, constant.length);
  }

  /** Appends text as UTF-8. */
  utf8(text: string): this {
    assert(this.at + text.length * 3 <= this.octets.scratchEnd, 'message exceeds the scratch region');
    this.at += this.buf.utf8Write(text, this.at);
    return this;
  }

  octet(value: number): this {
    assert(this.at < this.octets.scratchEnd, 'message exceeds the scratch region');
    this.buf[this.at++] = value;
    return this;
  }

  crlf(): this {
    assert(this.at + 2 <= this.octets.scratchEnd, 'message exceeds the scratch region');
    this.buf[this.at++] = CR;
    this.buf[this.at++] = LF;
    return this;
  }

  /** Appends octets [start, end) of `from`, which may be the arena itself. */
  span(from: Uint8Array, start: number, end: number): this {
    const length = end - start;
    assert(length >= 0 && this.at + length <= this.octets.scratchEnd, 'message exceeds the scratch region');
    const { buf } = this;
    if (length < LOOP_OCTETS || (from !== buf && length < FOREIGN_LOOP_OCTETS)) {
      let at = this.at;
      for (let i = start; i < end; i++) buf[at++] = from[i];
    } else if (from === buf) {
      buf.copyWithin(this.at, start, end);
    } else {
      buf.set(from.subarray(start, end), this.at);
    }
    this.at += length;
    return this;
  }

  /** Appends a non-negative integer in decimal. */
  decimal(value: number): this {
    assert(value >= 0 && Number.isInteger(value), 'decimal of a negative or fractional number');
    if (value > 0x7fffffff) return this.ascii(String(value));
    let digits = 1;
    for (let limit = 10; value >= limit && digits < 10; limit *= 10) digits++;
    assert(this.at + digits <= this.octets.scratchEnd, 'message exceeds the scratch region');
    let rest = value | 0;
    for (let i = this.at + digits - 1; i >= this.at; i--) {
      const quotient = (rest / 10) | 0;
      this.buf[i] = 48 + rest - quotient * 10;
      rest = quotient;
    }
    this.at += digits;
    return this;
  }

  /** Overwrites `digits` octets at `at` (counted from the message's start) with `value` in decimal, zeros in front. */
  patchDecimal(at: number, digits: number, value: number): void {
    let rest = value;
    for (let i = this.octets.scratchStart + at + digits - 1; i >= this.octets.scratchStart + at; i--) {
      this.buf[i] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    assert(rest === 0, 'a number does not fit the digits left for it');
  }

  /** Appends the lower 32 bits of `value` as eight hexadecimal digits. */
  hex32(value: number): this {
    return this.hex(value, 28);
  }

  /** Appends the lower 16 bits of `value` as four hexadecimal digits. */
  hex16(value: number): this {
    return this.hex(value, 12);
  }

  private hex(value: number, firstShift: number): this {
    assert(this.at + 8 <= this.octets.scratchEnd, 'message exceeds the scratch region');
    const { buf } = this;
    let { at } = this;
    for (let shift = firstShift; shift >= 0; shift -= 4) {
      const digit = (value >>> shift) & 15;
      buf[at++] = digit < 10 ? 48 + digit : 87 + digit;
    }
    this.at = at;
    return this;
  }

  /** Appends the four octets of `value` in decimal with dots between, as an IPv4 address is written. */
  dotted(value: number): this {
    assert(this.at + DOTTED_OCTETS <= this.octets.scratchEnd, 'message exceeds the scratch region');
    const { buf } = this;
    let { at } = this;
    for (let shift = 24; shift >= 0; shift -= 8) {
      const part = (value >>> shift) & 255;
      const tens = (part / 10) | 0;
      if (part >= 100) buf[at++] = 48 + ((part / 100) | 0);
      if (part >= 10) buf[at++] = 48 + (tens % 10);
      buf[at++] = 48 + part - tens * 10;
      if (shift > 0) buf[at++] = DOT;
    }
    this.at = at;
    return this;
  }

  /** Ends the message and moves it to a block of its own, held by the caller. `length` tells its size until `begin`. */
  end(): Block {
    assert(this.open, 'no message is being written');
    this.open = false;
    const start = this.octets.scratchStart;
    const written = this.buf;
    const block = this.octets.alloc(this.at - start);
    const { buf } = this.octets;
    const to = this.octets.start(block);
    if (buf === written) buf.copyWithin(to, start, this.at);
    else buf.set(written.subarray(start, this.at), to);
    this.buf = NOTHING;
    return block;
  }

  /** Ends the message without a block: the caller has read it in place, or gives it up. */
  discard(): void {
    assert(this.open, 'no message is being written');
    this.open = false;
    this.buf = NOTHING;
  }
}
