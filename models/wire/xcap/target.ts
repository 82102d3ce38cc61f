/**
 * The target of an XCAP request: document selector, node selector and namespace bindings (RFC 4825 sections 6.1 to 6.4), read
 * by own code into spans of one buffer of decoded octets. One object is filled again for each request.
 *
 *     /auid/users/xui/document/~~/step/step/terminal?xmlns(p=uri)
 *
 * The path is split at its slashes first and decoded then, so a slash inside a value comes percent-encoded. Steps and terminal are
 * read by `node-reader.ts`, the query by `query.ts`. Not modelled: directories below a user.
 */
import { XCAP_LIMITS, XcapFault } from './faults.js';
import { NodeReader } from './node-reader.js';
import { readQuery } from './query.js';
import { Terminal } from './terminal.js';

const SLASH = 47;
const QUESTION = 63;
const { steps: STEPS, bindings: BINDINGS } = XCAP_LIMITS;

export class XcapTarget {
  fault: XcapFault = XcapFault.none;
  /** Offset from the start of the target, as it came. */
  faultOffset = 0;
  /** All spans below are of this buffer. */
  readonly decoded: Buffer = Buffer.alloc(XCAP_LIMITS.targetOctets);
  auidStart = 0;
  auidEnd = 0;
  /** True for the tree `users`, false for `global`. */
  users = false;
  /** The XUI; empty in the global tree. */
  xuiStart = 0;
  xuiEnd = 0;
  documentStart = 0;
  documentEnd = 0;
  /** True if there is a node selector; its steps are the columns below. */
  hasNode = false;
  steps = 0;
  /** Local name; an empty span is the wildcard. */
  readonly nameStart = new Int32Array(STEPS);
  readonly nameEnd = new Int32Array(STEPS);
  /** Namespace that the prefix is bound to; an empty span is the default document namespace. */
  readonly namespaceStart = new Int32Array(STEPS);
  readonly namespaceEnd = new Int32Array(STEPS);
  /** From 1; 0 is no position. */
  readonly position = new Int32Array(STEPS);
  /** Name and value of the attribute test; an empty name is no test. The value is decoded. */
  readonly attributeStart = new Int32Array(STEPS);
  readonly attributeEnd = new Int32Array(STEPS);
  readonly valueStart = new Int32Array(STEPS);
  readonly valueEnd = new Int32Array(STEPS);
  terminal: Terminal = Terminal.element;
  /** Name of the attribute that is selected. */
  terminalStart = 0;
  terminalEnd = 0;
  /** Bindings of the query: prefix and namespace. */
  readonly prefixStart = new Int32Array(BINDINGS);
  readonly prefixEnd = new Int32Array(BINDINGS);
  readonly boundStart = new Int32Array(BINDINGS);
  readonly boundEnd = new Int32Array(BINDINGS);
  bindings = 0;
  /** Octets of `decoded` in use. */
  used = 0;

  /** Reads octets [start, end) of `buf`. Gives {@link XcapFault}.none, or the fault that is also kept here. */
  parse(buf: Buffer, start: number, end: number): XcapFault {
    this.fault = XcapFault.none;
    this.used = this.steps = this.bindings = this.segmentsLeft = 0;
    this.documentStart = this.documentEnd = 0;
    this.hasNode = false;
    this.terminal = Terminal.element;
    if (end - start > XCAP_LIMITS.targetOctets) return this.fail(XcapFault.tooLong, XCAP_LIMITS.targetOctets);
    let at = pathStart(buf, start, end);
    if (at < 0) return this.fail(XcapFault.target, 0);
    let pathEnd = at;
    while (pathEnd < end && buf[pathEnd] !== QUESTION) pathEnd++;
    if (pathEnd < end && !readQuery(this, buf, pathEnd + 1, end))
      return this.fail(XcapFault.query, pathEnd - start);
    for (let segment = 0; at < pathEnd; segment++) {
      let stop = at + 1;
      while (stop < pathEnd && buf[stop] !== SLASH) stop++;
      const from = this.used;
      const bad = this.decode(buf, at + 1, stop);
      if (bad >= 0) return this.fail(XcapFault.percent, bad - start);
      const last = stop === pathEnd;
      const fault = this.segment(segment, from, last);
      if (fault !== XcapFault.none) return this.fail(fault, at + 1 - start);
      at = stop;
    }
    const complete = this.hasNode ? this.steps > 0 : this.documentEnd > this.documentStart;
    if (!complete || this.segmentsLeft > 0) return this.fail(XcapFault.document, end - start);
    return XcapFault.none;
  }

  /** True if the span [start, end) of `decoded` is `text`. */
  spells(start: number, end: number, text: string): boolean {
    if (end - start !== text.length) return false;
    const { decoded } = this;
    for (let i = 0; i < text.length; i++) if (decoded[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** As text, for messages and tests. */
  text(start: number, end: number): string {
    return this.decoded.utf8Slice(start, end);
  }

  /** Appends the decoded octets of [start, end); gives the offset of a bad percent-encoding, or -1. */
  decode(buf: Buffer, start: number, end: number): number {
    const { decoded } = this;
    let to = this.used;
    for (let i = start; i < end; i++) {
      const octet = buf[i];
      if (octet !== 0x25) decoded[to++] = octet;
      else {
        const high = i + 2 < end ? hexDigit(buf[i + 1]) : -1;
        const low = i + 2 < end ? hexDigit(buf[i + 2]) : -1;
        if (high < 0 || low < 0) return i;
        decoded[to++] = high * 16 + low;
        i += 2;
      }
    }
    this.used = to;
    return -1;
  }

  private readonly node = new NodeReader(this);

  /** Segments of the document selector that are still to come. */
  private segmentsLeft = 0;

  /** Takes segment `index`, decoded in [from, used). */
  private segment(index: number, from: number, last: boolean): XcapFault {
    const to = this.used;
    if (this.hasNode) return this.node.read(from, to, last);
    if (index > 0 && this.segmentsLeft === 0) {
      if (!this.spells(from, to, '~~')) return XcapFault.document;
      this.hasNode = true;
      return XcapFault.none;
    }
    if (to === from) return XcapFault.document;
    switch (index) {
      case 0:
        this.auidStart = from;
        this.auidEnd = to;
        this.segmentsLeft = 2;
        this.documentStart = this.documentEnd = this.xuiStart = this.xuiEnd = 0;
        return XcapFault.none;
      case 1:
        this.users = this.spells(from, to, 'users');
        if (!this.users && !this.spells(from, to, 'global')) return XcapFault.document;
        this.segmentsLeft = this.users ? 2 : 1;
        return XcapFault.none;
      default:
        if (this.segmentsLeft === 2) {
          this.xuiStart = from;
          this.xuiEnd = to;
        } else {
          this.documentStart = from;
          this.documentEnd = to;
        }
        this.segmentsLeft--;
        return XcapFault.none;
    }
  }

  private fail(fault: XcapFault, offset: number): XcapFault {
    this.fault = fault;
    this.faultOffset = offset;
    return fault;
  }
}

/** First slash of the path: of the target itself, or behind `http://authority`; -1 if there is none. */
function pathStart(buf: Buffer, start: number, end: number): number {
  if (start < end && buf[start] === SLASH) return start;
  const scheme = buf.latin1Slice(start, Math.min(start + 7, end)).toLowerCase();
  if (scheme !== 'http://') return -1;
  let at = start + 7;
  while (at < end && buf[at] !== SLASH) at++;
  return at === end || at === start + 7 ? -1 : at;
}

function hexDigit(octet: number): number {
  if (octet >= 48 && octet <= 57) return octet - 48;
  const lower = octet | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
