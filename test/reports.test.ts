/**
 * Failure-Report and Success-Report in their six combinations (rules 3.5, B1 to B4), on the octets of whole runs: Large Messages into the
 * store, and deferred messages of both modes out of it. And the sender's wait of 30 s, on both legs.
 */
import { describe, expect, it } from 'vitest';
import { Observed } from '../models/observations.js';
import { cellOf } from '../workloads/cell.js';
import { evaluate } from '../workloads/evaluate.js';
import { parseFaults } from '../workloads/faults/faults-file.js';
import { loadScenario } from '../workloads/scenario/scenario-files.js';

const SERVER = 1;
const AWAY = '- { at: 3s, for: 37s, kind: partition, target: clients, members: [0, 1, 2] }\n';

/** A SEND with a body: its transaction, and what it asks for. */
interface Sent {
  readonly tid: string;
  readonly asks: string;
}

interface Seen {
  readonly kind: number;
  readonly message: number;
  readonly a: number;
  readonly atNs: number;
}

function run(set: readonly string[], faults = '') {
  const overrides = [
    'population.subscribers=6',
    'duration=40s',
    'drain=3m',
    'traffic.pager.rate=0.5/s',
    'traffic.large.rate=0.3/s',
    'traffic.large.size={ dist: fixed, value: 20KiB }',
    ...set,
  ];
  const scenario = parseFaults(AWAY + faults, 'faults', loadScenario('fuzz', overrides));
  /** What left the server, and what reached it, over all connections; transaction ids are unique. */
  const octets = { out: '', in: '' };
  const seen: Seen[] = [];
  const judged = evaluate(cellOf(scenario, '11'), [
    {
      attach({ observations, kernel }) {
        const { assembled, answered, stored, presented, settled, expired, pushSent, largeRetried } = Observed;
        for (const one of [
          assembled,
          answered,
          stored,
          presented,
          settled,
          pushSent,
          expired,
          largeRetried,
        ]) {
          observations.subscribe(one, (kind, _user, message, a) => {
            seen.push({ kind, message, a, atNs: kernel.nowNs });
          });
        }
        observations.subscribe(Observed.streamSent, (_kind, host, _conn, _a, _b, buf, start, end) => {
          if (host === SERVER) octets.out += buf.latin1Slice(start, end);
        });
        observations.subscribe(Observed.streamDelivered, (_kind, host, _conn, _a, _b, buf, start, end) => {
          if (host === SERVER) octets.in += buf.latin1Slice(start, end);
        });
      },
      finish: () => {},
    },
  ]);
  return {
    violated: judged.invariants.filter(({ held }) => !held).map(({ id, first }) => `${id} ${first}`),
    octets,
    of: (kind: number): Seen[] => seen.filter((one) => one.kind === kind),
  };
}

/** The SENDs with a body in a text, in order; the binding SENDs of sessions are left out. */
function sendsIn(text: string): Sent[] {
  const sends: Sent[] = [];
  for (const [, tid, head] of text.matchAll(/MSRP (\S+) SEND\r\n((?:[\w-]+: [^\r]*\r\n)+)\r\n/g)) {
    // Inner frames of what is pushed have no range.
    if (!head.includes('Byte-Range: ')) continue;
    const lines = head.split('\r\n').filter((line) => line.includes('-Report: '));
    sends.push({ tid, asks: lines.toSorted((a, b) => (a < b ? -1 : 1)).join(', ') });
  }
  return sends;
}

const answersTo = (text: string, sends: readonly Sent[]): string[] =>
  sends.flatMap(({ tid }) => text.match(new RegExp(`MSRP ${tid} \\d{3}`, 'g')) ?? []);

const reportsIn = (text: string): string[] => text.match(/MSRP \S+ REPORT\r\n/g) ?? [];

/** Combination, its header lines, whether SENDs get a 200, whether messages get a success REPORT, what the sender of one is told. */
const COMBINATIONS = [
  ['responses', 'Failure-Report: yes', true, false, 200],
  ['responses-and-report', 'Failure-Report: yes, Success-Report: yes', true, true, 200],
  ['failures-only', 'Failure-Report: partial', false, false, 202],
  ['failures-and-report', 'Failure-Report: partial, Success-Report: yes', false, true, 200],
  ['nothing', 'Failure-Report: no', false, false, 202],
  ['report-only', 'Failure-Report: no, Success-Report: yes', false, true, 200],
] as const;

describe.each(COMBINATIONS)('B1 to B4, %s (%s)', (name, asks, answered, reported, told) => {
  const { violated, octets, of } = run([`traffic.large.reports=${name}`, `server.push.reports=${name}`]);
  const pushes = sendsIn(octets.out);
  const stores = sendsIn(octets.in);

  it('on the push leg: what is asked for comes back, and nothing else', () => {
    expect(new Set(pushes.map((one) => one.asks))).toEqual(new Set([asks]));
    expect(of(Observed.pushSent).length).toBeGreaterThan(15);
    expect(pushes.length).toBeGreaterThan(of(Observed.pushSent).length);
    const answers = answersTo(octets.in, pushes);
    expect(answers).toHaveLength(answered ? pushes.length : 0);
    expect(answers.every((line) => line.endsWith(' 200'))).toBe(true);
    expect(reportsIn(octets.in)).toHaveLength(reported ? of(Observed.pushSent).length : 0);
  });

  it('on the store leg, too, and the sender knows no more than she was told', () => {
    expect(new Set(stores.map((one) => one.asks))).toEqual(new Set([asks]));
    expect(of(Observed.assembled)).toHaveLength(5);
    expect(stores).toHaveLength(5 * 10);
    expect(answersTo(octets.out, stores)).toHaveLength(answered ? stores.length : 0);
    expect(reportsIn(octets.out)).toHaveLength(reported ? 5 : 0);
    const large = of(Observed.answered).filter(({ a }) => a === told);
    expect(large.length).toBeGreaterThanOrEqual(5);
  });

  it('all that was stored is shown once and settled, and every invariant holds', () => {
    expect(violated).toEqual([]);
    const stored = of(Observed.stored).length;
    expect(stored).toBeGreaterThan(15);
    expect([of(Observed.presented).length, of(Observed.settled).length]).toEqual([stored, stored]);
    // Where nobody confirms, nothing leaves the store before the quiet is over (A15).
    const [sent] = of(Observed.pushSent);
    const [settled] = of(Observed.settled);
    const quiet = !answered && !reported;
    expect(settled.atNs - sent.atNs > 30e9).toBe(quiet);
  });
});

describe('408 by timeout: no response for 30 s', () => {
  const calm = run([]);

  it('on the push leg: the messages are kept, pushed again, and shown once', () => {
    const [first] = calm.of(Observed.pushSent);
    const at = first.atNs + 1_000;
    const faults = `- { at: ${at}ns, for: 50s, kind: pause, target: clients, members: [0, 1, 2] }\n`;
    // The pause lasts beyond the load, and so must what ends it otherwise.
    const { violated, of } = run(['heal.at=90s'], faults);
    expect(violated).toEqual([]);
    const again = of(Observed.pushSent).filter(({ message }) => message === first.message);
    expect(again.length).toBeGreaterThan(1);
    expect(again[1].atNs - first.atNs).toBeGreaterThan(30e9);
    const settled = of(Observed.settled).find(({ message }) => message === first.message);
    expect(settled?.atNs).toBeGreaterThan(again[1].atNs);
    // I8 has judged that nothing was shown twice; a lifetime may end meanwhile.
    const left = of(Observed.settled).length + of(Observed.expired).length;
    expect(left).toBe(of(Observed.stored).length);
  });

  it('on the store leg: the sender tries again in a new session, and the message is stored once', () => {
    const [first] = calm.of(Observed.assembled);
    const at = first.atNs - 1_000_000;
    const faults = `- { at: ${at}ns, for: 2s, kind: storage-latency, delay: 40s, target: im }\n`;
    const { violated, of } = run([], faults);
    expect(violated).toEqual([]);
    const [again] = of(Observed.largeRetried);
    expect(again.atNs - first.atNs).toBeGreaterThan(29e9);
    expect(of(Observed.answered).find(({ message }) => message === again.message)?.a).toBe(200);
  });
});
