/** Replications pair by pair, and noisy figures: a shifted random stream is no regression, a worse model is one. */
import { describe, expect, test } from 'vitest';
import { sampleResult } from '../../test/support/sample-result.js';
import type { Unit } from '../metrics.js';
import { comparePaired, type Replication } from './paired.js';
import { pairedMarkdown, pairedText } from './paired-text.js';
import { compareNoisy, samplesOf } from './noisy.js';
import { compareSummaries } from './compare.js';
import { comparisonMarkdown, comparisonText } from './text.js';
import { parseTolerances } from './rules.js';

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ['push.dwell.p95', 'us'],
  ['sip.retransmissions.count', 'count'],
]);

/** Values around 1000 that no two seeds share, the same each time. */
const noise = (i: number, stream: number) => 1000 + (((i * 37 + stream * 101) % 41) - 20);

function replications(n: number, value: (i: number) => number, name = 'a'): Replication[] {
  return Array.from({ length: n }, (_, i) => ({
    seed: `42/${i}`,
    fingerprint: `${name}${value(i)}`,
    sound: true,
    values: new Map([
      ['push.dwell.p95', value(i)],
      ['sip.retransmissions.count', 7],
    ]),
  }));
}

const base = replications(20, (i) => noise(i, 1));

describe('replications', () => {
  test('the same runs are identical', () => {
    expect(comparePaired('s', base, base, UNITS)).toMatchObject({
      outcome: 'identical',
      pairs: 20,
      figures: [],
    });
  });

  test('another random stream shifts every seed and makes nothing worse', () => {
    const next = replications(20, (i) => noise(i, 2));
    const comparison = comparePaired('s', base, next, UNITS);
    expect(comparison).toMatchObject({ outcome: 'shifted', differing: 20 });
    expect(comparison.figures.map(({ name, change }) => [name, change])).toEqual([
      ['push.dwell.p95', 'shifted'],
    ]);
    expect(pairedText(comparison)).toMatch(/\nSHIFTED: 20 of 20 seeds behave otherwise/);
  });

  test('a model that is 5 % slower is worse although its stream shifted too; tolerated, it is not', () => {
    const next = replications(20, (i) => Math.round(noise(i, 2) * 1.05));
    const comparison = comparePaired('s', base, next, UNITS);
    expect(comparison.outcome).toBe('regressed');
    expect(pairedText(comparison)).toMatch(/push\.dwell\.p95 .* REGRESSED/);
    expect(pairedMarkdown(comparison)).toMatch(
      /^### restante: s, 20 seeds, paired\n\n\*\*REGRESSED: 1 figures worse/,
    );
    expect(comparePaired('s', next, base, UNITS).outcome).toBe('improved');
    expect(comparePaired('s', base, next, UNITS, parseTolerances(['20%'])).outcome).toBe('shifted');
  });

  test('pairs go by seed, not by place', () => {
    const next = replications(20, (i) => noise(i, 1) + 1).toReversed();
    const [figure] = comparePaired('s', base, next, UNITS).figures;
    expect(figure).toMatchObject({ difference: 1, halfWidth: 0, change: 'regressed' });
  });

  test('a run that was sound and is not is a regression, whatever the figures say', () => {
    const next = base.map((one, i) => (i === 3 ? { ...one, sound: false, fingerprint: 'x' } : one));
    expect(comparePaired('s', base, next, UNITS)).toMatchObject({ outcome: 'regressed', broken: ['42/3'] });
  });

  test('a figure that the new runs no longer have is named, not passed over', () => {
    const next = base.map((one, i) => ({
      ...one,
      values: new Map([...one.values].filter(([name]) => i < 4 || name !== 'push.dwell.p95')),
    }));
    const comparison = comparePaired('s', base, next, UNITS);
    expect(comparison.thin).toEqual([{ name: 'push.dwell.p95', base: 20, next: 4, both: 4 }]);
    const line = 'not compared, measured on both sides of too few seeds: push.dwell.p95 (base 20, new 4)';
    expect(pairedText(comparison)).toContain(line);
    expect(pairedMarkdown(comparison)).toContain(line);
    // What nobody measured is no figure of these runs.
    const units = new Map<string, Unit>([...UNITS, ['large.dwell.p95', 'us']]);
    expect(comparePaired('s', base, base, units).thin).toEqual([]);
  });

  test('too few seeds in common say nothing', () => {
    const comparison = comparePaired('s', base, base.slice(0, 4), UNITS);
    expect(comparison.outcome).toBe('incomparable');
    expect(comparison.reasons).toEqual(['4 seeds in common; at least 5 are needed']);
    const { reasons } = comparePaired('s', base, base.slice(0, 1), UNITS);
    expect(reasons).toEqual(['1 seed in common; at least 5 are needed']);
  });

  test('eighty figures of pure chance raise no alarm', () => {
    const many: ReadonlyMap<string, Unit> = new Map(
      Array.from({ length: 80 }, (_, i) => [`push.dwell.${i}`, 'us' as const]),
    );
    const side = (stream: number): Replication[] =>
      Array.from({ length: 20 }, (_, i) => ({
        seed: String(i),
        fingerprint: `${stream}`,
        sound: true,
        values: new Map([...many.keys()].map((name, k) => [name, noise(i * 7 + k * 13, stream + k)])),
      }));
    expect(comparePaired('s', side(1), side(2), many).outcome).toBe('shifted');
  });
});

describe('noisy figures', () => {
  const { timing } = sampleResult();
  const samples = (n: number, factor: number) =>
    Array.from({ length: n }, (_, i) => ({ ...timing, speed: (100 + i) * factor, cpuMs: 500 + (i % 3) }));
  const changes = (factor: number, n = 10) =>
    compareNoisy(samples(n, 1), samples(n, factor))?.map(({ name, change }) => [name, change]);

  test('slower by a fifth is told, by a twentieth it is not, however sure', () => {
    expect(changes(0.8)).toEqual([
      ['speed', 'worse'],
      ['cpuMs', 'none'],
      ['maxResidentOctets', 'none'],
    ]);
    expect(changes(1.3)?.[0]).toEqual(['speed', 'better']);
    expect(changes(0.95)?.[0]).toEqual(['speed', 'none']);
  });

  test('fewer than five samples say nothing; a timing holds its repetitions and itself', () => {
    expect(changes(0.5, 4)).toBeUndefined();
    expect(samplesOf({ ...timing, earlier: [timing, timing] })).toHaveLength(3);
  });

  test('they stand in a table of their own and change no outcome', () => {
    const { summary } = sampleResult();
    const noisy = compareNoisy(samples(10, 1), samples(10, 0.5));
    const comparison = { ...compareSummaries(summary, summary), ...(noisy === undefined ? {} : { noisy }) };
    expect(comparisonText(comparison)).toMatch(/speed +\d+ +\d+ +-50\.0 % .*warning: worse\n[^]*\nIDENTICAL/);
    expect(comparisonMarkdown(comparison)).toMatch(/\*\*IDENTICAL[^]*```text\nof this machine/);
  });
});
