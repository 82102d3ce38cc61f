/** What a request is matched by (RFC 3261 sections 17.2.3 and 8.2.2.2): equal keys, and room for them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipMessage } from '../../wire/sip/message.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { TestOctets } from '../testing.js';
import { ServerKey } from './server-key.js';

interface Parts {
  readonly method: string;
  readonly uri: string;
  readonly host: string;
  readonly port: string;
  readonly branch: string;
  readonly tag: string;
  readonly callId: string;
  readonly cseq: number;
  readonly toTag: string;
}

const PARTS: Parts = {
  method: 'MESSAGE',
  uri: 'sip:u1@x.example',
  host: '10.0.0.2',
  port: ':5060',
  branch: 'z9hG4bKabc',
  tag: 'f9',
  callId: 'call-9',
  cseq: 1,
  toTag: '',
};

/** A request; without a branch the Via has none, as of RFC 2543. */
function textOf(parts: Parts): string {
  const { method, uri, host, port, branch, tag, callId, cseq, toTag } = parts;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${host}${port}${branch === '' ? '' : `;branch=${branch}`}`,
    'Max-Forwards: 70',
    `From: <sip:u9@x.example>;tag=${tag}`,
    `To: <sip:u1@x.example>${toTag === '' ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

/** Builds the key of a request, with a part for merging. */
function build(key: ServerKey, octets: TestOctets, parts: Parts): void {
  const text = textOf(parts);
  const block = octets.put(text);
  const start = octets.start(block);
  const message = new SipMessage();
  expect(parseSip(octets.buf, start, start + text.length, Framing.datagram, message)).toBe(0);
  const via = message.topVia();
  expect(via).toBeDefined();
  key.build(message, via!, true);
  octets.release(block);
}

/** Of two requests: is the second taken for the first come again, and for a merged one? */
function matched(first: Partial<Parts>, second: Partial<Parts>): readonly [boolean, boolean] {
  const octets = new TestOctets();
  const key = new ServerKey(octets);
  build(key, octets, { ...PARTS, ...first });
  const { length, mergedLength, hash, mergedHash } = key;
  const block = key.take();
  build(key, octets, { ...PARTS, ...second });
  const again = key.equals(block, length);
  const merged = key.outOfDialog && key.mergedEquals(block, length, mergedLength);
  // What is equal is looked for at one place.
  if (again) expect(key.hash).toBe(hash);
  if (merged) expect(key.mergedHash).toBe(mergedHash);
  return [again, merged];
}

describe('with the cookie, branch, sent-by and method (section 17.2.3)', () => {
  const others: readonly Partial<Parts>[] = [
    { uri: 'sip:u2@x.example' },
    { tag: 'other' },
    { callId: 'other' },
    { cseq: 2 },
    { toTag: 'to' },
    { branch: 'Z9HG4bKABC' },
  ];
  it.each(others)('nothing else: %j is the same request', (change) => {
    expect(matched({}, change)[0]).toBe(true);
  });

  const same: readonly Partial<Parts>[] = [
    { branch: 'z9hG4bKabd' },
    { branch: 'z9hG4bKabcd' },
    { host: '10.0.0.3' },
    { port: ':5061' },
    { port: '' },
  ];
  it.each(same)('%j is another', (change) => {
    expect(matched({}, change)[0]).toBe(false);
  });

  it('methods that have only their names are told apart by those', () => {
    expect(matched({ method: 'FOO' }, { method: 'FOO' })[0]).toBe(true);
    expect(matched({ method: 'FOO' }, { method: 'BAR' })[0]).toBe(false);
  });
});

describe('without the cookie, what RFC 2543 had (section 17.2.3)', () => {
  it.each(['', '1'])('branch "%s": Request-URI, From tag, Call-ID, CSeq number and the top Via', (branch) => {
    expect(matched({ branch }, { branch })[0]).toBe(true);
    const changes: readonly Partial<Parts>[] = [
      { uri: 'sip:u2@x.example' },
      { tag: 'other' },
      { callId: 'CALL-9' },
      { cseq: 257 },
      { cseq: 1 + 2 ** 24 },
      { branch: '2' },
      { host: '10.0.0.3' },
    ];
    for (const change of changes) expect(matched({ branch }, { branch, ...change })[0]).toBe(false);
  });
});

describe('a merged request: From tag, Call-ID and CSeq number, and no To tag (section 8.2.2.2)', () => {
  it('whatever way it came', () => {
    expect(matched({}, { branch: 'z9hG4bKother' })).toEqual([false, true]);
    expect(matched({}, { branch: '1', uri: 'sip:u2@x.example' })).toEqual([false, true]);
    expect(matched({}, { branch: 'z9hG4bKother', toTag: 'to' })).toEqual([false, false]);
    for (const change of [{ tag: 'f8' }, { callId: 'call-8' }, { callId: 'CALL-9' }, { cseq: 2 }]) {
      expect(matched({}, { branch: 'z9hG4bKother', ...change })).toEqual([false, false]);
    }
  });
});

it('a key has room in its block, however long the parts of the request are, with cookie or without', () => {
  const word = (maxLength: number) =>
    fc.string({ unit: fc.constantFrom('a', 'b', 'X', 'Y', '0', '9', '-'), minLength: 1, maxLength });
  const long = fc.record({
    method: fc.oneof(
      fc.constant('MESSAGE'),
      word(300).map((text) => `X${text}`),
    ),
    uri: word(300).map((text) => `sip:${text}@x.example`),
    host: fc.constant('10.0.0.2'),
    port: fc.constantFrom('', ':5060'),
    branch: fc.oneof(
      fc.constant(''),
      word(300),
      word(300).map((text) => `z9hG4bK${text}`),
    ),
    tag: word(300),
    callId: word(300),
    cseq: fc.nat(2 ** 31 - 1),
    toTag: fc.constantFrom('', 'to'),
  });
  fc.assert(
    fc.property(fc.array(long, { minLength: 1, maxLength: 6 }), (requests) => {
      const octets = new TestOctets();
      const key = new ServerKey(octets);
      // Each is built where the one before was, unless that was taken.
      for (const [i, parts] of requests.entries()) {
        build(key, octets, parts);
        const { length, mergedLength } = key;
        expect(key.outOfDialog).toBe(parts.toTag === '');
        if (i % 2 === 0) continue;
        const block = key.take();
        expect(length + mergedLength).toBeLessThanOrEqual(octets.capacity(block));
        build(key, octets, parts);
        expect(key.equals(block, length)).toBe(true);
      }
      const { length, mergedLength } = key;
      expect(length + mergedLength).toBeLessThanOrEqual(octets.capacity(key.take()));
    }),
    { numRuns: 200 },
  );
});
