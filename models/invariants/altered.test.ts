/** Which violations altered octets excuse (`corrupt` with `escape`): those of the messages and users that they were of, no more. */
import { describe, expect, it } from 'vitest';
import { mark, NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { NO_FAULTS, type Alterations } from './planned-faults.js';
import { Bench, CONTEXT as WORLD, request, SENT_LINES } from './testing.js';

class Blunt extends Invariant {
  readonly id = 'I0';
  readonly title = 'says what it is told to say';
  readonly clause = '';
  readonly kinds = [];
  watch(): void {}
  tells(words: string): boolean {
    const before = this.violations;
    this.violate(words);
    return this.violations > before;
  }
}

/** Message n is of user n to user n + 1; it became the deferred message n + 100. */
const CONTEXT = {
  now: () => 0,
  partiesOf: (message: number) => (message < 0 ? [] : [message, message + 1]),
  messageOf: (dm: number) => dm - 100,
};

function judge(some: Partial<Alterations>): Blunt {
  const altered = { ...NO_FAULTS.altered, ...some };
  return new Blunt({ ...CONTEXT, faults: { ...NO_FAULTS, altered } } as unknown as InvariantContext);
}

const WORDS = [
  'message 7 is gone',
  'deferred message 107 is gone',
  'user 8 saw a header',
  'message 6 is gone, which was for user 7',
  'message 5 is gone',
  'user 5 saw a header',
  'a header was seen',
];
const told = (some: Partial<Alterations>) => WORDS.filter((words) => judge(some).tells(words));

it.each<[string, Partial<Alterations>, readonly number[]]>([
  ['nothing altered: nothing is excused', {}, [0, 1, 2, 3, 4, 5, 6]],
  [
    'a datagram of message 7: itself, and what names one of its users alone',
    { messages: new Set([7]) },
    [3, 4, 5],
  ],
  ['signalling of client 7: all of hers', { clients: new Set([7]) }, [2, 4, 5]],
  ['signalling between servers that names user 7: the same', { users: new Set([7]) }, [2, 4, 5]],
  ['octets between servers that name nobody: all', { betweenServers: true }, []],
])('%s', (_title, some, left) => {
  expect(told(some)).toEqual(left.map((at) => WORDS[at]));
});

describe('I2: a forbidden value in a header line that was itself altered', () => {
  const canary = mark(NEVER_CANARY, 8);
  const hers = `P-Preferred-Identity: <sip:${canary}@ims.example>`;
  const altered = hers.replace('tity', 'tito');
  const found = (lines: readonly string[]): string[] =>
    new Bench({ faults: { ...NO_FAULTS, altered: { ...NO_FAULTS.altered, lines: new Set([altered]) } } })
      .see(Observed.datagramDelivered, WORLD.clientHost, 2, 0, 0, request([...SENT_LINES, ...lines]))
      .violated();

  it("is nobody's fault", () => expect(found([altered])).toEqual([]));

  it.each<[string, readonly string[]]>([
    ['in the line as it was', [hers]],
    ['in another line', [`X-Trace: ${canary}`]],
    ['in another line behind it', [altered, `X-Trace: ${canary}`]],
    ['in more than the line', [`${altered};icid=${canary}`]],
  ])('it is told %s', (_where, lines) => expect(found(lines)).toEqual(['I2']));
});

describe('I2: a forbidden value at the second device of user 2', () => {
  const devices = { clients: 11, userOf: (client: number) => (client === 10 ? 2 : client), each: () => {} };
  const seen = (users: readonly number[]): Bench => {
    const altered = { ...NO_FAULTS.altered, users: new Set(users) };
    return new Bench({ devices, faults: { ...NO_FAULTS, altered } }).see(
      Observed.datagramDelivered,
      WORLD.clientHost,
      10,
      0,
      0,
      request([...SENT_LINES, `X-Trace: ${mark(NEVER_CANARY, 8)}`]),
    );
  };

  it('is told as hers', () => {
    expect(seen([]).first('I2')).toMatch(/user 2 received a forbidden value in a datagram, at client 10$/);
  });

  it('is excused if octets of hers were altered, and of nobody else', () => {
    expect(seen([2]).violated()).toEqual([]);
    expect(seen([3]).violated()).toEqual(['I2']);
  });
});
