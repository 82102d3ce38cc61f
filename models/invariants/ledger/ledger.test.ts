/** What the ledger was not told it does not know, also between numbers that it knows, and growing loses nothing. */
import { expect, it } from 'vitest';
import { Ledger } from './ledger.js';

const LAST = 30_000;

it('a message is known from when it was sent, whatever came before and after it', () => {
  const ledger = new Ledger();
  for (const m of [3, 7, 1500, LAST]) {
    ledger.reach(m);
    ledger.sender[m] = m;
    ledger.body[m] = m + 0.5;
    ledger.noteRare(ledger.expiresPlusOneS, m, m + 1);
    ledger.answered[m] = 202;
    ledger.fate[m] = m % 31;
  }
  const known = Array.from({ length: LAST + 2 }, (_, m) => m).filter((m) => ledger.knows(m));
  expect(known).toEqual([3, 7, 1500, LAST]);
  for (const m of known) {
    expect([ledger.body[m], ledger.expiresS(m), ledger.answered[m], ledger.fate[m]]).toEqual([
      m + 0.5,
      m,
      202,
      m % 31,
    ]);
  }
});

it('a deferred message is known from when it was stored', () => {
  const ledger = new Ledger();
  const dms = [5, 2, LAST, 4000];
  for (const dm of dms) ledger.nameDm(dm, dm * 2, dm / 4);
  const known = Array.from({ length: LAST + 2 }, (_, dm) => dm).filter((dm) => ledger.hasDm(dm));
  expect(known).toEqual(dms.toSorted((a, b) => a - b));
  for (const dm of known) expect([ledger.ofDm(dm), ledger.receivedAtNsOfDm[dm]]).toEqual([dm * 2, dm / 4]);
});
