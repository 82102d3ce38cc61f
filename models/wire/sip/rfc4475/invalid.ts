/**
 * Invalid messages after RFC 4475 section 3.1.2: each breaks the grammar in one place. Written anew from the descriptions.
 */
import type { Torture } from './valid.js';

/** A request around the lines that are wrong. */
function request(name: string, line: string, lines: readonly string[], length = 'l: 0', body = ''): Torture {
  return { name, text: [line, ...lines, length, '', body].join('\n') };
}

const VIA = 'Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bKkdju43234';
const SDP = 'v=0\no=mhandley 29739 7272939 IN IP4 192.0.2.155\ns=-\nc=IN IP4 192.0.2.155\nt=0 0\n';

export const INVALID: readonly Torture[] = [
  request('badinv01', 'INVITE sip:user@example.com SIP/2.0', [
    'To: sip:j.user@example.com',
    'From: sip:caller@example.net;tag=134161461246',
    'Max-Forwards: 7',
    'Call-ID: badinv01.0ha0isndaksdjasdf3234nas',
    'CSeq: 8 INVITE',
    'Via: SIP/2.0/UDP 192.0.2.15;;,;,,',
    'Contact: "Joe" <sip:joe@example.org>;;;;',
  ]),
  request(
    'clerr',
    'INVITE sip:user@example.com SIP/2.0',
    [
      'Max-Forwards: 80',
      'To: sip:j.user@example.com',
      'From: sip:caller@example.net;tag=93942939o2',
      'Contact: <sip:caller@hungry.example.net>',
      'Call-ID: clerr.0ha0isndaksdjweiafasdk3',
      'CSeq: 8 INVITE',
      'Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bK-39234-23523',
      'Content-Type: application/sdp',
    ],
    'Content-Length: 9999',
    SDP,
  ),
  request(
    'ncl',
    'INVITE sip:user@example.com SIP/2.0',
    [
      'Max-Forwards: 254',
      'To: sip:j.user@example.com',
      'From: sip:caller@example.net;tag=32394234',
      'Call-ID: ncl.0ha0isndaksdj2193423r542w35',
      'CSeq: 0 INVITE',
      'Via: SIP/2.0/UDP 192.0.2.53;branch=z9hG4bKkdjuw',
      'Contact: <sip:caller@example53.example.net>',
      'Content-Type: application/sdp',
    ],
    'Content-Length: -999',
    SDP,
  ),
  request('scalar02', 'REGISTER sip:example.com SIP/2.0', [
    'Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bK342sdfoi3',
    'To: <sip:user@example.com>',
    'From: <sip:user@example.com>;tag=239232jh3',
    'CSeq: 36893488147419103232 REGISTER',
    'Call-ID: scalar02.23o0pd9vanlq3wnrlnewofjas9ui32',
    'Max-Forwards: 300',
    `Expires: 1${'0'.repeat(100)}`,
    'Contact: <sip:user@host129.example.com>;expires=280297596632815',
  ]),
  request(
    'scalarlg',
    'SIP/2.0 503 Service Unavailable',
    [
      'Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bKzzxdiwo34sw;received=192.0.2.129',
      'To: <sip:user@example.com>',
      'From: <sip:other@example.net>;tag=2easdjfejw',
      'CSeq: 9292394834772304023312 OPTIONS',
      'Call-ID: scalarlg.noase0of0234hn2qofoaf0232aewf2394r',
      'Retry-After: 949302838503028349304023988',
      'Warning: 1812 overture "In Progress"',
    ],
    'Content-Length: 0',
  ),
  request(
    'quotbal',
    'INVITE sip:user@example.com SIP/2.0',
    [
      'To: "Mr. J. User <sip:j.user@example.com>',
      'From: sip:caller@example.net;tag=93334',
      'Max-Forwards: 10',
      'Call-ID: quotbal.aksdj',
      'Contact: <sip:caller@host59.example.net>',
      'CSeq: 8 INVITE',
      'Via: SIP/2.0/UDP 192.0.2.59:5050;branch=z9hG4bKkdjuw39234',
      'Content-Type: application/sdp',
    ],
    `Content-Length: ${SDP.length + 5}`,
    SDP,
  ),
  ...(
    [
      ['ltgtruri', 'INVITE <sip:user@example.com> SIP/2.0'],
      ['lwsruri', 'INVITE sip:user@example.com; lr SIP/2.0'],
      ['lwsstart', 'INVITE  sip:user@example.com  SIP/2.0'],
      ['escruri', 'INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0'],
    ] as const
  ).map(([name, line]) =>
    request(
      name,
      line,
      [
        'To: sip:user@example.com',
        'From: sip:caller@example.net;tag=39291',
        'Max-Forwards: 23',
        `Call-ID: ${name}.1@192.0.2.5`,
        'CSeq: 1 INVITE',
        'Via: SIP/2.0/UDP 192.0.2.5',
        'Contact: <sip:caller@host5.example.net>',
        'Content-Type: application/sdp',
      ],
      `Content-Length: ${SDP.length + 5}`,
      SDP,
    ),
  ),
  request('trws', 'OPTIONS sip:remote-target@example.com SIP/2.0  ', [
    'Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK299342093',
    'To: <sip:remote-target@example.com>',
    'From: <sip:local-resource@example.com>;tag=329429089',
    'Call-ID: trws.oicu34958239neffasdhr2345r',
    'Accept: application/sdp',
    'CSeq: 238923 OPTIONS',
    'Max-Forwards: 70',
  ]),
  request('baddate', 'INVITE sip:user@example.com SIP/2.0', [
    'To: sip:user@example.com',
    'From: sip:caller@example.net;tag=2234923',
    'Max-Forwards: 70',
    'Call-ID: baddate.239423mnsadf3j23lj42--sedfnm234',
    'CSeq: 1392934 INVITE',
    'Via: SIP/2.0/UDP host.example.com;branch=z9hG4bKkdjuw',
    'Date: Fri, 01 Jan 2010 16:00:00 EST',
    'Contact: <sip:caller@host5.example.net>',
  ]),
  request('regbadct', 'REGISTER sip:example.com SIP/2.0', [
    'To: sip:user@example.com',
    'From: sip:user@example.com;tag=998332',
    'Max-Forwards: 70',
    'Call-ID: regbadct.k345asrl3fdbv@10.0.0.1',
    'CSeq: 1 REGISTER',
    'Via: SIP/2.0/UDP 135.180.130.133:5060;branch=z9hG4bKkdjuw',
    'Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E',
  ]),
  request('badaspec', 'OPTIONS sip:user@example.org SIP/2.0', [
    'Via: SIP/2.0/UDP host4.example.com:5060;branch=z9hG4bKkdju43234',
    'Max-Forwards: 70',
    'From: "Bell, Alexander" <sip:a.g.bell@example.com>;tag=433423',
    'To: "Watson, Thomas" < sip:t.watson@example.org >',
    'Call-ID: badaspec.sdf0234n2nds0a099u23h3hnnw009cdkne3',
    'Accept: application/sdp',
    'CSeq: 3923239 OPTIONS',
  ]),
  request('baddn', 'OPTIONS sip:t.watson@example.org SIP/2.0', [
    'Via:     SIP/2.0/UDP c.example.com:5060;branch=z9hG4bKkdjuw',
    'Max-Forwards:      70',
    'From:    Bell, Alexander <sip:a.g.bell@example.com>;tag=43',
    'To:      Watson, Thomas <sip:t.watson@example.org>',
    'Call-ID: baddn.31415@c.example.com',
    'Accept: application/sdp',
    'CSeq:    3923239 OPTIONS',
  ]),
  request('badvers', 'OPTIONS sip:t.watson@example.org SIP/7.0', [
    'Via:     SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw',
    'Max-Forwards:     70',
    'From:    A. Bell <sip:a.g.bell@example.com>;tag=qweoiqpe',
    'To:      T. Watson <sip:t.watson@example.org>',
    'Call-ID: badvers.31417@c.example.com',
    'CSeq:    1 OPTIONS',
  ]),
  request('mismatch01', 'OPTIONS sip:user@example.com SIP/2.0', [
    'To: sip:j.user@example.com',
    'From: sip:caller@example.net;tag=34525',
    'Max-Forwards: 6',
    'Call-ID: mismatch01.dj0234sxdfl3',
    'CSeq: 8 INVITE',
    VIA,
  ]),
  request('mismatch02', 'NEWMETHOD sip:user@example.com SIP/2.0', [
    'To: sip:j.user@example.com',
    'From: sip:caller@example.net;tag=34525',
    'Max-Forwards: 6',
    'Call-ID: mismatch02.dj0234sxdfl3',
    'CSeq: 8 INVITE',
    'Contact: <sip:caller@host.example.net>',
    VIA,
  ]),
  request('bigcode', 'SIP/2.0 4294967301 better not break the receiver', [
    'Via: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe',
    'Call-ID: bigcode.asdof3uj203asdnf3429uasdhfas3ehjasdfas9i',
    'CSeq: 353494 INVITE',
    'From: <sip:user@example.com>;tag=39ansfi3',
    'To: <sip:user@example.edu>;tag=902jndnke3',
    'Contact: <sip:user@host105.example.com>',
  ]),
];
