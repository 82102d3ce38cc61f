/**
 * The bodies of messages: a function of (seed, message number, offset), so that nobody has to keep what was sent. A body
 * starts with its mark (`models/marks.ts`), then comes text with spaces, hyphens and end-of-line pairs in it, because those are
 * what framing trips over. Octets are printable ASCII, CR and LF.
 */
import type { PagerMessageBody } from '../../models/client/config.js';
import { BODY_MARK, MARK_OCTETS, putMark } from '../../models/marks.js';
import { assert } from '../../sim/kernel/assert.js';
import { hashText, mix32 } from '../../sim/kernel/mix.js';

/** 64 characters without digits, so that no mark or canary comes up by chance. */
const ALPHABET = 'etaoinshrdlucmfwypvbgkjqxz   ETAOINSHRDLUCMFWYPVBGKJQXZ -----.,;';
const CR = 13;
const LF = 10;

export class Bodies implements PagerMessageBody {
  private readonly seed: number;
  private readonly characters: Uint8Array;

  constructor(seed: string) {
    this.seed = hashText(seed, 0xb0d1);
    this.characters = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
    assert(this.characters.length === 64, 'the alphabet of bodies has 64 characters');
  }

  /** Writes the `sizeOctets` octets of message `m` to `target` at `at`. At least a mark long. */
  fill(m: number, sizeOctets: number, target: Uint8Array, at: number): void {
    assert(sizeOctets >= MARK_OCTETS, 'a body is at least as long as its mark');
    putMark(target, at, BODY_MARK, m);
    const { characters } = this;
    const base = mix32(m | 0, this.seed);
    const end = at + sizeOctets;
    // Five characters from each 32 bits; the two bits left over now and then make an end of line.
    for (let i = at + MARK_OCTETS, word = 0; i < end; word++) {
      let bits = mix32(word, base);
      const eol = bits >>> 27 === 0;
      for (let k = 0; k < 5 && i < end; k++, i++) {
        target[i] = characters[bits & 63];
        bits >>>= 6;
      }
      if (eol && i + 1 < end) {
        target[i++] = CR;
        target[i++] = LF;
      }
    }
  }
}
