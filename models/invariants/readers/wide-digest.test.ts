/** The digest of long octets: one value whatever the pieces and their alignment, another for any other octets. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WideDigest } from './wide-digest.js';

/** Digest of `octets`, laid into a buffer at `shift` and added in pieces of the given sizes. */
function digest(octets: Uint8Array, shift: number, sizes: readonly number[]): number {
  // Nothing behind the last octet: a word that is not whole must not be read past the end.
  const buf = Buffer.from(new ArrayBuffer(shift + octets.length));
  buf.set(octets, shift);
  const wide = new WideDigest().begin();
  for (let at = 0, i = 0; at < octets.length; i++) {
    const end = Math.min(octets.length, at + sizes[i % sizes.length]);
    wide.add(buf, shift + at, shift + end);
    at = end;
  }
  expect(wide.length).toBe(octets.length);
  return wide.value();
}

const octets = fc.uint8Array({ minLength: 1, maxLength: 200 });
const sizes = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 6 });

test('pieces and alignment do not matter', () => {
  fc.assert(
    fc.property(octets, fc.nat(9), sizes, fc.nat(9), sizes, (all, shift, pieces, otherShift, others) => {
      expect(digest(all, shift, pieces)).toBe(digest(all, otherShift, others));
    }),
    { seed: 42, numRuns: 300 },
  );
});

test('a changed, missing, added or displaced octet does', () => {
  fc.assert(
    fc.property(octets, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, where, by) => {
      const at = where % all.length;
      const whole = digest(all, 0, [64]);
      const changed = Uint8Array.from(all);
      changed[at] ^= by;
      const without = Uint8Array.from([...all.subarray(0, at), ...all.subarray(at + 1)]);
      expect(digest(changed, 0, [64])).not.toBe(whole);
      expect(digest(Uint8Array.from([...all, 0]), 0, [64])).not.toBe(whole);
      if (without.length > 0) expect(digest(without, 0, [64])).not.toBe(whole);
      const swapped = Uint8Array.from([...all.subarray(at), ...all.subarray(0, at)]);
      if (swapped.some((octet, i) => octet !== all[i])) expect(digest(swapped, 0, [64])).not.toBe(whole);
    }),
    { seed: 42, numRuns: 300 },
  );
});
