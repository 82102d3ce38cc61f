/** Bodies of Large Messages are the same whatever was asked for before: the pattern, made in pages, is that of one plain generator. */
import { expect, test } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { MARK_OCTETS } from '../../marks.js';
import { Spans } from '../../msrp/sending/spans.js';
import { LargeContent, PATTERN_OCTETS } from './large-content.js';

const SEED = 0x5eed1234;

/** The octets of message `m`, put together. */
function bodyOf(content: LargeContent, arena: OctetArena, m: number, sizeOctets: number): Buffer {
  const body = new Spans();
  content.spans(m, sizeOctets, body);
  const parts: Buffer[] = [];
  for (let i = 0; i < body.triples.length; i += 3) {
    const [block, from, to] = body.triples.slice(i, i + 3);
    parts.push(Buffer.from(arena.buf.subarray(arena.start(block) + from, arena.start(block) + to)));
  }
  return Buffer.concat(parts);
}

/** The pattern as its definition says, octet after octet. */
function plainPattern(): Buffer {
  const pattern = Buffer.alloc(PATTERN_OCTETS);
  let state = SEED;
  for (let i = 0; i < PATTERN_OCTETS; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    pattern[i] = state >>> 24 === 0x71 ? 0 : state >>> 24;
  }
  return pattern;
}

test('what a message carries is the plain pattern from its place on, round the end too, in any order', () => {
  const pattern = plainPattern();
  const twice = Buffer.concat([pattern, pattern]);
  const arena = new OctetArena(0, true);
  const content = new LargeContent(arena, SEED);
  const firstPart = 20_000;
  // Not one of four, which have the look-alike before it; the last one goes round twice and touches every page.
  const cases = [1, 2, 5, 1, 600, 9, 4].map((m) => [m, m === 4 ? 2 * PATTERN_OCTETS : firstPart] as const);
  const places = cases.map(([m, size]) => {
    const body = bodyOf(content, arena, m, size).subarray(MARK_OCTETS);
    const place = twice.indexOf(body.subarray(0, 64));
    expect(place).toBeGreaterThanOrEqual(0);
    expect(place % 16).toBe(0);
    const expected = Buffer.concat([twice.subarray(place), twice, twice]).subarray(0, body.length);
    expect(body.equals(expected)).toBe(true);
    return place;
  });
  expect(new Set(places).size).toBe(6);
  expect(places[3]).toBe(places[0]);
});
