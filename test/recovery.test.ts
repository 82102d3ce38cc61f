/**
 * Crashes, healing and what follows, on small worlds: what was accepted is delivered once, whatever the server forgot; and each
 * kind of fault ends in a run that holds every invariant, or that names the reason why it does not.
 */
import { describe, expect, test } from 'vitest';
import type { Summary } from '../results/cell-result.js';
import { cellOf } from '../workloads/cell.js';
import { parseFaults } from '../workloads/faults/faults-file.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { simulate } from '../workloads/simulate.js';

const WORLD = `version: 1
name: recovery
duration: 40s
rampUp: 5s
drain: 210s
population: { subscribers: 30 }
traffic: { pager: { rate: 5/s } }
network: { delay: 25ms, jitter: 5ms }
client: { backoffBase: 5s, backoffMax: 20s, reconnectJitter: 4s, registerExpires: 3600s }
server: { push: { retry: 10s } }
`;
const OUTAGE = 'at: 8s, for: 14s, kind: partition, target: clients, mode: fixed-percent, value: 60';

function run(faults: readonly string[], more = '', world = WORLD): Summary {
  const list = [OUTAGE, ...faults].map((fault) => `  - { ${fault} }\n`).join('');
  const scenario = parseFaults(`faults:\n${list}${more}`, 'plan.yaml', parseScenario(world, 'world.yaml'));
  return simulate(cellOf(scenario)).summary;
}

function violated({ invariants }: Summary): string[] {
  return invariants.filter(({ held }) => !held).map(({ id, first }) => `${id}: ${first}`);
}

function notesOf({ invariants }: Summary, id: string): Record<string, number> {
  return invariants.find((verdict) => verdict.id === id)?.notes ?? {};
}

describe('the IM Server crashes', () => {
  test('between commit and 202: the request that comes again is answered, and not stored again', () => {
    const summary = run([
      'at: 17s, for: 4s, kind: partition, target: im, direction: out',
      'at: 20s, for: 500ms, kind: crash, target: im',
    ]);
    expect(violated(summary)).toEqual([]);
    expect(summary.counts.stored).toBeGreaterThan(10);
    expect(summary.counts.stored).toBe(summary.counts.settled);
    // 202s of the old incarnation were lost; those of the new one answered.
    expect(summary.counts.answeredDeferred).toBe(summary.counts.stored);
  });

  test.each([
    ['machine', '23s', '1s'],
    ['machine', '24s', '6s'],
    ['process', '23500ms', '200ms'],
    ['process', '25s', '3s'],
  ])(
    'as a %s during the pushes at %s for %s: all is delivered, once, without waiting for a refresh',
    (what, at, time) => {
      const summary = run([`at: ${at}, for: ${time}, kind: crash, target: im, what: ${what}`]);
      expect(violated(summary)).toEqual([]);
      expect(summary.counts.stillWaiting).toBe(0);
      expect(summary.counts.presented).toBe(summary.counts.stored);
      expect(Object.keys(notesOf(summary, 'I9a'))).toEqual([]);
    },
  );

  test('twice, and the disk is slow: a push that was cut in the middle is told apart from a new message', () => {
    const summary = run([
      'at: 20s, for: 20s, kind: storage-latency, target: im, delay: 2s',
      'at: 25s, for: 1s, kind: crash, target: im',
      'at: 28s, for: 1s, kind: crash, target: im',
    ]);
    expect(violated(summary)).toEqual([]);
    // The deletion of what was delivered died with the server, so it was pushed again, under its old Message-ID.
    expect(summary.counts.duplicatesDropped).toBeGreaterThan(0);
    expect(summary.counts.presented).toBe(summary.counts.stored);
  });

  test.each([
    ['what it stored', '16s', '18s', '18800ms'],
    ['what it deleted', '22s', '23s', '24s'],
  ])(
    'after it stood still, before its disk could tell it %s: the world knows',
    (_what, slow, still, crash) => {
      const summary = run([
        `at: ${slow}, for: 3s, kind: storage-latency, target: im, delay: 600ms`,
        `at: ${still}, for: 2s, kind: pause, target: im`,
        `at: ${crash}, for: 500ms, kind: crash, target: im`,
      ]);
      expect(violated(summary)).toEqual([]);
      expect(summary.counts.stillWaiting).toBe(0);
      expect(summary.counts.stored).toBe(summary.counts.settled);
    },
  );

  test('and lifetimes go on: what expired meanwhile is gone afterwards, at its instant or at the restart', () => {
    const world = WORLD.replace('server: {', 'server: { expiry: { default: 10s, max: 20s },');
    const summary = run(['at: 20s, for: 8s, kind: crash, target: im'], '', world);
    expect(violated(summary)).toEqual([]);
    expect(summary.counts.expired).toBeGreaterThan(0);
    expect(summary.counts.stored).toBe(summary.counts.settled + summary.counts.expired);
  });
});

test('the Core crashes and its bindings are gone: clients notice by their keep-alives and register again', () => {
  const summary = run(['at: 24s, for: 300ms, kind: crash, target: core']);
  expect(violated(summary)).toEqual([]);
  expect(summary.counts.stillWaiting).toBe(0);
  const without = run([]);
  // Every client that was bound registers once more; those whom an outage keeps away do so in any case.
  expect(summary.counts.registered).toBeGreaterThan(without.counts.registered + 12);
});

test('a disk that lies loses messages at the next crash, and the run says so instead of failing', () => {
  const faults = [
    'at: 14s, for: 10s, kind: lying-disk, target: im',
    'at: 20s, for: 1s, kind: crash, target: im',
  ];
  const summary = run(faults);
  expect(violated(summary)).toEqual([]);
  expect(notesOf(summary, 'I9a')['the disk that lied lost it']).toBeGreaterThan(0);
  expect(violated(run(faults, 'claims: { lyingDisk: true }\n')).join()).toMatch(/I9a/);
});

test('a disk that lies to a server that stands still made nothing durable, and nobody is told that it did', () => {
  const summary = run([
    'at: 16s, for: 3s, kind: storage-latency, target: im, delay: 600ms',
    'at: 18010ms, for: 3s, kind: lying-disk, target: im',
    'at: 18s, for: 2s, kind: pause, target: im',
    'at: 18800ms, for: 500ms, kind: crash, target: im',
  ]);
  expect(violated(summary)).toEqual([]);
  expect(summary.counts.stored).toBe(summary.counts.settled);
});

test('a plan beyond the fault budget is not asked for liveness, and safety still is', () => {
  // The Core never tells the server again that somebody is there, and the server takes nothing in.
  const endless = ['at: 23s, kind: storage-error, target: im, percent: 100%'];
  const summary = run([...endless, 'at: 24s, for: 1s, kind: crash, target: im'], 'claims: { crashes: 0 }\n');
  expect(violated(summary)).toEqual([]);
});

test('everything heals at the stated instant, though the plan has no end for it', () => {
  const summary = run(
    ['at: 12s, kind: partition, target: im', 'at: 13s, kind: crash, target: core'],
    'heal: { at: 30s }\n',
  );
  expect(violated(summary)).toEqual([]);
  expect(summary.counts.stillWaiting).toBe(0);
  expect(summary.counts.stored).toBeGreaterThan(0);
});

describe('each kind of fault ends with all invariants held', () => {
  test.each([
    'delay, target: clients, time: 300ms, jitter: 50ms',
    'loss, target: clients, percent: 20%',
    'loss, target: clients, gemodel: { p: 5%, r: 20% }',
    'duplicate, target: clients, percent: 20%',
    'corrupt, target: clients, percent: 10%',
    'corrupt, target: clients, percent: 10%, escape: true',
    'rate, target: clients, rate: 16kbit/s, limit: 20kB',
    'partition, target: im',
    'partition, target: core, direction: out',
    'partition, target: xdms',
    'partition, target: clients, mode: fixed-percent, value: 30, spread: 5s',
    'clog, target: im',
    'stall, target: im',
    'reset, target: im',
    'limit-data, target: clients, bytes: 900B, direction: in',
    'slicer, target: im, size: 50B',
    'slow-close, target: im, delay: 3s',
    'pause, target: im',
    'pause, target: core',
    'slowdown, target: im, factor: 200',
    'clock-skew, target: im, offset: -90s, drift: 500',
    'clock-skew, target: clients, offset: 400s',
    'storage-latency, target: im, delay: 3s',
    'storage-full, target: im',
    'storage-error, target: im, percent: 50%',
  ])('%s', (fault) => {
    const summary = run([`at: 20s, for: 12s, kind: ${fault}`]);
    expect(violated(summary)).toEqual([]);
    expect(summary.counts.stillWaiting).toBe(0);
    expect(summary.counts.settled).toBeGreaterThan(10);
  });
});
