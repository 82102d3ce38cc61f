/** The account book against a plain list (S5, A16): random programs of filing, taking out, setting aside and putting back. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeferredIndex, RowState } from './deferred-index.js';

const USERS = 3;
type Step = readonly ['append' | 'remove' | 'aside' | 'back' | 'dead', number];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('append', 'append', 'append', 'remove', 'aside', 'back', 'dead'),
  fc.nat(1_000_000),
);

interface Kept {
  readonly dm: number;
  readonly user: number;
  row: number;
  octets: number;
  state: 'waiting' | 'aside' | 'dead';
}

/** Plays one step on both; `model` is in the order of receipt. */
function play(index: DeferredIndex, model: Kept[], [what, chance]: Step, dm: number): void {
  if (what === 'append') {
    const user = chance % USERS;
    const row = index.append(dm, user, chance % 1000, dm, -1);
    model.push({ dm, user, row, octets: chance % 1000, state: 'waiting' });
    return;
  }
  const wanted = { remove: undefined, aside: 'waiting', back: 'aside', dead: 'waiting' }[what];
  const fit = model.filter(({ state }) => wanted === undefined || state === wanted);
  if (fit.length === 0) return;
  const kept = fit[chance % fit.length];
  if (what === 'remove') {
    index.remove(kept.row);
    model.splice(model.indexOf(kept), 1);
  } else if (what === 'aside') {
    index.state[kept.row] = RowState.delivered;
    index.setAside(kept.row);
    kept.state = 'aside';
  } else if (what === 'back') {
    index.putBack(kept.row);
    kept.state = 'waiting';
  } else {
    index.state[kept.row] = RowState.deadLettered;
    kept.state = 'dead';
  }
}

test('first, counts and octets agree with a list in the order of receipt', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const index = new DeferredIndex(USERS);
      const model: Kept[] = [];
      steps.forEach((one, dm) => {
        play(index, model, one, dm);
        for (let user = 0; user < USERS; user++) {
          const own = model.filter((kept) => kept.user === user);
          const waiting = own.filter(({ state }) => state === 'waiting');
          expect(index.firstWaiting(user)).toBe(waiting[0]?.row ?? 0);
          expect(index.waitingFor(user)).toBe(waiting.length);
          expect(index.count(user)).toBe(own.length);
          expect(index.claimedOctets(user)).toBe(own.reduce((sum, { octets }) => sum + octets, 0));
        }
      });
      expect(index.rows).toBe(model.length);
    }),
    { seed: 42, numRuns: 150 },
  );
});

test('many messages: columns grow with what they hold', () => {
  const index = new DeferredIndex(1);
  for (let dm = 0; dm < 1000; dm++) index.append(dm, 0, dm, dm * 2, dm * 3);
  for (let row = 1; row <= 1000; row++) {
    expect([index.dm[row], index.octets[row], index.receivedAtNs[row], index.expiresAtNs[row]]).toEqual([
      row - 1,
      row - 1,
      (row - 1) * 2,
      (row - 1) * 3,
    ]);
  }
});

test('what is promised counts for the quota until its commit is over', () => {
  const index = new DeferredIndex(2);
  index.promise(1, 500);
  expect([index.claimed(1), index.claimedOctets(1), index.claimed(0)]).toEqual([1, 500, 0]);
  index.unpromise(1, 500);
  index.append(0, 1, 500, 0, -1);
  expect([index.claimed(1), index.claimedOctets(1), index.count(1)]).toEqual([1, 500, 1]);
});
