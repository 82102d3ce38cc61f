/** The plain reading of a Via and its slow twin agree. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readPlainVia } from './plain-via.js';
import { Via, parseVia } from './via.js';

/** Octets before and after the value, which belong to the message and must not be read into it. */
const BEFORE = 'Via: ';
const AFTER = ';rport;branch=z9hG4bKx\r\n';

/** What both read of `text`; undefined for what is not plain, and for what is no Via. */
function readings(text: string): { plain: object | undefined; slow: object | undefined } {
  const buf = Buffer.from(BEFORE + text + AFTER, 'latin1');
  const end = BEFORE.length + text.length;
  const plain = new Via();
  const slow = new Via();
  const isPlain = readPlainVia(buf, BEFORE.length, end, plain);
  const isVia = parseVia(buf, BEFORE.length, end, slow) === 0;
  const spans = (via: Via) => Object.fromEntries(Object.entries(via).filter(([name]) => name !== 'cursor'));
  return { plain: isPlain ? spans(plain) : undefined, slow: isVia ? spans(slow) : undefined };
}

it.each([
  'SIP/2.0/UDP 10.1.2.3:5060;rport;branch=z9hG4bK0123456789abcdef',
  'SIP/2.0/UDP 10.1.2.3:5060;rport=40000;received=10.9.9.9;branch=z9hG4bK-a.b',
  'SIP/2.0/UDP core.example.net;branch=z9hG4bK1',
  'SIP/2.0/UDP core.example.net:65535',
])('RFC 3261 section 20.42: plain, and read alike: %s', (text) => {
  const { plain, slow } = readings(text);
  expect(plain).toBeDefined();
  expect(plain).toEqual(slow);
});

it.each([
  'SIP/2.0/TCP h;branch=z9hG4bK1',
  'SIP / 2.0 / UDP h;branch=z9hG4bK1',
  'SIP/2.0/UDP h;branch=1',
  'SIP/2.0/UDP h;branch=z9hG4bK',
  'SIP/2.0/UDP h;ttl=16',
  'SIP/2.0/UDP [::1];rport',
  'SIP/2.0/UDP h : 5060',
  'SIP/2.0/UDP h;rport=65536',
  'SIP/2.0/UDP h:65536',
  'SIP/2.0/UDP h, SIP/2.0/UDP i',
  'SIP/2.0/UDP h;rpor',
  'SIP/2.0/UDP ',
])('left to the slow twin: %s', (text) => {
  expect(readings(text).plain).toBeUndefined();
});

/** What the values are made of. */
const PIECES = [
  [
    'SIP/2.0/UDP ',
    'SIP/2.0/TCP ',
    '10.0.0.1',
    'host',
    ':',
    '5060',
    '70000',
    '000080',
    ';',
    '=',
    ',',
    ' ',
    '"',
    '_',
  ],
  [
    ';rport',
    ';RPORT',
    ';rport=',
    ';rport=5',
    ';received=',
    ';received=1.2.3.4',
    ';received=::1',
    ';ttl=1',
    ';lr',
  ],
  [';branch=z9hG4bK', ';branch=z9hG4bKa1', ';branch=z9hg4bkA', ';branch="z"'],
].flat();

it('what is plain is read as the slow twin reads it, whatever was changed in it', () => {
  const piece = fc.constantFrom(...PIECES);
  const plainStart = fc.constantFrom('', 'SIP/2.0/UDP 10.0.0.1', 'SIP/2.0/UDP a.b:5060;rport');
  let compared = 0;
  fc.assert(
    fc.property(plainStart, fc.array(piece, { maxLength: 6 }), (start, pieces) => {
      const { plain, slow } = readings(start + pieces.join(''));
      if (plain === undefined) return;
      compared++;
      expect(plain).toEqual(slow);
    }),
    { seed: 3261, numRuns: 5000 },
  );
  expect(compared).toBeGreaterThan(500);
});
