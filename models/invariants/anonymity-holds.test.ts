/** I3 where Large Messages go: the whole dialog of an anonymous sender, and what she wants, not what the INVITE says. */
import { describe, expect, test } from 'vitest';
import { Observed } from '../observations.js';
import { Bench, CLIENT_HOST, largeRecord, request, S, SENT_LINES } from './testing.js';

const FROM = 'From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1';
const ANONYMOUS = [...SENT_LINES.map((line) => (line.startsWith('From:') ? FROM : line)), 'Privacy: id'];
const IDENTITY = 'P-Asserted-Identity: <sip:u1@ims.example>';
const LABEL = 'Message-ID: m7\r\nContent-Type: text/plain\r\n';

/** User 1 opened a session for Large Message 7 to user 2 with an INVITE of these lines. */
function opened(lines: readonly string[] = ANONYMOUS, label = `${LABEL}Privacy: id\r\n`): Bench {
  return new Bench()
    .see(Observed.largeOffered, 1, 7, 2, 60)
    .see(Observed.largeLabel, 1, 7, 0, 0, label)
    .see(Observed.sent, 1, 7, 2, 0, request(lines), 1);
}

const datagram = (first: string, lines: readonly string[]): string =>
  `${first}\r\n${lines.join('\r\n')}\r\n\r\n`;
const IN_DIALOG = [FROM, 'To: <sip:u2@ims.example>;tag=2', 'Call-ID: c7@10.16.0.1', 'CSeq: 2 BYE'];
const bye = (lines: readonly string[]): string => datagram('BYE sip:u2@10.16.0.2:5060 SIP/2.0', lines);

describe('the dialog of an anonymous sender', () => {
  const reaching = (text: string, host = CLIENT_HOST, bench = opened()): string[] =>
    bench.see(Observed.datagramDelivered, host, 2, 0, 0, text, 2).violated();

  test('RFC 3325 section 9.3: BYE with an asserted identity is seen, under any spelling; without it is right', () => {
    expect(reaching(bye([...IN_DIALOG, IDENTITY]))).toEqual(['I3']);
    expect(reaching(bye([...IN_DIALOG, 'p-asserted-identity : "U" <sip:u1@ims.example>']))).toEqual(['I3']);
    expect(reaching(bye(IN_DIALOG))).toEqual([]);
    const bench = opened();
    reaching(bye(IN_DIALOG), CLIENT_HOST, bench);
    expect(bench.checked('I3')).toBe(1);
  });

  test('what the recipient asserts of herself, responses, other calls, and the way to the server are not meant', () => {
    const hers = ['From: <sip:u2@ims.example>;tag=2', `To: ${FROM.slice(6)}`, ...IN_DIALOG.slice(2)];
    expect(reaching(bye([...hers, IDENTITY]))).toEqual([]);
    expect(reaching(datagram('SIP/2.0 200 OK', [...IN_DIALOG, IDENTITY]))).toEqual([]);
    const other = IN_DIALOG.map((line) => line.replace('c7@', 'c8@'));
    expect(reaching(bye([...other, IDENTITY]))).toEqual([]);
    expect(reaching(bye([...IN_DIALOG, IDENTITY]), CLIENT_HOST + 1)).toEqual([]);
    expect(reaching(bye([...IN_DIALOG, IDENTITY]), CLIENT_HOST, opened(SENT_LINES, LABEL))).toEqual([]);
  });

  test('a replacement of the session is meant, too', () => {
    const again = ANONYMOUS.map((line) => line.replace('c7@', 'c9@'));
    const bench = opened().see(Observed.largeRetried, 1, 7, 2, 0, request(again), 2);
    const second = IN_DIALOG.map((line) => line.replace('c7@', 'c9@'));
    expect(reaching(bye([...second, IDENTITY]), CLIENT_HOST, bench)).toEqual(['I3']);
  });
});

test('A8: who wanted to be anonymous and went into the session of somebody named is seen in the store', () => {
  const named = [...SENT_LINES, IDENTITY];
  const stored = (bench: Bench): string[] =>
    bench.see(Observed.stored, 2, 0, 2 * S, 0, largeRecord(named), 2).violated();
  expect(stored(opened(SENT_LINES))).toContain('I3');
  expect(stored(opened(SENT_LINES, LABEL))).not.toContain('I3');
});
