/**
 * Character data to and from XML: what a value needs to stand in an element or an attribute, and back.
 *
 * Written for any octets: what no XML document can hold (control characters, octets that are not UTF-8) becomes U+FFFD.
 */
import type { OctetWriter } from '../octet-writer.js';
import { utf8End } from './xml-octets.js';
import { referenceValue } from './xml-references.js';

/** 1 for octets that need thought: control characters, `"`, `&`, `<`, `>`, DEL and everything beyond ASCII. */
const SPECIAL = new Uint8Array(256);
for (let i = 0; i < 256; i++) SPECIAL[i] = i < 32 || i >= 0x7f ? 1 : 0;
for (const c of '"&<>') SPECIAL[c.charCodeAt(0)] = 1;

/** Appends octets [start, end) of `buf` as character data, fit for an element and for an attribute in double quotes. */
export function writeEscaped(w: OctetWriter, buf: Buffer, start: number, end: number): void {
  let from = start;
  for (let at = start; at < end;) {
    const octet = buf[at];
    if (SPECIAL[octet] === 0) {
      at++;
      continue;
    }
    if (octet >= 0x80) {
      const next = utf8End(buf, at, end);
      if (next > 0) {
        at = next;
        continue;
      }
    }
    if (at > from) w.span(buf, from, at);
    w.ascii(substitute(octet));
    from = ++at;
  }
  if (end > from) w.span(buf, from, end);
}

function substitute(octet: number): string {
  switch (octet) {
    case 0x26:
      return '&amp;';
    case 0x3c:
      return '&lt;';
    case 0x3e:
      return '&gt;';
    case 0x22:
      return '&quot;';
    case 9:
      return '&#9;';
    case 10:
      return '&#10;';
    case 13:
      return '&#13;';
    case 0x7f:
      return '\x7f';
    default:
      return '\xef\xbf\xbd';
  }
}

/** Appends what the character data [start, end) of a well-formed document stands for. */
export function writeUnescaped(w: OctetWriter, buf: Buffer, start: number, end: number): void {
  let from = start;
  for (let at = start; at < end; at++) {
    if (buf[at] !== 0x26) continue;
    if (at > from) w.span(buf, from, at);
    let stop = at + 1;
    while (stop < end && buf[stop] !== 0x3b) stop++;
    const code = referenceValue(buf, at + 1, stop);
    if (code < 0x80) w.octet(code);
    else w.utf8(String.fromCodePoint(code));
    from = stop + 1;
    at = stop;
  }
  if (end > from) w.span(buf, from, end);
}

/** True if the character data [start, end) has a reference. */
export function hasReference(buf: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (buf[at] === 0x26) return true;
  return false;
}

/** Octets that `writeEscaped` appends for [start, end). */
export function escapedOctets(buf: Buffer, start: number, end: number): number {
  let octets = end - start;
  for (let at = start; at < end;) {
    const octet = buf[at];
    if (octet >= 0x80) {
      const next = utf8End(buf, at, end);
      if (next > 0) {
        at = next;
        continue;
      }
    }
    if (SPECIAL[octet] !== 0) octets += substitute(octet).length - 1;
    at++;
  }
  return octets;
}
