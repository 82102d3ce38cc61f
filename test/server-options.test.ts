/** Options of the IM Server in whole worlds: the other wrapper (A1), service settings (O7), a quota, small windows and chunks. */
import { describe, expect, test } from 'vitest';
import { MSRP_PORT } from '../models/addressing.js';
import { Observed } from '../models/observations.js';
import { actorsOf } from '../workloads/fuzz/sabotage.js';
import { cellOf } from '../workloads/cell.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { prepare } from '../workloads/simulate.js';
import { runToEnd } from '../workloads/simulation.js';
import type { Watcher } from '../workloads/watch/watcher.js';

const WORLD = `version: 1
name: options
rampUp: 3s
duration: 30s
drain: 240s
population: { subscribers: 20, anonymousShare: 20% }
traffic: { pager: { rate: 4/s } }
client: { reconnectJitter: 3s, backoffBase: 2s, backoffMax: 20s }
core: { flowTimeout: 10s }
faults:
  - { at: 8s, for: 20s, kind: partition, target: clients, mode: fixed-percent, value: 60 }
`;

/** Runs the world with these settings; the result, and how often each kind was observed. */
function run(...settings: readonly string[]) {
  const seen = new Map<number, string[]>();
  const watcher: Watcher = {
    attach({ observations }) {
      for (const kind of [Observed.noticed, Observed.noticeSent, Observed.stored, Observed.presented]) {
        const texts: string[] = [];
        seen.set(kind, texts);
        observations.subscribe(kind, (_kind, _entity, _message, _a, _b, buf, start, end) => {
          texts.push(end > start ? buf.latin1Slice(start, end) : '');
        });
      }
    },
    finish() {},
  };
  const cell = cellOf(parseScenario(WORLD, 'options.yaml', settings));
  const { summary } = runToEnd(prepare(cell, actorsOf(cell), [watcher]));
  return {
    counts: summary.counts,
    large: summary.large,
    broken: summary.invariants.filter(({ held }) => !held),
    seen,
  };
}

describe('options of the server in whole worlds', () => {
  test('A1: message/sip carries everything as well', () => {
    const { counts, broken, seen } = run('server.push.wrapper=sip');
    expect(broken).toEqual([]);
    expect(counts.presented).toBe(counts.settled);
    const payloads = seen.get(Observed.presented) ?? [];
    expect(payloads.length).toBeGreaterThan(10);
    for (const payload of payloads) {
      expect(payload).toContain('\r\nContent-Type: message/sip\r\n');
      expect(payload.match(/^Via:/gm)).toHaveLength(1);
    }
  });

  test('O7: users with `notify` hear how many wait, through the Core, are pushed nothing, and fetch them then', () => {
    const { counts, broken, seen } = run('server.settings.notify=100%', 'client.fetch.discardShare=0%');
    expect(broken).toEqual([]);
    expect([counts.pushSessions, counts.stillWaiting]).toEqual([0, 0]);
    expect(counts.presented).toBe(counts.stored);
    const notices = seen.get(Observed.noticed) ?? [];
    expect(notices.length).toBe(seen.get(Observed.noticeSent)?.length);
    expect(notices.length).toBeGreaterThan(3);
    for (const notice of notices) expect(notice).toMatch(/\r\n\r\n\d+ deferred messages? waits?$/);
  });

  test('O7: with `reject` nothing is stored and senders are told', () => {
    const { counts, broken } = run('server.settings.reject=100%');
    expect(broken).toEqual([]);
    expect([counts.stored, counts.answeredDeferred]).toEqual([0, 0]);
    expect(counts.answeredFailed).toBeGreaterThan(10);
  });

  test('O7: with `hold` messages are kept until their lifetime is over, and nothing is pushed or fetched', () => {
    const { counts, broken } = run('server.settings.hold=100%', 'server.expiry.default=2m');
    expect(broken).toEqual([]);
    expect([counts.pushSessions, counts.presented, counts.settled]).toEqual([0, 0, 0]);
    expect(counts.stored).toBeGreaterThan(10);
    expect(counts.expired).toBe(counts.stored);
  });

  test('O14: texts that do not fit into a MESSAGE go as Large Messages, live and through the store', () => {
    const { counts, broken, large } = run('traffic.pager.size={ dist: uniform, min: 16B, max: 5KiB }');
    expect(broken).toEqual([]);
    expect(large?.counts.offered).toBeGreaterThan(50);
    expect(large?.counts.stored).toBeGreaterThan(5);
    expect(large?.counts.deliveredAtOnce).toBeGreaterThan(5);
    expect(counts.presented).toBe(counts.settled);
  });

  test('P1n, A16: one SEND at a time, in small chunks, under a quota', () => {
    const { counts, broken } = run(
      'server.push.window=1',
      'server.push.chunk=64B',
      'server.quota.messagesPerUser=2',
    );
    expect(broken).toEqual([]);
    expect(counts.presented).toBe(counts.settled);
    expect(counts.answeredFailed).toBeGreaterThan(0);
  });

  describe('A3: what an operator says of the header fields that are stored', () => {
    const storedOf = (...settings: readonly string[]) => {
      const { broken, seen } = run(...settings);
      expect(broken).toEqual([]);
      const stored = seen.get(Observed.stored) ?? [];
      expect(stored.length).toBeGreaterThan(10);
      return { stored, pushed: seen.get(Observed.presented) ?? [] };
    };
    const having = (texts: readonly string[], name: string) =>
      texts.filter((text) => text.includes(`\r\n${name}: `)).length;

    test('neverStore: fields of these names are neither in the store nor in a push', () => {
      const usual = storedOf('server.push.wrapper=sip');
      expect(having(usual.stored, 'X-Client-Batch')).toBeGreaterThan(5);
      expect(having(usual.pushed, 'User-Agent')).toBeGreaterThan(5);
      const { stored, pushed } = storedOf(
        'server.push.wrapper=sip',
        'server.headers.neverStore=[x-client-*, User-Agent]',
      );
      for (const name of ['X-Client-Batch', 'User-Agent'])
        expect([having(stored, name), having(pushed, name)]).toEqual([0, 0]);
      expect(having(stored, 'Subject')).toBeGreaterThan(0);
    });

    test('dropNetwork: false keeps them of those who are not anonymous, and pushes none', () => {
      expect(having(storedOf().stored, 'P-Access-Network-Info')).toBe(0);
      const { stored, pushed } = storedOf('server.headers.dropNetwork=false', 'server.push.wrapper=sip');
      const kept = having(stored, 'P-Access-Network-Info');
      expect(kept).toBeGreaterThan(10);
      expect(kept).toBe(stored.length - having(stored, 'Privacy'));
      expect(having(stored, 'Privacy')).toBeGreaterThan(0);
      expect(having(pushed, 'P-Access-Network-Info')).toBe(0);
    });
  });

  test('client.setup=passive: the IM Server opens the connections of its pushes (RFC 6135)', () => {
    const listening = (...settings: readonly string[]) => {
      const hosts = new Set<number>();
      const watcher: Watcher = {
        attach({ observations }) {
          observations.subscribe(Observed.connection, (_kind, address, _conn, _peer, host) => {
            if (address % 65_536 === MSRP_PORT) hosts.add(host);
          });
        },
        finish() {},
      };
      const cell = cellOf(parseScenario(WORLD, 'options.yaml', settings));
      const { summary } = runToEnd(prepare(cell, actorsOf(cell), [watcher]));
      expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
      expect(summary.counts.presented).toBe(summary.counts.settled);
      expect(summary.counts.settled).toBeGreaterThan(10);
      return [...hosts];
    };
    const [server, ...others] = listening();
    expect(others).toEqual([]);
    const clients = listening('client.setup=passive');
    expect(clients).toHaveLength(1);
    expect(clients).not.toContain(server);
  });

  test('client.shareConnections: fewer connections, the same messages (RFC 4975 section 5.4)', () => {
    const connections = (share: boolean): number => {
      const used = new Set<number>();
      const watcher: Watcher = {
        attach({ observations }) {
          observations.subscribe(Observed.streamSent, (_kind, _host, conn, _a, _b, buf, start, end) => {
            if (buf.latin1Slice(start, Math.min(end, start + 5)) === 'MSRP ') used.add(conn);
          });
        },
        finish() {},
      };
      const settings = [
        'population.subscribers=6',
        'traffic.large.rate=2/s',
        'traffic.large.size={ dist: fixed, value: 40KiB }',
        // Sessions are open for long enough to meet each other.
        'traffic.large.reports=responses-and-report',
        'network.up=1Mbit/s',
        `client.shareConnections=${share}`,
      ];
      const cell = cellOf(parseScenario(WORLD, 'options.yaml', settings));
      const { summary } = runToEnd(prepare(cell, actorsOf(cell), [watcher]));
      expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
      expect(summary.counts.unanswered).toBe(0);
      return used.size;
    };
    expect(connections(true)).toBeLessThan(connections(false));
  });
});
