import { describe, expect, it } from 'vitest';
import { classOfHeader, HeaderClass } from '../../im-server/store/header-classes.js';
import { Header, HEADER_COMPACT, HEADER_NAMES } from '../../wire/sip/head/header-names.js';
import {
  answer,
  CoreBench,
  firstLine,
  headersOf,
  lines,
  plainVia,
  registered,
  valuesOf,
} from '../testing.js';

describe('originating edge and deferral (rules 4.4, 4.6)', () => {
  it('hands a MESSAGE for an unregistered user to the IM Server, octet for octet', () => {
    const bench = registered(7);
    bench.fromClient(7, bench.messageText(7, 9, ['P-Access-Network-Info: 3GPP-E-UTRAN-FDD'], 'z9hG4bKa'));
    const { to, text } = bench.takeOne();
    expect(to).toBe('10.0.0.2:5060');
    expect(plainVia(text)).toBe(
      lines(
        'MESSAGE sip:u9@ims.example SIP/2.0',
        'Via: SIP/2.0/UDP 10.0.0.1:5060;rport;branch=OURS;loop=HASH',
        'Route: <sip:im.ims.example;lr>',
        'Via: SIP/2.0/UDP 10.16.0.7:5060;rport=5060;branch=z9hG4bKa;received=10.16.0.7',
        'Max-Forwards: 69',
        'From: <sip:u7@ims.example>;tag=s1',
        'To: <sip:u9@ims.example>',
        'Call-ID: call-z9hG4bKa',
        'CSeq: 1 MESSAGE',
        'P-Access-Network-Info: 3GPP-E-UTRAN-FDD',
        'Content-Type: text/plain',
        'Content-Length: 18',
        'P-Asserted-Identity: <sip:u7@ims.example>',
        'P-Charging-Vector: icid-value=c0-00000000;icid-generated-at=10.0.0.1',
        'P-Charging-Function-Addresses: ccf=ccf.ims.example',
        'P-Served-User: <sip:u9@ims.example>;sescase=term;regstate=unreg',
        '',
        'Watson, come here.',
      ),
    );
    bench.fromServer(
      answer(text, 202, ['P-Charging-Vector: icid-value=secret', 'Date: Sun, 09 Sep 2001 01:46:40 GMT']),
    );
    const back = bench.takeOne();
    expect(back.to).toBe('10.16.0.7:5060');
    expect(headersOf(back.text)).toEqual([
      'Via: SIP/2.0/UDP 10.16.0.7:5060;rport=5060;branch=z9hG4bKa;received=10.16.0.7',
      'From: <sip:u7@ims.example>;tag=s1',
      'Call-ID: call-z9hG4bKa',
      'CSeq: 1 MESSAGE',
      'To: <sip:u9@ims.example>;tag=ans',
      'Date: Sun, 09 Sep 2001 01:46:40 GMT',
      'Content-Length: 0',
    ]);
  });

  it('plants a canary in icid, in the charging address and in its own branch when asked to', () => {
    const bench = new CoreBench({ canaries: true });
    bench.register(7);
    bench.fromClient(7, bench.messageText(7, 9));
    const { text } = bench.takeOne();
    expect(valuesOf(text, 'P-Charging-Vector')[0]).toMatch(/^icid-value=q7NeVeRx[0-9a-z]{8};/);
    expect(valuesOf(text, 'P-Charging-Function-Addresses')[0]).toMatch(/q7NeVeRx[0-9a-z]{8}/);
    expect(valuesOf(text, 'Via')[0]).toMatch(/branch=z9hG4bKq7H0pXyZ00000000[0-9a-f]{16};/);
  });

  it('refuses a source without a live binding, and one that is neither client nor IM Server', () => {
    const bench = registered(9);
    bench.fromClient(7, bench.messageText(7, 9));
    expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 403 Forbidden');
    bench.receive(0x0a000009, bench.messageText(7, 9));
    expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 403 Forbidden');
  });

  it('asserts the alias only if P-Preferred-Identity names it, and consumes the hint', () => {
    const asserted = (hints: readonly string[]) => {
      const bench = registered(7);
      bench.fromClient(7, bench.messageText(7, 9, hints));
      const { text } = bench.takeOne();
      expect(text).not.toContain('Preferred');
      return valuesOf(text, 'P-Asserted-Identity');
    };
    const own = ['<sip:u7@ims.example>'];
    const alias = ['<sip:q7NeVeRx00000007@ims.example>'];
    expect(asserted(['P-Preferred-Identity: <sip:q7NeVeRx00000007@ims.example>'])).toEqual(alias);
    expect(asserted(['p-preferred-identity : "A" <sip:q7NeVeRx00000007@IMS.example>'])).toEqual(alias);
    expect(asserted(['P-Preferred-Identity: <tel:+1>, <sip:q7NeVeRx00000007@ims.example>'])).toEqual(alias);
    expect(asserted(['P-Preferred-Identity: <sip:u7@ims.example>'])).toEqual(own);
    expect(asserted(['P-Preferred-Identity: <sip:q7NeVeRx00000008@ims.example>'])).toEqual(own);
    expect(asserted(['P-Preferred-Identity: <sip:u8@ims.example>'])).toEqual(own);
  });
});

/** Spellings of one header line with this value. */
function spellings(id: number, value: string): string[] {
  const name = HEADER_NAMES[id];
  const all = [`${name}: ${value}`, `${name.toUpperCase()}:${value}`, `${name.toLowerCase()} :\r\n ${value}`];
  if (HEADER_COMPACT[id] !== '') all.push(`${HEADER_COMPACT[id]}: ${value}`);
  return all;
}

const IDS = HEADER_NAMES.map((_name, id) => id).slice(1) as Header[];
const inClass = (...classes: readonly HeaderClass[]) =>
  IDS.filter((id) => classes.includes(classOfHeader(id)));

describe('what the border takes off, in every spelling (rules 4.5 and 4.7)', () => {
  it('from a client: asserted identity, charging, network fields, hints, as a single and as a repeated line', () => {
    const taken = [
      ...inClass(HeaderClass.X, HeaderClass.N, HeaderClass.I, HeaderClass.Ubad, HeaderClass.Eid),
    ].filter((id) => id !== Header.pAccessNetworkInfo);
    for (const id of taken) {
      for (const line of spellings(id, 'evil')) {
        const bench = registered(7);
        bench.fromClient(7, bench.messageText(7, 9, [line]));
        expect(bench.takeOne().text, line).not.toContain('evil');
      }
    }
    const bench = registered(7);
    const forged = ['P-Asserted-Identity: <sip:evil@x>', 'Subject: kept', 'p-asserted-identity: <tel:evil>'];
    bench.fromClient(7, bench.messageText(7, 9, forged));
    const { text } = bench.takeOne();
    expect(text).not.toContain('evil');
    expect(valuesOf(text, 'P-Asserted-Identity')).toEqual(['<sip:u7@ims.example>']);
    expect(valuesOf(text, 'Subject')).toEqual(['kept']);
  });

  it('to a client: charging and network fields, and nothing else', () => {
    for (const id of inClass(HeaderClass.X, HeaderClass.N)) {
      for (const line of spellings(id, 'secret')) {
        const bench = registered(9);
        bench.fromServer(bench.pushText('MESSAGE', 9, [line, 'X-Other: kept']));
        const { text } = bench.takeOne();
        expect(text, line).not.toContain('secret');
        expect(valuesOf(text, 'X-Other')).toEqual(['kept']);
      }
    }
  });

  it('to a client: P-Asserted-Identity exactly if Privacy asks for id, user or header (RFC 3325 section 7)', () => {
    const reaches = (privacy: readonly string[]) => {
      const bench = registered(9);
      bench.fromServer(
        bench.pushText('MESSAGE', 9, ['P-Asserted-Identity: <sip:hidden@ims.example>', ...privacy]),
      );
      return bench.takeOne().text.includes('hidden');
    };
    expect(reaches([])).toBe(true);
    expect(reaches(['Privacy: none'])).toBe(true);
    expect(reaches(['Privacy: session'])).toBe(true);
    expect(reaches(['Privacy: id'])).toBe(false);
    expect(reaches(['PRIVACY : Critical;\r\n HEADER'])).toBe(false);
    expect(reaches(['Privacy: session', 'privacy: user'])).toBe(false);
  });

  it('client to client: no charging is added, the identity unless it is private, the sender forgets nothing', () => {
    const bench = registered(7, 9);
    bench.fromClient(7, bench.messageText(7, 9, ['P-Access-Network-Info: cell', 'k: a', 's: b'], 'z9hG4bKb'));
    const { to, text } = bench.takeOne();
    expect(to).toBe('10.16.0.9:5060');
    expect(plainVia(text)).toBe(
      lines(
        'MESSAGE sip:u9@10.16.0.9:5060 SIP/2.0',
        'Via: SIP/2.0/UDP 10.0.0.1:5060;rport;branch=OURS;loop=HASH',
        'Via: SIP/2.0/UDP 10.16.0.7:5060;rport=5060;branch=z9hG4bKb;received=10.16.0.7',
        'Max-Forwards: 69',
        'From: <sip:u7@ims.example>;tag=s1',
        'To: <sip:u9@ims.example>',
        'Call-ID: call-z9hG4bKb',
        'CSeq: 1 MESSAGE',
        'k: a',
        's: b',
        'Content-Type: text/plain',
        'Content-Length: 18',
        'P-Asserted-Identity: <sip:u7@ims.example>',
        '',
        'Watson, come here.',
      ),
    );
    bench.fromClient(
      9,
      answer(text, 200, ['P-Charging-Vector: icid-value=evil', 'P-Asserted-Identity: <sip:evil@x>']),
    );
    expect(bench.takeOne().text).not.toContain('evil');
    bench.fromClient(
      7,
      bench.messageText(7, 9, ['Privacy: id', 'P-Preferred-Identity: <sip:q7NeVeRx00000007@ims.example>']),
    );
    const anonymous = bench.takeOne().text;
    expect(anonymous).not.toContain('q7NeVeRx');
    expect(anonymous).not.toContain('P-Asserted-Identity');
    expect(valuesOf(anonymous, 'Privacy')).toEqual(['id']);
  });
});

describe('request validation (RFC 3261 section 16.3)', () => {
  const statusOf = (change: (text: string) => string) => {
    const bench = registered(7);
    bench.fromClient(7, change(bench.messageText(7, 9)));
    const { text } = bench.takeOne();
    return text.startsWith('SIP/2.0 ') ? text.slice(8, 11) : 'sent';
  };

  it('T7: Max-Forwards: 0 is 483, absent becomes 70', () => {
    expect(statusOf((text) => text.replace('Max-Forwards: 70', 'Max-Forwards: 0'))).toBe('483');
    expect(statusOf((text) => text.replace('Max-Forwards: 70', 'Max-Forwards: 1'))).toBe('sent');
    const bench = registered(7);
    bench.fromClient(7, bench.messageText(7, 9).replace('Max-Forwards: 70\r\n', ''));
    expect(valuesOf(bench.takeOne().text, 'Max-Forwards')).toEqual(['70']);
  });

  it('another scheme is 416, another domain or user 404, Proxy-Require 420 with Unsupported', () => {
    expect(statusOf((text) => text.replace('MESSAGE sip:u9@ims', 'MESSAGE sips:u9@ims'))).toBe('416');
    expect(statusOf((text) => text.replace('MESSAGE sip:u9@ims.example', 'MESSAGE tel:+15551212'))).toBe(
      '416',
    );
    expect(statusOf((text) => text.replace('MESSAGE sip:u9@ims', 'MESSAGE sip:u9@else'))).toBe('404');
    expect(statusOf((text) => text.replace('MESSAGE sip:u9@', 'MESSAGE sip:u100@'))).toBe('404');
    const bench = registered(7);
    bench.fromClient(7, bench.messageText(7, 9, ['Proxy-Require: foo', 'proxy-require: bar']));
    const { text } = bench.takeOne();
    expect(firstLine(text)).toBe('SIP/2.0 420 Bad Extension');
    expect(valuesOf(text, 'Unsupported')).toEqual(['foo, bar']);
  });

  it('a loop is 482, a spiral goes on (item 4)', () => {
    const bench = registered(7, 9);
    bench.fromServer(bench.pushText('MESSAGE', 9));
    const first = bench.takeOne().text;
    const looped = (uri: string) =>
      first
        .replace(/^MESSAGE \S+/, `MESSAGE ${uri}`)
        .replace(
          'Via: ',
          'Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKback\r\nRoute: <sip:core.ims.example;lr>\r\nVia: ',
        );
    bench.fromServer(looped('sip:u9@ims.example'));
    expect(firstLine(bench.takeOne().text)).toContain(' 482 ');
    bench.fromServer(looped('sip:u7@ims.example').replace('z9hG4bKback', 'z9hG4bKspiral'));
    expect(bench.takeOne().to).toBe('10.16.0.7:5060');
  });
});
