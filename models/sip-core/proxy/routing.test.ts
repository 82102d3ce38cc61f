/** Where requests go that come one after another, and what they carry on the way (RFC 3261 sections 16.3 to 16.6, RFC 7315). */
import { describe, expect, it } from 'vitest';
import { firstLine, registered, valuesOf, type CoreBench } from '../testing.js';

const CORE = '<sip:core.ims.example;lr>';
const IM = '<sip:im.ims.example;lr>';

/** A MESSAGE of user 7 with this Request-URI and these Route values: where it went and with what, or the status that answers it. */
function routed(bench: CoreBench, uri: string, ...routes: readonly string[]): string[] {
  const extra = routes.map((route) => `Route: ${route}`);
  bench.fromClient(7, bench.messageText(7, 9, extra).replace('sip:u9@ims.example SIP', `${uri} SIP`));
  const { to, text } = bench.takeOne();
  if (text.startsWith('SIP/2.0')) return [text.slice(8, 11)];
  return [to, firstLine(text).split(' ')[1], ...valuesOf(text, 'Route')];
}

describe('a route', () => {
  it('is that of its own request: nothing of the one before is in it', () => {
    const bench = registered(7, 9);
    const plain = () => routed(bench, 'sip:u9@10.16.0.9:5060');
    expect(plain()).toEqual(['10.16.0.9:5060', 'sip:u9@10.16.0.9:5060']);
    // Two values stay; then a strict router, for whom the Request-URI became the last of them (section 16.6 item 6).
    expect(routed(bench, 'sip:x@far.example', CORE, IM, '<sip:z@far.example;lr>')).toHaveLength(4);
    expect(plain()).toEqual(['10.16.0.9:5060', 'sip:u9@10.16.0.9:5060']);
    expect(routed(bench, 'sip:x@far.example', CORE, '<sip:im.ims.example>')).toEqual([
      '10.0.0.2:5060',
      'sip:im.ims.example',
      '<sip:x@far.example>',
    ]);
    expect(routed(bench, 'sip:x@far.example', IM)).toEqual(['10.0.0.2:5060', 'sip:x@far.example', IM]);
    // Refused half-way.
    expect(routed(bench, 'sip:x@far.example', '<sip:nobody.example;lr>', IM)).toEqual(['404']);
    expect(plain()).toEqual(['10.16.0.9:5060', 'sip:u9@10.16.0.9:5060']);
  });

  it.each(['sip:core.ims.example:5070;lr', 'sip:10.0.0.1:5070;lr', 'sips:core.ims.example;lr'])(
    'to <%s> is not one of ours (section 16.4), and nobody else is there',
    (uri) => {
      const bench = registered(7, 9);
      expect(['404', '416']).toContain(routed(bench, 'sip:u9@ims.example', `<${uri}>`)[0]);
    },
  );

  it('to an address that is none is answered 404, however near it comes to one', () => {
    const bench = registered(7, 9);
    for (const host of [
      '10.16.0',
      '10.16.0.9.1',
      '10.16.0.256',
      '10.16.0.265',
      '0010.16.0.9',
      '10.16.9',
      '10.16.0.x',
    ]) {
      expect(routed(bench, `sip:u9@${host}`), host).toEqual(['404']);
    }
    expect(routed(bench, 'sip:u9@10.16.0.9')[0]).toBe('10.16.0.9:5060');
    expect(routed(bench, 'sip:u101@ims.example')).toEqual(['404']);
  });
});

describe('what the Core adds', () => {
  it('an icid is like no other, and a token (RFC 7315 section 4.6)', () => {
    const bench = registered(7);
    const icids = Array.from({ length: 80 }, () => {
      bench.fromClient(7, bench.messageText(7, 9));
      const [vector] = valuesOf(bench.takeOne().text, 'P-Charging-Vector');
      return /^icid-value=([0-9a-z-]+);icid-generated-at=10\.0\.0\.1$/.exec(vector)?.[1];
    });
    expect(icids).not.toContain(undefined);
    expect(new Set(icids).size).toBe(80);
  });

  it('whatever the digits of its hash, it knows a request again that has looped (section 16.3 item 4)', () => {
    const bench = registered(7, 9);
    const hashes = Array.from({ length: 24 }, (_, i) => {
      const uri = `sip:u9@10.16.0.9:5060;n=${i}`;
      const message = bench.pushText('MESSAGE', 9).replace('sip:u9@ims.example SIP', `${uri} SIP`);
      bench.fromServer(message);
      const sent = bench.takeOne().text;
      bench.fromServer(
        sent.replace(
          'Via: ',
          `Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKback${i}\r\nRoute: <sip:core.ims.example;lr>\r\nVia: `,
        ),
      );
      expect(firstLine(bench.takeOne().text), uri).toContain(' 482 ');
      return /;loop=([0-9a-f]{8})/.exec(sent)?.[1] ?? '';
    });
    expect(new Set(hashes.join(''))).toEqual(new Set('0123456789abcdef'));
  });

  it('within the trust domain, charging and network headers of the IM Server stay (RFC 7315 section 4.6)', () => {
    const bench = registered(7);
    const extra = ['P-Charging-Vector: icid-value=im1', 'P-Asserted-Identity: <sip:deferred@im.ims.example>'];
    bench.fromServer(bench.pushText('MESSAGE', 9, extra));
    const { to, text } = bench.takeOne();
    expect(to).toBe('10.0.0.2:5060');
    expect(valuesOf(text, 'P-Charging-Vector')).toEqual(['icid-value=im1']);
    expect(valuesOf(text, 'P-Asserted-Identity')).toEqual(['<sip:deferred@im.ims.example>']);
  });
});
