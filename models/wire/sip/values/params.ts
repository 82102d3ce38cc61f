/**
 * Walks `;name=value` parameters (RFC 3261 section 25.1: generic-param, via-params, uri-parameters), of a header field or of a
 * URI. A little wider than either grammar: a value may hold any visible octet that does not separate (an IPv6 address without
 * brackets in `received`, for one). Not here: what a parameter means.
 */
import { CHARS, Char, equalsIgnoringCase, skipQuoted, skipSpace } from '../chars.js';
import { SipFault } from '../faults.js';

const SEMICOLON = 59;
const EQUALS = 61;
const QUOTE = 34;

/** One parameter after the other, as spans. White space around `;` and `=` is allowed and left out of the spans. */
export class ParamCursor {
  nameStart = 0;
  nameEnd = 0;
  /** The value, with its quotes if it has any; empty and `hasValue` false if there is no `=`. */
  valueStart = 0;
  valueEnd = 0;
  hasValue = false;
  fault: SipFault = SipFault.none;
  faultOffset = 0;
  private buf: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;

  /** Starts at octets [start, end), which are empty or begin with `;`. */
  open(buf: Uint8Array, start: number, end: number): this {
    this.buf = buf;
    this.at = start;
    this.end = end;
    this.fault = SipFault.none;
    return this;
  }

  /** Goes to the next parameter; false at the end or at a fault (`fault` is then not 0). */
  next(): boolean {
    const { buf, end } = this;
    let p = skipSpace(buf, this.at, end);
    this.at = p;
    if (p >= end) return false;
    if (buf[p] !== SEMICOLON) return this.stop(SipFault.headerValue, p);
    p = skipSpace(buf, p + 1, end);
    this.nameStart = p;
    while (p < end && (CHARS[buf[p]] & (Char.token | Char.uriParam)) !== 0) p++;
    this.nameEnd = this.valueStart = this.valueEnd = p;
    this.hasValue = false;
    if (p === this.nameStart) return this.stop(SipFault.headerValue, p);
    p = skipSpace(buf, p, end);
    if (p >= end || buf[p] !== EQUALS) {
      this.at = p;
      return true;
    }
    return this.readValue(skipSpace(buf, p + 1, end));
  }

  /** Goes on to the next parameter called `name` (lower case); false if there is none. */
  find(name: string): boolean {
    while (this.next()) {
      if (equalsIgnoringCase(this.buf, this.nameStart, this.nameEnd, name)) return true;
    }
    return false;
  }

  /** True if the current parameter is called `name` (lower case). */
  is(name: string): boolean {
    return equalsIgnoringCase(this.buf, this.nameStart, this.nameEnd, name);
  }

  private readValue(at: number): boolean {
    const { buf, end } = this;
    let p = at;
    this.hasValue = true;
    this.valueStart = p;
    if (p < end && buf[p] === QUOTE) {
      p = skipQuoted(buf, p, end);
      if (p < 0) return this.stop(SipFault.quote, at);
    } else {
      while (p < end && (CHARS[buf[p]] & Char.paramValue) !== 0) p++;
      if (p === at) return this.stop(SipFault.headerValue, at);
    }
    this.valueEnd = p;
    this.at = p;
    return true;
  }

  private stop(fault: SipFault, offset: number): boolean {
    this.fault = fault;
    this.faultOffset = offset;
    this.at = this.end;
    return false;
  }
}
