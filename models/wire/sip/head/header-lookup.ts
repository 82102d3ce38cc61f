/**
 * The id of a header name in octets, two ways that must agree (see the property test).
 *
 * The fast way knows canonical spellings with the colon right behind: it takes the first four octets as one word, finds the few
 * names that begin so, and compares the rest in words. Anything else (another case, a compact form, white space before the colon)
 * goes the slow way, by length and first letter and then octet by octet.
 */
import { lower } from '../chars.js';
import { HEADER_COMPACT, HEADER_IDS, HEADER_NAMES, Header } from './header-names.js';

const COLON = 58;
const WORDS_A_NAME = 8;
const SLOT_SHIFT = 21;
/** Spreads the first words over the slots; any odd constant works, this one leaves the chains short. */
const SPREAD = 0x9e3779b1 | 0;

const SLOTS = new Uint8Array(1 << (32 - SLOT_SHIFT));
const NEXT_IN_SLOT = new Uint8Array(HEADER_IDS);
const FIRST_WORD = new Int32Array(HEADER_IDS);
const LAST_WORD = new Int32Array(HEADER_IDS);
const LENGTH = new Uint8Array(HEADER_IDS);
const WORDS = new Int32Array(HEADER_IDS * WORDS_A_NAME);
const BY_SHAPE = new Uint8Array(32 * 32);
const NEXT_OF_SHAPE = new Uint8Array(HEADER_IDS);
const LOWER_NAMES: readonly Uint8Array[] = HEADER_NAMES.map((name) =>
  Buffer.from(name.toLowerCase(), 'latin1'),
);
/** Id by the one letter of a compact form, in both cases. */
const COMPACT = new Uint8Array(256);

/** Puts `id` at the front of its chains. */
function enter(id: Header): void {
  const name = HEADER_NAMES[id];
  // Names shorter than a word are told with what follows them: 'Via:' and 'To: '.
  const padded = Buffer.from(`${name}: `, 'latin1');
  FIRST_WORD[id] = padded.readInt32LE(0);
  LENGTH[id] = name.length;
  for (let at = 0; at + 4 <= name.length; at += 4)
    WORDS[id * WORDS_A_NAME + (at >> 2)] = padded.readInt32LE(at);
  LAST_WORD[id] = name.length >= 4 ? padded.readInt32LE(name.length - 4) : FIRST_WORD[id];
  const slot = Math.imul(FIRST_WORD[id], SPREAD) >>> SLOT_SHIFT;
  NEXT_IN_SLOT[id] = SLOTS[slot];
  SLOTS[slot] = id;
  const shape = name.length * 32 + (name.charCodeAt(0) & 31);
  NEXT_OF_SHAPE[id] = BY_SHAPE[shape];
  BY_SHAPE[shape] = id;
  const compact = HEADER_COMPACT[id];
  if (compact !== '') {
    COMPACT[compact.charCodeAt(0)] = id;
    COMPACT[compact.toUpperCase().charCodeAt(0)] = id;
  }
}

/** Names that share their first word with rarer ones: entered last, so that they are met first. */
const COMMON: readonly Header[] = [
  Header.contentDisposition,
  Header.contact,
  Header.contentType,
  Header.contentLength,
  Header.pAssertedIdentity,
  Header.pChargingVector,
];
for (let id = HEADER_IDS - 1; id > 0; id--) if (!COMMON.includes(id as Header)) enter(id as Header);
for (const id of COMMON) enter(id);

/** Length of the canonical name of `id`. */
export function headerNameLength(id: Header): number {
  return LENGTH[id];
}

/** True if the name of `id`, canonically spelt, stands at `start` with its colon behind; at least four octets lie before `end`. */
function isName(
  view: DataView,
  buf: Uint8Array,
  id: number,
  word: number,
  start: number,
  end: number,
): boolean {
  if (FIRST_WORD[id] !== word) return false;
  const length = LENGTH[id];
  if (length < 4) return true;
  if (start + length >= end || buf[start + length] !== COLON) return false;
  if (view.getInt32(start + length - 4, true) !== LAST_WORD[id]) return false;
  const words = id * WORDS_A_NAME;
  for (let at = 4; at + 4 < length; at += 4) {
    if (view.getInt32(start + at, true) !== WORDS[words + (at >> 2)]) return false;
  }
  return true;
}

/**
 * The id of a canonically spelt name at `start` with its colon right behind, all before `end`; 0 if it is not that. `view` covers
 * the same octets as `buf`. `guess` is an id to try first, or 0; it changes the time, never the answer.
 */
export function headerIdFast(
  view: DataView,
  buf: Uint8Array,
  start: number,
  end: number,
  guess: number,
): Header {
  if (end - start < 4) return 0;
  const word = view.getInt32(start, true);
  if (guess !== 0 && isName(view, buf, guess, word, start, end)) return guess as Header;
  let id = SLOTS[Math.imul(word, SPREAD) >>> SLOT_SHIFT];
  while (id !== 0 && !isName(view, buf, id, word, start, end)) id = NEXT_IN_SLOT[id];
  return id as Header;
}

/** The id of the name [start, end), in any case, long or compact; 0 if the table does not have it. */
export function headerIdSlow(buf: Uint8Array, start: number, end: number): Header {
  const length = end - start;
  if (length === 1) return COMPACT[buf[start]] as Header;
  if (length < 2 || length >= 32) return 0;
  let id = BY_SHAPE[length * 32 + (buf[start] & 31)];
  for (; id !== 0; id = NEXT_OF_SHAPE[id]) {
    const name = LOWER_NAMES[id];
    let i = 0;
    while (i < length && lower(buf[start + i]) === name[i]) i++;
    if (i === length) return id as Header;
  }
  return 0;
}
