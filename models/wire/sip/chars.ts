/**
 * Character classes of RFC 3261 section 25.1 as one table of bits, and the few helpers on octets that all parsers here share.
 */

/** Bits of {@link CHARS}. */
export const Char = {
  /** alphanum and `-.!%*_+`'~` (RFC 3261 token). */
  token: 1,
  digit: 2,
  hex: 4,
  alpha: 8,
  /** unreserved or user-unreserved: what a user part may hold without an escape. */
  user: 16,
  /** unreserved or `&=+$,`: password. */
  password: 32,
  /** unreserved or param-unreserved: name and value of a URI parameter. */
  uriParam: 64,
  /** unreserved or hnv-unreserved: header part of a URI. */
  uriHeader: 128,
  /** alphanum, `-` and `.`: host names and IPv4 addresses. */
  host: 256,
  /** unreserved or reserved: any URI. */
  uri: 512,
  /** What may stand in the value of a parameter without quotes: any visible octet that does not separate. */
  paramValue: 1024,
} as const;

function tableOfBits(): Uint16Array {
  const table = new Uint16Array(256);
  const mark = (characters: string, bits: number): void => {
    for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)] |= bits;
  };
  const digits = '0123456789';
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const everyUriPart = Char.user | Char.password | Char.uriParam | Char.uriHeader | Char.uri;
  mark(digits, Char.digit | Char.hex | Char.token | Char.host | everyUriPart);
  mark(letters, Char.alpha | Char.token | Char.host | everyUriPart);
  mark('abcdefABCDEF', Char.hex);
  mark("-_.!~*'()", everyUriPart);
  mark("-.!%*_+`'~", Char.token);
  mark('-.', Char.host);
  mark('&=+$,;?/', Char.user);
  mark('&=+$,', Char.password);
  mark('[]/:&+$', Char.uriParam);
  mark('[]/?:+$', Char.uriHeader);
  mark(';/?:@&=+$,[]', Char.uri);
  for (let c = 33; c < 256; c++)
    if (c !== 127 && !';,"<>?'.includes(String.fromCharCode(c))) table[c] |= Char.paramValue;
  return table;
}

/** Bits of {@link Char} by octet. */
export const CHARS: Uint16Array = tableOfBits();

/** First offset in [at, end) whose octet is not of `classes`; an escape `%HH` counts as in the class if `escapes`; -1 for a broken escape. */
export function skipClass(
  buf: Uint8Array,
  at: number,
  end: number,
  classes: number,
  escapes: boolean,
): number {
  while (at < end) {
    const c = buf[at];
    if (escapes && c === 37) {
      if (at + 2 >= end || (CHARS[buf[at + 1]] & CHARS[buf[at + 2]] & Char.hex) === 0) return -1;
      at += 3;
    } else if ((CHARS[c] & classes) !== 0) at++;
    else break;
  }
  return at;
}

/** First offset in [at, end) that is no white space; CR and LF of a fold count as such. */
export function skipSpace(buf: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const c = buf[at];
    if (c !== 32 && c !== 9 && c !== 13 && c !== 10) break;
    at++;
  }
  return at;
}

/** The end of [start, end) without white space at its end. */
export function trimEnd(buf: Uint8Array, start: number, end: number): number {
  while (end > start) {
    const c = buf[end - 1];
    if (c !== 32 && c !== 9 && c !== 13 && c !== 10) break;
    end--;
  }
  return end;
}

/** First offset after the quoted string that opens at `at` (a `"`); -1 if it does not end before `end`. */
export function skipQuoted(buf: Uint8Array, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    const c = buf[i];
    if (c === 92) i++;
    else if (c === 34) return i + 1;
  }
  return -1;
}

/** The octet in lower case if it is an ASCII letter. */
export function lower(c: number): number {
  return c >= 65 && c <= 90 ? c + 32 : c;
}

/** True if [start, end) is `text` (lower case ASCII), in any case. */
export function equalsIgnoringCase(buf: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (lower(buf[start + i]) !== text.charCodeAt(i)) return false;
  return true;
}
