import { describe, expect, it } from 'vitest';
import { MsrpFragment } from '../fragments/msrpfrag.js';
import { SipFragment, SipfragFault } from '../fragments/sipfrag.js';
import { Header } from '../sip/head/header-names.js';
import { SipMessage } from '../sip/message.js';
import { reviveSample } from './liberal.js';
import { Multipart } from './multipart.js';

/** The samples' slips, told apart from ours: hard space, curly quote, em dash. */
const NBSP = '\u00a0';
const CURLY = '\u201d';
const EM = '\u2014';

const MESSAGE = [
  '   MESSAGE sip:user2@imserver.com SIP/2.0',
  '   Via: SIP/2.0/TCP user1pc.imserver.com; branch=z9hG4bK776sgdkse',
  `${NBSP}  From: sip:user1@imserver.com;tag=49583`,
  '   Call-ID: asd88asd77a@1.2.3.4',
  '   Date: Thu, 21 Feb 2002 13:02:03 GMT ',
  '   CSeq: 1 MESSAGE',
  '   Content-Type: text/plain',
  '   Content-Length: 18',
  '',
  ` ${NBSP}`,
  '',
  '   Watson, come here.',
];

const INVITE = [
  '   INVITE sip: user2@imserver.com SIP/2.0',
  '   To: <sip:user2@imserver.com>',
  '   Call-ID: 3413an89KU',
  '   Date: Thu, 21 Feb 2005 13:02:03 GMT ',
];

const SEND = ['   MSRP dkei38sd SEND', '', '   Message-ID: 456', '   ', '   Content-Type: text/plain', ''];
const HI = ["    Hi, Alice!  I'm Bob!", '    -------dkei38sd$'];

function parts(lines: string[]): [Buffer, Multipart] {
  const sample = Buffer.from(lines.join('\n'), 'utf8');
  const revived = reviveSample(sample, 0, sample.length);
  expect(revived).toBeDefined();
  const octets = revived?.octets ?? sample;
  const multipart = new Multipart();
  expect(multipart.parse(octets, 0, octets.length, revived?.boundary ?? '')).toBe(true);
  return [octets, multipart];
}

describe('the examples of the change request as input (rules 1.5)', () => {
  it.each([
    [
      'E1-store',
      `     Content-Type: multipart/mixed;boundary=${CURLY}boundary42${CURLY}`,
      `--boundary42${EM}`,
      false,
      '--boundary42--',
    ],
    [
      'E1-push',
      `   Content-Type: multipart/mixed; boundary=${CURLY}boundary42${CURLY}`,
      '--boundary42--',
      true,
      `--boundary42${EM}`,
    ],
  ])('%s is read as the message it shows', (_name, declared, open, blank, close) => {
    const [octets, multipart] = parts([
      declared,
      '',
      '  ' + open,
      '   Content-Type: message/sip',
      ...(blank ? ['', ''] : []),
      ...MESSAGE,
      '  ' + close,
      '',
      '  -------dkei38sd$',
    ]);
    expect(multipart.count).toBe(1);
    const [part] = multipart.parts;
    expect(multipart.findHeader(octets, part, 'content-type')).toBe(true);
    const sip = new SipFragment(new SipMessage());
    expect(sip.parse(octets, part.bodyStart, part.bodyEnd)).toBe(true);
    expect(sip.message.textOf(Header.callId)).toBe('asd88asd77a@1.2.3.4');
    expect(octets.latin1Slice(sip.bodyStart, sip.bodyEnd)).toBe('Watson, come here.');
  });

  it.each([
    ['E2-store', 'Content-Type=message', '--boundary42--', '--boundary42--'],
    ['E2-push', 'Content-Type: message', '--boundary42', '      --boundary42-'],
  ])('%s is read as the fragments it shows', (_name, type, open, close) => {
    const [octets, multipart] = parts([
      '   Content-Type: multipart/mixed; boundary="boundary42"',
      '',
      open,
      '',
      `   ${type}/sipfrag`,
      ...INVITE,
      '',
      '',
      open,
      '',
      `   ${type}/msrpfrag `,
      ...SEND,
      ...HI,
      '',
      close,
      '   -------elfj49te$',
    ]);
    expect(multipart.count).toBe(2);
    const [first, second] = multipart.parts;
    const sip = new SipFragment(new SipMessage());
    expect(sip.parse(octets, first.bodyStart, first.bodyEnd)).toBe(true);
    expect(sip.fault).toBe(SipfragFault.none);
    expect(sip.message.uriText()).toBe('sip:user2@imserver.com');
    expect(sip.message.textOf(Header.date)).toBe('Thu, 21 Feb 2005 13:02:03 GMT');
    const msrp = new MsrpFragment();
    expect(msrp.parse(octets, second.bodyStart, second.bodyEnd)).toBe(true);
    expect(octets.latin1Slice(msrp.idStart, msrp.idEnd)).toBe('456');
    expect(octets.latin1Slice(msrp.typeStart, msrp.typeEnd)).toBe('text/plain');
    expect(octets.latin1Slice(msrp.bodyStart, msrp.bodyEnd)).toBe("Hi, Alice!  I'm Bob!");
  });

  it('what is no such sample gives nothing', () => {
    const plain = Buffer.from('Content-Type: text/plain\n\nhello');
    expect(reviveSample(plain, 0, plain.length)).toBeUndefined();
  });
});
