import { describe, expect, it } from 'vitest';
import { MsrpUri, nextUri, readNextHop, uriEnd } from './uri.js';

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
    ['userinfo with a colon ignored', 'msrp://bob:8889@bob.example.com:8888/9di4ea;tcp'],
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
  it('reserved characters stay as they are, in either case of their digits', () => {
    expect(same('msrp://a%2fb:9/a;tcp', 'msrp://a%2Fb:9/a;tcp')).toBe(true);
    expect(same('msrp://a%21b:9/a;tcp', 'msrp://a!b:9/a;tcp')).toBe(false);
    expect(same('msrp://a%31b:9/a;tcp', 'msrp://a1b:9/a;tcp')).toBe(true);
  });
  it('the edges of numbers: ports to 65535, octets to 255, groups to ffff, a gap of one group at least', () => {
    expect(same('msrp://255.255.255.255:65535/a;tcp', 'msrp://255.255.255.255:65535/a;tcp')).toBe(true);
    expect(same('msrp://[1:2:3:4:5:6:7::]:9/a;tcp', 'msrp://[1:2:3:4:5:6:7:0]:9/a;tcp')).toBe(true);
    expect(same('msrp://[::2:3:4:5:6:7:8]:9/a;tcp', 'msrp://[0:2:3:4:5:6:7:8]:9/a;tcp')).toBe(true);
    expect(same('msrp://[1::8]:9/a;tcp', 'msrp://[1:0:0:0:0:0:0:8]:9/a;tcp')).toBe(true);
    expect(same('msrp://[ffff::]:9/a;tcp', 'msrp://[FFFF:0::0]:9/a;tcp')).toBe(true);
    expect(same('msrp://[1::8]:9/a;tcp', 'msrp://[8::1]:9/a;tcp')).toBe(false);
    expect(same('msrp://[::1.2.3.4]:9/a;tcp', 'msrp://[::102:304]:9/a;tcp')).toBe(true);
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
    'msrp://10.0.0.256:9/a;tcp',
    'msrp://bob:65536/a;tcp',
    'msrp://[1::2::3]:9/a;tcp',
    'msrp://[1:2:3:4:5:6:7:8:9]:9/a;tcp',
    'msrp://[1:2:3:4:5:6:7:8::]:9/a;tcp',
    'msrp://[::1.2.3.256]:9/a;tcp',
    'msrp://[::12345]:9/a;tcp',
    'msrp://[::1.2.3.4:5]:9/a;tcp',
    'msrp://a b:1/x;tcp',
    '',
  ])('refused: %s', (text) => expect(new MsrpUri().parse(text)).toBe(false));
});

describe('path lists (RFC 4975 section 9)', () => {
  const hop = (path: string) => {
    const uri = new MsrpUri();
    return readNextHop(path, uri) ? uri.host : undefined;
  };
  it('the first URI is the next hop', () => {
    expect(hop('msrp://relay:1/r;tcp')).toBe('relay');
    expect(hop('msrp://relay:1/r;tcp msrp://a:2/y;tcp')).toBe('relay');
  });
  it.each(['', 'msrps://relay:1/r;tcp', 'msrp://relay:1/r;sctp', 'sip:a@b msrp://relay:1/r;tcp'])(
    'no next hop that can be had: %s',
    (path) => expect(hop(path)).toBeUndefined(),
  );
  it('URIs are told apart by blanks, as many as there are', () => {
    const list = Buffer.from('a;tcp \t b;tcp  ');
    expect(uriEnd(list, 0, list.length)).toBe(5);
    expect(nextUri(list, 5, list.length)).toBe(8);
    expect(uriEnd(list, 8, list.length)).toBe(13);
    expect(nextUri(list, 13, list.length)).toBe(list.length);
  });
});
