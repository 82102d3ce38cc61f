import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipAddress, SipContact, parseAddress, parseContact } from './values/address.js';
import { formatDate, parseDate } from './values/date.js';
import { SipFault } from './faults.js';
import { Header } from './head/header-names.js';
import { isIpv6, parseIpv4 } from './values/host.js';
import { ListCursor } from './values/list.js';
import { SipMessage } from './message.js';
import { METHOD_NAMES, Method, methodOf } from './head/methods.js';
import { ParamCursor } from './values/params.js';
import { Framing, parseSip } from './parse.js';
import { PrivacyValue, privacyOf } from './values/privacy.js';
import { CSeq, parseCSeq, parseMaxForwards, parseRetryAfter, parseSeconds } from './values/scalars.js';
import { SipUri, UriScheme, parseUri, uriEquals } from './values/uri.js';
import { Via, ViaTransport, parseVia } from './values/via.js';

const octets = (text: string): Buffer => Buffer.from(text, 'latin1');
const all = <T>(
  read: (buf: Buffer, start: number, end: number, out: T) => number,
  text: string,
  out: T,
): number => read(octets(text), 0, text.length, out);
const messageOf = (head: string): SipMessage => {
  const message = new SipMessage();
  const buf = octets(`OPTIONS sip:a SIP/2.0\r\n${head}\r\n\r\n`);
  parseSip(buf, 0, buf.length, Framing.datagram, message);
  return message;
};

describe('RFC 3261 section 19.1: URIs', () => {
  const parsed = (text: string): SipUri => {
    const uri = new SipUri();
    expect([text, all(parseUri, text, uri)]).toEqual([text, 0]);
    return uri;
  };
  const equal = (a: string, b: string): boolean =>
    uriEquals(octets(a), parsed(a), octets(b), parsed(b)) &&
    uriEquals(octets(b), parsed(b), octets(a), parsed(a));

  it('parts of a full URI', () => {
    const text =
      'sips:al;day=tuesday:pw@[2001:db8::9:1]:5061;lr;transport=tcp?to=alice%40atlanta.com&subject=x';
    const uri = parsed(text);
    const part = (start: number, end: number): string => text.slice(start, end);
    expect(uri.scheme).toBe(UriScheme.sips);
    expect(part(uri.userStart, uri.userEnd)).toBe('al;day=tuesday');
    expect(part(uri.passwordStart, uri.passwordEnd)).toBe('pw');
    expect([part(uri.hostStart, uri.hostEnd), uri.port]).toEqual(['[2001:db8::9:1]', 5061]);
    expect(part(uri.paramsStart, uri.paramsEnd)).toBe(';lr;transport=tcp');
    expect(part(uri.headersStart, uri.headersEnd)).toBe('to=alice%40atlanta.com&subject=x');
  });

  it('what is no URI', () => {
    const bad = [
      'sip:',
      'sip:@h',
      'sip:a b@h',
      'sip:u@',
      'sip:u%4@h',
      'sip:u%zz@h',
      'sip:h:port',
      'sip:h:99999',
      'sip:h;',
      'sip:h;=v',
      'sip:h;a=',
      'sip:h?',
      'sip:h?a',
      '<sip:h>',
      'nocolon',
      '1a:b',
      'sip:[::1',
      'sip:[zz]',
      'tel:',
      'sip:u@h@i',
    ];
    expect(bad.filter((text) => all(parseUri, text, new SipUri()) !== SipFault.uri)).toEqual([]);
  });

  it('the examples of section 19.1.4 that are equal', () => {
    expect(equal('sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp')).toBe(true);
    expect(equal('sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5')).toBe(true);
    expect(equal('sip:carol@chicago.com', 'sip:carol@chicago.com;security=on')).toBe(true);
    expect(
      equal(
        'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
        'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
      ),
    ).toBe(true);
    expect(
      equal(
        'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
        'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
      ),
    ).toBe(true);
  });

  it('the examples of section 19.1.4 that are not', () => {
    const pairs = [
      ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
      ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
      ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
      ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
      ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=tcp'],
      ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
      ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
      ['sip:a@h', 'sips:a@h'],
      ['sip:a@h;maddr=1.2.3.4', 'sip:a@h'],
      ['sip:a:x@h', 'sip:a@h'],
    ];
    const oneWay = (a: string, b: string): boolean => uriEquals(octets(a), parsed(a), octets(b), parsed(b));
    expect(pairs.filter(([a, b]) => oneWay(a, b) || oneWay(b, a))).toEqual([]);
  });

  it('an escape is the character itself (section 19.1.4), but not that of a reserved one', () => {
    const a = 'sip:a-b@h';
    for (const [escape, bare] of [
      ['%2d', '-'],
      ['%7E', '~'],
      ['%28', '('],
    ])
      expect(equal(a.replace('-', escape), a.replace('-', bare))).toBe(true);
    expect(equal('sip:a%3Bb@h', 'sip:a%3bb@h')).toBe(true);
    const oneWay = (x: string, y: string): boolean => uriEquals(octets(x), parsed(x), octets(y), parsed(y));
    for (const reserved of ';/?&=+$,') {
      const escape = `%${reserved.charCodeAt(0).toString(16)}`;
      const pair = [`sip:a${reserved}b@h`, `sip:a${escape}b@h`] as const;
      expect([reserved, oneWay(...pair), oneWay(pair[1], pair[0])]).toEqual([reserved, false, false]);
    }
  });

  it('RFC 5118: forms of IPv6 addresses', () => {
    const good = [
      '::',
      '::1',
      '2001:db8::10',
      '1:2:3:4:5:6:7:8',
      '::ffff:192.0.2.10',
      '2001:db8::192.0.2.1',
      '2001:db8:::192.0.2.1',
      ':::192.0.2.1',
      '1::',
    ];
    const bad = [
      '',
      ':',
      ':::',
      '1:2',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      '12345::',
      '::1.2.3',
      '::g',
      '1:2:3:4:5:6:7:',
      ':1::2',
      '2001:db8:::1',
      '2001:db8::::192.0.2.1',
      '2001:db8:::192.0.2',
      '1::2:::192.0.2.1',
      '1:2:3:4:5:6:::192.0.2.1',
    ];
    const isGood = (text: string): boolean => isIpv6(octets(text), 0, text.length);
    expect([good.filter((text) => !isGood(text)), bad.filter(isGood)]).toEqual([[], []]);
    // Section 4.1: without brackets it is no host.
    expect(all(parseUri, 'sip:2001:db8::10', new SipUri())).toBe(SipFault.uri);
    expect(parsed('sip:[2001:db8::10]:5070').port).toBe(5070);
    expect(parsed('sip:[2001:db8::10:5070]').port).toBe(-1);
    const via = new Via();
    expect(
      all(parseVia, 'SIP/2.0/UDP [2001:db8::9:1]:5060;received=2001:db8::9:255;branch=z9hG4bKas3-111', via),
    ).toBe(0);
    expect([via.port, via.receivedEnd - via.receivedStart]).toEqual([5060, 15]);
    expect(
      all(parseVia, 'SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3', via),
    ).toBe(0);
  });

  it('IPv4 addresses as numbers', () => {
    const ip = (text: string): number => parseIpv4(octets(text), 0, text.length);
    expect(
      ['10.0.0.1', '255.255.255.255', '256.1.1.1', '1.2.3', '1.2.3.4.5', '1..2.3', 'a.b.c.d', ''].map(ip),
    ).toEqual([0x0a000001, 0xffffffff, -1, -1, -1, -1, -1, -1]);
  });
});

describe('RFC 3261 sections 20.10 and 20.39: addresses', () => {
  const read = (text: string): (string | boolean)[] => {
    const out = new SipAddress();
    const fault = all(parseAddress, text, out);
    if (fault !== 0) return [`fault ${fault}`];
    const part = (start: number, end: number): string => text.slice(start, end);
    return [
      part(out.displayStart, out.displayEnd),
      part(out.uriStart, out.uriEnd),
      part(out.tagStart, out.tagEnd),
    ];
  };

  it('parameters outside of brackets belong to the header', () => {
    expect(read('sip:a@h;tag=1')).toEqual(['', 'sip:a@h', '1']);
    expect(read('<sip:a@h;tag=2>;x="a;tag=3";tag=4')).toEqual(['', 'sip:a@h;tag=2', '4']);
    expect(read('"A \\" <B>, C" <sip:a@h>')).toEqual(['"A \\" <B>, C"', 'sip:a@h', '']);
    expect(read('A. Bell\r\n  <sip:a@h> ; tag = x')).toEqual(['A. Bell', 'sip:a@h', 'x']);
  });

  it('what is no address', () => {
    const bad = [
      '',
      '<>',
      '<sip:a',
      'sip:a@h?x=y',
      'sip:a@h, sip:b@h',
      '"open <sip:a@h>',
      '"A" sip:a@h',
      'A, B <sip:a@h>',
      '< sip:a@h>',
      '<sip:a@h>x',
      '<sip:a@h>;',
      '<sip:a@h>;tag',
      '<sip:a@h>;tag=1;tag=2',
      '<sip:a@h>;x="open',
    ];
    expect(bad.filter((text) => all(parseAddress, text, new SipAddress()) === 0)).toEqual([]);
  });

  it('Contact: q, expires, feature tags, instance and reg-id', () => {
    const text =
      '<sip:u7@10.16.0.7:5060>;+g.oma.sip-im;q=0.5;expires=3600;+sip.instance="<urn:uuid:1>";reg-id=1';
    const out = new SipContact();
    expect(all(parseContact, text, out)).toBe(0);
    expect([out.star, out.qThousandths, out.expiresSeconds, out.regId]).toEqual([false, 500, 3600, 1]);
    expect(text.slice(out.instanceStart, out.instanceEnd)).toBe('<urn:uuid:1>');
    expect(new ParamCursor().open(octets(text), out.paramsStart, out.paramsEnd).find('+g.oma.sip-im')).toBe(
      true,
    );
    expect([all(parseContact, '*', out), out.star]).toEqual([0, true]);
    expect([all(parseContact, '<sip:a@h>;expires=4294967296', out), out.expiresSeconds]).toEqual([0, -2]);
    expect(
      ['1.5', '2', '0.1234', '.5', 'x'].filter((q) => all(parseContact, `<sip:a@h>;q=${q}`, out) === 0),
    ).toEqual([]);
  });
});

describe('RFC 3261 section 20.42: Via', () => {
  it('all parameters', () => {
    const out = new Via();
    const text =
      'SIP / 2.0 / TCP first.example.com : 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1;rport;x=y';
    expect(all(parseVia, text, out)).toBe(0);
    expect([out.transport, out.port, out.ttl, out.rport, out.hasCookie]).toEqual([
      ViaTransport.tcp,
      4000,
      16,
      0,
      true,
    ]);
    expect(text.slice(out.branchStart, out.branchEnd)).toBe('z9hG4bKa7c6a8dlze.1');
    expect(text.slice(out.maddrStart, out.maddrEnd)).toBe('224.2.0.1');
  });

  it('what is no Via', () => {
    const bad = [
      '',
      'SIP/2.0 h',
      'SIP/2.0/UDP',
      'SIP/2.0/UDPh',
      'SIP/2.0/UDP h:',
      'SIP/2.0/UDP h:99999',
      'SIP/2.0/UDP h;;',
      'SIP/2.0/UDP h;branch',
      'SIP/2.0/UDP h;ttl=256',
      'SIP/2.0/UDP h i',
      'SIP/2.0/UDP 2001:db8::1',
    ];
    expect(bad.filter((text) => all(parseVia, text, new Via()) === 0)).toEqual([]);
  });
});

describe('small values', () => {
  it('CSeq (section 20.16): below 2^31, with a method', () => {
    const out = new CSeq();
    expect([all(parseCSeq, '0009\r\n  INVITE', out), out.number, out.method]).toEqual([0, 9, Method.invite]);
    expect([all(parseCSeq, '2147483647 X', out), out.number, out.method]).toEqual([
      0,
      2147483647,
      Method.unknown,
    ]);
    expect(all(parseCSeq, '2147483648 INVITE', out)).toBe(SipFault.scalarRange);
    expect(
      ['', '1', '1INVITE', 'INVITE', '-1 INVITE', '1 INVITE x', '1 IN,V'].filter(
        (text) => all(parseCSeq, text, out) === 0,
      ),
    ).toEqual([]);
  });

  it('seconds and Max-Forwards: out of range is malformed (rules A9)', () => {
    const seconds = (text: string): number => parseSeconds(octets(text), 0, text.length);
    expect(
      ['0', '86400', '4294967295', '4294967296', '9'.repeat(400), '', 'x', '-1', '1.5'].map(seconds),
    ).toEqual([0, 86400, 4294967295, -1, -1, -1, -1, -1, -1]);
    // Only Retry-After may be followed by something.
    const odd = ['18000;duration=3600', '120 (I am in a meeting)', '0;x', '60 '];
    expect(odd.map(seconds)).toEqual([-1, -1, -1, -1]);
    const wait = (text: string): number => parseRetryAfter(octets(text), 0, text.length);
    expect([...odd, '9x', '', 'x'].map(wait)).toEqual([18000, 120, 0, 60, 0, 0, 0]);
    expect(
      ['0', '255', '256', '0068', 'a', ''].map((text) => parseMaxForwards(octets(text), 0, text.length)),
    ).toEqual([0, 255, -1, 68, -1, -1]);
  });

  it('every method by its own name, and by no other', () => {
    for (const name of METHOD_NAMES.slice(1)) {
      expect(METHOD_NAMES[methodOf(octets(name), 0, name.length)]).toBe(name);
      expect(methodOf(octets(name.toLowerCase()), 0, name.length)).toBe(Method.unknown);
      expect(methodOf(octets(`${name}X`), 0, name.length + 1)).toBe(Method.unknown);
    }
  });

  it('Privacy in any spelling (rules section 1.6, anonymity matrix)', () => {
    expect(privacyOf(messageOf('Privacy: ID ;user\r\nprivacy: Critical,x'))).toBe(
      PrivacyValue.id | PrivacyValue.user | PrivacyValue.critical | PrivacyValue.other,
    );
    expect(privacyOf(messageOf('Privacy: none'))).toBe(PrivacyValue.none);
    expect(privacyOf(messageOf('To: x'))).toBe(0);
  });

  it('a comma list over several lines, with quotes, brackets and empty elements', () => {
    const message = messageOf(
      'Route: <sip:a,b@h>, "x, \\", y" <sip:c>\r\nX: y\r\nRoute:\r\nroute: ,,\r\n <sip:d> ,',
    );
    const found: string[] = [];
    const list = new ListCursor().open(message, Header.route);
    while (list.next()) found.push(message.buf.toString('latin1', list.start, list.end));
    expect(found).toEqual(['<sip:a,b@h>', '"x, \\", y" <sip:c>', '<sip:d>']);
  });
});

describe('RFC 3261 section 20.17: Date', () => {
  const read = (text: string): number => parseDate(octets(text), 0, text.length);

  it('examples, with the wrong weekday of the change request', () => {
    expect(read('Sat, 13 Nov 2010 23:29:00 GMT')).toBe(1289690940000);
    expect(read('Thu, 21 Feb 2002 13:02:03 GMT')).toBe(1014296523000);
    expect(read('Thu, 21 Feb 2005 13:02:03 GMT')).toBe(1108990923000);
    expect(formatDate(1014296523999)).toBe('Thu, 21 Feb 2002 13:02:03 GMT');
  });

  it('what is no date', () => {
    const bad = [
      '',
      'Fri, 01 Jan 2010 16:00:00 EST',
      'Fri, 01 Jan 2010 16:00:00',
      'Fri, 32 Jan 2010 16:00:00 GMT',
      'Mon, 29 Feb 2100 00:00:00 GMT',
      'Fri, 1 Jan 2010 16:00:00 GMT',
      'Fri 01 Jan 2010 16:00:00 GMT',
      'Fri, 01 Jan 2010 24:00:00 GMT',
      'Fri, 01 Jan 2010 16:00:00 GMTx',
      '1289690940',
    ];
    expect(bad.filter((text) => read(text) !== -1)).toEqual([]);
  });

  it('a date before 1970 is one (A7): the calendar of the host says the same, back to the year 0', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62167219200, max: -1 }), (second) => {
        const date = new Date(second * 1000);
        expect(read(date.toUTCString())).toBe(second * 1000);
      }),
      { seed: 42, numRuns: 500 },
    );
    expect(read('Sat, 01 Jan 0000 00:00:00 GMT')).toBe(-62167219200000);
  });

  it('agrees with the calendar of the host on any second up to the year 9999, and reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253402300799 }), (second) => {
        const text = formatDate(second * 1000);
        expect(text).toBe(new Date(second * 1000).toUTCString());
        expect(read(text)).toBe(second * 1000);
      }),
      { seed: 42, numRuns: 500 },
    );
  });
});
