/**
 * Users whose setting is `manual`, through the whole product from the command line (O7, rules 2.2, 2.4, 2.5): they list, fetch and
 * delete what waits, over networks and servers that fail, and every invariant counts that way.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../bin/main.js';
import type { Summary } from '../results/cell-result.js';
import { cellOf } from '../workloads/cell.js';
import { trialCell } from '../workloads/fuzz/kill-matrix.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { simulate } from '../workloads/simulate.js';

const WORLD = `version: 1
name: manual
rampUp: 3s
duration: 40s
drain: 150s
population: { subscribers: 16, anonymousShare: 20% }
traffic:
  pager: { rate: 4/s }
  large: { rate: 0.5/s, size: { dist: lognormal, median: 8KiB, sigma: 1, cap: 64KiB } }
client: { reconnectJitter: 3s, backoffBase: 2s, backoffMax: 20s, fetch: { wait: 2s, every: 20s } }
core: { flowTimeout: 10s }
server: { settings: { manual: 50% } }
faults:
  - { at: 8s, for: 20s, kind: partition, target: clients, mode: fixed-percent, value: 60 }
`;

const folder = mkdtempSync(join(tmpdir(), 'restante-manual-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...settings: readonly string[]): Summary {
  const faults = settings.filter((line) => line.startsWith('  - '));
  const others = settings.filter((line) => !faults.includes(line));
  return simulate(cellOf(parseScenario(`${WORLD}${faults.join('\n')}\n`, 'manual.yaml', others))).summary;
}

const broken = ({ invariants }: Summary) =>
  invariants.filter(({ held }) => !held).map(({ id, first }) => `${id} ${first}`);

describe('O7: manual users in whole worlds', () => {
  test('`restante run`: the report says how many were fetched and how many deleted unread; all invariants hold', async () => {
    const file = join(folder, 'manual.yaml');
    writeFileSync(file, WORLD);
    let text = '';
    const streams = { out: (part: string) => void (text += part), err: () => undefined, interactive: false };
    const out = join(folder, 'runs');
    expect(await main(['run', file, '--out', out], streams)).toBe(0);
    expect(text).toMatch(/\n {2}fetched by their users +[1-9]\d*\n/);
    expect(text).toMatch(/\n {2}deleted unread by their users +[1-9]\d*\n/);
    expect(text).toContain('invariants: 15 of 15 held');
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
    const { counts, byUsers } = summary;
    expect(byUsers?.fetched).toBeGreaterThan(10);
    expect(counts.presented).toBe(counts.settled);
    // Nobody's message is left, and the metadata went with them (I10).
    expect(counts.stored).toBe(counts.settled + (byUsers?.discarded ?? 0));
    expect([counts.stillWaiting, counts.metadataDeleted]).toEqual([0, counts.stored]);
  });

  test.each([
    ['a lossy network', ['network.loss=5%', 'network.duplicate=2%']],
    ['message/sip', ['server.push.wrapper=sip']],
    [
      'lifetimes that end',
      ['traffic.pager.expires.share=60%', 'traffic.pager.expires.min=2s', 'traffic.pager.expires.max=15s'],
    ],
    ['everybody', ['server.settings.manual=100%', 'client.fetch.discardShare=0%']],
    ['an IM Server that crashes', ['  - { at: 29500ms, for: 5s, kind: crash, target: im }']],
    ['an IM XDMS that is away', ['  - { at: 28s, for: 15s, kind: partition, target: xdms }']],
  ])('with %s: nothing is lost, doubled or leaked', (_what, settings) => {
    const summary = run(...settings);
    expect(broken(summary)).toEqual([]);
    expect(summary.byUsers?.fetched).toBeGreaterThan(0);
    expect(summary.counts.stillWaiting).toBe(0);
  });

  test('with nobody to discard, every message is read; with all to discard, none of theirs', () => {
    expect(run('client.fetch.discardShare=0%').byUsers?.discarded).toBe(0);
    const all = run('client.fetch.discardShare=100%', 'server.settings.manual=100%');
    expect([broken(all), all.byUsers?.fetched, all.counts.presented]).toEqual([[], 0, 0]);
    expect(all.byUsers?.discarded).toBe(all.counts.stored);
  });

  test('client.fetch.every: a message that is deferred while she is registered waits for the next list', () => {
    const settings = ['server.settings.manual=100%', 'network.loss=20%', 'core.liveDeliveryLimit=1s'];
    const often = run(...settings);
    const once = run(...settings, 'client.fetch.every=0s');
    expect([broken(often), broken(once)]).toEqual([[], []]);
    expect(often.counts.stillWaiting).toBeLessThan(once.counts.stillWaiting);
  });

  test('the world of the saboteurs that need such users is sane without them', () => {
    const { summary } = simulate({ ...trialCell('deletes-on-fetch'), sabotage: null });
    expect(broken(summary)).toEqual([]);
    expect(summary.byUsers?.fetched).toBeGreaterThan(5);
  });
});
