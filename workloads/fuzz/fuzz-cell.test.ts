/**
 * What a seed varies besides faults: the size of a world with many users; in a minority of seeds senders ask for notifications, and the
 * other seeds are as they were.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Capsule } from '../../results/capsule.js';
import { capsuleCell, cellDigest, cellOfCapsule } from './capsules.js';
import { packageFolder } from '../package-folder.js';
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

describe('sizes in a campaign', () => {
  const usersOf = (all: ReturnType<typeof cells>) =>
    new Set(all.map(({ scenario }) => scenario.population.subscribers));

  it('are a half or a quarter of the users and of the messages in many seeds, each by itself', () => {
    const all = cells('smoke');
    expect(usersOf(all)).toEqual(new Set([200, 100, 50]));
    const rates = all.map(({ scenario }) => [
      scenario.population.subscribers,
      scenario.traffic.pager.rate,
      scenario.traffic.large?.rate,
    ]);
    const kinds = new Set(rates.map((one) => one.join(' ')));
    expect(kinds.size).toBe(9);
    expect(kinds).toContain('50 10 0.25');
    expect(kinds).toContain('200 2.5 0.0625');
  });

  it('are those of the scenario where that is small already, or where the user says so', () => {
    expect(usersOf(cells('fuzz'))).toEqual(new Set([12]));
    expect(usersOf(cells('smoke', 'population.subscribers=300'))).toEqual(new Set([300]));
    const rates = cells('smoke', 'traffic.pager.rate=9/s').map(({ scenario }) => scenario.traffic.pager.rate);
    expect(new Set(rates)).toEqual(new Set([9]));
  });

  it('never leave out a user whom a fault names, nor thin out a load of another shape', () => {
    const fault = '{ at: 5s, for: 5s, kind: partition, target: clients, members: [199] }';
    const named = cells('smoke', `faults=[${fault}]`);
    expect(usersOf(named)).toEqual(new Set([200]));
    const closed = cells('smoke', 'traffic.pager={ executor: closed, closed: { users: 180, think: 5s } }');
    expect(usersOf(closed)).toEqual(new Set([200]));
  });
});

describe('tight limits in a campaign', () => {
  const timeoutOf = ({ scenario }: ReturnType<typeof fuzzCell>) => scenario.server.push.sendTimeout;
  const manualOf = ({ scenario }: ReturnType<typeof fuzzCell>) => scenario.server.settings.manual;

  it('are drawn in a quarter of the seeds, some of them in each', () => {
    const all = cells('fuzz');
    const share = (has: (cell: (typeof all)[number]) => boolean) => all.filter(has).length / all.length;
    for (const one of [
      share((cell) => timeoutOf(cell) < 30e9),
      share((cell) => manualOf(cell) > 0),
      share(({ scenario }) => scenario.client.setup === 'passive'),
      share(({ scenario }) => scenario.server.large.sessionLimit < 3600e9),
    ]) {
      expect(one).toBeGreaterThan(0.02);
      expect(one).toBeLessThan(0.15);
    }
  });

  it('give way where the scenario or the user leaves no room for them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'restante-tight-'));
    const file = join(folder, 'full.yaml');
    const fuzz = readFileSync(join(packageFolder(), 'workloads', 'scenarios', 'fuzz.yaml'), 'utf8');
    const settings = 'server: { settings: { hold: 60%, reject: 40% }, push:';
    writeFileSync(file, fuzz.replace('server: { push:', settings));
    const full = cells(file);
    rmSync(folder, { recursive: true });
    expect(new Set(full.map(({ scenario }) => scenario.server.settings.hold))).toEqual(new Set([0.6]));
    expect(new Set(full.map(manualOf))).toEqual(new Set([0]));
    expect(full.some((cell) => timeoutOf(cell) < 30e9)).toBe(true);
    expect(new Set(cells('fuzz', 'server.push.sendTimeout=7s').map(timeoutOf))).toEqual(new Set([7e9]));
  });
});

it('a capsule of any seed can be read again', () => {
  // The last of these draws two pauses of the same clients, one beginning within the other.
  const hard = fuzzCell({ scenario: 'smoke', set: [], sabotage: null }, 197);
  for (const cell of [...cells('smoke').slice(0, 30), hard]) {
    const capsule = { cell: capsuleCell(cell), versions: { restante: '1' } } as Capsule;
    expect(cellDigest(cellOfCapsule(capsule, 'capsule.json', '1'))).toBe(cellDigest(cell));
  }
});
