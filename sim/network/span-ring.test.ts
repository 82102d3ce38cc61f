import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../kernel/octets.js';
import { SpanRing } from './span-ring.js';

describe('the spans of a stream', () => {
  it('are shown at once where they lie in one span, as piece by piece', () => {
    const step = fc.record({
      written: fc.nat({ max: 9 }),
      adjoining: fc.boolean(),
      sent: fc.nat({ max: 12 }),
      read: fc.nat({ max: 12 }),
    });
    const property = fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const octets = new OctetArena(1 << 20);
      const ring = new SpanRing();
      let all = '';
      let shown = '';
      let readTo = 0;
      let block = octets.alloc(640);
      let used = 0;
      const show = (start: number, end: number): void => {
        shown += octets.buf.latin1Slice(start, end);
      };
      for (const { written, adjoining, sent, read } of steps) {
        if (written > 0) {
          if (!adjoining || used + written > 640) {
            block = octets.alloc(640);
            used = 0;
          }
          const text = Array.from({ length: written }, (_, i) => (all.length + i) % 10).join('');
          octets.buf.latin1Write(text, octets.start(block) + used, written);
          octets.retain(block);
          ring.push(octets, block, used, used + written);
          used += written;
          all += text;
        }
        const count = Math.min(sent, all.length - shown.length);
        if (count > 0) {
          const start = ring.nextSent(octets, count);
          if (start >= 0) show(start, start + count);
          else ring.showSent(octets, count, show);
        }
        // Only what left is read.
        const taken = Math.min(read, shown.length - readTo);
        if (taken > 0) ring.moveTo(octets, octets.scratchStart, taken);
        readTo += taken;
        expect(shown).toBe(all.slice(0, shown.length));
      }
    });
    fc.assert(property, { seed: 42, numRuns: 1000 });
  });
});
