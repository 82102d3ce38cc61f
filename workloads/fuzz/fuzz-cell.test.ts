/** What a seed varies besides faults: in a minority of seeds senders ask for notifications, and the other seeds are as they were. */
import { describe, expect, it } from 'vitest';
import { fuzzCell, type Campaign } from './fuzz-cell.js';

const SEEDS = Array.from({ length: 150 }, (_, i) => i + 1);

function cells(scenario: string, ...set: string[]) {
  const campaign: Campaign = { scenario, set, sabotage: null };
  return SEEDS.map((seed) => fuzzCell(campaign, seed));
}
const shareOf = ({ scenario }: ReturnType<typeof fuzzCell>) => scenario.traffic.pager.notifications;

describe('notifications in a campaign', () => {
  const all = cells('fuzz');
  const asking = all.filter((cell) => shareOf(cell) > 0);

  it('are asked for in a minority of the seeds, by some messages or by all, of both modes', () => {
    expect(asking.length).toBeGreaterThan(SEEDS.length / 10);
    expect(asking.length).toBeLessThan(SEEDS.length / 3);
    expect(new Set(asking.map(shareOf))).toEqual(new Set([0.1, 0.5, 1]));
    for (const cell of asking) expect(cell.scenario.traffic.large?.notifications).toBe(shareOf(cell));
  });

  it('come with failures told, storage told and looks at what was shown, in some of them', () => {
    const having = (has: (cell: (typeof all)[number]) => boolean) =>
      asking.filter(has).length / asking.length;
    for (const share of [
      having(({ scenario }) => scenario.server.failureNotification),
      having(({ scenario }) => scenario.server.storedNotification),
      having(({ scenario }) => scenario.client.displayDelay !== undefined),
    ]) {
      expect(share).toBeGreaterThan(0.2);
      expect(share).toBeLessThan(0.8);
    }
  });

  it('leave the faults of every seed as they are without', () => {
    const without = cells('fuzz', 'traffic.pager.notifications=1%');
    expect(without.map(({ scenario }) => scenario.faults)).toEqual(
      all.map(({ scenario }) => scenario.faults),
    );
  });

  it('are those of the scenario where it has some, and none where its messages have no room to ask', () => {
    const own = cells('fuzz', 'traffic.pager.notifications=7%');
    expect(new Set(own.map(shareOf))).toEqual(new Set([0.07]));
    const full = cells('fuzz', 'traffic.large.size={ dist: fixed, value: 64MiB }');
    expect(new Set(full.map(shareOf))).toEqual(new Set([0]));
  });
});
