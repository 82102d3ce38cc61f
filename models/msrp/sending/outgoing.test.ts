import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { FailureReport } from '../codes.js';
import { OutgoingMessage, SpanSearch } from './outgoing.js';
import { Spans } from './spans.js';

const TID = 'abcdefghijkl';
const piece = fc.oneof(
  fc.string({ unit: fc.constantFrom('-', 'a', '\n'), maxLength: 12 }),
  fc.constantFrom(`-------${TID}`, '-------', 'x'.repeat(30)),
  fc.nat({ max: 30 }).map((before) => `${'x'.repeat(before)}-------${TID}`),
);

describe('the end-line of a chunk in its own octets (RFC 4975 section 7.1)', () => {
  it('is found wherever a chunk begins and ends, across spans too', () => {
    const octets = new OctetArena(1 << 20);
    const search = new SpanSearch(octets);
    const property = fc.property(
      fc.array(piece, { minLength: 1, maxLength: 6 }),
      fc.nat(),
      fc.integer({ min: 1, max: 60 }),
      (pieces, from, size) => {
        const text = pieces.join('');
        fc.pre(text.length > 0);
        const spans = new Spans();
        for (const part of pieces) {
          const block = octets.alloc(part.length + 3);
          octets.buf.latin1Write(`---${part}`, octets.start(block), part.length + 3);
          spans.add(block, 3, 3 + part.length);
        }
        const start = from % text.length;
        const plan = { fromOctets: start };
        const message = new OutgoingMessage(1, 'm1', 't', spans, FailureReport.yes, false, plan);
        message.hyphensAt = search.hyphensIn(message.triples);
        const first = text.indexOf('-------');
        expect(message.hyphensAt).toBe(first < 0 ? Infinity : first);
        const tid = Buffer.from(TID, 'latin1');
        // Chunk after chunk: what is known of the hyphens goes on from one to the next.
        let { hyphensAt } = message;
        for (let at = start; at < text.length; at += size) {
          const next = new OutgoingMessage(1, 'm1', 't', spans, FailureReport.yes, false, { fromOctets: at });
          next.hyphensAt = hyphensAt;
          const chunk = text.slice(at, at + size);
          expect(search.hasEndLine(next, chunk.length, tid)).toBe(chunk.includes(`-------${TID}`));
          ({ hyphensAt } = next);
        }
        message.release(octets);
      },
    );
    fc.assert(property, { seed: 42, numRuns: 2000 });
  });
});
