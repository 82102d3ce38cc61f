/**
 * A SIP message as spans of the octets it came in (RFC 3261 section 7). One object is filled again for each message; nothing is
 * copied, and a value is only read when someone asks for it.
 *
 * All positions are offsets into `buf`, ends exclusive. The header fields lie in parallel columns in the order of the message;
 * several lines of one comma-list field stay several entries, and a folded value stays as it came, with a mark.
 *
 * Not here: any check of a value (`validate.ts` and the value parsers).
 */
import { widened } from '../../../sim/kernel/columns.js';
import { HEADER_IDS, HEADER_NAMES, Header } from './head/header-names.js';
import { METHOD_NAMES, Method } from './head/methods.js';
import { SipAddress, SipContact, parseAddress } from './values/address.js';
import { trimEnd } from './chars.js';
import { nextComma } from './values/comma.js';
import { SipFault } from './faults.js';
import { readPlainVia } from './values/plain-via.js';
import { CSeq, parseCSeq } from './values/scalars.js';
import { SipUri, parseUri } from './values/uri.js';
import { Via, parseVia } from './values/via.js';

const EMPTY = Buffer.alloc(0);
const INITIAL_HEADERS = 64;
const SPACE = 32;
const COMMA = 44;

/** Bits of what was read on demand, by part. */
const Part = { topVia: 1, from: 2, to: 4, cseq: 8, uri: 16 } as const;

export class SipMessage {
  buf: Buffer = EMPTY;
  /** First octet of the start line, and the first one after the body. */
  start = 0;
  end = 0;
  isRequest = true;
  /** {@link Method} of the request line; of a response, `Method.unknown` (its method stands in CSeq). */
  method: Method = Method.unknown;
  methodStart = 0;
  methodEnd = 0;
  uriStart = 0;
  uriEnd = 0;
  /** Status of a response; 0 in a request. */
  status = 0;
  reasonStart = 0;
  reasonEnd = 0;
  /** False if the start line names another version than 2.0; `validate` makes it a 505. */
  versionOk = true;
  /** First octet of the first header line. */
  headersStart = 0;
  headerCount = 0;
  /** The columns, valid below `headerCount`. Replaced when they grow: do not keep them. */
  ids = new Int32Array(INITIAL_HEADERS);
  /** First octet of the line, which is the first of the name. */
  nameStart = new Int32Array(INITIAL_HEADERS);
  nameEnd = new Int32Array(INITIAL_HEADERS);
  /** The value without white space around it. */
  valueStart = new Int32Array(INITIAL_HEADERS);
  valueEnd = new Int32Array(INITIAL_HEADERS);
  /** First octet after the CRLF that ends the field, so [nameStart, lineEnd) is the whole of it. */
  lineEnd = new Int32Array(INITIAL_HEADERS);
  /** 1 if the value is folded over several lines. */
  folded = new Uint8Array(INITIAL_HEADERS);
  /** Value of Content-Length; -1 if there is none. */
  contentLength = -1;
  bodyStart = 0;
  bodyEnd = 0;
  /** True if Content-Length is malformed, or several of them disagree: nobody can tell where the body ends. */
  lengthInDoubt = false;
  /** True if a lone CR or LF stands in the head: such octets must not be copied into anything. */
  bareLineEnds = false;
  /** The first fault that the parser met, and where; as `parseSip` returned it. */
  fault: SipFault = SipFault.none;
  faultOffset = 0;

  /** First entry by id; an entry is true only if it points at a header below `headerCount` with that id, so it needs no reset. */
  private readonly firstById = new Int32Array(HEADER_IDS);
  private partsRead = 0;
  private partsGood = 0;
  private readonly topViaPart = new Via();
  /** Where the first Via element ends, once it was read: at a comma, or with the value. */
  private topViaEnd = 0;
  private readonly fromPart = new SipAddress();
  private readonly toPart = new SipAddress();
  private readonly cseqPart = new CSeq();
  private readonly uriPart = new SipUri();
  /** For `validate`: structures to read into that nobody keeps. */
  readonly scratchUri = new SipUri();
  readonly scratchCSeq = new CSeq();
  readonly scratchContact = new SipContact();
  private view: DataView = new DataView(EMPTY.buffer, EMPTY.byteOffset, 0);
  private viewed: Buffer = EMPTY;

  /** Index of the first header field `id` at or after index `from`; -1 if there is none. */
  find(id: Header, from = 0): number {
    const first = this.firstById[id];
    if (first >= this.headerCount || this.ids[first] !== id) return -1;
    if (from <= first) return first;
    for (let i = from; i < this.headerCount; i++) if (this.ids[i] === id) return i;
    return -1;
  }

  has(id: Header): boolean {
    return this.find(id) >= 0;
  }

  /** How many header fields (lines, not list elements) have this id. */
  count(id: Header): number {
    let count = 0;
    for (let i = this.find(id); i >= 0 && i < this.headerCount; i++) if (this.ids[i] === id) count++;
    return count;
  }

  /** The value at `index` as text (UTF-8), each fold replaced by one space (RFC 3261 section 7.3.1). */
  text(index: number): string {
    const text = this.buf.toString('utf8', this.valueStart[index], this.valueEnd[index]);
    return this.folded[index] === 0 ? text : text.replace(/[ \t]*\r\n[ \t]+/g, ' ');
  }

  /** Text of the first header field `id`; undefined if there is none. */
  textOf(id: Header): string | undefined {
    const index = this.find(id);
    return index < 0 ? undefined : this.text(index);
  }

  /** The name at `index`: canonical if known, else as it came. */
  name(index: number): string {
    const id = this.ids[index];
    return id === 0
      ? this.buf.toString('latin1', this.nameStart[index], this.nameEnd[index])
      : HEADER_NAMES[id];
  }

  methodText(): string {
    if (this.method !== Method.unknown) return METHOD_NAMES[this.method];
    return this.buf.toString('latin1', this.methodStart, this.methodEnd);
  }

  uriText(): string {
    return this.buf.toString('utf8', this.uriStart, this.uriEnd);
  }

  reasonText(): string {
    return this.buf.toString('utf8', this.reasonStart, this.reasonEnd);
  }

  /** The first Via element, read once for each message; undefined if it is missing or malformed. */
  topVia(): Via | undefined {
    if ((this.partsRead & Part.topVia) === 0) {
      const index = this.find(Header.via);
      let fault: SipFault = SipFault.mandatoryMissing;
      if (index >= 0) {
        fault = this.readTopVia(this.valueStart[index], this.valueEnd[index]);
      }
      this.keepPart(Part.topVia, fault);
    }
    return (this.partsGood & Part.topVia) === 0 ? undefined : this.topViaPart;
  }

  private readTopVia(start: number, valueEnd: number): SipFault {
    const { buf, topViaPart } = this;
    this.topViaEnd = valueEnd;
    if (readPlainVia(buf, start, valueEnd, topViaPart)) return SipFault.none;
    const end = nextComma(buf, start, valueEnd);
    this.topViaEnd = end;
    return parseVia(buf, start, trimEnd(buf, start, end), topViaPart);
  }

  /** The first Via if its host can be read, even if something after it cannot: enough to send an answer (RFC 4475 section 3.1.2.1). */
  answerableVia(): Via | undefined {
    this.topVia();
    const via = this.topViaPart;
    return this.has(Header.via) && via.hostEnd > via.hostStart ? via : undefined;
  }

  /** True if there is a Via element below the topmost one: a comma with nothing behind it, or a line without a value, is none. */
  hasFurtherVia(): boolean {
    this.topVia();
    let line = this.find(Header.via);
    let at = this.topViaEnd;
    while (line >= 0) {
      for (; at < this.valueEnd[line]; at++) if (this.buf[at] > SPACE && this.buf[at] !== COMMA) return true;
      line = this.find(Header.via, line + 1);
      if (line >= 0) at = this.valueStart[line];
    }
    return false;
  }

  /** From, read once; undefined if it is missing or malformed. Its URI: `parseUri`. */
  from(): SipAddress | undefined {
    return this.address(Header.from, Part.from, this.fromPart);
  }

  /** To, read once; undefined if it is missing or malformed. */
  to(): SipAddress | undefined {
    return this.address(Header.to, Part.to, this.toPart);
  }

  /** True if To has a tag, so that a request names a dialog (RFC 3261 section 12.2.2). */
  get hasToTag(): boolean {
    const to = this.to();
    return to !== undefined && to.tagEnd > to.tagStart;
  }

  /** CSeq, read once; undefined if it is missing, malformed or out of range. */
  cseq(): CSeq | undefined {
    if ((this.partsRead & Part.cseq) === 0) {
      const i = this.find(Header.cseq);
      const fault =
        i < 0
          ? SipFault.mandatoryMissing
          : parseCSeq(this.buf, this.valueStart[i], this.valueEnd[i], this.cseqPart);
      this.keepPart(Part.cseq, fault);
    }
    return (this.partsGood & Part.cseq) === 0 ? undefined : this.cseqPart;
  }

  /** The Request-URI, read once; undefined if it is malformed. */
  uri(): SipUri | undefined {
    if ((this.partsRead & Part.uri) === 0) {
      this.keepPart(Part.uri, parseUri(this.buf, this.uriStart, this.uriEnd, this.uriPart));
    }
    return (this.partsGood & Part.uri) === 0 ? undefined : this.uriPart;
  }

  private address(id: Header, part: number, out: SipAddress): SipAddress | undefined {
    if ((this.partsRead & part) === 0) {
      const i = this.find(id);
      const fault =
        i < 0 ? SipFault.mandatoryMissing : parseAddress(this.buf, this.valueStart[i], this.valueEnd[i], out);
      this.keepPart(part, fault);
    }
    return (this.partsGood & part) === 0 ? undefined : out;
  }

  private keepPart(part: number, fault: SipFault): void {
    this.partsRead |= part;
    if (fault === SipFault.none) this.partsGood |= part;
  }

  get bodyOctets(): number {
    return this.bodyEnd - this.bodyStart;
  }

  /** True if the octets of the value at `index` are exactly `text` (all characters below 256). */
  valueIs(index: number, text: string): boolean {
    const start = this.valueStart[index];
    if (this.valueEnd[index] - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.buf[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** For the parser: forgets the last message. */
  reset(buf: Buffer, start: number): void {
    this.buf = buf;
    this.start = start;
    this.end = start;
    this.isRequest = true;
    this.method = Method.unknown;
    this.methodStart = this.methodEnd = this.uriStart = this.uriEnd = start;
    this.status = 0;
    this.reasonStart = this.reasonEnd = start;
    this.versionOk = true;
    this.headersStart = start;
    this.headerCount = 0;
    this.partsRead = this.partsGood = 0;
    this.bareLineEnds = this.lengthInDoubt = false;
    this.contentLength = -1;
    this.bodyStart = this.bodyEnd = start;
    this.fault = SipFault.none;
    this.faultOffset = start;
  }

  /** For the parser: a view of `buf`, made anew only when it is another buffer than last time. */
  viewOf(buf: Buffer): DataView {
    if (buf !== this.viewed) {
      this.viewed = buf;
      this.view = new DataView(buf.buffer, buf.byteOffset, buf.length);
    }
    return this.view;
  }

  /** For the parser: notes a fault unless there is one already. */
  note(fault: SipFault, offset: number): void {
    if (fault === SipFault.contentLength) this.lengthInDoubt = true;
    if (fault === SipFault.lineEnd) this.bareLineEnds = true;
    if (this.fault !== SipFault.none) return;
    this.fault = fault;
    this.faultOffset = offset;
  }

  /** For the parser: adds a header field; the spans are those of the columns. */
  add(
    id: Header,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    lineEnd: number,
    folded: number,
  ): void {
    const i = this.headerCount;
    if (i === this.ids.length) this.grow();
    this.ids[i] = id;
    this.nameStart[i] = nameStart;
    this.nameEnd[i] = nameEnd;
    this.valueStart[i] = valueStart;
    this.valueEnd[i] = valueEnd;
    this.lineEnd[i] = lineEnd;
    this.folded[i] = folded;
    const first = this.firstById[id];
    if (first >= i || this.ids[first] !== id) this.firstById[id] = i;
    this.headerCount = i + 1;
  }

  private grow(): void {
    const length = this.ids.length * 2;
    this.ids = widened(this.ids, new Int32Array(length));
    this.nameStart = widened(this.nameStart, new Int32Array(length));
    this.nameEnd = widened(this.nameEnd, new Int32Array(length));
    this.valueStart = widened(this.valueStart, new Int32Array(length));
    this.valueEnd = widened(this.valueEnd, new Int32Array(length));
    this.lineEnd = widened(this.lineEnd, new Int32Array(length));
    this.folded = widened(this.folded, new Uint8Array(length));
  }
}
