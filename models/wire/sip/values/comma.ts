/**
 * Where a comma list splits (RFC 3261 section 7.3.1): a comma in quotes or in angle brackets does not separate.
 */
import { skipQuoted } from '../chars.js';

const QUOTE = 34;
const COMMA = 44;
const LESS = 60;
const GREATER = 62;

/** The first offset in [at, end) of a comma that separates; `end` if there is none. An open quote or bracket runs to the end. */
export function nextComma(buf: Uint8Array, at: number, end: number): number {
  let inBrackets = false;
  for (let p = at; p < end; p++) {
    const c = buf[p];
    if (c > GREATER) continue;
    if (inBrackets) inBrackets = c !== GREATER;
    else if (c === COMMA) return p;
    else if (c === LESS) inBrackets = true;
    else if (c === QUOTE) {
      const after = skipQuoted(buf, p, end);
      if (after < 0) return end;
      p = after - 1;
    }
  }
  return end;
}
