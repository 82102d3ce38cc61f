import { describe, expect, test } from 'vitest';
import { Observed } from '../observations.js';
import { NO_FAULTS, type PlannedFaults } from './planned-faults.js';
import {
  ASSERTED_LINES,
  Bench,
  bodyOf,
  largeRecord,
  payload,
  PUSHED_LINES,
  record,
  request,
  S,
  SENT_LINES,
  SERVER_HOST,
  without,
} from './testing.js';

const END_S = 1000;

/** Message 7 is sent by user 1 to user 2 at 1 s, received at 2 s and stored as deferred message 0. */
function stored(context = {}, lines: readonly string[] = []): Bench {
  return new Bench(context)
    .see(Observed.sent, 1, 7, 2, 0, request([...SENT_LINES, ...lines]), 1)
    .see(Observed.stored, 2, 0, 2 * S, 0, record([...ASSERTED_LINES, ...lines]), 2.01);
}

const present = (bench: Bench): Bench => bench.see(Observed.presented, 2, 0, 0, 0, payload(PUSHED_LINES));
const live = (bench: Bench): Bench => bench.see(Observed.deliveredLive, 2, 0, 0, 0, request(SENT_LINES));

/** The disk lied from `fromS` on, and what it had said it had was lost at `crashS`. */
const lied = (fromS: number, crashS: number): PlannedFaults => ({
  ...NO_FAULTS,
  lies: [{ fromNs: fromS * S, crashNs: crashS * S }],
});

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

describe('I9a: nothing is lost', () => {
  const bound = (b: Bench, atS = 5): Bench => b.see(Observed.bindingAdded, 2, 0, 600, 1, '', atS);
  const sent = (): Bench => new Bench().see(Observed.sent, 1, 7, 2, 0, request(SENT_LINES), 1);
  const settled = (b: Bench): Bench => b.see(Observed.settled, 2, 0, 2 * S, 10);
  test.each<[string, () => Bench, boolean]>([
    ['it waits for a user who is not there', () => stored(), true],
    ['it is presented and deleted', () => settled(present(stored())), true],
    ['it was shown live before it was stored, and deleted', () => settled(live(stored())), true],
    ['it expired', () => bound(stored()).see(Observed.expired, 2, 0, 2 * S, 999 * S, '', 999), true],
    ['it is kept as undeliverable', () => bound(stored()).see(Observed.deadLettered, 2, 0, 400, 0), true],
    ['it waits for a user who came a minute ago', () => bound(stored(), END_S - 60), true],
    [
      'a push was tried a minute ago',
      () => bound(stored()).see(Observed.pushInvited, 2, 0, 0, 1, '', END_S - 60),
      true,
    ],
    ['it waits for a user who left', () => bound(stored()).see(Observed.bindingRemoved, 2, 0, 0, 0), true],
    ['it waits for a user who is there', () => bound(stored()), false],
    ['it was deleted before anybody had it', () => settled(stored()), false],
    ['202 came before it was stored', () => sent().see(Observed.answered, 1, 7, 202, 0), false],
    ['202 left before it was stored', () => sent().see(Observed.storeAnswered, 2, 0, 202, 0), false],
    ['200 came, and it was shown', () => live(sent()).see(Observed.answered, 1, 7, 200, 0), true],
    ['200 came, and it never was', () => sent().see(Observed.answered, 1, 7, 200, 0), false],
    ['it was refused', () => sent().see(Observed.answered, 1, 7, 480, 0), true],
  ])('%s', (_what, act, holds) => {
    expect(act().violated(END_S).includes('I9a')).toBe(!holds);
  });

  test.each<[string, (b: Bench) => Bench]>([
    ['is stored', (b) => b.see(Observed.stored, 2, 0, 2 * S, 0, record(ASSERTED_LINES), 2.01)],
    ['is answered', (b) => b.see(Observed.answered, 1, 7, 202, 0, '', 2.05)],
  ])('a message whose 202 left too soon is named as soon as it %s', (_what, act) => {
    const bench = sent().see(Observed.storeAnswered, 2, -1, 202, 2 * S, '', 2);
    expect(bench.violated()).toEqual(['I9a']);
    // Of another user, so it is another message.
    bench.see(Observed.storeAnswered, 3, -1, 202, 2 * S, '', 2.001);
    expect(act(bench).first('I9a')).toBe(
      'at 2.000000 s: the 202 for a message to user 2 left the server before that was stored: message 7',
    );
  });

  test('an interrupted run says nothing about what it would still have done', () => {
    const bench = bound(stored());
    expect(bench.violated()).toEqual([]);
  });

  test('it waits for a user one of whose two devices left', () => {
    const both = (b: Bench): Bench => bound(b).see(Observed.bindingAdded, 2, 0, 600, 2, '', 6);
    const left = (b: Bench): Bench => b.see(Observed.bindingRemoved, 2, 0, 0, 0);
    expect(left(both(stored())).violated(END_S)).toEqual(['I9a']);
    expect(left(left(both(stored()))).violated(END_S)).toEqual([]);
  });

  test.each<[string, object, readonly number[], boolean]>([
    ['her setting, or the operator, wants no push', { withholds: true }, [Observed.withheld, 2], true],
    ['that of another user wants none', { withholds: true }, [Observed.withheld, 3], false],
    ['no setting can want none', {}, [Observed.withheld, 2], false],
    ['her client takes no such message', {}, [Observed.passedOver, 2], true],
    ['the disk that lied lost it', { faults: lied(1, 3) }, [], true],
    ['the disk lied later', { faults: lied(70, 80) }, [], false],
    ['the disk had lied earlier', { faults: lied(0, 1) }, [], false],
    ['the faults leave nobody the time', { faults: { ...NO_FAULTS, beyondBudget: 'cut off' } }, [], true],
    ['its sender is hostile', { isHostile: (user: number) => user === 1 }, [], true],
    ['somebody else is hostile', { isHostile: (user: number) => user === 3 }, [], false],
  ])('it waits for a user who is there, and %s', (_why, context, [kind, user], holds) => {
    const bench = bound(stored(context));
    if (kind !== undefined) bench.see(kind, user, 0, 2, 1, '', 20);
    expect(bench.violated(END_S)).toEqual(holds ? [] : ['I9a']);
  });

  test('of a Large Message 202 promises nothing, 200 that it is stored or was shown', () => {
    const large = (status: number): Bench =>
      new Bench()
        .see(Observed.largeOffered, 1, 7, 2, bodyOf(7).length)
        .see(Observed.sent, 1, 7, 2, 0, request(SENT_LINES), 1)
        .see(Observed.answered, 1, 7, status, 0);
    const kept = (b: Bench): Bench => b.see(Observed.stored, 2, 0, 2 * S, 0, largeRecord(SENT_LINES), 2.01);
    const told = (b: Bench): boolean => b.violated(END_S).includes('I9a');
    expect([large(202), large(200)].map(told)).toEqual([false, true]);
    expect([kept(large(202)), kept(large(200))].map(told)).toEqual([false, false]);
    expect(told(settled(kept(large(200))))).toBe(true);
  });
});

describe('I9a: what a user deletes unread, where she may', () => {
  // The words of its DM id (S4) stand in the record.
  const WORDS = [0xf000_0001, 0x1234_5678] as const;
  const manual = (context: object = { withholds: true }): Bench => {
    const fixed = Buffer.alloc(56);
    WORDS.forEach((word, i) => fixed.writeUInt32LE(word, 40 + 4 * i));
    return new Bench(context)
      .see(Observed.sent, 1, 7, 2, 0, request(SENT_LINES), 1)
      .see(Observed.stored, 2, 0, 2 * S, 0, fixed.toString('latin1') + request(ASSERTED_LINES), 2);
  };
  const told = (b: Bench): string[] => b.see(Observed.discarded, 2, 0, 0, 0).violated(END_S);
  const asked = (user: number, a: number, b: number): Bench =>
    manual().see(Observed.discardAsked, user, 0, a, b);

  test('is gone because she asked for it, and for nothing else', () => {
    expect(told(asked(2, ...WORDS))).toEqual([]);
    expect(told(manual())).toEqual(['I9a']);
    expect(told(asked(3, ...WORDS))).toEqual(['I9a']);
    expect(told(asked(2, WORDS[0], WORDS[1] + 1))).toEqual(['I9a']);
    expect(told(asked(2, WORDS[0] - 1, WORDS[1]))).toEqual(['I9a']);
  });

  test('is never, where nobody may', () => expect(told(manual({}))).toEqual(['I9a']));
});

describe('I9a: what a push passed over is tried again after the next third-party REGISTER (A18, A19)', () => {
  const CRASH: PlannedFaults = { ...NO_FAULTS, serverCrashesNs: [25 * S] };
  const passed = (bench: Bench, atS = 10): Bench => bench.see(Observed.passedOver, 2, 0, 413, 2 * S, '', atS);
  const told = (bench: Bench, atS = 20, expiresS = 600): Bench =>
    bench.see(Observed.triggered, 2, 0, expiresS, 1, '', atS);
  const start = (context = {}): Bench => stored(context).see(Observed.bindingAdded, 2, 0, 600, 1, '', 5);
  test.each<[string, Bench, boolean]>([
    ['until then it waits', passed(told(start(), 9)), true],
    ['after it, it is not', told(passed(start())), false],
    ['which is the first, however many follow', told(told(passed(start())), END_S - 10), false],
    ['in a while', told(passed(start()), END_S - 60), true],
    ['and passed over again', passed(told(passed(start())), 21), true],
    ['once more after that', told(passed(told(passed(start())), 21), 40), false],
    ['of her own, not of somebody else', passed(start()).see(Observed.triggered, 3, 0, 600, 1, '', 20), true],
    ['which says that she is there', told(passed(start()), 20, 0), true],
    ['unless a crash forgot it', told(passed(start({ faults: CRASH }))), true],
    ['that came before it', told(passed(start({ faults: CRASH })), 30), false],
  ])('%s', (_what, bench, holds) => {
    expect(bench.violated(END_S).includes('I9a')).toBe(!holds);
  });
});

describe('I9a: a user who was registered with a Core that crashed', () => {
  const faults: PlannedFaults = { ...NO_FAULTS, coreCrashesNs: [20 * S] };
  const granted = (bench: Bench, atS: number): Bench =>
    bench.see(Observed.bindingAdded, 2, 0, 600, 1, '', atS);
  test.each<[string, (b: Bench) => Bench, boolean]>([
    ['is not, whatever her client believes', (b) => granted(b, 5), true],
    ['is again as soon as the Core grants it', (b) => granted(granted(b, 5), 25), false],
    ['is for so long only as since then', (b) => granted(granted(b, 5), END_S - 60), true],
    ['was not before: what came later counts', (b) => granted(b, 25), false],
  ])('%s', (_what, act, holds) => {
    expect(act(stored({ faults })).violated(END_S).includes('I9a')).toBe(!holds);
  });
});

describe('I9a: a message waits for its turn while hostile users hold all pushes', () => {
  const waits = (context = {}): Bench =>
    stored({
      isHostile: (user: number) => user === 3 || user === 4,
      pushes: { atATime: 1, serverOf: (user: number) => user % 2 },
      ...context,
    }).see(Observed.bindingAdded, 2, 0, 600, 1, '', 5);
  const invited = (bench: Bench, user: number, atS = 10): Bench =>
    bench.see(Observed.pushInvited, user, 9, 0, 1, '', atS);
  const ended = (bench: Bench, user: number): Bench => bench.see(Observed.pushEnded, user, 9, 0, 1, '', 30);
  const crash: PlannedFaults = { ...NO_FAULTS, serverCrashesNs: [20 * S] };
  test.each<[string, Bench, boolean]>([
    ['of her server', invited(waits(), 4), true],
    ['of another server', invited(waits(), 3), false],
    [
      'which are not all that it does',
      invited(waits({ pushes: { atATime: 2, serverOf: () => 0 } }), 4),
      false,
    ],
    ['which have ended', ended(invited(waits(), 4), 4), false],
    ['which ended with a crash', invited(waits({ faults: crash }), 4), false],
    ['which began after it', invited(waits({ faults: crash }), 4, 25), true],
    ['who are not hostile', invited(waits(), 6), false],
    ['while nothing says how many it does', invited(waits({ pushes: undefined }), 4), false],
  ])('%s', (_what, bench, holds) => {
    expect(bench.violated(END_S).includes('I9a')).toBe(!holds);
  });
});

describe('I9a: a hostile user leaves unread what was pushed to her', () => {
  test.each([
    ['asked for no confirmation', true, 2, []],
    ['asked for one', false, 2, ['I9a']],
    ['asked for none, by somebody else', true, 3, ['I9a']],
  ])('%s', (_what, silenceSettles, hostile, told) => {
    const bench = stored({ silenceSettles, isHostile: (user: number) => user === hostile });
    expect(bench.see(Observed.settled, 2, 0, 2 * S, 100, '', 60).violated(END_S)).toEqual(told);
  });
});

describe('I9b: the lifetime', () => {
  // Received 2 s after the start, Date one second before: the lifetime counts from Date (A10).
  const BASE = 1 * S;
  test.each([
    ['its Expires', ['Expires: 60'], {}, BASE + 60 * S],
    ['the maximum, if it asks for exactly that', ['Expires: 5000'], {}, BASE + 5000 * S],
    ['the default, above the maximum', ['Expires: 5001'], {}, BASE + 1000 * S],
    ['the default, without Expires', [], {}, BASE + 1000 * S],
    ['the default, with a malformed one', ['Expires: soon'], {}, BASE + 1000 * S],
    [
      'counted from receipt, if Date is not trusted',
      ['Expires: 60'],
      { expiry: { defaultNs: S, maxNs: 5000 * S, skewLimitNs: 0.5 * S } },
      62 * S,
    ],
    ['none, if the operator says so', ['Expires: 60'], { expiry: undefined }, -1],
  ])('is %s', (_what, lines, context, expiresAtNs) => {
    const stamp = (ns: number): Bench => stored(context, lines).see(Observed.stamped, 2, 0, ns, 2 * S);
    expect(stamp(expiresAtNs).violated()).toEqual([]);
    expect(stamp(expiresAtNs + 1).violated()).toEqual(['I9b']);
    const push = (atS: number): string[] =>
      stamp(expiresAtNs).see(Observed.pushSent, 2, 0, 0, 0, '', atS).violated();
    const expire = (atS: number): string[] =>
      stamp(expiresAtNs).see(Observed.expired, 2, 0, 0, 0, '', atS).violated();
    if (expiresAtNs < 0) {
      expect(push(1e6)).toEqual([]);
      expect(expire(1e6)).toEqual(['I9b']);
      return;
    }
    const endS = expiresAtNs / S;
    expect(push(endS - 0.001)).toEqual([]);
    expect(push(endS)).toEqual(['I9b']);
    expect(expire(endS - 0.001)).toEqual(['I9b']);
    expect(expire(endS)).toEqual([]);
  });

  test('Expires 0 is not stored (A9)', () => {
    expect(
      stored({}, ['Expires: 0'])
        .see(Observed.stamped, 2, 0, BASE + 1000 * S, 2 * S)
        .violated(),
    ).toEqual(['I9b']);
  });

  test('is that of each record, where one message has two', () => {
    // Counted from receipt, since Date is not trusted.
    const context = { expiry: { defaultNs: 1000 * S, maxNs: 5000 * S, skewLimitNs: 0.5 * S } };
    const twice = (): Bench =>
      stored(context).see(Observed.stored, 2, 1, 20 * S, 0, record(ASSERTED_LINES), 20.01);
    const END_S = 1002;
    expect(
      twice()
        .see(Observed.expired, 2, 0, 2 * S, 0, '', END_S)
        .violated(),
    ).toEqual(['I8']);
    expect(
      twice()
        .see(Observed.expired, 2, 0, 2 * S, 0, '', END_S - 0.001)
        .violated(),
    ).toEqual(['I8', 'I9b']);
  });

  test('what was never stored is not pushed', () => {
    expect(new Bench().see(Observed.pushSent, 2, 5, 0, -1).violated()).toEqual(['I9b']);
  });
});
