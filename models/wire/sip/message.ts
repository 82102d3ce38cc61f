/**
 * A SIP message as spans of the octets it came in (RFC 3261 section 7). One object is filled again for each message; nothing is
 * copied, and a value is only read when someone asks for it.
 *
 * All positions are offsets into `buf`, ends exclusive. The header fields lie in parallel columns in the order of the message;
 * several lines of one comma-list field stay several entries, and a folded value stays as it came, with a mark.
 *
 * Not here: any check of a value (`validate.ts` and the value parsers).
 */
import { HEADER_IDS, HEADER_NAMES, type Header } from './header-names.js';
import { METHOD_NAMES, Method } from './methods.js';
import { SipFault } from './faults.js';

const EMPTY = Buffer.alloc(0);
const INITIAL_HEADERS = 64;

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
  /** The first fault that the parser met, and where; as `parseSip` returned it. */
  fault: SipFault = SipFault.none;
  faultOffset = 0;

  /** First entry by id; an entry is true only if it points at a header below `headerCount` with that id, so it needs no reset. */
  private readonly firstById = new Int32Array(HEADER_IDS);

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
    const text = this.buf.utf8Slice(this.valueStart[index], this.valueEnd[index]);
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
    return id === 0 ? this.buf.latin1Slice(this.nameStart[index], this.nameEnd[index]) : HEADER_NAMES[id];
  }

  methodText(): string {
    if (this.method !== Method.unknown) return METHOD_NAMES[this.method];
    return this.buf.latin1Slice(this.methodStart, this.methodEnd);
  }

  uriText(): string {
    return this.buf.utf8Slice(this.uriStart, this.uriEnd);
  }

  reasonText(): string {
    return this.buf.utf8Slice(this.reasonStart, this.reasonEnd);
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
    this.contentLength = -1;
    this.bodyStart = this.bodyEnd = start;
    this.fault = SipFault.none;
    this.faultOffset = start;
  }

  /** For the parser: notes a fault unless there is one already. */
  note(fault: SipFault, offset: number): void {
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
    const wider = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(column.length * 2);
      larger.set(column);
      return larger;
    };
    this.ids = wider(this.ids);
    this.nameStart = wider(this.nameStart);
    this.nameEnd = wider(this.nameEnd);
    this.valueStart = wider(this.valueStart);
    this.valueEnd = wider(this.valueEnd);
    this.lineEnd = wider(this.lineEnd);
    const folded = new Uint8Array(this.folded.length * 2);
    folded.set(this.folded);
    this.folded = folded;
  }
}
