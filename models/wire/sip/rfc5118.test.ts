/**
 * The messages of RFC 5118 section 4 by their names, with CRLF where the archive of that RFC has LF: one is refused, all others are
 * read, and the colons mean what they mean. Written anew from the descriptions.
 */
import { describe, expect, it } from 'vitest';
import { SessionDescription } from '../sdp/description.js';
import { SipFault, faultStatus } from './faults.js';
import { Header } from './head/header-names.js';
import { ListCursor } from './values/list.js';
import { SipMessage } from './message.js';
import { Framing, parseSip } from './parse.js';
import { validate } from './validate.js';
import { Via, parseVia } from './values/via.js';

const NAME = '[2001:db8::10]';
const VIA = 'Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111';

function request(line: string, lines: readonly string[], body: readonly string[] = []): string {
  const method = line.slice(0, line.indexOf(' '));
  const text = body.map((one) => `${one}\r\n`).join('');
  const common = [
    'To: sip:user@example.com',
    'From: sip:user@example.com;tag=81x2',
    'Call-ID: SSG9559905523997077@hlau_4100',
    'Max-Forwards: 70',
    `CSeq: 8612 ${method}`,
  ];
  const content = body.length > 0 ? ['Content-Type: application/sdp'] : [];
  const head = [`${line} SIP/2.0`, ...common, ...lines, ...content, `Content-Length: ${text.length}`];
  return `${head.join('\r\n')}\r\n\r\n${text}`;
}

const CALLER = 'Contact: "Caller" <sip:caller@[2001:db8::1]>';

const MESSAGES: Readonly<Record<string, string>> = {
  'ipv6-good': request(`REGISTER sip:${NAME}`, [VIA, CALLER]),
  'ipv6-bad': request('REGISTER sip:2001:db8::10', [VIA, CALLER]),
  'port-ambiguous': request('REGISTER sip:[2001:db8::10:5070]', [VIA, CALLER]),
  'port-unambiguous': request('REGISTER sip:[2001:db8::10]:5070', [VIA, CALLER]),
  'via-received-param-with-delim': request(`BYE sip:${NAME}`, [
    'Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111',
  ]),
  'via-received-param-no-delim': request(`OPTIONS sip:${NAME}`, [
    'Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3',
  ]),
  'ipv6-in-sdp': request(
    `INVITE sip:user@${NAME}`,
    ['Via: SIP/2.0/UDP [2001:db8::20];branch=z9hG4bKas3-111', CALLER],
    [
      'v=0',
      'o=assistant 971731711378798081 0 IN IP6 2001:db8::20',
      "s=Live video feed for today's meeting",
      'c=IN IP6 2001:db8::20',
      't=3338481189 3370017201',
      'm=message 2855 TCP/MSRP *',
      'a=accept-types:*',
      'a=path:msrp://[2001:db8::20]:2855/abcdefghijkl;tcp',
    ],
  ),
  'mult-ip-in-header': request('BYE sip:user@host.example.net', [
    'Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111',
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144',
    'Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200',
  ]),
  'mult-ip-in-sdp': request(
    `INVITE sip:user@${NAME}`,
    [VIA, CALLER],
    [
      'v=0',
      'o=bob 280744730 28977631 IN IP4 host.example.com',
      's=',
      't=0 0',
      'm=audio 22334 RTP/AVP 0',
      'c=IN IP4 192.0.2.1',
      'm=message 6024 TCP/MSRP *',
      'c=IN IP6 2001:db8::1',
      'a=accept-types:*',
      'a=path:msrp://[2001:db8::1]:6024/abcdefghijkl;tcp',
    ],
  ),
  'ipv4-mapped-ipv6': request('INVITE sip:user@example.com', [
    'Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19',
    'Via: SIP/2.0/UDP [::ffff:192.0.2.2];branch=z9hG4bKas3-111',
    'Contact: "T. desk phone" <sip:ted@[::ffff:192.0.2.2]>',
  ]),
  'ipv6-bug-abnf-3-colons': request('OPTIONS sip:user@[2001:db8:::192.0.2.1]', [VIA]),
  'ipv6-correct-abnf-2-colons': request('OPTIONS sip:user@[2001:db8::192.0.2.1]', [VIA]),
};

function judge(name: string): SipMessage {
  const octets = Buffer.from(MESSAGES[name], 'latin1');
  const message = new SipMessage();
  parseSip(octets, 0, octets.length, Framing.datagram, message);
  validate(message);
  return message;
}

/** Host and port of the Request-URI. */
function target(name: string): [string, number] {
  const message = judge(name);
  const uri = message.uri()!;
  return [message.buf.latin1Slice(uri.hostStart, uri.hostEnd), uri.port];
}

describe('RFC 5118: IPv6', () => {
  it.each(Object.keys(MESSAGES).filter((name) => name !== 'ipv6-bad'))('%s is read', (name) => {
    expect(judge(name).fault).toBe(SipFault.none);
  });

  it('ipv6-bad: without brackets it is no host, and the answer is 400', () => {
    expect(faultStatus(judge('ipv6-bad').fault)).toBe(400);
  });

  it('port-ambiguous and port-unambiguous: within the brackets it is no port', () => {
    expect([target('port-ambiguous'), target('port-unambiguous')]).toEqual([
      ['[2001:db8::10:5070]', -1],
      ['[2001:db8::10]', 5070],
    ]);
  });

  it('received with and without brackets, and what follows it', () => {
    const names = ['via-received-param-with-delim', 'via-received-param-no-delim'];
    const read = names.map((name) => {
      const { buf } = judge(name);
      const via = judge(name).topVia()!;
      return [via.receivedStart, via.receivedEnd, via.branchStart, via.branchEnd].map((at, i, all) =>
        i % 2 === 0 ? buf.latin1Slice(at, all[i + 1]) : '',
      );
    });
    expect(read).toEqual([
      ['[2001:db8::9:255]', '', 'z9hG4bKas3-111', ''],
      ['2001:db8::9:255', '', 'z9hG4bKas3', ''],
    ]);
  });

  it('mult-ip-in-header: each Via of both families', () => {
    const message = judge('mult-ip-in-header');
    const list = new ListCursor().open(message, Header.via);
    const via = new Via();
    const hosts: string[] = [];
    while (list.next()) {
      expect(parseVia(message.buf, list.start, list.end, via)).toBe(SipFault.none);
      hosts.push(`${message.buf.latin1Slice(via.hostStart, via.hostEnd)} ${via.port}`);
    }
    expect(hosts).toEqual(['[2001:db8::9:1] 6050', '192.0.2.1 -1', '[2001:db8::9:255] -1']);
  });

  it.each(['ipv6-in-sdp', 'mult-ip-in-sdp'])('%s: the offer is read, and its path', (name) => {
    const message = judge(name);
    const sdp = new SessionDescription();
    expect(sdp.parse(message.buf, message.bodyStart, message.bodyEnd)).toBe(true);
    const media = sdp.media[sdp.msrpMedia()];
    expect(message.buf.latin1Slice(media.pathStart, media.pathEnd)).toMatch(/^msrp:\/\/\[2001:db8::/);
  });

  it('ipv6-bug-abnf-3-colons: tolerated, as its right form is', () => {
    expect([target('ipv6-bug-abnf-3-colons'), target('ipv6-correct-abnf-2-colons')]).toEqual([
      ['[2001:db8:::192.0.2.1]', -1],
      ['[2001:db8::192.0.2.1]', -1],
    ]);
  });
});
