import { describe, expect, it } from 'vitest';
import { MsrpUri } from './uri.js';

function same(left: string, right: string): boolean {
  const [a, b] = [new MsrpUri(), new MsrpUri()];
  expect([left, a.parse(left)]).toEqual([left, true]);
  expect([right, b.parse(right)]).toEqual([right, true]);
  expect(b.equals(a)).toBe(a.equals(b));
  return a.equals(b);
}

describe('MSRP URIs (RFC 4975 sections 6 and 6.1)', () => {
  const uri = 'msrp://bob.example.com:8888/9di4ea;tcp';
  it.each([
    ['scheme and host without case', 'MSRP://Bob.Example.COM:8888/9di4ea;tcp'],
    ['transport without case', 'msrp://bob.example.com:8888/9di4ea;TCP'],
    ['userinfo ignored', 'msrp://bob@bob.example.com:8888/9di4ea;tcp'],
    ['parameters ignored', 'msrp://bob.example.com:8888/9di4ea;tcp;foo;bar=baz'],
    ['unreserved characters of the authority percent-decoded', 'msrp://b%6Fb.example%2ecom:8888/9di4ea;tcp'],
  ])('equal: %s', (_name, other) => expect(same(uri, other)).toBe(true));
  it.each([
    ['session-id with case', 'msrp://bob.example.com:8888/9DI4EA;tcp'],
    ['session-id absent', 'msrp://bob.example.com:8888;tcp'],
    ['another port', 'msrp://bob.example.com:8889/9di4ea;tcp'],
    ['no port', 'msrp://bob.example.com/9di4ea;tcp'],
    ['scheme msrps', 'msrps://bob.example.com:8888/9di4ea;tcp'],
    ['another transport', 'msrp://bob.example.com:8888/9di4ea;sctp'],
  ])('different: %s', (_name, other) => expect(same(uri, other)).toBe(false));
  it('IP addresses by value', () => {
    expect(same('msrp://[2001:db8::1]:9/a;tcp', 'msrp://[2001:0DB8:0:0:0:0:0:1]:9/a;tcp')).toBe(true);
    expect(same('msrp://[::ffff:10.0.0.1]:9/a;tcp', 'msrp://[::FFFF:a00:1]:9/a;tcp')).toBe(true);
    expect(same('msrp://010.0.0.1:9/a;tcp', 'msrp://10.0.0.1:9/a;tcp')).toBe(true);
    expect(same('msrp://10.0.0.1:9/a;tcp', 'msrp://10.0.0.2:9/a;tcp')).toBe(false);
  });
  it('a session-id may hold / + =', () => {
    expect(same('msrp://a:1/x/y+z=;tcp', 'msrp://a:1/x/y+z=;tcp')).toBe(true);
  });
  it.each([
    'sip:bob@example.com',
    'msrp://bob.example.com:8888/9di4ea',
    'msrp:///9di4ea;tcp',
    'msrp://bob:99999/a;tcp',
    'msrp://[::1/a;tcp',
    'msrp://[1:2:3]:9/a;tcp',
    'msrp://300.0.0.1:9/a;tcp',
    'msrp://a b:1/x;tcp',
    '',
  ])('refused: %s', (text) => expect(new MsrpUri().parse(text)).toBe(false));
});
