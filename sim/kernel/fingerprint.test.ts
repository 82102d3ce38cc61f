import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fingerprint } from './fingerprint.js';

/** The fingerprint of `octets` placed at `offset` of a larger buffer. */
function at(octets: Uint8Array, offset: number): string {
  const memory = new ArrayBuffer(Math.ceil((octets.length + offset + 8) / 4) * 4);
  new Uint8Array(memory).fill(0xaa);
  new Uint8Array(memory).set(octets, offset);
  const print = new Fingerprint();
  print.octets(new Int32Array(memory), offset, offset + octets.length);
  return print.hex();
}

describe('Fingerprint', () => {
  test('does not depend on where the octets lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 64 }), (octets, offset) => {
        expect(at(octets, offset)).toBe(at(octets, 0));
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  test('every single flipped bit, and every cut or added octet, is seen', () => {
    const octets = Uint8Array.from({ length: 67 }, (_, i) => (i * 37) & 0xff);
    const seen = new Set([at(octets, 0)]);
    for (let bit = 0; bit < octets.length * 8; bit++) {
      const changed = octets.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      seen.add(at(changed, 0));
    }
    for (let length = 0; length < octets.length; length++) seen.add(at(octets.slice(0, length), 0));
    expect(seen.size).toBe(1 + octets.length * 8 + octets.length);
  });

  test('is ordered: the same octets in another order are another fingerprint', () => {
    const a = new Fingerprint();
    a.word(1);
    a.word(2);
    const b = new Fingerprint();
    b.word(2);
    b.word(1);
    expect(a.hex()).not.toBe(b.hex());
  });

  test('has one checkpoint for each whole second, before what happens in the next', () => {
    const print = new Fingerprint();
    const empty = print.hex();
    print.advance(2_500_000_000);
    print.word(7);
    print.advance(3_000_000_000);
    expect(print.checkpoints()).toEqual([empty, empty, print.hex()]);
  });

  test('is pinned', () => {
    expect(
      at(
        Uint8Array.from({ length: 100 }, (_, i) => i),
        0,
      ),
    ).toMatchInlineSnapshot(`"c45df673499896e9"`);
  });
});
