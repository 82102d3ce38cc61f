import { describe, expect, test } from 'vitest';
import { HOP_CANARY, mark, NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import { NO_FAULTS } from './planned-faults.js';
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
  single,
  without,
} from './testing.js';

const RECEIVED_NS = 2 * S;

/** A world in which user 1 sent message 7 to user 2. */
function sent(lines: readonly string[] = SENT_LINES): Bench {
  return new Bench().see(Observed.sent, 1, 7, 2, 0, request(lines), 1);
}

function stored(lines: readonly string[], body?: string, bench = sent(), user = 2): string[] {
  return bench.see(Observed.stored, user, 0, RECEIVED_NS, 0, record(lines, body), 2).violated();
}

function pushed(lines: readonly string[], body?: string, bench = sent(), type?: string): string[] {
  bench.see(Observed.stored, 2, 0, RECEIVED_NS, 0, record(ASSERTED_LINES), 2);
  return bench.see(Observed.presented, 2, 0, 0, 0, payload(lines, body, type), 3).violated();
}

function live(lines: readonly string[], body?: string, bench = sent()): string[] {
  return bench.see(Observed.deliveredLive, 2, 0, 0, 0, request(lines, body), 2).violated();
}

const swap = (lines: readonly string[], name: string, value: string): string[] =>
  lines.map((line) => (line.startsWith(`${name}:`) ? `${name}: ${value}` : line));

test('what is right violates nothing, and is put to the test', () => {
  const bench = sent();
  expect(pushed(PUSHED_LINES, undefined, bench)).toEqual([]);
  for (const id of ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I8']) expect(bench.checked(id)).toBeGreaterThan(0);
  expect(live(SENT_LINES)).toEqual([]);
  const whole = [
    'Via: SIP/2.0/TCP im.ims.example;branch=z9hG4bKs',
    'Max-Forwards: 70',
    ...ASSERTED_LINES.slice(1),
  ];
  expect(pushed(whole, undefined, undefined, 'message/sip')).toEqual([]);
});

describe('I1, M3: the store', () => {
  test.each([
    'P-Charging-Vector: icid-value=1',
    'p-CHARGING-vector: icid-value=1',
    'P-Charging-Function-Addresses:\r\n ccf=a',
    'P-Access-Network-Info: 3GPP',
    'P-Preferred-Identity: <sip:u1@ims.example>',
    'Proxy-Authorization: Digest',
    'y: signature',
    'Diversion: <sip:x@y>',
    `X-Trace: ${mark(NEVER_CANARY, 5)}`,
  ])('has no %j', (line) => expect(stored([...ASSERTED_LINES, line])).toContain('I1'));

  test('holds for what the user wrote herself', () => {
    expect(stored([...ASSERTED_LINES, 'X-P-Charging-Vector: 1', 'Subject-2: P-Charging-Vector: x'])).toEqual(
      [],
    );
  });
});

describe('I2: a client', () => {
  test.each([
    'Via: SIP/2.0/UDP a',
    'v: SIP/2.0/UDP a',
    'Route: <sip:a>',
    'CSeq: 1 MESSAGE',
    'Contact: <sip:a>',
    'X-Any: 1',
  ])('is pushed no fragment with %j', (line) => expect(pushed([...PUSHED_LINES, line])).toEqual(['I2']));

  test.each(['Route: <sip:a>', 'r: <sip:a>', 'Warning: 399 a "b"', 'P-Served-User: <sip:a>'])(
    'is pushed no whole request with %j',
    (line) => expect(pushed([...ASSERTED_LINES, line], undefined, undefined, 'message/sip')).toEqual(['I2']),
  );

  test('is pushed no routing value of another hop, whatever header has it', () => {
    expect(pushed(swap(PUSHED_LINES, 'Priority', mark(HOP_CANARY, 1)))).toContain('I2');
  });

  test.each(['P-Charging-Vector: 1', 'P-Asserted-Service: a'])('gets no live message with %j', (line) =>
    expect(live([...SENT_LINES, line])).toEqual(['I2']),
  );

  test('is not pushed what does not read', () => {
    const bench = sent().see(
      Observed.presented,
      2,
      0,
      0,
      0,
      payload(PUSHED_LINES).replace('--b1--', '--b2--'),
    );
    expect(bench.violated()).toEqual(['I2', 'I4']);
  });

  const canary = mark(NEVER_CANARY, 5);
  test.each([
    ['a datagram', Observed.datagramDelivered, [`X: ${canary}\r\n`]],
    ['a stream', Observed.streamDelivered, [`X: ${canary}\r\n`]],
    ['a stream cut in two', Observed.streamDelivered, [`X: ${canary.slice(0, 3)}`, `${canary.slice(3)}\r\n`]],
    ['a stream of single octets', Observed.streamDelivered, single(`X: ${canary}\r\n`)],
  ])('receives no forbidden value in %s', (_what, kind, pieces) => {
    const see = (host: number): string[] => {
      const bench = new Bench();
      // A datagram names its local address in `message`, a stream in `a`: user 4, not the owner of the alias.
      for (const piece of pieces)
        bench.see(kind, host, kind === Observed.datagramDelivered ? 4 : 9, 4, 0, piece);
      return bench.violated();
    };
    expect(see(2)).toEqual(['I2']);
    expect(see(1)).toEqual([]);
  });

  test('may see her own alias, and nobody else the same', () => {
    const alias = `P-Associated-URI: <sip:${canary}@ims.example>`;
    expect(new Bench().see(Observed.datagramDelivered, 2, 5, 0, 0, alias).violated()).toEqual([]);
    expect(new Bench().see(Observed.datagramDelivered, 2, 6, 0, 0, alias).violated()).toEqual(['I2']);
  });
});

describe('I3: identity', () => {
  const hidden = (lines: readonly string[]): Bench => sent(lines);
  const privately = [...SENT_LINES, 'Privacy: id'];
  test.each([
    [['Privacy: id'], true],
    [['privacy: USER;critical'], true],
    [['Privacy: session', 'Privacy: header'], true],
    [['Privacy: none;session'], true],
    [['Privacy: none'], false],
    [['Privacy: session;history'], false],
    [[], false],
  ] as const)('%j asks for anonymity: %s (rules 1.6)', (lines, asked) => {
    const violated = stored([...ASSERTED_LINES, ...lines], undefined, hidden([...SENT_LINES, ...lines]));
    expect(violated).toEqual(asked ? ['I3'] : []);
  });

  test('From anonymous.invalid asks for it, unless Privacy is none', () => {
    const lines = swap(SENT_LINES, 'From', '<sip:anonymous@anonymous.invalid>;tag=1');
    const asserted = [...lines, 'P-Asserted-Identity: <sip:u1@ims.example>'];
    expect(stored(asserted, undefined, hidden(lines))).toEqual(['I3']);
    expect(stored([...asserted, 'Privacy: none'], undefined, hidden([...lines, 'Privacy: none']))).toEqual(
      [],
    );
  });

  test('of an anonymous sender is neither pushed nor shown live', () => {
    expect(
      live([...privately, 'P-Asserted-Identity: <sip:u1@ims.example>'], undefined, hidden(privately)),
    ).toEqual(['I3']);
    expect(pushed(PUSHED_LINES, undefined, hidden(privately))).toEqual(['I3']);
  });

  test.each([
    'User-Agent: mine/1',
    'organization: Example',
    'Reply-To: <sip:u1@ims.example>',
    'b: <sip:a@b>',
  ])('of an anonymous sender no "%s" is stored or pushed (rules 1.6), live it passes', (line) => {
    const said = [...privately, line];
    const whole = [...privately, 'Max-Forwards: 70', 'Via: SIP/2.0/UDP im.ims.example;branch=z9hG4bK1'];
    const shown = (lines: readonly string[]): string[] =>
      hidden(said)
        .see(Observed.presented, 2, 0, 0, 0, payload(lines, undefined, 'message/sip'), 3)
        .violated();
    expect(stored(said, undefined, hidden(said))).toEqual(['I3']);
    expect(shown([...whole, line])).toContain('I3');
    expect(shown(whole)).not.toContain('I3');
    expect(live(said, undefined, hidden(said))).toEqual([]);
    // Who hides nothing says of herself what she likes.
    expect(stored([...ASSERTED_LINES, line], undefined, sent([...SENT_LINES, line]))).toEqual([]);
  });

  describe('does not reach the IM XDMS (S2, O13)', () => {
    const XDMS = 7;
    const put = `PUT /x HTTP/1.1\r\nContent-Length: 40\r\n\r\n<auth-id>sip:${mark(NEVER_CANARY, 3)}</auth-id>`;
    const delivered = (pieces: readonly string[], host = XDMS): string[] => {
      const bench = new Bench({ xdmsHost: XDMS });
      for (const piece of pieces) bench.see(Observed.streamDelivered, host, 5, 0, 0, piece);
      return bench.violated().filter((id) => id === 'I3');
    };

    test('in one piece, and cut at any octet', () => {
      expect(delivered([put])).toEqual(['I3']);
      const at = put.indexOf(NEVER_CANARY);
      for (let cut = at - 2; cut < at + 12; cut++) {
        expect(delivered([put.slice(0, cut), put.slice(cut)])).toEqual(['I3']);
      }
    });

    test('one octet at a time', () => {
      expect(delivered(put.split(''))).toEqual(['I3']);
    });

    test('other hosts, other connections and other octets are not meant', () => {
      expect(delivered([put], SERVER_HOST)).toEqual([]);
      expect(delivered([put.replaceAll(NEVER_CANARY, 'sip:u00000')])).toEqual([]);
      const bench = new Bench({ xdmsHost: XDMS });
      const cut = put.indexOf(NEVER_CANARY) + 4;
      bench.see(Observed.streamDelivered, XDMS, 5, 0, 0, put.slice(0, cut));
      bench.see(Observed.streamDelivered, XDMS, 6, 0, 0, put.slice(cut));
      expect(bench.violated().filter((id) => id === 'I3')).toEqual([]);
    });
  });

  test.each([
    ['none', without(PUSHED_LINES, 'P-Asserted-Identity')],
    ['of another user', swap(PUSHED_LINES, 'P-Asserted-Identity', '<sip:u11@ims.example>')],
  ])('of any other sender is pushed: %s', (_what, lines) => expect(pushed(lines)).toEqual(['I3']));
});

describe('I4: content', () => {
  const altered = bodyOf(7).replace('Watson', 'Wilson');
  test.each([
    ['stored with another octet', () => stored(ASSERTED_LINES, altered)],
    ['pushed with another octet', () => pushed(PUSHED_LINES, altered)],
    ['shown live with another octet', () => live(SENT_LINES, altered)],
    ['pushed without its last octet', () => pushed(PUSHED_LINES, bodyOf(7).slice(0, -1))],
    ['pushed with one octet more', () => pushed(PUSHED_LINES, `${bodyOf(7)}\0`)],
    ['pushed under another Content-Type', () => pushed(swap(PUSHED_LINES, 'Content-Type', 'text/html'))],
    ['stored for another user', () => stored(ASSERTED_LINES, undefined, sent(), 3)],
    ['stored, though nobody sent it', () => stored(ASSERTED_LINES, bodyOf(8))],
    ['stored without its mark', () => stored(ASSERTED_LINES, 'hello')],
  ])('is told when a message is %s', (_what, violated) => expect(violated()).toContain('I4'));

  test.each([Observed.stored, Observed.deliveredLive, Observed.presented])(
    'octets of kind %d that do not read are told',
    (kind) => {
      expect(sent().see(kind, 2, 0, 0, 0, 'nonsense').violated()).toContain('I4');
    },
  );
});

describe('I4: a Large Message without the mark that tells messages apart', () => {
  const shown = (isHostile: (user: number) => boolean): string[] =>
    new Bench({ isHostile })
      .see(Observed.largeLiveInvite, 2, 0, 0, 0, request(SENT_LINES))
      .see(Observed.largeLive, 2, 0, 0, 0, 'no mark any more')
      .violated();

  test('is told', () => expect(shown(() => false)).toEqual(['I4']));

  test('but not of a hostile sender, whose chunks may lie over it', () => {
    expect(shown((user) => user === 1)).toEqual([]);
    expect(shown((user) => user === 3)).toEqual(['I4']);
  });
});

describe('I4: a message of somebody anonymous, whose mark was altered on the way', () => {
  const hidden = swap(SENT_LINES, 'From', '<sip:anonymous@anonymous.invalid>;tag=1');
  const altered = (client: number): Bench =>
    new Bench({ faults: { ...NO_FAULTS, altered: { ...NO_FAULTS.altered, clients: new Set([client]) } } });
  const cases: readonly [string, (bench: Bench) => Bench][] = [
    ['a MESSAGE', (bench) => bench.see(Observed.stored, 2, 0, RECEIVED_NS, 0, record(hidden, 'no mark'), 2)],
    [
      'a Large Message',
      (bench) => bench.see(Observed.stored, 2, 0, RECEIVED_NS, 0, largeRecord(hidden, 'no mark'), 2),
    ],
  ];

  test.each(cases)('is hers by its Call-ID: %s', (what, store) => {
    const outcome = (client: number): Bench => {
      const bench = altered(client);
      if (what === 'a Large Message') bench.see(Observed.largeOffered, 1, 7, 2, bodyOf(7).length);
      return store(bench.see(Observed.sent, 1, 7, 2, 0, request(hidden), 1));
    };
    expect(outcome(1).violated()).toEqual([]);
    expect(outcome(3).violated()).toContain('I4');
    expect(outcome(3).first('I4')).toMatch(
      /user 2 has a message that nobody sent, user 1 by its From or Call-ID$/,
    );
  });
});

describe('I5: headers', () => {
  test.each([
    ['Call-ID', 'c8@10.16.0.1'],
    ['From', '<sip:u3@ims.example>;tag=1'],
    ['To', '<sip:u3@ims.example>'],
    ['Subject', 'lunch'],
    ['Priority', 'normal'],
  ])('%s is neither altered nor lost nor doubled', (name, value) => {
    expect(stored(swap(ASSERTED_LINES, name, value))).toEqual(['I5']);
    expect(stored(without(ASSERTED_LINES, name))).toEqual(['I5']);
    expect(stored([...ASSERTED_LINES, `${name}: ${value}`])).toEqual(['I5']);
    expect(pushed(swap(PUSHED_LINES, name, value))).toEqual(['I5']);
    expect(live(swap(SENT_LINES, name, value))).toEqual(['I5']);
  });

  test('the compact form is the same header; one that was not sent may not come', () => {
    expect(
      stored(ASSERTED_LINES.map((line) => line.replace('Subject', 's').replace('Call-ID', 'I'))),
    ).toEqual([]);
    expect(stored(ASSERTED_LINES, undefined, sent(without(SENT_LINES, 'Subject')))).toEqual(['I5']);
  });
});

describe('I6: Date', () => {
  const dateless = without(SENT_LINES, 'Date');
  const at = (second: string) => `Date: Mon, 05 Jan 2026 08:00:${second} GMT`;
  test.each([
    ['none', without(ASSERTED_LINES, 'Date')],
    ['two', [...ASSERTED_LINES, at('01')]],
    ["another than the sender's", swap(ASSERTED_LINES, 'Date', 'Mon, 05 Jan 2026 08:00:02 GMT')],
  ])('%s is told', (_what, lines) => expect(stored(lines)).toEqual(['I6']));

  test.each([
    ['02', []],
    ['01', []],
    ['04', ['I6']],
  ])('of a message without one is that of receipt: second %s', (second, violated) => {
    const lines = [...without(ASSERTED_LINES, 'Date'), at(second)];
    expect(stored(lines, undefined, sent(dateless))).toEqual(violated);
  });

  test('of a Large Message that was stored twice is that of the receipt of the one that is pushed', () => {
    const again = swap(dateless, 'Call-ID', 'c8@10.16.0.1');
    const pushedDate = (second: string): string[] => {
      const fragment = `MSRP t1 SEND\r\nMessage-ID: id7\r\nContent-Type: text/plain\r\n\r\n${bodyOf(7)}\r\n-------t1$`;
      const head = [
        'INVITE sip:u2@ims.example SIP/2.0',
        ...without(PUSHED_LINES, 'Date'),
        at(second),
        '',
        '',
      ];
      const parts = [`message/sipfrag\r\n\r\n${head.join('\r\n')}`, `message/msrpfrag\r\n\r\n${fragment}`];
      return new Bench()
        .see(Observed.largeOffered, 1, 7, 2, bodyOf(7).length)
        .see(Observed.sent, 1, 7, 2, 0, request(dateless), 1)
        .see(Observed.stored, 2, 0, 2 * S, 0, largeRecord([...dateless, at('02')]), 2)
        .see(Observed.largeRetried, 1, 7, 2, 0, request(again), 20)
        .see(Observed.stored, 2, 1, 30 * S, 0, largeRecord([...again, at('30')]), 30)
        .see(
          Observed.presented,
          ...([2, 0, 0, 0] as const),
          `${parts.map((part) => `--b1\r\nContent-Type: ${part}\r\n`).join('')}--b1--`,
          40,
        )
        .violated()
        .filter((id) => id === 'I6');
    };
    expect(pushedDate('02')).toEqual([]);
    expect(pushedDate('30')).toEqual(['I6']);
  });

  test('that is no date is told', () => {
    const lines = [...without(ASSERTED_LINES, 'Date'), 'Date: yesterday'];
    expect(stored(lines, undefined, sent(dateless))).toEqual(['I6']);
  });
});
