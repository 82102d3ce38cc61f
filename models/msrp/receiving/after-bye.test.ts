/** R15: what is known of the sessions that a peer ended, for a while. */
import { describe, expect, test } from 'vitest';
import { AfterBye, finishedIn, ID_PENDING } from './after-bye.js';
import { IdMemory } from './id-memory.js';

const BOUNDS = { atLeast: 8, atMost: 8, windowNs: 0 };

function memory(...ids: readonly (readonly [string, number])[]): IdMemory {
  const made = new IdMemory(BOUNDS);
  for (const [id, status] of ids) made.remember(Buffer.from(id, 'latin1'), 0, id.length, status, 0);
  return made;
}

/** Status of an id in what is kept; -1 if nothing is. */
function known(after: AfterBye, peer: string, id: string, nowNs: number): number {
  return after.of(peer, nowNs)?.look(Buffer.from(id, 'latin1'), 0, id.length) ?? -1;
}

describe('finished messages of ended sessions', () => {
  test('are known to the next session of the same peer, until the window is over', () => {
    const after = new AfterBye(100);
    after.keep('alice', memory(['longenough1', 200]), 50);
    expect(known(after, 'alice', 'longenough1', 50)).toBe(200);
    expect(known(after, 'alice', 'longenough1', 149)).toBe(200);
    expect(known(after, 'alice', 'longenough1', 150)).toBe(-1);
    expect(known(after, 'bob', 'longenough1', 60)).toBe(-1);
  });

  test('of several sessions of one peer are known together, and each end begins the window anew', () => {
    const after = new AfterBye(100);
    after.keep('alice', memory(['first', 200]), 0);
    after.keep('alice', memory(['second', 200]), 90);
    expect(['first', 'second'].map((id) => known(after, 'alice', id, 189))).toEqual([200, 200]);
    expect(known(after, 'alice', 'first', 190)).toBe(-1);
  });

  test('that a session has from here are not added to themselves', () => {
    const after = new AfterBye(100);
    const shared = memory(['first', 200], ['second', 200]);
    after.keep('alice', shared, 0);
    after.keep('alice', shared, 10);
    expect(after.of('alice', 20)).toBe(shared);
    expect(['first', 'second'].map((id) => known(after, 'alice', id, 20))).toEqual([200, 200]);
  });

  test('of whom nobody can tell who she is, or without a window, are not kept', () => {
    const nobody = new AfterBye(100);
    nobody.keep('', memory(['first', 200]), 0);
    expect(known(nobody, '', 'first', 1)).toBe(-1);
    const never = new AfterBye(0);
    never.keep('alice', memory(['first', 200]), 0);
    expect(never.of('alice', 0)).toBeUndefined();
  });

  test('a session with none leaves those of an earlier one their own time', () => {
    const after = new AfterBye(100);
    after.keep('alice', memory(['first', 200]), 0);
    after.keep('alice', memory(), 90);
    expect(known(after, 'alice', 'first', 99)).toBe(200);
    expect(known(after, 'alice', 'first', 100)).toBe(-1);
  });

  test('of a hundred peers each are known as long as the others, and forgotten in the order of their ends', () => {
    const after = new AfterBye(100);
    const peers = Array.from({ length: 100 }, (_, i) => `peer${i}`);
    for (const [i, peer] of peers.entries()) after.keep(peer, memory([`of ${peer}`, 200]), i);
    // The oldest comes again, and is now the newest.
    after.keep('peer0', memory(['again', 200]), 120);
    expect(known(after, 'peer0', 'of peer0', 121)).toBe(-1);
    expect(known(after, 'peer0', 'again', 121)).toBe(200);
    const left = peers.slice(1).filter((peer) => known(after, peer, `of ${peer}`, 150) === 200);
    expect(left).toEqual(peers.slice(51));
  });
});

test('R15: a refusal in one session says nothing to another; a 200 and a commit under way do', () => {
  const ids = memory(['ok', 200], ['pending', ID_PENDING], ['refused', 413], ['bad', 400]);
  const of = (id: string) => finishedIn(ids, Buffer.from(id, 'latin1'), 0, id.length);
  expect(['ok', 'pending', 'refused', 'bad', 'unknown'].map(of)).toEqual([200, ID_PENDING, -1, -1, -1]);
});
