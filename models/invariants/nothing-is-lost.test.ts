import { describe, expect, test } from 'vitest';
import { Observed } from '../observations.js';
import { NO_FAULTS, type PlannedFaults } from './planned-faults.js';
import {
  ASSERTED_LINES,
  Bench,
  bodyOf,
  END_S,
  largeRecord,
  live,
  present,
  record,
  request,
  S,
  SENT_LINES,
  stored,
} from './testing.js';

/** The disk lied from `fromS` on, and what it had said it had was lost at `crashS`. */
const lied = (fromS: number, crashS: number): PlannedFaults => ({
  ...NO_FAULTS,
  lies: [{ fromNs: fromS * S, crashNs: crashS * S }],
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
    ['her setting, or the operator, wants no push', { withholds: (user: number) => user === 2 }, [], true],
    ['that of another user wants none', { withholds: (user: number) => user === 3 }, [], false],
    ['no setting can want none, whatever the server says', {}, [Observed.withheld, 2], false],
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
  const manual = (context: object = { withholds: () => true }): Bench => {
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
