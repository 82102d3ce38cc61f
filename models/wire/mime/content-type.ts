/**
 * Content-Type values (RFC 2045 section 5.1): media type and parameters as spans of the value.
 *
 * Media types and parameter names compare without regard to case, parameter values with it. Spaces around `/`, `;` and `=`
 * are accepted, as SIP's SLASH, SEMI and EQUAL allow (RFC 3261 section 25.1), and so are the line ends of a folded header field
 * (section 7.3.1); MSRP has neither, and the writer emits none.
 *
 * Not modelled: comments of RFC 822 inside the value, RFC 2231 continuations.
 */
import { Octet, equalsSpan, equalsText, isTokenOctet, skipToken } from './octets.js';

/** Why a Content-Type value was refused. */
export const ContentTypeFault = {
  none: 0,
  /** No token before the slash. */
  noType: 1,
  /** No slash, or no token after it. */
  noSubtype: 2,
  /** Something that is no `;name=value` follows. */
  badParameter: 3,
  /** A quoted string does not end. */
  openQuote: 4,
} as const;
export type ContentTypeFault = (typeof ContentTypeFault)[keyof typeof ContentTypeFault];

/** A parsed Content-Type value. Reuse one object; the spans are valid for the buffer that was parsed. */
export class ContentType {
  fault: ContentTypeFault = ContentTypeFault.none;
  /** Position of the fault, if there is one. */
  faultAt = 0;
  typeStart = 0;
  typeEnd = 0;
  subtypeStart = 0;
  subtypeEnd = 0;
  /** Span of the value found by {@link findParameter}, without its quotes. */
  valueStart = 0;
  valueEnd = 0;
  /** True if that value was quoted and holds backslash escapes. */
  valueEscaped = false;

  private buf: Buffer | undefined;
  private paramsStart = 0;
  private end = 0;

  /** Parses [start, end) of `buf`. False on a fault; type and subtype stay usable if only a parameter is bad. */
  parse(buf: Buffer, start: number, end: number): boolean {
    this.buf = buf;
    this.end = end;
    this.paramsStart = end;
    this.typeStart = this.typeEnd = this.subtypeStart = this.subtypeEnd = end;
    this.fault = ContentTypeFault.none;
    let at = skipBlank(buf, start, end);
    const typeEnd = skipToken(buf, at, end);
    if (typeEnd === at) return this.fail(ContentTypeFault.noType, at);
    const typeStart = at;
    at = skipBlank(buf, typeEnd, end);
    if (at >= end || buf[at] !== Octet.slash) return this.fail(ContentTypeFault.noSubtype, at);
    at = skipBlank(buf, at + 1, end);
    const subtypeEnd = skipToken(buf, at, end);
    if (subtypeEnd === at) return this.fail(ContentTypeFault.noSubtype, at);
    this.typeStart = typeStart;
    this.typeEnd = typeEnd;
    this.subtypeStart = at;
    this.subtypeEnd = subtypeEnd;
    this.paramsStart = subtypeEnd;
    return this.walk('');
  }

  /** True if the media type is `type`/`subtype`, both given in lower case. */
  is(type: string, subtype: string): boolean {
    const { buf } = this;
    return (
      buf !== undefined &&
      equalsText(buf, this.typeStart, this.typeEnd, type) &&
      equalsText(buf, this.subtypeStart, this.subtypeEnd, subtype)
    );
  }

  /** True if the media type is `type`/anything, given in lower case. */
  isOfTree(type: string): boolean {
    const { buf } = this;
    return buf !== undefined && equalsText(buf, this.typeStart, this.typeEnd, type);
  }

  /** `type/subtype` in lower case; `''` if there is none. */
  mediaType(): string {
    const { buf, typeStart, typeEnd, subtypeStart, subtypeEnd } = this;
    if (buf === undefined || subtypeEnd === subtypeStart) return '';
    const type = buf.latin1Slice(typeStart, typeEnd);
    return `${type}/${buf.latin1Slice(subtypeStart, subtypeEnd)}`.toLowerCase();
  }

  /** True if both have the same media type; parameters are not looked at (RFC 4975 section 8.6). */
  sameMediaType(other: ContentType): boolean {
    const a = this.buf;
    const b = other.buf;
    return (
      a !== undefined &&
      b !== undefined &&
      equalsSpan(a, this.typeStart, this.typeEnd, b, other.typeStart, other.typeEnd) &&
      equalsSpan(a, this.subtypeStart, this.subtypeEnd, b, other.subtypeStart, other.subtypeEnd)
    );
  }

  /** Looks for the parameter `name` (lower case); if it is there, its value is in `valueStart`, `valueEnd`. */
  findParameter(name: string): boolean {
    this.valueStart = this.valueEnd = -1;
    this.walk(name);
    return this.valueStart >= 0;
  }

  /** The value found by {@link findParameter} as text, escapes undone. */
  valueText(): string {
    const raw = this.buf === undefined ? '' : this.buf.latin1Slice(this.valueStart, this.valueEnd);
    return this.valueEscaped ? raw.replaceAll(/\\(.)/gs, '$1') : raw;
  }

  /** Goes through the parameters; notes the first one called `wanted`. False at the first that is malformed. */
  private walk(wanted: string): boolean {
    const buf = this.buf as Buffer;
    const { end } = this;
    let at = skipBlank(buf, this.paramsStart, end);
    while (at < end) {
      if (buf[at] !== Octet.semicolon) return this.fail(ContentTypeFault.badParameter, at);
      const nameStart = skipBlank(buf, at + 1, end);
      if (nameStart === end) return true; // a lone trailing semicolon is harmless
      const nameEnd = skipToken(buf, nameStart, end);
      at = skipBlank(buf, nameEnd, end);
      if (nameEnd === nameStart || at >= end || buf[at] !== Octet.equals) {
        return this.fail(ContentTypeFault.badParameter, at);
      }
      at = skipBlank(buf, at + 1, end);
      let valueStart = at;
      let valueEnd: number;
      let escaped = false;
      if (at < end && buf[at] === Octet.quote) {
        valueStart = ++at;
        while (at < end && buf[at] !== Octet.quote) {
          if (buf[at] === Octet.backslash) {
            escaped = true;
            at++;
          }
          at++;
        }
        if (at >= end) return this.fail(ContentTypeFault.openQuote, valueStart - 1);
        valueEnd = at++;
      } else {
        // Boundaries are often written unquoted with characters that no token may hold; all but a separator is taken.
        while (at < end && (isTokenOctet(buf[at]) || isLooseValue(buf[at]))) at++;
        valueEnd = at;
        if (valueEnd === valueStart) return this.fail(ContentTypeFault.badParameter, at);
      }
      if (wanted.length > 0 && equalsText(buf, nameStart, nameEnd, wanted)) {
        this.valueStart = valueStart;
        this.valueEnd = valueEnd;
        this.valueEscaped = escaped;
        return true;
      }
      at = skipBlank(buf, at, end);
    }
    return true;
  }

  private fail(fault: ContentTypeFault, at: number): boolean {
    this.fault = fault;
    this.faultAt = at;
    return false;
  }
}

/** `/ : = ? ( ) ,`: in `bchars` of RFC 2046 or in URLs, not in tokens. */
function isLooseValue(octet: number): boolean {
  return (
    octet === 47 ||
    octet === 58 ||
    octet === 61 ||
    octet === 63 ||
    octet === 40 ||
    octet === 41 ||
    octet === 44
  );
}

/** First position at or after `at` that is neither white space nor part of a fold, at most `end`. */
function skipBlank(buf: Buffer, at: number, end: number): number {
  let p = at;
  while (p < end && isBlank(buf[p])) p++;
  return p;
}

/** The reader of the header saw to it that a line end within its value is a fold. */
function isBlank(octet: number): boolean {
  return octet === Octet.space || octet === Octet.tab || octet === Octet.cr || octet === Octet.lf;
}
