/** What is remembered of finished and refused messages (R13, R15). */
import { describe, expect, test } from 'vitest';
import { IdMemory } from './id-memory.js';

function remember(memory: IdMemory, id: string, status = 200): void {
  const buf = Buffer.from(`<${id}>`, 'latin1');
  memory.remember(buf, 1, 1 + id.length, status);
}

function look(memory: IdMemory, id: string): number {
  const buf = Buffer.from(`[${id}]`, 'latin1');
  return memory.look(buf, 1, 1 + id.length);
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `message${from + i}`);

describe('R15: an id is known again, and taken for no other', () => {
  test('each by its own status, also after that has changed', () => {
    const memory = new IdMemory(64);
    const ids = numbered(0, 64);
    for (const [i, id] of ids.entries()) remember(memory, id, 400 + i);
    expect(ids.map((id) => look(memory, id))).toEqual(ids.map((_, i) => 400 + i));
    remember(memory, ids[0], 200);
    expect(ids.map((id) => look(memory, id))).toEqual(ids.map((_, i) => (i === 0 ? 200 : 400 + i)));
  });

  test('ids that are almost alike are different ones', () => {
    const memory = new IdMemory(8);
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
    const memory = new IdMemory(8);
    expect(memory.empty).toBe(true);
    for (const id of numbered(0, 19)) remember(memory, id);
    expect(numbered(0, 19).filter((id) => look(memory, id) === 200)).toEqual(numbered(11, 19));
    expect(memory.empty).toBe(false);
    memory.clear();
    expect(memory.empty).toBe(true);
    expect(numbered(0, 19).filter((id) => look(memory, id) !== -1)).toEqual([]);
  });

  test('what is remembered anew takes the place of nothing', () => {
    const memory = new IdMemory(4);
    for (const id of [...numbered(0, 4), 'message3', 'message3', 'message2']) remember(memory, id);
    expect(numbered(0, 4).map((id) => look(memory, id))).toEqual([200, 200, 200, 200]);
  });
});

describe('R15: a session remembers what another did', () => {
  test('a replacement takes all over, and goes on by itself', () => {
    const first = new IdMemory(8);
    for (const [i, id] of numbered(0, 11).entries()) remember(first, id, 400 + i);
    const second = new IdMemory(8);
    second.copyFrom(first);
    expect(numbered(3, 11).map((id) => look(second, id))).toEqual([403, 404, 405, 406, 407, 408, 409, 410]);
    remember(second, 'new');
    expect(look(second, 'message3')).toBe(-1);
    expect([look(first, 'message3'), look(first, 'new')]).toEqual([403, -1]);
  });

  test('what is added counts as later: the own is forgotten before it, and the last word on an id holds', () => {
    const own = new IdMemory(8);
    for (const id of numbered(0, 6)) remember(own, id, 413);
    const other = new IdMemory(8);
    for (const id of numbered(5, 17)) remember(other, id, 200);
    own.add(other);
    // The other has the last eight of its twelve.
    expect(numbered(0, 17).filter((id) => look(own, id) === 200)).toEqual(numbered(9, 17));
    const few = new IdMemory(8);
    remember(few, 'message0', 200);
    const before = new IdMemory(8);
    for (const id of numbered(0, 3)) remember(before, id, 413);
    before.add(few);
    expect(numbered(0, 3).map((id) => look(before, id))).toEqual([200, 413, 413]);
  });
});
