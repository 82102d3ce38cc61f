import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { OctetWriter } from '../octet-writer.js';
import { SipFault } from './faults.js';
import { HeaderEdits, copyHeaders, endForwarded, writeRequestLine, writeStartLine } from './forward.js';
import { HEADER_COMPACT, HEADER_NAMES, Header } from './head/header-names.js';
import { SipMessage } from './message.js';
import { Framing, parseSip } from './parse.js';
import { beginResponse, endWithoutBody, reasonOf } from './response.js';
import { canBeAnswered, validate } from './validate.js';

const arena = new OctetArena(1 << 20);
const writer = new OctetWriter(arena);

const parse = (text: string): SipMessage => {
  const message = new SipMessage();
  const buf = Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1');
  parseSip(buf, 0, buf.length, Framing.datagram, message);
  return message;
};
const written = (write: () => void): string => {
  writer.begin();
  write();
  const length = writer.length;
  const block = writer.end();
  const start = arena.start(block);
  const text = arena.buf.toString('latin1', start, start + length);
  arena.release(block);
  return text.replace(/\r\n/g, '\n');
};
const forwarded = (message: SipMessage, edits: HeaderEdits, first = '', last = ''): string =>
  written(() => {
    writeStartLine(writer, message);
    writer.ascii(first);
    copyHeaders(writer, message, edits);
    writer.ascii(last);
    const bodyAt = endForwarded(writer, message, edits);
    expect(writer.length - bodyAt).toBe(message.bodyOctets);
  });

const REQUEST = `MESSAGE sip:u9@ims.example SIP/2.0
Via: SIP/2.0/UDP 10.16.0.7:5060;branch=z9hG4bKa;rport , SIP/2.0/UDP far.example;branch=z9hG4bKb
v: SIP/2.0/TCP further.example;branch=z9hG4bKc
Max-Forwards: 70
From: <sip:u7@ims.example>;tag=786
t: <sip:u9@ims.example>
Call-ID: 3413an89KU
CSeq: 7 MESSAGE
Route: <sip:core.ims.example;lr>,
 <sip:im.ims.example;lr>
P-Charging-Vector: icid-value=1
Timestamp: 54
Content-Type: text/plain
Content-Length: 5

hello`;

describe('RFC 3261 section 8.2.6: responses', () => {
  it('copies Via, From, To with a tag, Call-ID and CSeq, and stamps the top Via (RFC 3581 section 4)', () => {
    const text = written(() => {
      beginResponse(writer, parse(REQUEST), 202, reasonOf(202), 'abc', 0x0a100007, 5062);
      endWithoutBody(writer);
    });
    expect(text).toBe(`SIP/2.0 202 Accepted
Via: SIP/2.0/UDP 10.16.0.7:5060;branch=z9hG4bKa;rport=5062;received=10.16.0.7 , SIP/2.0/UDP far.example;branch=z9hG4bKb
v: SIP/2.0/TCP further.example;branch=z9hG4bKc
From: <sip:u7@ims.example>;tag=786
t: <sip:u9@ims.example>;tag=abc
Call-ID: 3413an89KU
CSeq: 7 MESSAGE
Content-Length: 0

`);
  });

  it('a tag that is there stays alone, a 100 carries Timestamp and no tag', () => {
    const request = parse(REQUEST.replace('t: <sip:u9@ims.example>', 'To: <sip:u9@ims.example>;tag=x'));
    const ok = written(() => {
      beginResponse(writer, request, 200, 'OK', 0x12345678, -1, 0);
      endWithoutBody(writer);
    });
    expect(ok).toContain('To: <sip:u9@ims.example>;tag=x\n');
    expect(ok).toContain('Content-Length: 0\n\n');
    expect(ok).toContain(';rport ,');
    const trying = written(() => {
      beginResponse(writer, parse(REQUEST), 100, 'Trying', '', -1, 0);
      endWithoutBody(writer);
    });
    expect(trying).toContain('Timestamp: 54\n');
    expect(trying).not.toContain('t: <sip:u9@ims.example>;tag');
  });

  it('received is added where sent-by is not the source, and what the peer wrote itself is replaced (section 18.2.1)', () => {
    const via = (value: string, ip: number): string =>
      written(() => {
        beginResponse(
          writer,
          parse(`BYE sip:a SIP/2.0\nVia: ${value}\nTo: <sip:a>\nFrom: <sip:b>\nCall-ID: 1\nCSeq: 1 BYE\n\n`),
          200,
          'OK',
          '',
          ip,
          6000,
        );
        endWithoutBody(writer);
      }).split('\n')[1];
    expect(via('SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1', 0x0a000001)).toBe(
      'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1',
    );
    expect(via('SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1', 0x0a000002)).toBe(
      'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;received=10.0.0.2',
    );
    expect(via('SIP/2.0/UDP 10.0.0.1;received=9.9.9.9', 0x0a000001)).toBe(
      'Via: SIP/2.0/UDP 10.0.0.1;received=10.0.0.1',
    );
    expect(via('SIP/2.0/UDP h', 0x7fffffff)).toBe('Via: SIP/2.0/UDP h;received=127.255.255.255');
    expect(via('SIP/2.0/UDP h;received=9.9.9.9;rport=1;x', 0x0a000001)).toBe(
      'Via: SIP/2.0/UDP h;rport=6000;x;received=10.0.0.1',
    );
  });

  it('what may be answered: no response, no ACK, nothing without a Via to read, nothing with lone line ends', () => {
    const base = 'To: <sip:a>\r\nFrom: <sip:b>\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n';
    const can = (text: string): boolean => {
      const message = new SipMessage();
      const buf = Buffer.from(text, 'latin1');
      parseSip(buf, 0, buf.length, Framing.datagram, message);
      validate(message);
      return canBeAnswered(message);
    };
    expect(can(`BYE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n${base}l: x\r\n\r\n`)).toBe(true);
    expect(can(`BYE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;;\r\n${base}\r\n`)).toBe(true);
    expect(can(`BYE sip:a SIP/2.0\r\nVia: nonsense\r\n${base}\r\n`)).toBe(false);
    expect(can(`BYE sip:a SIP/2.0\r\n${base}\r\n`)).toBe(false);
    expect(can(`ACK sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n${base}\r\n`)).toBe(false);
    expect(can(`SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\n${base}\r\n`)).toBe(false);
    expect(
      can(`BYE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n${base.replace('<sip:b>\r', '<sip:b>\nX: y\r')}\r\n`),
    ).toBe(false);
  });
});

describe('RFC 3261 section 16.6: forwarding', () => {
  it('nothing to edit: the same octets', () => {
    expect(forwarded(parse(REQUEST), new HeaderEdits())).toBe(REQUEST);
  });

  it('a request: new Request-URI, own Via, Max-Forwards lower, own Route popped, charging dropped, received stamped', () => {
    const message = parse(REQUEST);
    const edits = new HeaderEdits().drop(Header.pChargingVector);
    edits.decrementMaxForwards = true;
    edits.popRoutes = 1;
    edits.fromIp = 0x0a100008;
    edits.fromPort = 5060;
    const uri = Buffer.from('<sip:u9@10.16.0.9:5060>', 'latin1');
    const text = written(() => {
      writeRequestLine(writer, message, uri, 1, uri.length - 1);
      writer.ascii('Via: SIP/2.0/UDP core;branch=z9hG4bKd\r\n');
      copyHeaders(writer, message, edits);
      endForwarded(writer, message, edits);
    });
    expect(text).toBe(`MESSAGE sip:u9@10.16.0.9:5060 SIP/2.0
Via: SIP/2.0/UDP core;branch=z9hG4bKd
Via: SIP/2.0/UDP 10.16.0.7:5060;branch=z9hG4bKa;rport=5060;received=10.16.0.8 , SIP/2.0/UDP far.example;branch=z9hG4bKb
v: SIP/2.0/TCP further.example;branch=z9hG4bKc
Max-Forwards: 69
From: <sip:u7@ims.example>;tag=786
t: <sip:u9@ims.example>
Call-ID: 3413an89KU
CSeq: 7 MESSAGE
Route: <sip:im.ims.example;lr>
Timestamp: 54
Content-Type: text/plain
Content-Length: 5

hello`);
    edits.popRoutes = 2;
    expect(forwarded(message, edits)).not.toContain('Route');
  });

  it('a response: the top Via is popped, alone or out of a list (section 16.7)', () => {
    const edits = new HeaderEdits();
    edits.popVia = true;
    const once = forwarded(parse(REQUEST), edits);
    expect(once).toContain('0\nVia: SIP/2.0/UDP far.example;branch=z9hG4bKb\nv: ');
    const twice = forwarded(parse(once), edits);
    expect(twice).toContain('0\nv: SIP/2.0/TCP further.example;branch=z9hG4bKc\nMax');
    expect(forwarded(parse(twice), edits)).toContain('SIP/2.0\nMax-Forwards');
    const response = parse('SIP/2.0 200 Fein, \xfc\nVia: a\nTo: x\n\n');
    expect(forwarded(response, edits)).toBe('SIP/2.0 200 Fein, \xfc\nTo: x\nContent-Length: 0\n\n');
  });

  it.each([
    ['MESSAGE sip:a sip/2.0', 'MESSAGE sip:a SIP/2.0'],
    ['SIP/2.0 200', 'SIP/2.0 200 '],
    ['sIp/2.0 486 Busy here', 'SIP/2.0 486 Busy here'],
    ['SIP/2.0 200 ', 'SIP/2.0 200 '],
  ])(
    '%s goes on as %s, version in upper case and a space before the reason (sections 7.1 and 7.2)',
    (came, goes) => {
      const rest = '\nVia: SIP/2.0/UDP h\nCSeq: 1 MESSAGE\nContent-Length: 0\n\n';
      expect(forwarded(parse(came + rest), new HeaderEdits())).toBe(goes + rest);
    },
  );

  it('Max-Forwards: added if absent, 0 stays 0', () => {
    const edits = new HeaderEdits();
    edits.decrementMaxForwards = true;
    expect(forwarded(parse('BYE sip:a SIP/2.0\nTo: x\n\n'), edits)).toBe(
      'BYE sip:a SIP/2.0\nMax-Forwards: 70\nTo: x\nContent-Length: 0\n\n',
    );
    expect(forwarded(parse('BYE sip:a SIP/2.0\nMax-Forwards: 0\n\n'), edits)).toContain('Max-Forwards: 0\n');
  });

  it('Content-Length is right in what goes out, whatever came in', () => {
    const sent = (lines: string, body: string): string =>
      forwarded(parse(`BYE sip:a SIP/2.0\nTo: x\n${lines}\n${body}`), new HeaderEdits());
    expect(sent('', 'abc')).toBe('BYE sip:a SIP/2.0\nTo: x\nContent-Length: 3\n\nabc');
    expect(sent('l: 2\n', 'abc')).toBe('BYE sip:a SIP/2.0\nTo: x\nl: 2\n\nab');
    expect(sent('l: 3\nContent-Length: 3\n', 'abc')).toBe(
      'BYE sip:a SIP/2.0\nTo: x\nContent-Length: 3\n\nabc',
    );
    expect(sent('l: 9\n', 'abc')).toBe('BYE sip:a SIP/2.0\nTo: x\nContent-Length: 3\n\nabc');
  });

  it('a dropped header field is gone however it is spelt (rules section 4.5), and the others are all there', () => {
    const secret = [
      Header.pChargingVector,
      Header.acceptContact,
      Header.via,
      Header.pAssertedIdentity,
      Header.identity,
    ];
    const spelling = fc
      .tuple(
        fc.constantFrom(...secret),
        fc.nat(3),
        fc.constantFrom(':', ' :', '\t: ', ':\n '),
        fc.constantFrom('CANARY', 'a,\n CANARY', '"CANARY\\""'),
      )
      .map(([id, how, colon, value]) => {
        const name = HEADER_NAMES[id];
        const spelt =
          how === 0
            ? name.toUpperCase()
            : how === 1
              ? name.toLowerCase()
              : how === 2 && HEADER_COMPACT[id] !== ''
                ? HEADER_COMPACT[id]
                : name;
        return `${spelt}${colon}${value}\n`;
      });
    const plain = fc.constantFrom('Subject: s\n', 'X-Other: o\n', 'Contact: <sip:c>\n', 'k: 100rel\n');
    const edits = new HeaderEdits();
    for (const id of secret) edits.drop(id);
    fc.assert(
      fc.property(fc.array(fc.oneof(spelling, plain), { maxLength: 10 }), (lines) => {
        const message = parse(`BYE sip:a SIP/2.0\n${lines.join('')}\n`);
        expect(message.fault).toBe(SipFault.none);
        const kept = lines.filter((line) => !line.includes('CANARY')).join('');
        expect(forwarded(message, edits)).toBe(`BYE sip:a SIP/2.0\n${kept}Content-Length: 0\n\n`);
      }),
      { seed: 42, numRuns: 200 },
    );
  });

  it('what is written parses again to the same header fields and body', () => {
    const line = fc
      .tuple(
        fc.constantFrom('Subject', 'f', 'To', 'X-A', 'Route', 'Date'),
        fc.constantFrom('a', 'b, c', '"q;,"', '\xe4\xff', ''),
      )
      .map(([name, value]) => `${name}: ${value}\n`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.string({ maxLength: 40 }), (lines, body) => {
        const first = parse(`MESSAGE sip:a SIP/2.0\n${lines.join('')}\n${body.replace(/[\r\n]/g, '')}`);
        const second = parse(forwarded(first, new HeaderEdits()));
        expect(second.fault).toBe(SipFault.none);
        const fields = (message: SipMessage): string[] =>
          Array.from(
            { length: message.headerCount },
            (_, i) => `${message.name(i)}: ${message.text(i)}`,
          ).filter((field) => !field.startsWith('Content-Length'));
        expect(fields(second)).toEqual(fields(first));
        expect(second.buf.toString('latin1', second.bodyStart, second.bodyEnd)).toBe(
          first.buf.toString('latin1', first.bodyStart, first.bodyEnd),
        );
      }),
      { seed: 42, numRuns: 200 },
    );
  });
});
