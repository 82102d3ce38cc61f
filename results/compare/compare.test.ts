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
