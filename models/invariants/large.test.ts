/** What the judges say of a Large Message in the store and in a push: I5 (Message-ID), I7 and I12, each made to speak by hand. */
import { describe, expect, test } from 'vitest';
import { Observed } from '../observations.js';
import { ASSERTED_LINES, Bench, bodyOf, largeRecord, request, S, SENT_LINES, without } from './testing.js';

const RECEIVED_NS = 2 * S;
const BODY = bodyOf(7);
const LABEL = 'Message-ID: id7\r\nContent-Type: text/plain\r\n';
/** The whitelist of S3 (A4), and nothing else. */
const KEPT = ['From', 'To', 'Call-ID', 'Date', 'Subject', 'Priority', 'P-Asserted-Identity'];
const KEPT_LINES = ASSERTED_LINES.filter((line) => KEPT.some((name) => line.startsWith(`${name}:`)));

/** A world in which user 1 offered Large Message 7 to user 2. */
function offered(lines: readonly string[] = SENT_LINES, label = LABEL, context = {}): Bench {
  return new Bench(context)
    .see(Observed.largeOffered, 1, 7, 2, BODY.length)
    .see(Observed.largeLabel, 1, 7, 0, 0, label)
    .see(Observed.largeContent, 1, 7, 0, 0, BODY)
    .see(Observed.sent, 1, 7, 2, 0, request(lines), 1);
}

const stored = (text: string, bench = offered()): string[] =>
  bench.see(Observed.stored, 2, 0, RECEIVED_NS, 0, text, 2).violated();

/** The two parts of a push: the head of the INVITE, and the fragment of its SENDs. */
function payload(
  lines: readonly string[],
  headers = LABEL,
  body = BODY,
  start = 'INVITE sip:u2@ims.example SIP/2.0',
): string {
  const head = [start, ...lines, '', ''].join('\r\n');
  const fragment = `MSRP t1 SEND\r\n${headers}\r\n${body}\r\n-------t1$`;
  const parts = [`message/sipfrag\r\n\r\n${head}`, `message/msrpfrag\r\n\r\n${fragment}`];
  return `${parts.map((part) => `--b1\r\nContent-Type: ${part}\r\n`).join('')}--b1--`;
}

function pushed(octets: string, bench = offered()): string[] {
  bench.see(Observed.stored, 2, 0, RECEIVED_NS, 0, largeRecord(KEPT_LINES), 2);
  return bench.see(Observed.presented, 2, 0, 0, 0, octets, 3).violated();
}

test('what is right violates nothing, and is put to the test', () => {
  const bench = offered();
  expect(pushed(payload(KEPT_LINES), bench)).toEqual([]);
  expect(['I5', 'I7', 'I12'].map((id) => bench.checked(id))).toEqual([2, 1, 2]);
});

describe('I12: exactly the whitelist is stored and pushed (S3, A4)', () => {
  test.each(KEPT)('%s is neither missing nor doubled', (name) => {
    const fewer = without(KEPT_LINES, name);
    const more = [...KEPT_LINES, ...KEPT_LINES.filter((line) => line.startsWith(`${name}:`))];
    for (const lines of [fewer, more]) {
      expect(stored(largeRecord(lines))).toContain('I12');
      expect(pushed(payload(lines))).toContain('I12');
    }
  });

  test.each(['Subject', 'Priority'])('%s is there only if the sender wrote it', (name) => {
    const sent = () => offered(without(SENT_LINES, name));
    expect(stored(largeRecord(without(KEPT_LINES, name)), sent())).toEqual([]);
    expect(stored(largeRecord(KEPT_LINES), sent())).toContain('I12');
  });

  test('the identity of an anonymous sender is not', () => {
    const hidden = () => offered(SENT_LINES, `${LABEL}Privacy: id\r\n`);
    expect(stored(largeRecord(without(KEPT_LINES, 'P-Asserted-Identity')), hidden())).toEqual([]);
    expect(stored(largeRecord(KEPT_LINES), hidden())).toContain('I12');
  });

  test.each(['X-Nobody-Thought-Of: 1', 'Contact: <sip:a>', 'Content-Type: text/plain'])(
    'no line %j',
    (line) => {
      expect(stored(largeRecord([...KEPT_LINES, line]))).toContain('I12');
      expect(pushed(payload([...KEPT_LINES, line]))).toContain('I12');
    },
  );

  test('the start line is that of an INVITE', () => {
    expect(pushed(payload(KEPT_LINES, LABEL, BODY, 'MESSAGE sip:u2@ims.example SIP/2.0'))).toContain('I12');
  });

  test.each([
    ['Message-ID: id7\r\n'],
    ['Content-Type: text/plain\r\n'],
    ['Message-ID: id7\r\nMessage-ID: id7\r\n'],
    [`Message-ID: id7\r\n${LABEL}`],
    [`Byte-Range: 1-2/2\r\n${LABEL}`],
  ])('of the SEND nothing but one Message-ID and one Content-Type: %j', (headers) => {
    expect(pushed(payload(KEPT_LINES, headers))).toContain('I12');
  });
});

describe('I5: Message-ID', () => {
  const other = LABEL.replace('id7', 'id8');
  test('is that of the sender, stored and pushed', () => {
    expect(stored(largeRecord(KEPT_LINES), offered(SENT_LINES, other))).toEqual(['I5']);
    expect(pushed(payload(KEPT_LINES, other))).toEqual(['I5']);
  });
});

describe('I7: what is stored (R8 to R11)', () => {
  const MARK_END = BODY.indexOf(' ');
  test.each([
    ['without its last octet', BODY.slice(0, -1)],
    ['with one octet more', `${BODY}!`],
    [
      'with its octets in another order',
      `${BODY.slice(0, MARK_END)}${BODY.slice(-5)}${BODY.slice(MARK_END, -5)}`,
    ],
    ['with another octet', `${BODY.slice(0, -1)}!`],
  ])('%s is told, but not of a hostile sender', (_what, body) => {
    expect(stored(largeRecord(KEPT_LINES, body))).toContain('I7');
    const hostile = offered(SENT_LINES, LABEL, { isHostile: (user: number) => user === 1 });
    expect(stored(largeRecord(KEPT_LINES, body), hostile)).not.toContain('I7');
  });

  test('though nobody sent it, is told with whose From it has', () => {
    const bench = offered();
    expect(stored(largeRecord(KEPT_LINES, bodyOf(8)), bench)).toContain('I7');
    expect(bench.first('I7')).toMatch(/is a Large Message that nobody sent, user 1 by its From or Call-ID$/);
  });

  test('without its mark is told, but not of a hostile sender', () => {
    const lost = (user: number) =>
      stored(
        largeRecord(KEPT_LINES, 'no mark'),
        offered(SENT_LINES, LABEL, { isHostile: (one: number) => one === user }),
      );
    expect(lost(1)).not.toContain('I7');
    expect(lost(3)).toContain('I7');
  });
});

test.each([
  ['whose lengths do not add up', `${largeRecord(KEPT_LINES)}x`],
  [
    'whose fragment has no empty line',
    largeRecord(KEPT_LINES).replace('text/plain\r\n\r\n', 'text/plain\r\n..'),
  ],
  ['whose fragment is no SEND', largeRecord(KEPT_LINES).replace('t1 SEND', 't1 SENT')],
  ['whose fragment has a line without a name', largeRecord(KEPT_LINES).replace('Message-ID:', ':essage-ID ')],
])('I1: a record %s is told', (_what, text) => expect(stored(text)).toContain('I1'));

test.each([
  ['of another transaction', '-------t2$'],
  ['of two hyphens too few', '-----t1$'],
  ['of a chunk that is not the last', '-------t1+'],
])('I4: a pushed fragment with an end-line %s is told', (_what, end) => {
  expect(pushed(payload(KEPT_LINES).replace('-------t1$', end))).toContain('I4');
});

test('I9b: its lifetime is the default, from its receipt, whatever its Date and the Expires of the session (S6c)', () => {
  const stamp = (atNs: number) => {
    const bench = offered([...SENT_LINES, 'Expires: 60']);
    bench.see(Observed.stored, 2, 0, RECEIVED_NS, 0, largeRecord(KEPT_LINES), 2);
    return bench.see(Observed.stamped, 2, 0, atNs, RECEIVED_NS).violated();
  };
  expect(stamp(RECEIVED_NS + 1000 * S)).toEqual([]);
  // As it would be for a Pager message: counted from Date.
  expect(stamp(RECEIVED_NS + 999 * S)).toEqual(['I9b']);
  expect(stamp(RECEIVED_NS + 60 * S)).toEqual(['I9b']);
});
