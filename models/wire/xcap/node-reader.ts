/**
 * The node selector of an XCAP target, segment by segment (RFC 4825 section 6.3), into the columns of the target:
 *
 *     step      NameorAny [ "[" position "]" ] [ "[@" name "=" quoted "]" ]
 *     terminal  "@" name | "namespace::*"
 *
 * Not modelled: XPath beyond this grammar, letters outside ASCII in names.
 */
import { XCAP_LIMITS, XcapFault } from './faults.js';
import { Terminal } from './terminal.js';

const STAR = 42;
const AT = 64;

/** 1: letter or underscore, may begin an NCName; 2: may go on in one. */
const NAME = new Uint8Array(256);
for (const c of '_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') NAME[c.charCodeAt(0)] = 1;
for (const c of '-.0123456789') NAME[c.charCodeAt(0)] = 2;

/** Where steps and terminal go, and what names in them are looked up in; `XcapTarget` is one. */
export interface NodeSink {
  readonly decoded: Buffer;
  steps: number;
  readonly nameStart: Int32Array;
  readonly nameEnd: Int32Array;
  readonly namespaceStart: Int32Array;
  readonly namespaceEnd: Int32Array;
  readonly position: Int32Array;
  readonly attributeStart: Int32Array;
  readonly attributeEnd: Int32Array;
  readonly valueStart: Int32Array;
  readonly valueEnd: Int32Array;
  terminal: Terminal;
  terminalStart: number;
  terminalEnd: number;
  readonly bindings: number;
  readonly prefixStart: Int32Array;
  readonly prefixEnd: Int32Array;
  readonly boundStart: Int32Array;
  readonly boundEnd: Int32Array;
  spells(start: number, end: number, text: string): boolean;
}

export class NodeReader {
  /** Of the name that was read last: where its local part begins, and whether a prefix stands before it. */
  private localStart = 0;
  private prefixed = false;

  constructor(private readonly target: NodeSink) {}

  /** A segment of the node selector: a step, or the terminal selector if it is the last. */
  read(from: number, to: number, last: boolean): XcapFault {
    const { target } = this;
    const { decoded } = target;
    if (last && target.steps > 0 && from < to && decoded[from] === AT) {
      const end = this.qualifiedName(from + 1, to);
      if (end !== to) return XcapFault.extension;
      if (this.isUnbound(from + 1)) return XcapFault.prefix;
      target.terminal = Terminal.attribute;
      target.terminalStart = from + 1;
      target.terminalEnd = to;
      return XcapFault.none;
    }
    if (last && target.steps > 0 && target.spells(from, to, 'namespace::*')) {
      target.terminal = Terminal.namespaces;
      return XcapFault.none;
    }
    return this.step(from, to);
  }

  private step(from: number, to: number): XcapFault {
    const { target } = this;
    const { decoded } = target;
    const s = target.steps;
    if (s === XCAP_LIMITS.steps) return XcapFault.tooDeep;
    target.position[s] = 0;
    target.attributeStart[s] = target.attributeEnd[s] = 0;
    target.valueStart[s] = target.valueEnd[s] = 0;
    target.namespaceStart[s] = target.namespaceEnd[s] = 0;
    let at = from;
    if (from < to && decoded[from] === STAR) {
      at++;
      target.nameStart[s] = target.nameEnd[s] = 0;
    } else {
      at = this.qualifiedName(from, to);
      if (at < 0) return XcapFault.extension;
      target.nameStart[s] = this.localStart;
      target.nameEnd[s] = at;
      if (this.prefixed) {
        const b = this.binding(from, this.localStart - 1);
        if (b < 0) return XcapFault.prefix;
        target.namespaceStart[s] = target.boundStart[b];
        target.namespaceEnd[s] = target.boundEnd[b];
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
    target.steps = s + 1;
    return XcapFault.none;
  }

  /** `1*DIGIT "]"`; the position after it, or -1. */
  private positionTest(s: number, from: number, to: number): number {
    const { decoded } = this.target;
    let value = 0;
    let at = from;
    for (; at < to && decoded[at] >= 48 && decoded[at] <= 57; at++)
      value = Math.min(value * 10 + decoded[at] - 48, 1e9);
    if (at === from || value === 0 || decoded[at] !== 0x5d || at >= to) return -1;
    this.target.position[s] = value;
    return at + 1;
  }

  /** `att-name "=" quoted "]"`; the position after it, -1 if it is not that, -2 if the name has a prefix that is not bound. */
  private attributeTest(s: number, from: number, to: number): number {
    const { target } = this;
    const { decoded } = target;
    const nameEnd = this.qualifiedName(from, to);
    if (nameEnd < 0) return -1;
    if (this.isUnbound(from)) return -2;
    const quote = decoded[nameEnd + 1];
    if (nameEnd + 2 >= to || decoded[nameEnd] !== 0x3d || (quote !== 0x22 && quote !== 0x27)) return -1;
    let end = nameEnd + 2;
    while (end < to && decoded[end] !== quote) {
      if (decoded[end] === 0x3c) return -1;
      end++;
    }
    if (end + 1 >= to || decoded[end + 1] !== 0x5d) return -1;
    target.attributeStart[s] = from;
    target.attributeEnd[s] = nameEnd;
    target.valueStart[s] = nameEnd + 2;
    target.valueEnd[s] = unreference(decoded, nameEnd + 2, end);
    return target.valueEnd[s] < 0 ? -1 : end + 2;
  }

  /** A QName from `from`: its end, or -1. `localStart` and `prefixed` tell its parts. */
  private qualifiedName(from: number, to: number): number {
    let at = this.ncName(from, to);
    this.prefixed = false;
    this.localStart = from;
    if (at > 0 && at < to && this.target.decoded[at] === 0x3a) {
      this.prefixed = true;
      this.localStart = at + 1;
      at = this.ncName(at + 1, to);
    }
    return at;
  }

  private ncName(from: number, to: number): number {
    const { decoded } = this.target;
    if (from >= to || NAME[decoded[from]] !== 1) return -1;
    let at = from + 1;
    while (at < to && NAME[decoded[at]] !== 0) at++;
    return at;
  }

  /**
   * True if the attribute name read last, which began at `start`, has a prefix that is not bound. One that is bound stays in the name: the
   * attributes of this application usage are in no namespace, so that the whole is the name of none.
   */
  private isUnbound(start: number): boolean {
    return this.prefixed && this.binding(start, this.localStart - 1) < 0;
  }

  /** The binding of the prefix [start, end) of `decoded`: the last one, should there be several (xmlns() scheme, section 3.2); -1 if there is none. */
  private binding(start: number, end: number): number {
    const { decoded, prefixStart, prefixEnd, bindings } = this.target;
    for (let b = bindings - 1; b >= 0; b--) {
      const length = prefixEnd[b] - prefixStart[b];
      if (length !== end - start) continue;
      let i = 0;
      while (i < length && decoded[prefixStart[b] + i] === decoded[start + i]) i++;
      if (i === length) return b;
    }
    return -1;
  }
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Replaces the five predefined entities in [from, to) in place; gives the new end, -1 for another reference. */
function unreference(decoded: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && decoded[at] !== 0x26) at++;
  if (at === to) return to;
  const text = decoded.latin1Slice(at, to);
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) return -1;
  const plain = text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES.get(name) ?? '');
  return at + decoded.latin1Write(plain, at);
}
