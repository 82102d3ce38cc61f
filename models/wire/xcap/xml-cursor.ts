/**
 * A strict, non-validating reader of the XML 1.0 that these documents need: tags, attributes, character data, comments and
 * processing instructions, over spans, without a tree. What is read must be well-formed and UTF-8.
 *
 * An own reader because a document object model would be built and thrown away for each entry, tens of thousands a second.
 * Refused, though it may be well-formed: document type declarations (entities that grow) and CDATA sections.
 */
import { XmlFault } from './faults.js';
import { CLASS, isSpace, NAME, utf8End } from './xml-octets.js';
import { referenceValue } from './xml-references.js';

const LT = 60;
const GT = 62;
const SLASH = 47;
const ATTRIBUTES = 8;

/** What follows in the octets. */
export const XmlToken = { end: 0, open: 1, close: 2, text: 3, fault: 4 } as const;
export type XmlToken = (typeof XmlToken)[keyof typeof XmlToken];

export class XmlCursor {
  buf: Buffer = Buffer.alloc(0);
  at = 0;
  end = 0;
  fault: XmlFault = XmlFault.none;
  faultOffset = 0;
  /** Name of the tag, or the text, of the last token. */
  start = 0;
  stop = 0;
  /** The open tag was an empty-element tag: no close tag follows. */
  empty = false;
  attributes = 0;
  readonly nameStart = new Int32Array(ATTRIBUTES);
  readonly nameEnd = new Int32Array(ATTRIBUTES);
  readonly valueStart = new Int32Array(ATTRIBUTES);
  readonly valueEnd = new Int32Array(ATTRIBUTES);

  begin(buf: Buffer, start: number, end: number): void {
    this.buf = buf;
    this.at = start;
    this.end = end;
    this.fault = XmlFault.none;
  }

  /** The XML declaration, if there is one; false if it is malformed or names another encoding. */
  declaration(): boolean {
    const { buf, at, end } = this;
    if (end - at >= 3 && buf[at] === 0xef && buf[at + 1] === 0xbb && buf[at + 2] === 0xbf) this.at += 3;
    if (!this.begins('<?xml') || NAME[buf[this.at + 5]] !== 0) return true;
    const close = this.find('?>', this.at);
    if (close < 0) return this.fail(XmlFault.notWellFormed) !== XmlToken.fault;
    const match = DECLARATION.exec(buf.latin1Slice(this.at, close + 2));
    if (match === null) return this.fail(XmlFault.notWellFormed) !== XmlToken.fault;
    const encoding = match[1] ?? match[2];
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') {
      return this.fail(XmlFault.notUtf8) !== XmlToken.fault;
    }
    this.at = close + 2;
    return true;
  }

  /** The next token. Comments and processing instructions are passed over; text may be empty space. */
  next(): XmlToken {
    for (;;) {
      const { buf, at, end } = this;
      if (this.fault !== XmlFault.none) return XmlToken.fault;
      if (at >= end) return XmlToken.end;
      if (buf[at] !== LT) return this.text();
      const second = at + 1 < end ? buf[at + 1] : 0;
      if (second === SLASH) return this.closeTag();
      if (second === 0x3f) {
        if (!this.isInstruction(at + 2)) return this.fail(XmlFault.notWellFormed);
        if (!this.passOver('?>', 2)) return XmlToken.fault;
      } else if (second === 0x21) {
        if (!this.begins('<!--')) return this.fail(XmlFault.schema);
        if (!this.passOver('--', 4) || buf[this.at] !== GT || this.at >= end)
          return this.fail(XmlFault.notWellFormed);
        this.at++;
      } else return this.openTag();
    }
  }

  /** True if the span is `text`, octet for octet. */
  spells(start: number, end: number, text: string): boolean {
    if (end - start !== text.length) return false;
    const { buf } = this;
    for (let i = 0; i < text.length; i++) if (buf[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** True if the name of the last tag is `text`. */
  named(text: string): boolean {
    return this.spells(this.start, this.stop, text);
  }

  /** True if the last text is white space only. */
  isSpace(): boolean {
    for (let i = this.start; i < this.stop; i++) if (!isSpace(this.buf[i])) return false;
    return true;
  }

  /** Notes the first fault, here. */
  fail(fault: XmlFault): typeof XmlToken.fault {
    if (this.fault === XmlFault.none) {
      this.fault = fault;
      this.faultOffset = this.at;
    }
    return XmlToken.fault;
  }

  private text(): XmlToken {
    this.start = this.at;
    const stop = this.characters(this.at, this.end, LT);
    if (stop < 0) return XmlToken.fault;
    this.stop = this.at = stop;
    return XmlToken.text;
  }

  /** Character data from `at` up to `until` or `end`; its end, or -1 with a fault. */
  private characters(from: number, end: number, until: number): number {
    const { buf } = this;
    for (let at = from; at < end;) {
      const octet = buf[at];
      if (octet === until) return at;
      switch (CLASS[octet]) {
        case 0:
          at++;
          break;
        case 2:
          at = this.reference(at, end);
          break;
        case 3:
          if (until === LT && at + 2 < end && buf[at + 1] === 0x5d && buf[at + 2] === GT) at = -1;
          else at++;
          break;
        case 5:
          at = utf8End(buf, at, end);
          if (at < 0) {
            this.fail(XmlFault.notUtf8);
            return -1;
          }
          break;
        default:
          at = -1;
      }
      if (at < 0) {
        this.fail(XmlFault.notWellFormed);
        return -1;
      }
    }
    return end;
  }

  /** A reference at `at`: its end, or -1. */
  private reference(at: number, end: number): number {
    const { buf } = this;
    let stop = at + 1;
    while (stop < end && stop < at + 12 && buf[stop] !== 0x3b) stop++;
    if (stop >= end || buf[stop] !== 0x3b) return -1;
    return referenceValue(buf, at + 1, stop) < 0 ? -1 : stop + 1;
  }

  private openTag(): XmlToken {
    const { buf, end } = this;
    let at = this.name(this.at + 1);
    if (at < 0) return this.fail(XmlFault.notWellFormed);
    this.attributes = 0;
    this.empty = false;
    for (;;) {
      const spaced = at < end && isSpace(buf[at]);
      while (at < end && isSpace(buf[at])) at++;
      if (at >= end) return this.fail(XmlFault.notWellFormed);
      if (buf[at] === GT) {
        this.at = at + 1;
        return XmlToken.open;
      }
      if (buf[at] === SLASH) {
        if (at + 1 >= end || buf[at + 1] !== GT) return this.fail(XmlFault.notWellFormed);
        this.empty = true;
        this.at = at + 2;
        return XmlToken.open;
      }
      if (!spaced) return this.fail(XmlFault.notWellFormed);
      at = this.attribute(at);
      if (at < 0) return XmlToken.fault;
    }
  }

  /** One attribute at `at`: its end, or -1 with a fault. */
  private attribute(from: number): number {
    const { buf, end } = this;
    const { start, stop } = this;
    const a = this.attributes;
    let at = this.name(from);
    this.start = start;
    this.stop = stop;
    if (at < 0) return this.broken();
    if (a === ATTRIBUTES) {
      this.fail(XmlFault.schema);
      return -1;
    }
    this.nameStart[a] = from;
    this.nameEnd[a] = at;
    while (at < end && isSpace(buf[at])) at++;
    if (at >= end || buf[at] !== 0x3d) return this.broken();
    at++;
    while (at < end && isSpace(buf[at])) at++;
    const quote = at < end ? buf[at] : 0;
    if (quote !== 0x22 && quote !== 0x27) return this.broken();
    const close = this.characters(at + 1, end, quote);
    if (close < 0) return -1;
    if (close >= end) return this.broken();
    this.valueStart[a] = at + 1;
    this.valueEnd[a] = close;
    for (let i = at + 1; i < close; i++) if (buf[i] === LT) return this.broken();
    for (let b = 0; b < a; b++) {
      if (sameSpan(buf, this.nameStart[b], this.nameEnd[b], from, this.nameEnd[a])) return this.broken();
    }
    this.attributes = a + 1;
    return close + 1;
  }

  private broken(): -1 {
    this.fail(XmlFault.notWellFormed);
    return -1;
  }

  private closeTag(): XmlToken {
    const { buf, end } = this;
    let at = this.name(this.at + 2);
    if (at < 0) return this.fail(XmlFault.notWellFormed);
    while (at < end && isSpace(buf[at])) at++;
    if (at >= end || buf[at] !== GT) return this.fail(XmlFault.notWellFormed);
    this.at = at + 1;
    return XmlToken.close;
  }

  /** A name from `from` into `start` and `stop`: its end, or -1. */
  private name(from: number): number {
    const { buf, end } = this;
    if (from >= end || NAME[buf[from]] !== 1) return -1;
    let at = from + 1;
    while (at < end && NAME[buf[at]] !== 0) at++;
    this.start = from;
    this.stop = at;
    return at;
  }

  /** Goes behind the next `text` from `skip` octets on; false with a fault if there is none or octets are not characters. */
  private passOver(text: string, skip: number): boolean {
    const from = this.at + skip;
    const close = this.find(text, from);
    if (close < 0) return this.fail(XmlFault.notWellFormed) !== XmlToken.fault;
    for (let i = from; i < close;) {
      const octet = this.buf[i];
      if (CLASS[octet] === 4) return this.fail(XmlFault.notWellFormed) !== XmlToken.fault;
      i = octet < 0x80 ? i + 1 : utf8End(this.buf, i, close);
      if (i < 0) return this.fail(XmlFault.notUtf8) !== XmlToken.fault;
    }
    this.at = close + text.length;
    return true;
  }

  /** True if a processing instruction may begin with what is at `from`: a name, and not that of a declaration (XML 1.0 section 2.6). */
  private isInstruction(from: number): boolean {
    const stop = this.name(from);
    return stop > 0 && !/^xml$/i.test(this.buf.latin1Slice(from, stop));
  }

  private begins(text: string): boolean {
    return this.end - this.at >= text.length && this.spells(this.at, this.at + text.length, text);
  }

  private find(text: string, from: number): number {
    for (let i = from; i + text.length <= this.end; i++) if (this.spells(i, i + text.length, text)) return i;
    return -1;
  }
}

const DECLARATION =
  /^<\?xml\s+version\s*=\s*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:\s+encoding\s*=\s*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>$/;

function sameSpan(buf: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  if (aEnd - a !== bEnd - b) return false;
  for (let i = 0; i < aEnd - a; i++) if (buf[a + i] !== buf[b + i]) return false;
  return true;
}
