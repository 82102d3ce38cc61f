/**
 * Large Messages and a crash of the IM Server (R15, I8): one that is stored and whose 200 the crash took is not stored again, one whose
 * reassembly the crash took begins again, one that a cut interrupted is resumed behind what had been answered.
 */
import { describe, expect, it } from 'vitest';
import { Observed } from '../models/observations.js';
import { cellOf } from '../workloads/cell.js';
import { evaluate } from '../workloads/evaluate.js';
import { parseFaults } from '../workloads/faults/faults-file.js';
import { loadScenario } from '../workloads/scenario/scenario-files.js';

const S = 1e9;
const MS = 1e6;

interface Seen {
  readonly kind: number;
  readonly user: number;
  readonly message: number;
  readonly a: number;
  readonly b: number;
  readonly atNs: number;
}

/** Users 0 to 2 are away until 40 s; everything else is `faults`. Large Messages of 64 KiB over 256 kbit/s: some 2 s each. */
function run(faults: string, set: readonly string[] = []) {
  const overrides = [
    'population.subscribers=6',
    'duration=50s',
    'drain=3m',
    'traffic.pager.rate=0/s',
    'traffic.large.rate=0.3/s',
    'traffic.large.size={ dist: fixed, value: 64KiB }',
    'network.up=256kbit/s',
    ...set,
  ];
  const away = '- { at: 3s, for: 37s, kind: partition, target: clients, members: [0, 1, 2] }\n';
  const scenario = parseFaults(away + faults, 'faults', loadScenario('fuzz', overrides));
  const seen: Seen[] = [];
  const judged = evaluate(cellOf(scenario, '11'), [
    {
      attach({ observations, kernel }) {
        const { stored, storeAnswered, answered, presented, largeLive, assembled, largeRetried, sent } =
          Observed;
        for (const one of [
          stored,
          storeAnswered,
          answered,
          presented,
          largeLive,
          assembled,
          largeRetried,
          sent,
        ]) {
          observations.subscribe(one, (kind, user, message, a, b) => {
            seen.push({ kind, user, message, a, b, atNs: kernel.nowNs });
          });
        }
      },
      finish: () => {},
    },
  ]);
  const violated = judged.invariants.filter(({ held }) => !held).map(({ id, first }) => `${id} ${first}`);
  return { violated, of: (kind: number): Seen[] => seen.filter((one) => one.kind === kind) };
}

const calm = run('');
const [firstStored] = calm.of(Observed.stored);

describe('the world of this test', () => {
  it('stores Large Messages and loses nothing', () => {
    expect(calm.violated).toEqual([]);
    expect(calm.of(Observed.stored).length).toBeGreaterThan(3);
    expect(calm.of(Observed.assembled).length).toBe(calm.of(Observed.stored).length);
  });
});

describe.each([
  ['true', '0%'],
  ['false', '0%'],
  // Her identity is in no record, so the server knows the message by its id alone.
  ['false', '100%'],
])('a crash between commit and 200, to a sender that resumes: %s; anonymous: %s', (resumes, share) => {
  const hidden = `population.anonymousShare=${share}`;
  const [{ atNs: at, user: recipient }] =
    share === '0%' ? [firstStored] : run('', [hidden]).of(Observed.stored);
  const faults =
    `- { at: ${at - 1 * MS}ns, for: 500ms, kind: partition, target: im, direction: out }\n` +
    `- { at: ${at + 1 * MS}ns, for: 300ms, kind: crash, target: im }\n`;
  const { violated, of } = run(faults, [`traffic.large.resume=${resumes}`, hidden]);

  it('makes the sender send again, and the server store nothing again', () => {
    expect(violated).toEqual([]);
    const again = of(Observed.largeRetried).filter(({ atNs }) => atNs > at);
    expect(again.length).toBeGreaterThan(0);
    expect(of(Observed.stored).filter(({ user, atNs }) => user === recipient && atNs === at).length).toBe(1);
  });
});

describe('a reassembly that ends early', () => {
  /** A second before its end. */
  const midNs = firstStored.atNs - 1 * S;
  const [first] = calm.of(Observed.assembled);

  it('by a crash: the partial is gone, its sender begins again, and it is stored once', () => {
    const { violated, of } = run(
      `- { at: ${midNs}ns, for: 300ms, kind: crash, what: process, target: im }\n`,
    );
    expect(violated).toEqual([]);
    const [again] = of(Observed.largeRetried);
    expect(again.atNs).toBeGreaterThan(midNs);
    const whole = of(Observed.assembled).find(({ user, atNs }) => user === first.user && atNs > again.atNs);
    // Every chunk of it came after the restart.
    expect(whole?.b).toBeGreaterThan(midNs);
    expect(of(Observed.answered).find(({ message }) => message === again.message)?.a).toBe(200);
  });

  it('by a reset: what was answered is not sent again', () => {
    const { violated, of } = run(`- { at: ${midNs}ns, kind: reset, for: 1ms, target: im }\n`);
    expect(violated).toEqual([]);
    const [again] = of(Observed.largeRetried);
    const whole = of(Observed.assembled).find(({ user, atNs }) => user === first.user && atNs > again.atNs);
    // It began before the reset, and has hardly more chunks than it takes: only what was on its way came twice.
    expect(whole?.b).toBeLessThan(midNs);
    expect(whole?.message).toBeLessThan(first.message + 10);
  });
});
