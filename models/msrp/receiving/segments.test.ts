import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { Chance } from '../../../sim/kernel/random.js';
import { MsrpEndpoint } from '../endpoint.js';
import { Out } from '../outputs.js';
import { Segments } from './segments.js';
import { Spans } from '../sending/spans.js';

/** The octets [0, total) that `segments` hold, by their spans. */
function textOf(octets: OctetArena, segments: Segments, total: number): string {
  const spans = new Spans();
  segments.addTo(spans, total);
  let text = '';
  for (let i = 0; i < spans.triples.length; i += 3) {
    const base = octets.start(spans.triples[i]);
    text += octets.buf.latin1Slice(base + spans.triples[i + 1], base + spans.triples[i + 2]);
  }
  return text;
}

describe('the memory of a message on its way in', () => {
  it('any pieces in any order, overlapping too: the last written octets, by spans and in one block', () => {
    const piece = fc.record({ from: fc.nat(9_000), octets: fc.integer({ min: 1, max: 3_000 }) });
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(-1, 1, 12_000),
        (pieces, promised) => {
          const octets = new OctetArena(1 << 20, true);
          const segments = new Segments(octets);
          const total = 12_000;
          const expected = Buffer.alloc(total, '.');
          const source = Buffer.alloc(total, '.');
          segments.put(0, source, 0, total, promised);
          pieces.forEach(({ from, octets: length }, i) => {
            source.fill(65 + (i % 26), 0, length);
            expected.fill(65 + (i % 26), from, from + length);
            segments.put(from, source, 0, length, promised);
          });
          expect(textOf(octets, segments, total)).toBe(expected.toString('latin1'));
          const block = segments.join(total);
          const base = octets.start(block);
          expect(octets.buf.latin1Slice(base, base + total)).toBe(expected.toString('latin1'));
          segments.release();
          expect([segments.heldOctets, octets.heldOctets]).toEqual([0, 0]);
        },
      ),
      { seed: 42, numRuns: 100 },
    );
  });

  it.each([
    ['in order', 1, (n: number) => n],
    ['backwards', 1, (n: number, all: number) => all - 1 - n],
    ['chunks of 2048', 2048, (n: number) => n],
    ['chunks of 2048 backwards', 2048, (n: number, all: number) => all - 1 - n],
    ['chunks of 2100 backwards', 2100, (n: number, all: number) => all - 1 - n],
    ['pieces of 1460', 1460, (n: number) => n],
  ])('holds no more than a tenth beyond what has come: %s', (_name, size, order) => {
    const octets = new OctetArena(1 << 24);
    const segments = new Segments(octets);
    const all = Math.floor(size === 1 ? 16_384 : 600_000 / size) & ~1;
    const source = Buffer.alloc(size, 'x');
    for (let n = 0; n < all; n++) {
      segments.put(order(n, all) * size, source, 0, size, 1 << 24);
      const came = (n + 1) * size;
      // Each stretch may begin and end within a granule of 64 octets.
      const most = came * 1.1 + 128 * (1 + came / 2048);
      if (segments.heldOctets > most) expect([came, segments.heldOctets]).toEqual([came, most]);
    }
    expect(segments.heldOctets).toBeLessThanOrEqual(all * size * 1.1);
    expect(octets.heldOctets).toBe(segments.heldOctets);
  });

  it('is one block for a message of one chunk, in whatever pieces that came', () => {
    const octets = new OctetArena();
    const segments = new Segments(octets);
    const source = Buffer.alloc(1_500, 'x');
    segments.put(0, source, 0, 700, 1_500);
    segments.put(700, source, 700, 1_500, 1_500);
    expect(segments.count).toBe(1);
    expect(segments.single).not.toBe(0);
  });
});

const OURS = 'msrp://10.0.0.2:2855/ourSession0123456;tcp';
const theirs = (n: number): string => `msrp://10.16.0.1:9/theirSession${n};tcp`;

describe('1,000 reassemblies in flight', () => {
  it.each([
    ['in order', (n: number) => n],
    ['backwards', (n: number) => 9 - n],
    ['with a gap after each chunk', (n: number) => n * 2],
  ])('hold what has come and at most 10 % more, all headers and labels among it: %s', (_name, order) => {
    const octets = new OctetArena(64 << 20);
    const endpoint = new MsrpEndpoint(octets, new Chance('test').stream('msrp', 0, 0), {
      judgeMessage: () => 200,
    });
    const drain = (): void => {
      for (let op = endpoint.take(0); op !== Out.none; op = endpoint.take(0)) {
        if (op === Out.write) octets.release(endpoint.out.b);
      }
    };
    const body = 'x'.repeat(2048);
    const before = octets.heldOctets;
    for (let m = 0; m < 1_000; m++) {
      const ours = OURS.replace('0123456', String(m).padStart(7, '0'));
      endpoint.openPassive(0, m, ours, theirs(m), '');
      endpoint.accepted(0, m + 1);
      let text = '';
      for (let n = 0; n < 10; n++) {
        const from = order(n) * 2048 + 1;
        const tid = `t${m}x${n}`.padEnd(10, 'z');
        text += `MSRP ${tid} SEND\r\nTo-Path: ${ours}\r\nFrom-Path: ${theirs(m)}\r\nMessage-ID: message.${m}\r\nByte-Range: ${from}-${from + 2047}/1048576\r\nContent-Type: text/plain\r\n\r\n${body}\r\n-------${tid}+\r\n`;
      }
      const buf = Buffer.from(text, 'latin1');
      // As TCP would bring it.
      for (let at = 0; at < buf.length; at += 1460) {
        endpoint.data(0, m + 1, buf, at, Math.min(at + 1460, buf.length));
        drain();
      }
    }
    const came = 1_000 * 10 * 2048;
    expect(endpoint.heldOctets).toBeGreaterThanOrEqual(came);
    expect(octets.heldOctets - before).toBeLessThanOrEqual(came * 1.1);
    for (let m = 0; m < 1_000; m++) endpoint.endSession(0, m + 1);
    drain();
    expect(octets.heldOctets).toBe(before);
  });
});
