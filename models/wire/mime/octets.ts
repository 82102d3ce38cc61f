/**
 * Small comparisons and searches over octets [start, end) of a buffer, shared by the MIME, SDP and fragment codecs. No
 * strings are made; text to compare with is given in lower case.
 *
 * Not done here: anything that knows a grammar beyond *token* (RFC 2045 section 5.1, RFC 3261 section 25.1).
 */

/** The octets these codecs name. */
export const Octet = {
  tab: 9,
  lf: 10,
  cr: 13,
  space: 32,
  quote: 34,
  star: 42,
  dash: 45,
  dot: 46,
  slash: 47,
  zero: 48,
  nine: 57,
  colon: 58,
  semicolon: 59,
  equals: 61,
  backslash: 92,
} as const;

/** The octet in lower case, if it is an ASCII letter. */
export function lowerCase(octet: number): number {
  return octet >= 65 && octet <= 90 ? octet | 32 : octet;
}

/** True if octets [start, end) spell `text`, which is lower case, without regard to case. */
export function equalsText(buf: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (lowerCase(buf[start + i]) !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** True if octets from `start` begin with `text` exactly, case and all, before `end`. */
export function startsWith(buf: Buffer, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i++) if (buf[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** True if two spans hold the same octets without regard to ASCII case. */
export function equalsSpan(
  a: Buffer,
  aStart: number,
  aEnd: number,
  b: Buffer,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let i = aStart, j = bStart; i < aEnd; i++, j++) {
    if (lowerCase(a[i]) !== lowerCase(b[j])) return false;
  }
  return true;
}

/** First position at or after `at` that is neither space nor tab, at most `end`. */
export function skipSpace(buf: Buffer, at: number, end: number): number {
  while (at < end && (buf[at] === Octet.space || buf[at] === Octet.tab)) at++;
  return at;
}

/** Last position such that no space or tab precedes it, at least `start`. */
export function trimSpace(buf: Buffer, start: number, end: number): number {
  while (end > start && (buf[end - 1] === Octet.space || buf[end - 1] === Octet.tab)) end--;
  return end;
}

/** First position at or after `at` that no token may hold, at most `end`: the token characters of RFC 2045 section 5.1. */
export function skipToken(buf: Buffer, at: number, end: number): number {
  while (at < end && isTokenOctet(buf[at])) at++;
  return at;
}

/** True if `octet` may stand in a token of RFC 2045: printable ASCII but for space and `()<>@,;:\"/[]?=`. */
export function isTokenOctet(octet: number): boolean {
  if (octet <= 32 || octet >= 127) return false;
  switch (octet) {
    case 34:
    case 40:
    case 41:
    case 44:
    case 47:
    case 58:
    case 59:
    case 60:
    case 61:
    case 62:
    case 63:
    case 64:
    case 91:
    case 92:
    case 93:
      return false;
    default:
      return true;
  }
}

/** Position of `octet` in [at, end), or `end`. For short spans: beyond a few dozen octets use a view and `indexOf`. */
export function indexOfOctet(buf: Buffer, octet: number, at: number, end: number): number {
  while (at < end && buf[at] !== octet) at++;
  return at;
}

/** The decimal number that [start, end) spells, or -1 if it is empty, has another octet, or leaves the safe integers. */
export function decimalOf(buf: Buffer, start: number, end: number): number {
  if (end <= start || end - start > 15) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = buf[i] - Octet.zero;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Position of `text` (one octet a character) in [start, end), or -1; bounded, at the speed of `indexOf`. */
export function findText(buf: Buffer, start: number, end: number, text: string): number {
  if (end - start < text.length) return -1;
  const at = buf.subarray(start, end).indexOf(text, 0, 'latin1');
  return at < 0 ? -1 : start + at;
}
