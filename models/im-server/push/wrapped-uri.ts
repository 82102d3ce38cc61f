/**
 * The Request-URI of a wrapped start line: network parameters (`cpc`, `oli`, `iotl`) are dropped, wherever they stand, in the
 * user part of a telephone number or after the host (rules 1.7, last paragraph). Everything else is copied as it came.
 *
 * Not modelled: parameters of nested URIs in the header part after `?`, which is copied untouched.
 */
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Octet, equalsText } from '../../wire/mime/octets.js';

const QUESTION = 63;
const AT = 64;

/** True if the URI in [start, end) of `buf` may have a network parameter: then it must be written by {@link writeWrappedUri}. */
export function hasNetworkParameter(buf: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (buf[at] === Octet.semicolon) return true;
  return false;
}

/** Writes the URI in [start, end) of `buf` without its network parameters. */
export function writeWrappedUri(w: OctetWriter, buf: Buffer, start: number, end: number): void {
  let runStart = start;
  let at = start;
  while (at < end && buf[at] !== QUESTION) {
    if (buf[at] !== Octet.semicolon) {
      at++;
      continue;
    }
    let nameEnd = at + 1;
    while (nameEnd < end && buf[nameEnd] !== Octet.equals && !endsParameter(buf[nameEnd])) nameEnd++;
    let next = nameEnd;
    while (next < end && !endsParameter(buf[next])) next++;
    if (isNetworkParameter(buf, at + 1, nameEnd)) {
      w.span(buf, runStart, at);
      runStart = next;
    }
    at = next;
  }
  w.span(buf, runStart, end);
}

function endsParameter(octet: number): boolean {
  return octet === Octet.semicolon || octet === QUESTION || octet === AT;
}

function isNetworkParameter(buf: Buffer, start: number, end: number): boolean {
  return (
    equalsText(buf, start, end, 'cpc') ||
    equalsText(buf, start, end, 'oli') ||
    equalsText(buf, start, end, 'iotl')
  );
}
