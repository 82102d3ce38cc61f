/** Paired comparison under common random numbers, and the median of replications by order statistics. */
import { describe, expect, it } from 'vitest';
import type { Summary } from './cell-result.js';
import { pairedScalars, pairedText } from './paired-rows.js';
import { replicatedScalars, replicationsText } from './replications.js';

/** A run in which so many messages were stored and settled. */
const run = (stored: number, settled: number) =>
  ({ counts: { stored, settled }, distributions: {} }) as unknown as Summary;

describe('rows of a sweep, pair by pair', () => {
  const base = [100, 200, 300, 400, 500].map((stored) => run(stored, 7));
  const row = [110, 209, 311, 410, 510].map((stored) => run(stored, 7));

  it('what both saw alike drops out of the difference', () => {
    const stored = pairedScalars(base, row).find(({ name }) => name === 'messages.stored.count');
    expect(stored).toMatchObject({ n: 5, base: 300, mean: 10 });
    // Student t with 4 degrees of freedom: 2.776 * 0.7071 / sqrt(5).
    expect(stored?.halfWidth).toBeCloseTo(0.878, 3);
    expect(stored?.p).toBeLessThan(0.001);
  });

  it('the table has a sign and leaves out what does not differ at all', () => {
    const rows = [{ values: ['5%'], differences: pairedScalars(row, base) }];
    const text = pairedText(['network.loss'], rows, ['messages.stored.count', 'messages.settled.count']);
    expect(text).toHaveLength(2);
    expect(text[1]).toMatch(/^5% +messages\.stored\.count +-10 +0\.88 +<0\.001$/);
  });

  it('a scalar that one run lacks is left out', () => {
    const lacking = [...row.slice(1), { counts: {}, distributions: {} } as Summary];
    const names = pairedScalars(base, lacking).map(({ name }) => name);
    expect(names).not.toContain('push.dwell.p95');
  });
});

describe('replications', () => {
  it('give the median with an interval by order statistics from six on', () => {
    const values = [3, 1, 2, 6, 5, 4];
    const find = (n: number) =>
      replicatedScalars(values.slice(0, n).map((stored) => run(stored, 0))).find(
        ({ name }) => name === 'messages.stored.count',
      );
    expect(find(5)?.median).toBeUndefined();
    // Least and largest of six enclose the median with 1 - 2 / 64.
    expect(find(6)?.median).toMatchObject({ low: 1, high: 6, ranks: [1, 6] });
    expect(find(6)?.median?.coverage).toBeCloseTo(0.96875, 9);
    const [head, ...lines] = replicationsText(replicatedScalars(values.map((stored) => run(stored, 0))));
    expect(head).toContain('median');
    expect(lines.find((line) => line.startsWith('messages.stored.count'))).toMatch(/ 3\.5 +1 +6$/);
  });
});
