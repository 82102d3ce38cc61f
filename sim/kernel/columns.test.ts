/** Columns in one stretch of memory: what was there stays, none touches another, and there is a place for what is asked. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { moreRows, Stretch } from './columns.js';

it('columns keep what they had and do not touch each other, however often the table grows', () => {
  const rowOctets = 8 + 4 + 4 + 1;
  fc.assert(
    fc.property(fc.array(fc.nat(2000), { minLength: 1, maxLength: 8 }), (indexes) => {
      let rows = 8;
      const table = {
        instants: new Float64Array(8),
        numbers: new Uint32Array(8),
        users: new Int32Array(8),
        states: new Uint8Array(8),
      };
      const written = new Map<number, number>();
      for (const index of indexes) {
        rows = moreRows(rows, index, rowOctets);
        const stretch = new Stretch(rows, rowOctets);
        table.instants = stretch.float64(table.instants);
        table.numbers = stretch.uint32(table.numbers);
        table.users = stretch.int32(table.users);
        table.states = stretch.uint8(table.states);
        written.set(index, index);
        table.instants[index] = -index - 0.5;
        table.numbers[index] = 0xffffffff - index;
        table.users[index] = -index - 1;
        table.states[index] = index % 255;
      }
      for (let row = 0; row < rows; row++) {
        const has = written.has(row);
        expect([table.instants[row], table.numbers[row], table.users[row], table.states[row]]).toEqual(
          has ? [-row - 0.5, 0xffffffff - row, -row - 1, row % 255] : [0, 0, 0, 0],
        );
      }
    }),
    { seed: 19, numRuns: 30 },
  );
});

it('a large table is so large that its memory is its own', () => {
  expect(moreRows(64, 63, 12)).toBe(64);
  expect(moreRows(64, 64, 12)).toBe(256);
  const rows = moreRows(65_536, 65_536, 12);
  expect(rows * 12).toBeGreaterThan(32 * 1024 * 1024);
  expect(rows % 8).toBe(0);
  expect(moreRows(rows, rows, 12)).toBe(4 * rows);
});
