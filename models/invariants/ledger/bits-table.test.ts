/** The table behind I10 against a plain map, and its HTTP reader over any segmentation. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitsTable } from './bits-table.js';
import { SlowHttp } from '../readers/slow-http.js';

test('a table is a map from bits to parts', () => {
  const step = fc.tuple(fc.integer({ min: -40, max: 40 }), fc.nat(3), fc.nat(7));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3000, size: 'max' }), (steps) => {
      const table = new BitsTable();
      const map = new Map<string, number>();
      for (const [low, random1, parts] of steps) {
        // Many keys want the same place.
        const random0 = low * 1024;
        table.set(random0, random1, parts, 1);
        if (parts === 0) map.delete(`${random0} ${random1}`);
        else map.set(`${random0} ${random1}`, parts);
      }
      const found = new Map<string, number>();
      table.each((random0, random1, parts) => void found.set(`${random0} ${random1}`, parts));
      expect(found.size).toBe(table.size);
      expect([...found].toSorted(byKey)).toEqual([...map].toSorted(byKey));
    }),
    { seed: 42, numRuns: 50 },
  );
});

function byKey(a: [string, number], b: [string, number]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

test('a table grows', () => {
  const table = new BitsTable();
  for (let i = 0; i < 5000; i++) table.set(i * 7919, i, 1 + (i % 7), i);
  for (let i = 0; i < 5000; i++) expect(table.get(i * 7919, i)).toBe(1 + (i % 7));
});

test('messages come out whole and in order, whatever the segments', () => {
  const text =
    'PUT /a HTTP/1.1\r\nContent-Length:    3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nz';
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (cuts) => {
      const http = new SlowHttp();
      const lines: string[] = [];
      let at = 0;
      for (let i = 0; at < text.length; i++) {
        const piece = Buffer.from(text.slice(at, at + (cuts[i % cuts.length] ?? 1)));
        http.feed(
          piece,
          0,
          piece.length,
          (line, buf, start, end) => void lines.push(`${line}|${buf.latin1Slice(start, end).slice(-3)}`),
        );
        at += piece.length;
        piece.fill(0);
      }
      expect(lines).toEqual(['PUT /a HTTP/1.1|abc', 'GET /b HTTP/1.1|\n\r\n', 'HTTP/1.1 200 OK|\r\nz']);
      expect(http.fault).toBeUndefined();
    }),
    { seed: 42, numRuns: 100 },
  );
});
