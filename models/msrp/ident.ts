/**
 * Idents by chance: transaction ids and Message-IDs (at least 64 bits, RFC 4975 section 7.1, R1) and session ids (at least
 * 80 bits, section 14.1).
 */
import { assert } from '../../sim/kernel/assert.js';
import type { RandomStream } from '../../sim/host/ports.js';

/** Base-62 characters in a transaction id: 71 bits. */
export const TID_CHARS = 12;
/** Base-62 characters in a session id: 95 bits. */
export const SESSION_ID_CHARS = 16;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CODES: readonly number[] = Array.from(DIGITS, (digit) => digit.charCodeAt(0));
/** Five base-62 digits fit in one draw below 2^32. */
const DIGITS_A_DRAW = 5;
const DRAW_BOUND = 62 ** DIGITS_A_DRAW;

/** Fills `ident` with base-62 characters, as {@link randomIdent} but without a string. */
export function drawIdent(random: RandomStream, ident: Uint8Array): void {
  let draw = 0;
  for (let i = 0; i < ident.length; i++) {
    if (i % DIGITS_A_DRAW === 0) draw = random.below(DRAW_BOUND);
    const rest = Math.floor(draw / 62);
    ident[i] = CODES[draw - rest * 62];
    draw = rest;
  }
}

/** An ident of `chars` base-62 characters, 4 to 32, five for each draw of `random`. */
export function randomIdent(random: RandomStream, chars: number): string {
  assert(chars >= 4 && chars <= 32, 'an ident has 4 to 32 characters');
  let text = '';
  let draw = 0;
  for (let i = 0; i < chars; i++) {
    if (i % DIGITS_A_DRAW === 0) draw = random.below(DRAW_BOUND);
    const rest = Math.floor(draw / 62);
    text += DIGITS[draw - rest * 62];
    draw = rest;
  }
  return text;
}
