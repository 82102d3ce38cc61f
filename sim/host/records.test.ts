/** Records as one map of texts would keep them, however few of them stay plain. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OctetArena } from '../kernel/octets.js';
import { Records } from './records.js';

const KEYS = 6;

const step = fc.record({
  what: fc.constantFrom('put', 'put', 'read', 'delete', 'scan'),
  key: fc.nat(KEYS - 1),
  times: fc.integer({ min: 0, max: 60 }),
  tail: fc.string({ maxLength: 8 }),
});

it('what was put is read, whatever was packed meanwhile, and nothing stays held', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, plain) => {
      const octets = new OctetArena(1 << 20, true);
      const records = new Records(octets, plain);
      const texts = new Map<number, string>();
      const textIn = (block: number, length: number): string =>
        octets.buf.toString('latin1', octets.start(block), octets.start(block) + length);
      for (const { what, key, times, tail } of steps) {
        if (what === 'put') {
          const text = Buffer.from(`Max-Forwards: 69, ${tail};`.repeat(times), 'latin1').toString('latin1');
          const block = octets.alloc(text.length);
          octets.buf.write(text, octets.start(block), 'latin1');
          records.put(key, block, text.length);
          texts.set(key, text);
        } else if (what === 'delete') {
          records.delete(key);
          texts.delete(key);
        } else if (what === 'read') {
          const text = texts.get(key);
          expect(records.lengthOf(key)).toBe(text?.length ?? -1);
          if (text === undefined) expect(records.blockOf(key)).toBe(0);
          else expect(textIn(records.blockOf(key), text.length)).toBe(text);
        } else {
          const found: [number, string][] = [];
          records.scan((each, block, length) => void found.push([each, textIn(block, length)]));
          expect(found).toEqual([...texts].sort(([a], [b]) => a - b));
        }
        const sum = [...texts.values()].reduce((all, { length }) => all + length, 0);
        expect([records.size, records.usedOctets]).toEqual([texts.size, sum]);
      }
      for (let key = 0; key < KEYS; key++) records.delete(key);
      expect(octets.heldOctets).toBe(0);
    }),
    { seed: 19, numRuns: 300 },
  );
});

it('a backlog takes a fraction of its octets, and a record that is read does not move while its turn has not come', () => {
  const octets = new OctetArena(1 << 20, true);
  const records = new Records(octets, 2);
  for (let key = 0; key < 100; key++) {
    const text = `MESSAGE sip:u${key} SIP/2.0\r\nRoute: <sip:im.ims.example;lr>\r\n`.repeat(10);
    const block = octets.alloc(text.length);
    octets.buf.write(text, octets.start(block), 'latin1');
    records.put(key, block, text.length);
  }
  expect(octets.heldOctets).toBeLessThan(records.usedOctets / 3);
  const block = records.blockOf(7);
  records.blockOf(8);
  expect(records.blockOf(7)).toBe(block);
});
