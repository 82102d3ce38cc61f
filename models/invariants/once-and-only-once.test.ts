import { describe, expect, test } from 'vitest';
import { Observed } from '../observations.js';
import { NO_FAULTS, type PlannedFaults } from './planned-faults.js';
import {
  ASSERTED_LINES,
  Bench,
  bodyOf,
  largeRecord,
  live,
  payload,
  present,
  PUSHED_LINES,
  record,
  request,
  S,
  SENT_LINES,
  SERVER_HOST,
  stored,
  without,
} from './testing.js';

describe('I8: once', () => {
  test.each([
    ['stored twice', (b: Bench) => b.see(Observed.stored, 2, 1, 2 * S, 0, record(ASSERTED_LINES))],
    ['presented twice', (b: Bench) => present(present(b))],
    ['presented and shown live', (b: Bench) => live(present(b))],
  ])('%s is told', (_what, act) => expect(act(stored()).violated()).toEqual(['I8']));

  test('a duplicate that is dropped is none', () => {
    const bench = present(stored()).see(Observed.duplicateDropped, 2, 0, 0, 0, payload(PUSHED_LINES));
    expect(bench.violated()).toEqual([]);
  });
});

describe('I8: a request that comes again after a crash of the IM Server', () => {
  const faults: PlannedFaults = { ...NO_FAULTS, serverCrashesNs: [20 * S] };
  const again = (context: object, left?: number): string[] => {
    const bench = stored(context);
    if (left !== undefined) bench.see(left, 2, 0, 0, 0, '', 10);
    return bench.see(Observed.stored, 2, 1, 2 * S, 0, record(ASSERTED_LINES), 25).violated();
  };

  test.each([
    ['settled', Observed.settled],
    ['expired', Observed.expired],
    ['discarded', Observed.discarded],
  ])('is nothing that the server could have known if its record was %s', (_what, left) => {
    expect(again({ faults }, left)).not.toContain('I8');
    expect(again({}, left)).toContain('I8');
  });

  test('is known by a record that is still there', () => {
    expect(again({ faults })).toContain('I8');
    expect(again({ faults }, Observed.deadLettered)).toContain('I8');
  });
});

describe('I8: a Large Message that is stored again when the resume window was over (R15)', () => {
  const [FIRST, SECOND, THIRD] = ['c7', 'c8', 'c9'].map((name) => `${name}@10.16.0.1`);
  const invite = (callId: string): string[] => [...without(SENT_LINES, 'Call-ID'), `Call-ID: ${callId}`];
  const says = (line: string, callId: string, cseq: string): string =>
    `${line}\r\nCall-ID: ${callId}\r\nCSeq: 1 ${cseq}\r\n\r\n`;

  /** Message 7 came in a session from 1 s on and was stored at 2 s; the window lasts 5 s. */
  class LargeBench extends Bench {
    private sessions = 0;

    constructor(context = {}) {
      super({ resumeWindowNs: 5 * S, ...context });
      this.see(Observed.largeOffered, 1, 7, 2, bodyOf(7).length).opens(FIRST, 1).stores(FIRST, 2);
    }

    opens(callId: string, atS: number): this {
      const kind = this.sessions++ === 0 ? Observed.sent : Observed.largeRetried;
      this.see(kind, 1, 7, 2, 0, request(invite(callId)), atS);
      return this.server(says('SIP/2.0 200 OK', callId, 'INVITE'), atS);
    }

    stores(callId: string, atS: number): this {
      return this.see(Observed.stored, 2, this.sessions, atS * S, 0, largeRecord(invite(callId)), atS);
    }

    /** The server says BYE; so does the sender. */
    fails = (callId: string, atS: number): this => this.server(says('BYE sip:u1', callId, 'BYE'), atS);
    leaves = (callId: string, atS: number): this => this.server(says('SIP/2.0 200 OK', callId, 'BYE'), atS);

    private server(text: string, atS: number): this {
      return this.see(Observed.streamSent, SERVER_HOST, 9, 0, 0, text, atS);
    }

    get told(): boolean {
      return this.violated().includes('I8');
    }
  }

  const failed = (context = {}): LargeBench => new LargeBench(context).fails(FIRST, 10);
  test.each<[string, LargeBench, boolean]>([
    ['later than the window', failed().opens(SECOND, 15.1).stores(SECOND, 16), false],
    ['within it', failed().opens(SECOND, 14.9).stores(SECOND, 16), true],
    [
      'later, if nobody said how long it is',
      failed({ resumeWindowNs: undefined }).opens(SECOND, 99).stores(SECOND, 99),
      true,
    ],
    ['while the first session is there', new LargeBench().opens(SECOND, 99).stores(SECOND, 99), true],
    ['in the session in which it was', failed().stores(FIRST, 99), true],
    [
      'after the sender ended the first, within the window of that',
      new LargeBench().leaves(FIRST, 10).fails(FIRST, 12).opens(SECOND, 14.9).stores(SECOND, 16),
      true,
    ],
    [
      'after that',
      new LargeBench().leaves(FIRST, 10).fails(FIRST, 12).opens(SECOND, 15.1).stores(SECOND, 16),
      false,
    ],
    [
      'within the window of one that came in time',
      failed().opens(SECOND, 14).fails(SECOND, 20).opens(THIRD, 24).stores(THIRD, 25),
      true,
    ],
    [
      'later than that',
      failed().opens(SECOND, 14).fails(SECOND, 20).opens(THIRD, 26).stores(THIRD, 27),
      false,
    ],
    [
      'shortly after one that came late itself',
      failed().opens(SECOND, 16).fails(SECOND, 20).opens(THIRD, 21).stores(THIRD, 22),
      false,
    ],
    [
      'after one that its sender left, within the first window',
      failed().opens(SECOND, 12).leaves(SECOND, 13).opens(THIRD, 14).stores(THIRD, 15),
      true,
    ],
  ])('%s', (_when, bench, told) => expect(bench.told).toBe(told));

  test('after a crash the window counts from the receipt', () => {
    const crashed = (atS: number): boolean =>
      new LargeBench({ faults: { ...NO_FAULTS, serverCrashesNs: [5 * S] } })
        .opens(SECOND, atS)
        .stores(SECOND, atS).told;
    expect(crashed(6.9)).toBe(true);
    expect(crashed(7.1)).toBe(false);
  });

  test.each([
    ['whose record was gone by then', (b: LargeBench) => b.see(Observed.settled, 2, 1, 2 * S, 10), false],
    ['whose record is there', (b: LargeBench) => b, true],
  ])('after a crash, within the window, one %s', (_what, left, told) => {
    const faults: PlannedFaults = { ...NO_FAULTS, serverCrashesNs: [20 * S] };
    const bench = left(new LargeBench({ faults, resumeWindowNs: 300 * S }));
    // Long after a request would have come again (64 s).
    expect(bench.opens(SECOND, 150).stores(SECOND, 151).told).toBe(told);
  });
});

describe('I8: once, of Large Messages', () => {
  const shownTwice = (context = {}): string[] => {
    const bench = new Bench(context)
      .see(Observed.sent, 1, 7, 2, 0, request(SENT_LINES), 1)
      .see(Observed.largeOffered, 1, 7, 2, bodyOf(7).length);
    for (const _time of [1, 2]) bench.see(Observed.largeLive, 2, 0, 0, 0, bodyOf(7));
    return bench.violated().filter((id) => id === 'I8');
  };

  test('shown twice is told', () => expect(shownTwice()).toEqual(['I8']));

  test('but not of a sender who gives several messages one id: nobody can know it again (R15)', () => {
    expect(shownTwice({ isHostile: (user: number) => user === 1 })).toEqual([]);
    expect(shownTwice({ isHostile: (user: number) => user === 3 })).toEqual(['I8']);
  });
});
