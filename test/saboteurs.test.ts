/**
 * An invariant that cannot fail proves nothing: each saboteur is caught by the invariant that it names, and the sane world
 * violates none, though it puts all of them to the test.
 */
import { describe, expect, test } from 'vitest';
import { listInvariants } from '../models/invariants/suite.js';
import { saboteurs } from '../models/saboteurs/catalogue.js';
import { talkativeClients } from '../models/saboteurs/identity.js';
import { crampedClients } from '../models/saboteurs/loss.js';
import { fickleXdms } from '../models/saboteurs/metadata.js';
import { coreWithOddSpelling } from '../models/saboteurs/store.js';
import { literalClients } from '../models/saboteurs/recovery.js';
import { serverThatPushesAgain } from '../models/saboteurs/twice.js';
import type { CellResult } from '../results/cell-result.js';
import { catchText, killText } from '../results/text/kill-text.js';
import { BUILT_IN, type Actors } from '../workloads/actors.js';
import { cellOf } from '../workloads/cell.js';
import { trialCell, trySaboteur } from '../workloads/fuzz/kill-matrix.js';
import { loadScenario } from '../workloads/scenario/scenario-files.js';
import { NOT_BY_FAULTS } from '../workloads/fuzz/not-by-faults.js';
import { simulate } from '../workloads/simulate.js';
import { called } from './support/command-line.js';

function offenders({ summary }: CellResult): string[] {
  return summary.invariants.filter(({ held }) => !held).map(({ id, first }) => `${id} ${first}`);
}

const untested = ({ summary }: CellResult): string[] =>
  summary.invariants.filter(({ checked }) => checked === 0).map(({ id }) => id);

describe('a sane world violates no invariant', () => {
  test('and puts each to the test, in the world of the saboteurs', () => {
    const result = simulate(trialCell(null));
    expect(offenders(result)).toEqual([]);
    expect(untested(result)).toEqual([]);
    const { counts } = result.summary;
    // What the saboteurs need to show themselves.
    expect(counts.deliveredAtOnce).toBeGreaterThan(20);
    expect(counts.stored).toBeGreaterThan(20);
    expect(counts.expired).toBeGreaterThan(2);
    expect(counts.retransmissions).toBeGreaterThan(20);
  });

  test('and puts each to the test, in the smoke scenario', () => {
    const result = simulate(cellOf(loadScenario('smoke')));
    expect(offenders(result)).toEqual([]);
    expect(untested(result)).toEqual([]);
  });

  test('nor where messages wait for good, even if the IM XDMS refuses every other entry at first', () => {
    for (const peer of [{}, { xdms: fickleXdms }]) {
      const { summary } = simulate(trialCell(null, 'waiting'), { ...BUILT_IN, ...peer });
      expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
      expect(summary.invariants.find(({ id }) => id === 'I10')?.checked).toBeGreaterThan(20);
    }
  });

  test.each<[string, Partial<Actors>]>([
    ['as they are', {}],
    ['with clients that know pushes by their Message-ID alone', { clients: literalClients }],
  ])('nor where the IM Server crashes again and again, with a slow disk: %s', (_what, peer) => {
    const result = simulate(trialCell(null, 'crashing'), { ...BUILT_IN, ...peer });
    expect(offenders(result)).toEqual([]);
    // Liveness is judged in full: nothing is excused by the budget.
    expect(result.summary.invariants.find(({ id }) => id === 'I9a')?.notes ?? {}).toEqual({});
    expect(result.summary.counts.stored).toBeGreaterThan(20);
  });

  test('nor with clients that refuse each push once with 413, and register again', () => {
    const cell = { ...trialCell('never-tries-again'), sabotage: null };
    const result = simulate(cell, { ...BUILT_IN, clients: crampedClients });
    expect(offenders(result)).toEqual([]);
    expect(result.summary.counts).toMatchObject({ stillWaiting: 0, deadLettered: 0 });
    expect(result.summary.counts.settled).toBeGreaterThan(20);
  });

  test.each<[string, Partial<Actors>]>([
    ['a Core that spells header names oddly', { core: coreWithOddSpelling }],
    ['an IM Server that pushes again', { server: serverThatPushesAgain }],
    ['clients that hide and say who they are', { clients: talkativeClients }],
  ])('with a peer that is unusual but legal: %s', (_what, peer) => {
    expect(offenders(simulate(trialCell(null), { ...BUILT_IN, ...peer }))).toEqual([]);
  });
});

describe('every saboteur is caught by the invariant that it names', () => {
  test.each(saboteurs.map(({ name, caughtBy, title }) => [name, caughtBy, title] as const))(
    '%s by %s: %s',
    (name) => {
      const kill = trySaboteur(name);
      expect(kill.violated).toContain(kill.caughtBy);
      expect(kill.first).toMatch(/^at \d+\.\d{6} s: ./);
    },
  );

  test('those that no fault shows are few, and named', () => {
    expect(NOT_BY_FAULTS).toEqual([
      'holds-for-everybody',
      'deletes-on-fetch',
      'discards-unasked',
      'writes-no-metadata',
      'never-retries-metadata',
      'never-gives-up',
    ]);
  });

  test('and every invariant has one', () => {
    const named = new Set(saboteurs.map(({ caughtBy }) => caughtBy));
    expect(
      listInvariants()
        .map(({ id }) => id)
        .filter((id) => !named.has(id)),
    ).toEqual([]);
    expect(new Set(saboteurs.map(({ name }) => name)).size).toBe(saboteurs.length);
  });
});

test('the kill matrix shows who was caught by whom, and who survived', () => {
  const rows = [
    { name: 'one', caughtBy: 'I1', killed: true, violated: ['I1', 'I2'] },
    { name: 'another', caughtBy: 'I2', killed: false, violated: [] },
  ];
  expect(killText(rows, ['I1', 'I2', 'I3'])).toBe(
    'saboteur  I1  I2  I3\none        X   x   .\nanother    .   -   .  SURVIVED\n\nFAILED: 1 of 2 saboteurs survived: another\n',
  );
  expect(killText(rows.slice(0, 1), ['I1'])).toContain('\nPASSED: one was caught\n');
});

test('another invariant than the named one proves nothing of that one', () => {
  expect(catchText({ caughtBy: 'I8', violated: ['I4', 'I8'] })).toBe('caught by I8');
  expect(catchText({ caughtBy: 'I8', violated: ['I4', 'I5'] })).toBe(
    'not caught by I8, which it names: only I4, I5 violated',
  );
  expect(catchText({ caughtBy: 'I8', violated: [] })).toBe(
    'not caught by I8, which it names: nothing was violated',
  );
});

describe('restante sabotage', () => {
  const sabotaged = (...names: string[]) => called('sabotage', ...names);

  test('runs the named ones, the matrix on stdout, what happened on stderr', async () => {
    const one = await sabotaged('drops-date');
    expect(one.code).toBe(0);
    expect(one.out).toMatch(/^saboteur +I1 .*\ndrops-date .* X .*\n\nPASSED: drops-date was caught\n$/);
    expect(one.err).toMatch(/^caught {4}drops-date: at .* has 0 Date headers\n(?:\nNext: .*\n.*\n)?$/);
  });

  test('an unknown name is a usage error, before anything runs', async () => {
    const { code, out, err } = await sabotaged('drops-date', 'drops-dates');
    expect(err).toBe('restante: unknown saboteur "drops-dates" — did you mean "drops-date"?\n');
    expect([code, out]).toEqual([2, '']);
  });

  test('--json has the same in a form for programs', async () => {
    const { code, out } = await sabotaged('drops-date', '--json');
    expect(JSON.parse(out)).toMatchObject({
      schema: 'restante-kill-matrix-1',
      saboteurs: [{ name: 'drops-date', caughtBy: 'I6', killed: true, violated: ['I6', 'I12'] }],
      survivors: [],
    });
    expect(code).toBe(0);
  });
});
