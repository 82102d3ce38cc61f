/**
 * Identifiers of one deferred message, all grown from its own 64 random bits, so that nothing has to be stored beside them
 * and a retry regenerates the same octets (A11): the DM id of S4, the push Message-ID, boundary, branch and inner tid, and the ids of
 * what its sender is told of it.
 *
 * The bits come from the server's own stream (I15), never from the sender (S4). The push Message-ID names one exact payload:
 * it differs for each wrapper.
 *
 * Not modelled: secrecy. The mixing is fast and fixed, not cryptographic.
 */

/** What an identifier is for; part of what is mixed. */
export const IdPurpose = { pushMessage: 1, boundary: 2, branch: 3, innerTid: 4, notification: 5 } as const;
export type IdPurpose = (typeof IdPurpose)[keyof typeof IdPurpose];

const DIGITS: Uint8Array = Buffer.from(
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  'latin1',
);
const WORD_DIGITS = 5;

/**
 * Writes `chars` base-62 digits from the bits of a message, for one purpose and ordinal, to the front of `out`; 5 for each
 * 32-bit word mixed.
 */
export function idOctets(
  random0: number,
  random1: number,
  purpose: IdPurpose,
  ordinal: number,
  chars: number,
  out: Buffer,
): void {
  let word = 0;
  for (let i = 0; i < chars; i++) {
    if (i % WORD_DIGITS === 0) word = mix(random0, random1, (purpose << 24) ^ (ordinal << 8) ^ i);
    const rest = Math.floor(word / 62);
    out[i] = DIGITS[word - rest * 62];
    word = rest;
  }
}

/** As {@link idOctets}, as text. */
export function idText(
  random0: number,
  random1: number,
  purpose: IdPurpose,
  ordinal: number,
  chars: number,
): string {
  const out = Buffer.alloc(chars);
  idOctets(random0, random1, purpose, ordinal, chars, out);
  return out.latin1Slice(0, chars);
}

/** The DM id of S4: `sip:` + 16 hexadecimal digits (all 64 bits) + `@` + name of the server. No space (A11). */
export function dmIdText(random0: number, random1: number, host: string): string {
  return 'sip:' + hex32(random0) + hex32(random1) + '@' + host;
}

function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** 32 bits, unsigned, of two random words and a salt: the finaliser of MurmurHash3 over each in turn. */
function mix(random0: number, random1: number, salt: number): number {
  let h = finalise(Math.imul(salt, 0x9e3779b1) ^ random0);
  h = finalise(h ^ random1);
  return finalise((h + salt) | 0) >>> 0;
}

function finalise(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
