/**
 * Integer mixing, the base of addressed chance and of the fingerprint. 32-bit arithmetic only (`Math.imul`), so that every
 * machine and Node version gives the same bits. Not cryptographic.
 */

/** Mixes `value` into `state` and gives 32 well-spread bits, as a signed integer. */
export function mix32(value: number, state: number): number {
  let x = Math.imul(value ^ (state + 0x9e3779b9), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 15) ^ state, 0xc2b2ae35);
  x ^= x >>> 13;
  x = Math.imul(x, 0x27d4eb2f);
  return x ^ (x >>> 16);
}

/** 32 bits from a text, by its UTF-16 code units. */
export function hashText(text: string, state: number): number {
  let hash = mix32(text.length, state);
  for (let i = 0; i < text.length; i++) hash = mix32(text.charCodeAt(i), hash);
  return hash;
}

/** The upper 32 bits of an integer up to 2^53 in size, as a signed integer. */
export function highWord(value: number): number {
  return Math.floor(value / 4294967296) | 0;
}
