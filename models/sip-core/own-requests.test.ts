import { describe, expect, it } from 'vitest';
import { firstLine, lines, registered, valuesOf, type CoreBench } from './testing.js';

/** A request of client 7 to `uri`. */
function request(method: string, uri: string, extra: readonly string[] = [], hops = 70): string {
  return lines(
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP 10.16.0.7:5060;rport;branch=z9hG4bKown${method}${hops}${extra.length}`,
    `Max-Forwards: ${hops}`,
    'From: <sip:u7@ims.example>;tag=s1',
    `To: <${uri}>`,
    `Call-ID: own-${method}`,
    `CSeq: 1 ${method}`,
    ...extra,
    'Content-Length: 0',
    '',
    '',
  );
}

const answered = (bench: CoreBench, text: string): string => {
  bench.fromClient(7, text);
  const sent = bench.takeOne();
  expect(sent.to).toBe('10.16.0.7:5060');
  return sent.text;
};

describe('requests to the Core itself (RFC 3261 sections 8.2, 11.2 and 16.3 item 3)', () => {
  it.each([
    'sip:core.ims.example',
    'sip:10.0.0.1:5060;transport=udp',
    'sip:ims.example',
    'sip:core.ims.example;lr',
  ])(
    'OPTIONS to %s is answered 200 with capabilities, without body, and without Allow, as a proxy does',
    (uri) => {
      const text = answered(registered(7), request('OPTIONS', uri));
      expect(firstLine(text)).toBe('SIP/2.0 200 OK');
      expect(valuesOf(text, 'Accept')).toEqual(['*/*']);
      expect(valuesOf(text, 'Accept-Encoding')).toEqual(['identity']);
      expect(valuesOf(text, 'Accept-Language')).toEqual(['en']);
      expect(valuesOf(text, 'Supported')).toEqual(['outbound']);
      expect(valuesOf(text, 'Allow')).toEqual([]);
      expect(valuesOf(text, 'Content-Length')).toEqual(['0']);
      expect(valuesOf(text, 'To')[0]).toMatch(/;tag=[0-9a-f]{8}$/);
    },
  );

  it('the IM Server may ask too, by its Route', () => {
    const bench = registered(9);
    bench.fromServer(bench.pushText('OPTIONS', 9).replace('sip:u9@ims.example SIP', 'sip:ims.example SIP'));
    const { to, text } = bench.takeOne();
    expect([to, firstLine(text)]).toEqual(['10.0.0.2:5060', 'SIP/2.0 200 OK']);
  });

  it('OPTIONS whose Max-Forwards has run out is answered here, whomever it was for; one with a hop left goes on', () => {
    const bench = registered(7, 9);
    expect(firstLine(answered(bench, request('OPTIONS', 'sip:u9@ims.example', [], 0)))).toBe(
      'SIP/2.0 200 OK',
    );
    bench.fromClient(7, request('OPTIONS', 'sip:u9@ims.example', [], 1));
    expect(bench.takeOne().to).toBe('10.16.0.9:5060');
    expect(firstLine(answered(bench, request('INFO', 'sip:u9@ims.example', [], 0)))).toContain(' 483 ');
  });

  it('Require of what is not known is 420, as of any UAS (section 8.2.2.3)', () => {
    const text = answered(
      registered(7),
      request('OPTIONS', 'sip:core.ims.example', ['Require: outbound, foo']),
    );
    expect(firstLine(text)).toBe('SIP/2.0 420 Bad Extension');
    expect(valuesOf(text, 'Unsupported')).toEqual(['foo']);
  });

  it('any other method is 405 with Allow (section 8.2.1), and an ACK is dropped', () => {
    const bench = registered(7);
    for (const method of ['MESSAGE', 'INVITE', 'BYE', 'XYZZY']) {
      const text = answered(bench, request(method, 'sip:core.ims.example'));
      expect(firstLine(text)).toBe('SIP/2.0 405 Method Not Allowed');
      expect(valuesOf(text, 'Allow')).toEqual(['ACK, CANCEL, OPTIONS, REGISTER']);
    }
    bench.fromClient(7, request('ACK', 'sip:core.ims.example'));
    expect(bench.take()).toEqual([]);
  });

  it('a user of that name does not exist: 404 as before', () => {
    expect(firstLine(answered(registered(7), request('OPTIONS', 'sip:x@core.ims.example')))).toContain(
      ' 404 ',
    );
  });
});
