/**
 * Clients that crash and come back: what they held in memory is gone (registration, transactions, sessions, what was to be sent), what they
 * had shown is not (D-041), and nothing is lost or shown twice on the way.
 */
import { describe, expect, it } from 'vitest';
import { Observed } from '../models/observations.js';
import { cellOf } from '../workloads/cell.js';
import { evaluate } from '../workloads/evaluate.js';
import { parseFaults } from '../workloads/faults/faults-file.js';
import { loadScenario } from '../workloads/scenario/scenario-files.js';

const S = 1e9;

interface Seen {
  readonly kind: number;
  readonly user: number;
  readonly message: number;
  readonly a: number;
  readonly atNs: number;
}

function run(faults: string, set: readonly string[], kinds: readonly number[]) {
  const overrides = ['population.subscribers=6', 'duration=30s', 'drain=2m', ...set];
  const cell = cellOf(parseFaults(faults, 'faults', loadScenario('fuzz', overrides)), '3');
  const seen: Seen[] = [];
  const judged = evaluate(cell, [
    {
      attach({ observations, kernel }) {
        for (const one of kinds) {
          observations.subscribe(one, (kind, user, message, a) => {
            seen.push({ kind, user, message, a, atNs: kernel.nowNs });
          });
        }
      },
      finish: () => {},
    },
  ]);
  const violated = judged.invariants.filter(({ held }) => !held).map(({ id, first }) => `${id} ${first}`);
  const of = (kind: number): Seen[] => seen.filter((one) => one.kind === kind);
  return { of, violated };
}

const CRASH = (what: string): string =>
  `- { at: 15s, for: 5s, kind: crash, what: ${what}, target: clients, members: [0, 1, 2] }\n`;

describe.each(['machine', 'process'])('a %s of three clients', (what) => {
  const large = ['traffic.large.rate=1/s', 'network.up=256kbit/s'];
  const { answered, registered, presented } = Observed;
  const { of, violated } = run(CRASH(what), large, [answered, registered, presented]);

  it('violates no invariant', () => expect(violated).toEqual([]));

  it('ends what the three wanted to send, as not answered, and nothing of the others', () => {
    const atOnce = of(answered).filter(({ atNs }) => atNs === 15 * S);
    expect(atOnce.length).toBeGreaterThan(0);
    expect(atOnce.every(({ user, a }) => user <= 2 && a === 408)).toBe(true);
    expect(of(answered).filter(({ user, atNs }) => user <= 2 && atNs > 15 * S && atNs < 20 * S)).toEqual([]);
  });

  it('lets them register anew once they run again, and not before', () => {
    const anew = of(registered).filter(({ user, atNs }) => user <= 2 && atNs > 15 * S);
    expect(new Set(anew.map(({ user }) => user)).size).toBe(3);
    expect(anew.every(({ atNs }) => atNs > 20 * S)).toBe(true);
    expect(of(presented).filter(({ user, atNs }) => user <= 2 && atNs > 20 * S).length).toBeGreaterThan(0);
  });
});

it('a client that crashes after it was shown a push, before its 200 arrived, is not shown it again', () => {
  const away = '- { at: 4s, for: 8s, kind: partition, target: clients, members: [0, 1, 2] }\n';
  const set = ['traffic.large.rate=0.3/s', 'client.reconnectJitter=0s'];
  const { presented, duplicateDropped } = Observed;
  const shown = run(away, set, [presented]).of(presented)[0];
  // What she says from then on does not arrive.
  const unheard = `- { at: ${shown.atNs - 1}ns, for: 1s, kind: partition, target: im, direction: in }\n`;
  const crash = `- { at: ${shown.atNs + 1}ns, for: 2s, kind: crash, target: clients, members: [${shown.user}] }\n`;
  const { of, violated } = run(away + unheard + crash, set, [duplicateDropped]);
  expect(violated).toEqual([]);
  expect(of(duplicateDropped).filter(({ user }) => user === shown.user).length).toBeGreaterThan(0);
});
