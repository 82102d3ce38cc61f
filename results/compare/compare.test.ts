/** Comparison of two results (D-031): what counts as worse, and what cannot be compared. */
import { describe, expect, test } from 'vitest';
import { sampleResult } from '../../test/support/sample-result.js';
import type { Summary } from '../cell-result.js';
import { UsageError } from '../exit-codes.js';
import { compareSummaries, exitCodeOf } from './compare.js';
import { directionOf, parseTolerances } from './rules.js';
import { comparisonMarkdown, comparisonText } from './text.js';

const { summary: base } = sampleResult();
const checkpoints = ['a', 'b', 'c', 'd'];
const changed = (more: Partial<Summary>): Summary => ({ ...base, fingerprint: 'ffff', ...more });
/** Of a steady-state run: what its figures leave out. */
const steady = (fromSecond: number) =>
  ({
    until: 'fixed',
    fromSecond,
    untilSecond: 300,
    removedSeconds: 5,
    settled: true,
    series: [],
  }) as const;

describe('what a comparison comes to', () => {
  test('the same result is identical', () => {
    const comparison = compareSummaries(base, structuredClone(base));
    expect(comparison).toMatchObject({ outcome: 'identical', figures: [], verdicts: [] });
    expect(comparison.compared).toBeGreaterThan(60);
    expect(exitCodeOf(comparison)).toBe(0);
  });

  test('other octets with the same figures are a change, not a regression', () => {
    expect(compareSummaries(base, changed({})).outcome).toBe('changed-within-tolerance');
  });

  test.each([
    ['more retransmissions', { retransmissions: 13 }, 'regressed', 5],
    ['fewer retransmissions', { retransmissions: 11 }, 'improved', 0],
    ['fewer stored, which is neither better nor worse and should not move', { stored: 197 }, 'regressed', 5],
  ])('%s', (_, counts, outcome, code) => {
    const comparison = compareSummaries(base, changed({ counts: { ...base.counts, ...counts } }));
    expect(comparison.outcome).toBe(outcome);
    expect(exitCodeOf(comparison)).toBe(code);
  });

  test('a tolerance excuses a figure up to its size and no further', () => {
    const next = changed({ counts: { ...base.counts, retransmissions: 13 } });
    const outcomeAt = (text: string) => compareSummaries(base, next, parseTolerances([text])).outcome;
    expect(outcomeAt('sip.retransmissions=9%')).toBe('changed-within-tolerance');
    expect(outcomeAt('9%')).toBe('changed-within-tolerance');
    expect(outcomeAt('sip=9%')).toBe('changed-within-tolerance');
    expect(outcomeAt('sip.retransmissions=8%')).toBe('regressed');
    expect(outcomeAt('push.dwell=50%')).toBe('regressed');
  });

  test('a violated invariant is a regression even if no figure moved', () => {
    const [first] = base.invariants;
    const next = changed({ invariants: [{ ...first, held: false, violations: 1 }] });
    const comparison = compareSummaries(base, next);
    expect(comparison.verdicts).toEqual([
      { kind: 'invariant', name: 'I8', base: 'held', next: 'violated', change: 'regressed' },
    ]);
    expect(exitCodeOf(comparison)).toBe(5);
    expect(compareSummaries(next, base).outcome).toBe('improved');
  });

  test('an invariant that is judged no more is a regression', () => {
    expect(compareSummaries(base, changed({ invariants: [] })).outcome).toBe('regressed');
  });

  test('the first second that differs comes from the checkpoints', () => {
    const second = (...next: string[]) =>
      compareSummaries({ ...base, checkpoints }, changed({ checkpoints: next })).firstDifferingSecond;
    expect(second('a', 'b', 'X', 'X')).toBe(2);
    expect(second('X', 'b', 'c', 'd')).toBe(0);
    expect(second('a', 'b')).toBe(2);
    expect(second(...checkpoints)).toBeUndefined();
  });
});

describe('what cannot be compared says why, and is no pass', () => {
  test.each<[string, Partial<Summary>, RegExp]>([
    ['scenario', { scenario: 'metro-outage' }, /scenario smoke against metro-outage/],
    ['seed', { seed: '7' }, /seed 42 against 7/],
    ['overrides', { overrides: ['network.loss=5%'] }, /overrides none against network\.loss=5%/],
    ['the scenario itself', { planDigest: 'bb', fingerprint: 'ffff' }, /scenario smoke itself was changed/],
    ['a partial run', { partial: true }, /new run was broken off/],
    ['a warm-up', { warmUp: steady(10) }, /warm-up none against 10 s: the figures leave out different parts/],
    [
      'a warm-up and other octets',
      { warmUp: steady(10), fingerprint: 'ffff' },
      /warm-up none against 5 s, figures from 10 s to 300 s: the figures cover different times/,
    ],
  ])('%s', (_, more, reason) => {
    const comparison = compareSummaries(
      { ...base, planDigest: 'aa' },
      { ...base, planDigest: 'aa', ...more },
    );
    expect(comparison.outcome).toBe('incomparable');
    expect(comparison.reasons.join()).toMatch(reason);
    expect(exitCodeOf(comparison)).toBe(6);
  });
});

test('a base that was broken off is no base, and is blamed alone', () => {
  const partial = { ...base, partial: true };
  expect(compareSummaries(partial, changed({})).reasons).toEqual(['the base was broken off before its end']);
  expect(compareSummaries(partial, partial).reasons).toEqual(['the base was broken off before its end']);
});

test.each([
  ['neither tells its plan', undefined, undefined],
  ['only the base does', 'aa', undefined],
  ['only the new one does', undefined, 'bb'],
])('a plan that may have been changed is no reason while %s', (_which, before, after) => {
  const planned = (summary: Summary, planDigest: string | undefined): Summary =>
    planDigest === undefined ? summary : { ...summary, planDigest };
  expect(compareSummaries(planned(base, before), planned(changed({}), after)).reasons).toEqual([]);
});

describe('verdicts other than those of invariants', () => {
  const threshold = (met: boolean, severity: 'fail' | 'warn' = 'fail') => ({
    thresholds: [{ threshold: 'push.dwell:p(95)<800ms', severity, met, value: 1, measured: '1 us' }],
  });
  const law = (held: boolean) => ({
    selfChecks: [{ law: 'Little', where: 'store', expected: 1, measured: 1, residual: 0, held }],
  });
  const judged = (before: Partial<Summary>, after: Partial<Summary>) => {
    const { outcome, verdicts } = compareSummaries({ ...base, ...before }, changed(after));
    return [
      outcome,
      ...verdicts.map(({ kind, name, base: was, next: is }) => [kind, name, was, is].join('|')),
    ];
  };

  test('a threshold that is not met any more, unless it only warns', () => {
    const lost = 'threshold|push.dwell:p(95)<800ms|met|not met';
    expect(judged(threshold(true), threshold(false))).toEqual(['regressed', lost]);
    expect(judged({}, threshold(false))).toEqual(['regressed', lost]);
    expect(judged(threshold(false), threshold(true))[0]).toBe('improved');
    expect(judged(threshold(true, 'warn'), threshold(false, 'warn'))).toEqual(['changed-within-tolerance']);
  });

  test('a threshold that is judged no more, met or not', () => {
    const gone = (was: string) => ['regressed', `threshold|push.dwell:p(95)<800ms|${was}|not judged`];
    expect(judged(threshold(true), {})).toEqual(gone('met'));
    expect(judged(threshold(false), {})).toEqual(gone('not met'));
  });

  test('a law that is broken', () => {
    expect(judged(law(true), law(false))).toEqual(['regressed', 'self-check|Little, store|held|broken']);
  });

  test('a run that did not come to its end by itself', () => {
    const stopped = { outcome: 'aborted' } as unknown as Partial<Summary>;
    expect(judged({}, stopped)).toEqual(['regressed', 'outcome|outcome|completed|aborted']);
    expect(judged(stopped, {})).toEqual(['improved', 'outcome|outcome|aborted|completed']);
  });
});

describe('figures that one side does not have', () => {
  const { dwell, ...otherDelays } = base.distributions;
  const without = { distributions: otherDelays } as Partial<Summary>;
  const changeOf = (name: string, before: Partial<Summary>, after: Partial<Summary>) =>
    compareSummaries({ ...base, ...before }, changed(after)).figures.find((one) => one.name === name);

  test('nothing was measured any more: how often judges that, its size does not', () => {
    expect(dwell).toBeDefined();
    const gone = changeOf('push.dwell.p95', {}, without);
    expect(gone).toMatchObject({ change: 'changed-within-tolerance' });
    expect([gone?.next, gone?.relative]).toEqual([undefined, undefined]);
    expect(changeOf('push.dwell.count', {}, without)).toMatchObject({ change: 'regressed', next: 0 });
    const fresh = changeOf('push.dwell.p95', without, {});
    expect(fresh).toMatchObject({ change: 'changed-within-tolerance' });
    expect([fresh?.base, fresh?.relative]).toEqual([undefined, undefined]);
  });

  test('a count that only one version knows is a question of versions', () => {
    const more = { counts: { ...base.counts, copies: 3 } };
    expect(changeOf('counts.copies', {}, more)).toMatchObject({
      change: 'changed-within-tolerance',
      next: 3,
    });
    expect(changeOf('counts.copies', more, {})).toMatchObject({
      change: 'changed-within-tolerance',
      base: 3,
    });
  });

  test('what was 0 and is not has no relative change, and no tolerance excuses it', () => {
    const next = changed({ counts: { ...base.counts, deadLettered: 1 } });
    const { figures } = compareSummaries(base, next, parseTolerances(['50%']));
    expect(figures).toMatchObject([{ base: 0, next: 1, change: 'regressed' }]);
    expect(figures[0].relative).toBeUndefined();
  });
});

test('a plan that reads otherwise with the same octets is comparable', () => {
  const next = { ...base, planDigest: 'bb' };
  expect(compareSummaries({ ...base, planDigest: 'aa' }, next).outcome).toBe('identical');
});

test('each metric knows which way is better; how often it was measured is neither', () => {
  expect(directionOf('push.dwell.p95')).toBe('lower');
  expect(directionOf('push.dwell.count')).toBe('none');
  expect(directionOf('push.throughput.avg')).toBe('higher');
  expect(directionOf('ihs.count')).toBe('lower');
  expect(directionOf('sip.retransmissions.count')).toBe('lower');
  expect(directionOf('messages.stored.count')).toBe('none');
});

test.each(['2', 'x', 'push.dwell=', '=5%', '-1%'])('--tolerance %s is refused', (text) => {
  expect(() => parseTolerances([text])).toThrow(UsageError);
});

describe('in words', () => {
  const next = changed({
    checkpoints: ['X'],
    counts: { ...base.counts, retransmissions: 24, stored: 150 },
  });

  test('text: onset, gravest first, verdict last', () => {
    const lines = comparisonText(compareSummaries(base, next)).trimEnd().split('\n');
    expect(lines[1]).toBe('  first differs in virtual second 0 (00:00 to 00:01)');
    expect(lines.find((line) => line.includes('sip.retransmissions'))).toMatch(
      /12 +24 +\+100 % +REGRESSED \(lower is better, tolerance 0 %\)/,
    );
    expect(lines.at(-1)).toMatch(/^REGRESSED: \d+ worse/);
  });

  test('Markdown stays below 60 KB however much differs, and cannot be broken out of', () => {
    const stations = Array.from({ length: 900 }, (_, i) => ({
      name: `a|b\`<script>${i}`,
      servers: 1,
      arrived: 1,
      completed: 1,
      refused: 0,
      dropped: 0,
      utilisation: 0.5,
      loadUtilisation: 0.5,
      peakUtilisation: 1,
      meanPresent: 1,
      maxPresent: 1,
      meanTimeUs: 1,
      meanServiceUs: 1,
    }));
    const slower = stations.map((station) => ({
      ...station,
      meanTimeUs: 2,
      loadUtilisation: 0.9,
      maxPresent: 2,
    }));
    const text = comparisonMarkdown(compareSummaries({ ...base, stations }, changed({ stations: slower })));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000);
    expect(text).toMatch(/\d+ more are left out here/);
    expect(text).toContain('</details>');
    expect(text).toContain("`station.a\\|b'<script>0.utilisation`");
  });
});
