import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { OctetWriter } from '../octet-writer.js';
import { ChunkFrames, OkFrames } from './frame-again.js';
import { okText, pathLines, SendText, writeEndLine, writeOk, writeSendHead } from './write-frames.js';

const arena = new OctetArena(1 << 20, true);
const writer = new OctetWriter(arena);

/** The octets of a block, which is given back. */
function taken(block: number, octets: number): string {
  const start = arena.start(block);
  const text = arena.buf.latin1Slice(start, start + octets);
  arena.release(block);
  return text;
}

function written(write: () => void): string {
  writer.begin();
  write();
  const { length } = writer;
  return taken(writer.end(), length);
}

const tid = fc.stringMatching(/^[a-zA-Z0-9]{12}$/).map((text) => Buffer.from(text, 'latin1'));

describe('frames made from the one before (RFC 4975 section 9)', () => {
  it('chunks have the octets that writing them from the beginning gives', () => {
    const chunk = fc.record({
      tid,
      first: fc.oneof(fc.integer({ min: 1, max: 12_000 }), fc.integer({ min: 1, max: 2 ** 40 })),
      size: fc.nat({ max: 2048 }),
      flag: fc.constantFrom(35, 36, 43),
    });
    const property = fc.property(
      fc.array(chunk, { minLength: 1, maxLength: 9 }),
      fc.constantFrom('text/plain', 'text/x;n=\u00e9', 'multipart/mixed;boundary=x'),
      fc.boolean(),
      (chunks, type, success) => {
        const text = new SendText(pathLines('msrp://b:1/x;tcp', 'msrp://a:1/y;tcp'), 'm1', 0, success, type);
        const total = 2 ** 41;
        const frames = new ChunkFrames(text, total);
        for (const { tid: id, first, size, flag } of chunks) {
          const last = first + size - 1;
          const block = frames.next(writer, arena, id, first, last, flag);
          const head = written(() => writeSendHead(writer, id, text, first, last, total));
          expect(frames.headOctets).toBe(head.length);
          expect(taken(block, frames.octets)).toBe(
            head + written(() => writeEndLine(writer, id, flag, true)),
          );
        }
      },
    );
    fc.assert(property, { seed: 42, numRuns: 1000 });
  });

  it('so have the 200s to them', () => {
    const request = fc.record({ tid, short: fc.boolean(), peer: fc.constantFrom('a', 'bcd') });
    const property = fc.property(fc.array(request, { minLength: 1, maxLength: 9 }), (requests) => {
      const frames = new OkFrames();
      for (const { tid: id, short, peer } of requests) {
        const text = okText(`msrp://${peer}:1/x;tcp`, 'msrp://c:1/y;tcp');
        const end = short ? 9 : 12;
        const block = frames.next(writer, arena, id, 0, end, text);
        expect(taken(block, frames.octets)).toBe(written(() => writeOk(writer, id, 0, end, text)));
      }
    });
    fc.assert(property, { seed: 42, numRuns: 1000 });
  });
});
