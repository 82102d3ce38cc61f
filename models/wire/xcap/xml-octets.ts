/**
 * What octets are in XML 1.0 (sections 2.2, 2.3 and 2.4): character data, names, white space, and UTF-8 of characters that it allows.
 */
const LT = 60;
const AMP = 38;

/** What an octet is in character data: 0 plain, 1 `<`, 2 `&`, 3 `]`, 4 not allowed, 5 beyond ASCII. */
export const CLASS = new Uint8Array(256);
for (let i = 0; i < 256; i++) CLASS[i] = i >= 0x80 ? 5 : i < 32 && i !== 9 && i !== 10 && i !== 13 ? 4 : 0;
CLASS[LT] = 1;
CLASS[AMP] = 2;
CLASS[0x5d] = 3;

/** 1: may begin a name, 2: may go on in one. Octets beyond ASCII may do both. */
export const NAME = new Uint8Array(256);
for (const c of '_:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') NAME[c.charCodeAt(0)] = 1;
for (const c of '-.0123456789') NAME[c.charCodeAt(0)] = 2;
for (let i = 0x80; i < 256; i++) NAME[i] = 1;

/** Space, tab, CR, LF. */
export function isSpace(octet: number): boolean {
  return octet === 32 || octet === 10 || octet === 13 || octet === 9;
}

/** End of the UTF-8 sequence at `at`, which begins beyond ASCII; -1 if it is not one, is overlong or a surrogate. */
export function utf8End(buf: Uint8Array, at: number, end: number): number {
  const lead = buf[at];
  const more =
    lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
  if (more === 0 || at + more >= end) return -1;
  let code = lead & (0x3f >> more);
  for (let i = 1; i <= more; i++) {
    if ((buf[at + i] & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (buf[at + i] & 0x3f);
  }
  const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || (code & 0xfffe) === 0xfffe)
    return -1;
  return at + more + 1;
}
