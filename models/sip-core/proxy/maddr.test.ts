import { describe, expect, it } from 'vitest';
import { firstLine, registered, type Sent } from '../testing.js';

/** What becomes of a MESSAGE of client 7 with this Request-URI and these Route lines; 9 is registered, 8 is not. */
function sent(uri: string, routes: readonly string[] = []): Sent {
  const bench = registered(7, 9);
  bench.fromClient(
    7,
    bench.messageText(7, 9, routes).replace('MESSAGE sip:u9@ims.example', `MESSAGE ${uri}`),
  );
  return bench.takeOne();
}

const outcome = (uri: string, routes: readonly string[] = []) => {
  const { to, text } = sent(uri, routes);
  return text.startsWith('SIP/2.0 ') ? text.slice(8, 11) : `${to} ${firstLine(text).split(' ')[1]}`;
};

describe('maddr (RFC 3261 sections 16.4, 16.5 and 19.1.1)', () => {
  it('of the Core in a Request-URI goes, with the transport beside it, and the user is served', () => {
    expect(outcome('sip:u9@ims.example;maddr=10.0.0.1')).toBe('10.16.0.9:5060 sip:u9@10.16.0.9:5060');
    expect(outcome('sip:u8@ims.example:5060;a=b;MADDR=Core.IMS.example;transport=tcp;c')).toBe(
      '10.0.0.2:5060 sip:u8@ims.example:5060;a=b;c',
    );
    expect(outcome('sip:u8@ims.example;transport=udp;maddr=ims.example')).toBe(
      '10.0.0.2:5060 sip:u8@ims.example;transport=udp',
    );
    expect(outcome('sip:u8@ims.example:5070;maddr=10.0.0.1')).toBe('404');
  });

  it('of anybody else in a Request-URI is the only target, and stays', () => {
    const uri = 'sip:u9@ims.example;maddr=10.16.0.7';
    expect(outcome(uri)).toBe(`10.16.0.7:5060 ${uri}`);
    expect(outcome('sip:u9@ims.example;maddr=im.ims.example')).toBe(
      '10.0.0.2:5060 sip:u9@ims.example;maddr=im.ims.example',
    );
    expect(outcome('sip:u9@ims.example;maddr=192.0.2.1')).toBe('404');
  });

  it('of a Route comes before its host', () => {
    expect(outcome('sip:u9@ims.example', ['Route: <sip:edge.example;lr;maddr=10.16.0.9>'])).toBe(
      '10.16.0.9:5060 sip:u9@ims.example',
    );
  });
});
