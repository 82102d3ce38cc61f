/** What is remembered of finished and refused messages (R13, R15). */
import { describe, expect, test } from 'vitest';
import { IdMemory } from './id-memory.js';

/** A memory of so many ids, whatever their age. */
const memoryOf = (count: number): IdMemory => new IdMemory({ atLeast: count, atMost: count, windowNs: 0 });

function remember(memory: IdMemory, id: string, status = 200): void {
  const buf = Buffer.from(`<${id}>`, 'latin1');
  memory.remember(buf, 1, 1 + id.length, status, 0);
}

function look(memory: IdMemory, id: string): number {
  const buf = Buffer.from(`[${id}]`, 'latin1');
  return memory.look(buf, 1, 1 + id.length);
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `message${from + i}`);

describe('R15: an id is known again, and taken for no other', () => {
  test('each by its own status, also after that has changed', () => {
    const memory = memoryOf(64);
    const ids = numbered(0, 64);
    for (const [i, id] of ids.entries()) remember(memory, id, 400 + i);
    expect(ids.map((id) => look(memory, id))).toEqual(ids.map((_, i) => 400 + i));
    remember(memory, ids[0], 200);
    expect(ids.map((id) => look(memory, id))).toEqual(ids.map((_, i) => (i === 0 ? 200 : 400 + i)));
  });

  test('ids that are almost alike are different ones', () => {
    const memory = memoryOf(8);
    remember(memory, 'abcd1234efgh');
    const others = [
      'abcd1234efg',
      'abcd1234efghi',
      'bacd1234efgh',
      'abcd1234efhg',
      'Abcd1234efgh',
      'abcd1234efgH',
      'abcd1235efgh',
      'efgh1234abcd',
      'hgfe4321dcba',
    ];
    expect(others.map((id) => look(memory, id))).toEqual(others.map(() => -1));
    for (const id of others.slice(0, 7)) remember(memory, id, 413);
    expect(look(memory, 'abcd1234efgh')).toBe(200);
  });
});

describe('the oldest is forgotten first', () => {
  test('so many are remembered as there is room for', () => {
    const memory = memoryOf(8);
    expect(memory.empty).toBe(true);
    for (const id of numbered(0, 19)) remember(memory, id);
    expect(numbered(0, 19).filter((id) => look(memory, id) === 200)).toEqual(numbered(11, 19));
    expect(memory.empty).toBe(false);
  });

  test('what is remembered anew takes the place of nothing', () => {
    const memory = memoryOf(4);
    for (const id of [...numbered(0, 4), 'message3', 'message3', 'message2']) remember(memory, id);
    expect(numbered(0, 4).map((id) => look(memory, id))).toEqual([200, 200, 200, 200]);
  });
});

describe('R15: a session remembers what another did', () => {
  test('what is added counts as later: the own is forgotten before it, and the last word on an id holds', () => {
    const own = memoryOf(8);
    for (const id of numbered(0, 6)) remember(own, id, 413);
    const other = memoryOf(8);
    for (const id of numbered(5, 17)) remember(other, id, 200);
    own.add(other, 0);
    // The other has the last eight of its twelve.
    expect(numbered(0, 17).filter((id) => look(own, id) === 200)).toEqual(numbered(9, 17));
    const few = memoryOf(8);
    remember(few, 'message0', 200);
    const before = memoryOf(8);
    for (const id of numbered(0, 3)) remember(before, id, 413);
    before.add(few, 0);
    expect(numbered(0, 3).map((id) => look(before, id))).toEqual([200, 413, 413]);
  });
});
