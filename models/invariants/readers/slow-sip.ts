/**
 * The invariants' own reader of SIP header sections: start line, lines up to the empty one, the rest is body. Strict where a
 * generator must be strict (CRLF, a colon, no white space before it, no control characters in names), because it judges what
 * our models emitted.
 *
 * Folded lines count to the field that they continue. Not read here: any value but as a span.
 */
import { HASH_START, hashOctet, Name, nameOf } from './names.js';

const CR = 13;
const LF = 10;
const COLON = 58;
const SPACE = 32;
const TAB = 9;
/** One more than the largest {@link Name}. */
const NAMES = Name.chosen + 1;

export class SlowSip {
  buf: Buffer = Buffer.alloc(0);
  /** What is wrong; undefined if it reads. */
  fault: string | undefined;
  startLineStart = 0;
  startLineEnd = 0;
  count = 0;
  /** {@link Name} of each field. */
  names = new Uint8Array(128);
  nameStart = new Int32Array(128);
  nameEnd = new Int32Array(128);
  valueStart = new Int32Array(128);
  valueEnd = new Int32Array(128);
  /** By {@link Name}: how many fields, and the first of them. */
  private readonly counts = new Uint8Array(NAMES);
  private readonly firsts = new Uint8Array(NAMES);
  bodyStart = 0;
  bodyEnd = 0;

  /** Reads octets [start, end). `fragment`: the header section may end with the octets (RFC 3420). */
  read(buf: Buffer, start: number, end: number, fragment: boolean): boolean {
    this.buf = buf;
    this.fault = undefined;
    this.count = 0;
    // By hand: the engine's own fill costs more than so few of them.
    for (let name = 0; name < NAMES; name++) this.counts[name] = 0;
    this.bodyStart = this.bodyEnd = end;
    this.startLineStart = start;
    let at = this.lineEnd(start, end);
    if (at < 0) return this.fail('no line end after the start line');
    this.startLineEnd = at;
    at += 2;
    for (;;) {
      if (at === end) {
        if (!fragment) return this.fail('no empty line after the header section');
        return true;
      }
      if (buf[at] === CR) break;
      const lineEnd = this.lineEnd(at, end);
      if (lineEnd < 0) return this.fail('a header line without its end');
      if (buf[at] === SPACE || buf[at] === TAB) {
        if (this.count === 0) return this.fail('a folded line after the start line');
        this.valueEnd[this.count - 1] = lineEnd;
      } else if (!this.field(at, lineEnd)) return false;
      at = lineEnd + 2;
    }
    if (at + 2 > end || buf[at + 1] !== LF) return this.fail('a bare CR');
    this.bodyStart = at + 2;
    this.bodyEnd = end;
    return true;
  }

  /** Index of the first field `name`; -1 if there is none. */
  find(name: number): number {
    return this.counts[name] === 0 ? -1 : this.firsts[name];
  }

  countOf(name: number): number {
    return this.counts[name];
  }

  /** Value of a field as text; '' if there is none. */
  text(name: number): string {
    const i = this.find(name);
    return i < 0 ? '' : this.buf.latin1Slice(this.valueStart[i], this.valueEnd[i]);
  }

  /** Name as it stands. */
  nameText(i: number): string {
    return this.buf.latin1Slice(this.nameStart[i], this.nameEnd[i]);
  }

  startLine(start: number): string {
    return this.buf.latin1Slice(start, this.startLineEnd);
  }

  private lineEnd(at: number, end: number): number {
    const { buf } = this;
    let cr = at;
    while (cr < end && buf[cr] !== CR) cr++;
    return cr + 1 < end && buf[cr + 1] === LF ? cr : -1;
  }

  private field(at: number, lineEnd: number): boolean {
    const { buf } = this;
    let hash = HASH_START;
    let colon = at;
    for (; colon < lineEnd && buf[colon] !== COLON; colon++) {
      if (buf[colon] <= SPACE || buf[colon] >= 127)
        return this.fail('a header name with an octet that no token has');
      hash = hashOctet(hash, buf[colon]);
    }
    if (colon === lineEnd || colon === at) return this.fail('a header line without a name');
    if (this.count === this.names.length) return this.fail('more header fields than any of ours has');
    const i = this.count++;
    const name = nameOf(hash);
    this.names[i] = name;
    if (this.counts[name]++ === 0) this.firsts[name] = i;
    this.nameStart[i] = at;
    this.nameEnd[i] = colon;
    let value = colon + 1;
    while (value < lineEnd && (buf[value] === SPACE || buf[value] === TAB)) value++;
    this.valueStart[i] = value;
    this.valueEnd[i] = lineEnd;
    return true;
  }

  private fail(words: string): boolean {
    this.fault = words;
    return false;
  }
}

/** Reads a non-negative decimal of [start, end); -1 if it is none. */
export function slowNumber(buf: Buffer, start: number, end: number): number {
  if (start === end) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = buf[i] - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** A digest of octets, 52 bits in one number: enough to tell a changed octet, cheap to keep for a million messages. */
export function slowDigest(buf: Uint8Array, start: number, end: number): number {
  let low = 0x2545f491 ^ (end - start);
  let high = 0x6c078965;
  for (let i = start; i < end; i++) {
    low = Math.imul(low ^ buf[i], 0x01000193);
    high = Math.imul(high + buf[i], 0x85ebca6b) ^ (low >>> 15);
  }
  return (high >>> 12) * 4294967296 + (low >>> 0);
}

export { Name };
