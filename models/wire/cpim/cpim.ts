/**
 * message/cpim (RFC 3862), read as far as notifications need (RFC 5438): message headers and content headers as spans, the
 * encapsulated content untouched.
 *
 *     headers CRLF  *( "Name:" *( ";" parameter ) SP value CRLF )  CRLF  content-headers  CRLF  content
 *
 * Header names compare with case (RFC 3862 section 4), prefix and all: `imdn.Message-ID`. The prefix is the one that the
 * sender chose in NS; `findByLocalName` finds a header of a namespace under any prefix that stands for it there.
 *
 * Not modelled: decoding of `\` escapes, what parameters (`;lang=fr`) say, folded MIME content headers beyond skipping, S/MIME, `Require`.
 */
import { Octet, findText, skipSpace, startsWith, trimSpace } from '../mime/octets.js';

/** Why octets are not message/cpim. */
export const CpimFault = {
  none: 0,
  /** A line that is no `Name: value`. */
  headerLine: 1,
  /** No empty line ends the message headers. */
  noHeaderEnd: 2,
  /** No empty line ends the content headers. */
  noContentHeaderEnd: 3,
  /** More than {@link CPIM_HEADERS_LIMIT} message headers. */
  tooManyHeaders: 4,
} as const;
export type CpimFault = (typeof CpimFault)[keyof typeof CpimFault];

/** Namespace of From, To, DateTime and the others of RFC 3862 section 4: that of names without a prefix, unless NS says otherwise. */
export const CPIM_NAMESPACE = 'urn:ietf:params:cpim-headers:';

/** Message headers that one message may have here. */
export const CPIM_HEADERS_LIMIT = 64;

/** A parsed message/cpim. Reuse one object; all spans are positions in the parsed buffer. */
export class CpimMessage {
  fault: CpimFault = CpimFault.none;
  faultAt = 0;
  headerCount = 0;
  readonly nameStart = new Int32Array(CPIM_HEADERS_LIMIT);
  readonly nameEnd = new Int32Array(CPIM_HEADERS_LIMIT);
  readonly valueStart = new Int32Array(CPIM_HEADERS_LIMIT);
  readonly valueEnd = new Int32Array(CPIM_HEADERS_LIMIT);
  /** MIME headers of the content, without the empty line after them. */
  contentHeadersStart = 0;
  contentHeadersEnd = 0;
  contentStart = 0;
  contentEnd = 0;
  private buf: Buffer = Buffer.alloc(0);

  /** Parses the body in [start, end) of `buf`. False on a fault. */
  parse(buf: Buffer, start: number, end: number): boolean {
    this.buf = buf;
    this.fault = CpimFault.none;
    this.headerCount = 0;
    this.contentHeadersStart = this.contentHeadersEnd = this.contentStart = this.contentEnd = end;
    let at = start;
    for (;;) {
      const line = at;
      while (at < end && buf[at] !== Octet.lf) at++;
      if (at >= end) return this.fail(CpimFault.noHeaderEnd, line);
      const lineEnd = at > line && buf[at - 1] === Octet.cr ? at - 1 : at;
      at++;
      if (lineEnd === line) break;
      if (!this.header(line, lineEnd)) return false;
    }
    this.contentHeadersStart = at;
    if (startsWith(buf, at, end, '\r\n')) {
      this.contentHeadersEnd = at;
      this.contentStart = at + 2;
      return true;
    }
    const blank = findText(buf, at, end, '\r\n\r\n');
    if (blank < 0) return this.fail(CpimFault.noContentHeaderEnd, at);
    this.contentHeadersEnd = blank + 2;
    this.contentStart = blank + 4;
    return true;
  }

  /** Index of the first message header called `name`, prefix included and with case; -1 if there is none. */
  find(name: string): number {
    for (let i = 0; i < this.headerCount; i++) {
      const length = this.nameEnd[i] - this.nameStart[i];
      if (length === name.length && startsWith(this.buf, this.nameStart[i], this.nameEnd[i], name)) return i;
    }
    return -1;
  }

  /** Index of the first header `localName` of namespace `uri`, under whatever prefix NS declared for it before; -1 if there is none. */
  findByLocalName(uri: string, localName: string): number {
    const { buf, nameStart, nameEnd } = this;
    for (let i = 0; i < this.headerCount; i++) {
      const start = nameEnd[i] - localName.length;
      if (start < nameStart[i] || !startsWith(buf, start, nameEnd[i], localName)) continue;
      if (start > nameStart[i] && buf[start - 1] !== Octet.dot) continue;
      const prefix = buf.latin1Slice(nameStart[i], Math.max(nameStart[i], start - 1));
      if (this.namespaceOf(prefix, i) === uri) return i;
    }
    return -1;
  }

  /** Value at `index` as text (UTF-8). */
  text(index: number): string {
    return this.buf.utf8Slice(this.valueStart[index], this.valueEnd[index]);
  }

  /** What `prefix` stands for at header `at`: what the last NS before it says (RFC 3862 section 3.4); undefined if none does. */
  private namespaceOf(prefix: string, at: number): string | undefined {
    for (let i = at - 1; i >= 0; i--) {
      if (this.buf.latin1Slice(this.nameStart[i], this.nameEnd[i]) !== 'NS') continue;
      const value = this.text(i);
      const open = value.indexOf('<');
      if (open >= 0 && value.slice(0, open).trim() === prefix) return value.slice(open + 1).split('>')[0];
    }
    return prefix === '' ? CPIM_NAMESPACE : undefined;
  }

  private header(start: number, end: number): boolean {
    const { buf } = this;
    let colon = start;
    while (colon < end && buf[colon] !== Octet.colon) colon++;
    if (colon === start || colon === end) return this.fail(CpimFault.headerLine, start);
    if (this.headerCount === CPIM_HEADERS_LIMIT) return this.fail(CpimFault.tooManyHeaders, start);
    const i = this.headerCount++;
    this.nameStart[i] = start;
    this.nameEnd[i] = colon;
    this.valueStart[i] = skipSpace(buf, skipParameters(buf, colon + 1, end), end);
    this.valueEnd[i] = trimSpace(buf, this.valueStart[i], end);
    return true;
  }

  private fail(fault: CpimFault, at: number): boolean {
    this.fault = fault;
    this.faultAt = at;
    return false;
  }
}

/** Behind the parameters from `at`: each after a semicolon, up to the space before the value. A string in quotes may hold spaces. */
function skipParameters(buf: Buffer, at: number, end: number): number {
  if (at >= end || buf[at] !== Octet.semicolon) return at;
  let quoted = false;
  let p = at;
  for (; p < end && (quoted || buf[p] !== Octet.space); p++) {
    if (buf[p] === Octet.quote) quoted = !quoted;
    else if (quoted && buf[p] === Octet.backslash) p++;
  }
  return Math.min(p, end);
}
