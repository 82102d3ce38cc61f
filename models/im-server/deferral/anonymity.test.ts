import { describe, expect, it } from 'vitest';
import { SipMessage } from '../../wire/sip/message.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { Anonymity, anonymityOf } from './anonymity.js';

function judge(from: string, ...privacy: string[]): Anonymity {
  const lines = ['MESSAGE sip:a@b SIP/2.0', `From: ${from}`, ...privacy, 'Content-Length: 0', '', ''];
  const buf = Buffer.from(lines.join('\r\n'));
  const message = new SipMessage();
  expect(parseSip(buf, 0, buf.length, Framing.datagram, message)).toBe(0);
  return anonymityOf(message);
}

const ALICE = '"Alice" <sip:alice@ims.example>;tag=1';
const NOBODY = '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1';
const { none, requested, unsupportedCritical } = Anonymity;

describe('anonymity matrix (rules 1.6, S2, A8)', () => {
  it.each([
    ['no signal', none, ALICE, []],
    ['Privacy: id', requested, ALICE, ['Privacy: id']],
    ['Privacy: header', requested, ALICE, ['Privacy: header']],
    ['Privacy: user', requested, ALICE, ['Privacy: user']],
    ['Privacy: session only', none, ALICE, ['Privacy: session']],
    ['Privacy: history only', none, ALICE, ['Privacy: session;history']],
    ['Privacy: critical alone', none, ALICE, ['Privacy: critical']],
    ['Privacy: critical with a level we support', requested, ALICE, ['Privacy: id;critical']],
    ['Privacy: critical with one we do not', unsupportedCritical, ALICE, ['Privacy: id;unheard;critical']],
    ['an unsupported level alone', none, ALICE, ['Privacy: unheard']],
    ['Privacy: none', none, ALICE, ['Privacy: none']],
    ['Privacy: none against an anonymous From', none, NOBODY, ['Privacy: none']],
    ['none beside another value', requested, ALICE, ['Privacy: none;session']],
    ['From anonymous.invalid', requested, NOBODY, []],
    ['any user part', requested, 'sips:x;y=1@ANONYMOUS.invalid:5061;tag=2', []],
    ['no user part', requested, '<sip:anonymous.invalid>;tag=3', []],
    ['an @ behind the URI', requested, 'sip:anonymous@anonymous.invalid;tag=3;x="a@b"', []],
    ['an @ behind a URI without user part', requested, 'sip:anonymous.invalid;tag=3;x="a@b"', []],
    ['the dot of the root', requested, '<sip:anonymous@anonymous.INVALID.:5060>;tag=3', []],
    ['From anonymous.invalid with harmless Privacy', requested, NOBODY, ['Privacy: session']],
    ['the words in a display name', none, '"<sip:anonymous.invalid>" <sip:a@b>;tag=1', []],
    ['the words in a user part', none, '<sip:anonymous.invalid@b>;tag=1', []],
    ['a longer host', none, '<sip:a@anonymous.invalid.example>;tag=1', []],
    ['mixed case and spaces', requested, ALICE, ['PRIVACY : Session ; ID']],
    ['repeated header fields', requested, ALICE, ['Privacy: session', 'Privacy: user']],
    ['folded', requested, ALICE, ['Privacy: session;\r\n id']],
  ] as const)('%s', (_row, expected, from, privacy) => {
    expect(judge(from, ...privacy)).toBe(expected);
  });
});
