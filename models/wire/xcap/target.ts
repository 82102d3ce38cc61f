/**
 * The target of an XCAP request: document selector, node selector and namespace bindings (RFC 4825 sections 6.1 to 6.4), read
 * by own code into spans of one buffer of decoded octets. One object is filled again for each request.
 *
 *     /auid/users/xui/document/~~/step/step/terminal?xmlns(p=uri)
 *     step      NameorAny [ "[" position "]" ] [ "[@" name "=" quoted "]" ]
 *     terminal  "@" name | "namespace::*"
 *
 * The path is split at its slashes first and decoded then, so a slash inside a value comes percent-encoded. Not modelled:
 * directories below a user, XPath beyond this grammar, letters outside ASCII in names.
 */
import { XCAP_LIMITS, XcapFault } from './faults.js';
import { readQuery } from './query.js';

/** What the node selector ends in. */
export const Terminal = { element: 0, attribute: 1, namespaces: 2 } as const;
export type Terminal = (typeof Terminal)[keyof typeof Terminal];

const SLASH = 47;
const QUESTION = 63;
const STAR = 42;
const AT = 64;
const { steps: STEPS, bindings: BINDINGS } = XCAP_LIMITS;

/** 1: letter or underscore, may begin an NCName; 2: may go on in one. */
const NAME = new Uint8Array(256);
for (const c of '_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') NAME[c.charCodeAt(0)] = 1;
for (const c of '-.0123456789') NAME[c.charCodeAt(0)] = 2;

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

  /** Segments of the document selector that are still to come. */
  private segmentsLeft = 0;

  /** Takes segment `index`, decoded in [from, used). */
  private segment(index: number, from: number, last: boolean): XcapFault {
    const to = this.used;
    if (this.hasNode) return this.node(from, to, last);
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

  /** A segment of the node selector: a step, or the terminal selector if it is the last. */
  private node(from: number, to: number, last: boolean): XcapFault {
    const { decoded } = this;
    if (last && this.steps > 0 && from < to && decoded[from] === AT) {
      const end = this.qualifiedName(from + 1, to);
      if (end !== to) return XcapFault.extension;
      if (this.prefixed) return XcapFault.prefix;
      this.terminal = Terminal.attribute;
      this.terminalStart = from + 1;
      this.terminalEnd = to;
      return XcapFault.none;
    }
    if (last && this.steps > 0 && this.spells(from, to, 'namespace::*')) {
      this.terminal = Terminal.namespaces;
      return XcapFault.none;
    }
    return this.step(from, to);
  }

  private step(from: number, to: number): XcapFault {
    const { decoded } = this;
    const s = this.steps;
    if (s === STEPS) return XcapFault.tooDeep;
    this.position[s] = 0;
    this.attributeStart[s] = this.attributeEnd[s] = 0;
    this.valueStart[s] = this.valueEnd[s] = 0;
    this.namespaceStart[s] = this.namespaceEnd[s] = 0;
    let at = from;
    if (from < to && decoded[from] === STAR) {
      at++;
      this.nameStart[s] = this.nameEnd[s] = 0;
    } else {
      at = this.qualifiedName(from, to);
      if (at < 0) return XcapFault.extension;
      this.nameStart[s] = this.localStart;
      this.nameEnd[s] = at;
      if (this.prefixed) {
        const b = this.binding(from, this.localStart - 1);
        if (b < 0) return XcapFault.prefix;
        this.namespaceStart[s] = this.boundStart[b];
        this.namespaceEnd[s] = this.boundEnd[b];
      }
    }
    if (at < to && decoded[at] === 0x5b && decoded[at + 1] !== AT) {
      const close = this.positionTest(s, at + 1, to);
      if (close < 0) return XcapFault.extension;
      at = close;
    }
    if (at < to && decoded[at] === 0x5b && decoded[at + 1] === AT) {
      const close = this.attributeTest(s, at + 2, to);
      if (close === -2) return XcapFault.prefix;
      if (close < 0) return XcapFault.extension;
      at = close;
    }
    if (at !== to) return XcapFault.extension;
    this.steps = s + 1;
    return XcapFault.none;
  }

  /** `1*DIGIT "]"`; the position after it, or -1. */
  private positionTest(s: number, from: number, to: number): number {
    const { decoded } = this;
    let value = 0;
    let at = from;
    for (; at < to && decoded[at] >= 48 && decoded[at] <= 57; at++)
      value = Math.min(value * 10 + decoded[at] - 48, 1e9);
    if (at === from || value === 0 || decoded[at] !== 0x5d || at >= to) return -1;
    this.position[s] = value;
    return at + 1;
  }

  /** `att-name "=" quoted "]"`; the position after it, -1 if it is not that, -2 if the name has a prefix. */
  private attributeTest(s: number, from: number, to: number): number {
    const { decoded } = this;
    const nameEnd = this.qualifiedName(from, to);
    if (nameEnd < 0) return -1;
    // Attributes of this application usage are in no namespace, so a prefix can match none of them.
    if (this.prefixed) return -2;
    const quote = decoded[nameEnd + 1];
    if (nameEnd + 2 >= to || decoded[nameEnd] !== 0x3d || (quote !== 0x22 && quote !== 0x27)) return -1;
    let end = nameEnd + 2;
    while (end < to && decoded[end] !== quote) {
      if (decoded[end] === 0x3c) return -1;
      end++;
    }
    if (end + 1 >= to || decoded[end + 1] !== 0x5d) return -1;
    this.attributeStart[s] = from;
    this.attributeEnd[s] = nameEnd;
    this.valueStart[s] = nameEnd + 2;
    this.valueEnd[s] = this.unreference(nameEnd + 2, end);
    return this.valueEnd[s] < 0 ? -1 : end + 2;
  }

  /** Replaces the five predefined entities in [from, to) in place; gives the new end, -1 for another reference. */
  private unreference(from: number, to: number): number {
    const { decoded } = this;
    let at = from;
    while (at < to && decoded[at] !== 0x26) at++;
    if (at === to) return to;
    const text = decoded.latin1Slice(at, to);
    if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) return -1;
    const plain = text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES.get(name) ?? '');
    return at + decoded.latin1Write(plain, at);
  }

  private localStart = 0;
  private prefixed = false;

  /** A QName from `from`: its end, or -1. `localStart` and `prefixed` tell its parts. */
  private qualifiedName(from: number, to: number): number {
    let at = this.ncName(from, to);
    this.prefixed = false;
    this.localStart = from;
    if (at > 0 && at < to && this.decoded[at] === 0x3a) {
      this.prefixed = true;
      this.localStart = at + 1;
      at = this.ncName(at + 1, to);
    }
    return at;
  }

  private ncName(from: number, to: number): number {
    const { decoded } = this;
    if (from >= to || NAME[decoded[from]] !== 1) return -1;
    let at = from + 1;
    while (at < to && NAME[decoded[at]] !== 0) at++;
    return at;
  }

  /** The binding of the prefix [start, end) of `decoded`; -1 if there is none. */
  private binding(start: number, end: number): number {
    const { decoded, prefixStart, prefixEnd } = this;
    for (let b = 0; b < this.bindings; b++) {
      const length = prefixEnd[b] - prefixStart[b];
      if (length !== end - start) continue;
      let i = 0;
      while (i < length && decoded[prefixStart[b] + i] === decoded[start + i]) i++;
      if (i === length) return b;
    }
    return -1;
  }

  private fail(fault: XcapFault, offset: number): XcapFault {
    this.fault = fault;
    this.faultOffset = offset;
    return fault;
  }
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

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
