/**
 * Messages after RFC 4475 sections 3.2 to 3.4: sound for the parser, and a trial for the layers above, or from an element of
 * RFC 2543. Written anew from the descriptions.
 */
import type { Torture } from './valid.js';

function request(
  name: string,
  line: string,
  lines: readonly string[],
  length = 'Content-Length: 0',
  body = '',
): Torture {
  return { name, text: [line, ...lines, length, '', body].join('\n') };
}

/** The lines that every request here has unless it is about them. */
function common(name: string, method: string, to = 'sip:user@example.com'): string[] {
  return [
    `To: ${to}`,
    'From: <sip:caller@example.net>;tag=34525',
    'Max-Forwards: 70',
    `Call-ID: ${name}.ha09213ndfa8@host.example.net`,
    `CSeq: 3923423 ${method}`,
    'Via: SIP/2.0/TCP host9.example.net;branch=z9hG4bK3290sdfjw3',
  ];
}

const SDP = 'v=0\no=mhandley 29739 7272939 IN IP4 192.0.2.5\ns=-\nc=IN IP4 192.0.2.5\nt=0 0\n';

export const LAYERS: readonly Torture[] = [
  request('badbranch', 'OPTIONS sip:user@example.com SIP/2.0', [
    'To: sip:user@example.com',
    'From: sip:caller@example.org;tag=33242',
    'Max-Forwards: 3',
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK',
    'Accept: application/sdp',
    'Call-ID: badbranch.sadonfo23i420jv0as0derf3j3n',
    'CSeq: 8 OPTIONS',
  ]),
  request('insuf', 'INVITE sip:user@example.com SIP/2.0', [
    'CSeq: 193942 INVITE',
    'Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf',
    'Content-Type: application/sdp',
  ]),
  request(
    'unkscm',
    'OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0',
    common('unkscm', 'OPTIONS'),
  ),
  request('novelsc', 'OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0', common('novelsc', 'OPTIONS')),
  request('unksm2', 'REGISTER sip:example.com SIP/2.0', [
    'To: isbn:2983792873',
    'From: <http://www.example.com>;tag=3234233',
    'Call-ID: unksm2.daksdj@hyphenated-host.example.com',
    'CSeq: 234902 REGISTER',
    'Max-Forwards: 70',
    'Via: SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bKkdjuw',
    'Contact: <name:John_Smith>',
  ]),
  request('bext01', 'OPTIONS sip:user@example.com SIP/2.0', [
    ...common('bext01', 'OPTIONS'),
    'Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis',
    'Require: nothingSupportsThis, nothingSupportsThisEither',
  ]),
  request(
    'invut',
    'INVITE sip:user@example.com SIP/2.0',
    [
      ...common('invut', 'INVITE'),
      'Contact: <sip:caller@host5.example.net>',
      'Content-Type: application/unknownformat',
    ],
    'Content-Length: 40',
    '<audio>\n <pcmu port="443"/>\n</audio>\n',
  ),
  request('regaut01', 'REGISTER sip:example.com SIP/2.0', [
    ...common('regaut01', 'REGISTER', 'sip:j.user@example.com'),
    'Authorization: NoOneKnowsThisScheme opaque-data=here',
    'Contact: <sip:j.user@host.example.com>',
  ]),
  request(
    'multi01',
    'INVITE sip:user@company.com SIP/2.0',
    [
      'Contact: <sip:caller@host25.example.net>',
      'Via: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKkdjuw',
      'Max-Forwards: 70',
      'CSeq: 5 INVITE',
      'Call-ID: multi01.98asdh@192.0.2.1',
      'CSeq: 59 INVITE',
      'Call-ID: multi01.98asdh@192.0.2.2',
      'From: sip:caller@example.com;tag=3413415',
      'To: sip:user@example.com',
      'To: sip:other@example.net',
      'From: sip:caller@example.net;tag=2923420123',
      'Content-Type: application/sdp',
      'Contact: <sip:caller@host36.example.net>',
      'Max-Forwards: 5',
    ],
    `l: ${SDP.length + 5}`,
    SDP,
  ),
  request(
    'mcl01',
    'OPTIONS sip:user@example.com SIP/2.0',
    [...common('mcl01', 'OPTIONS'), 'Content-Length: 13', 'Content-Type: text/plain'],
    'Content-Length: 5',
    "There's no way to know how many octets are supposed to be here.\n",
  ),
  request(
    'bcast',
    'SIP/2.0 200 OK',
    [
      'Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923',
      'Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23',
      'Call-ID: bcast.0384840201234ksdfak3j2erwedfsASdf',
      'CSeq: 35 INVITE',
      'From: sip:user@example.com;tag=11141343',
      'To: sip:user@example.edu;tag=2229',
      'Content-Type: application/sdp',
      'Contact: <sip:user@host28.example.com>',
    ],
    `Content-Length: ${SDP.length + 5}`,
    SDP,
  ),
  request(
    'zeromf',
    'OPTIONS sip:user@example.com SIP/2.0',
    common('zeromf', 'OPTIONS').map((line) => (line.startsWith('Max-') ? 'Max-Forwards: 0' : line)),
  ),
  ...['cparam01', 'cparam02', 'regescrt'].map((name) =>
    request(name, 'REGISTER sip:example.com SIP/2.0', [
      ...common(name, 'REGISTER', 'sip:watson@example.com'),
      {
        cparam01: 'Contact: sip:+19725552222@gw1.example.net;unknownparam',
        cparam02: 'Contact: <sip:+19725552222@gw1.example.net;unknownparam>',
        regescrt: 'Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>',
      }[name] ?? '',
    ]),
  ),
  request(
    'sdp01',
    'INVITE sip:user@example.com SIP/2.0',
    [
      ...common('sdp01', 'INVITE'),
      'Contact: <sip:caller@host5.example.net>',
      'Accept: text/nobodyKnowsThis',
      'Content-Type: application/sdp',
    ],
    `Content-Length: ${SDP.length + 5}`,
    SDP,
  ),
  {
    name: 'inv2543',
    text: `INVITE sip:UserB@example.com SIP/2.0
Via: SIP/2.0/UDP iftgw.example.com
From: <sip:+13035551111@ift.client.example.net;user=phone>
Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>
To: sip:+16505552222@ss1.example.net;user=phone
Call-ID: inv2543.1717@ift.client.example.com
CSeq: 56 INVITE
Content-Type: application/sdp

${SDP}`,
  },
];
