/** What every element refuses in a message (RFC 3261 sections 8.1.1, 8.2, 16.3, 20 and 25.1): each fault alone, and what is none. */
import { describe, expect, it } from 'vitest';
import { SipFault } from './faults.js';
import { SipMessage } from './message.js';
import { Framing, parseSip } from './parse.js';
import { canBeAnswered, validate, validateResponse } from './validate.js';

const HEAD: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKabc',
  'Max-Forwards': '70',
  From: '<sip:u9@x.example>;tag=f9',
  To: '<sip:u1@x.example>',
  'Call-ID': 'call-9@10.0.0.2',
  CSeq: '1 INVITE',
  Contact: '<sip:u9@10.0.0.2>',
};

/** A message with these values in place of the usual ones; one that is `undefined` is left out. */
function parsed(
  change: Readonly<Record<string, string | undefined>> = {},
  startLine = 'INVITE sip:u1@x.example SIP/2.0',
): SipMessage {
  const lines = Object.entries({ ...HEAD, ...change }).filter(([, value]) => value !== undefined);
  const text = [startLine, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  const message = new SipMessage();
  parseSip(Buffer.from(text, 'latin1'), 0, text.length, Framing.datagram, message);
  return message;
}

describe('a request', () => {
  it('with all that it must have is sound, also without Max-Forwards, Contact and To tag', () => {
    expect(validate(parsed())).toBe(SipFault.none);
    expect(validate(parsed({ 'Max-Forwards': undefined, Contact: undefined }))).toBe(SipFault.none);
  });

  it.each(['Via', 'From', 'To', 'Call-ID', 'CSeq'])('lacks %s, or its value (section 8.1.1)', (name) => {
    expect(validate(parsed({ [name]: undefined }))).toBe(SipFault.mandatoryMissing);
    expect(validate(parsed({ [name]: '' }))).toBe(SipFault.headerValue);
  });

  it.each([
    ['From', '<sip:u9@x.example', [SipFault.headerValue, SipFault.uri, SipFault.quote]],
    ['From', '<sip:u9@>;tag=f9', [SipFault.uri]],
    ['To', '"u1 <sip:u1@x.example>', [SipFault.quote, SipFault.headerValue]],
    ['To', '<sip:@x.example>', [SipFault.uri]],
    ['CSeq', 'one INVITE', [SipFault.headerValue]],
    ['CSeq', '2147483648 INVITE', [SipFault.scalarRange]],
    ['CSeq', '1 INVITED', [SipFault.cseqMethod]],
    ['CSeq', '1 INVITA', [SipFault.cseqMethod]],
    ['CSeq', '1 invite', [SipFault.cseqMethod]],
    ['Call-ID', 'call 9', [SipFault.headerValue]],
    ['Call-ID', 'call\t9', [SipFault.headerValue]],
    ['Call-ID', 'call\x7f9', [SipFault.headerValue]],
    ['Max-Forwards', 'many', [SipFault.headerValue]],
    ['Max-Forwards', '-1', [SipFault.headerValue]],
    ['Max-Forwards', '256', [SipFault.scalarRange]],
    ['Contact', '<sip:u9@>', [SipFault.uri]],
    ['Contact', '<sip:u9@10.0.0.2>, <sip:@x>', [SipFault.uri]],
    ['Via', 'SIP/2.0/UDP', [SipFault.via]],
  ] as const)('has %s: %j', (name, value, faults) => {
    const message = parsed({ [name]: value });
    expect(faults).toContain(validate(message));
    expect(validate(message)).toBe(message.fault);
  });

  it.each([
    ['Max-Forwards', '0'],
    ['Max-Forwards', '255'],
    ['CSeq', '2147483647 INVITE'],
    ['CSeq', '0 INVITE'],
    ['Call-ID', '!~{}<>[]'],
    ['Contact', '*'],
  ])('may have %s: %j', (name, value) => {
    expect(validate(parsed({ [name]: value }))).toBe(SipFault.none);
  });

  it.each([
    ['sip:', SipFault.requestUri],
    ['http://x.example', SipFault.scheme],
    // Section 19.1.1: the header part has no place here.
    ['sip:u1@x.example?Subject=a', SipFault.requestUri],
  ])('is for %s', (uri, fault) => {
    expect(validate(parsed({}, `INVITE ${uri} SIP/2.0`))).toBe(fault);
  });

  it('is of another version (section 21.5.6)', () => {
    expect(validate(parsed({}, 'INVITE sip:u1@x.example SIP/3.0'))).toBe(SipFault.version);
  });

  it('has twice what it may have once, in either form of its name (section 7.3.1)', () => {
    for (const twice of [{ i: 'other' }, { t: '<sip:u2@x.example>' }, { f: '<sip:u3@x.example>;tag=a' }]) {
      expect(validate(parsed(twice))).toBe(SipFault.repeatedOnce);
    }
    expect(validate(parsed({ v: 'SIP/2.0/UDP 10.0.0.3', m: '<sip:u9@10.0.0.3>' }))).toBe(SipFault.none);
  });

  it('is a MESSAGE, whose Contact is nobody’s business (RFC 3428 section 4)', () => {
    const message = parsed({ CSeq: '1 MESSAGE', Contact: '<sip:u9@>' }, 'MESSAGE sip:u1@x.example SIP/2.0');
    expect(validate(message)).toBe(SipFault.none);
  });
});

describe('a response', () => {
  const LINE = 'SIP/2.0 486 Busy Here';

  it('must have what every message has, and a To that an ACK can repeat (section 17.1.1.3)', () => {
    expect(validateResponse(parsed({}, LINE))).toBe(SipFault.none);
    for (const name of ['Via', 'From', 'To', 'Call-ID', 'CSeq']) {
      expect(validateResponse(parsed({ [name]: undefined }, LINE)), name).toBe(SipFault.mandatoryMissing);
    }
    expect(validateResponse(parsed({ To: '<sip:u1@' }, LINE))).not.toBe(SipFault.none);
  });

  it('is not asked for Max-Forwards, Contact, or twice the same', () => {
    const odd = { 'Max-Forwards': 'many', Contact: '<sip:u9@>', Subject: 'a', s: 'b' };
    expect(validateResponse(parsed(odd, LINE))).toBe(SipFault.none);
  });
});

describe('an answer to a request with a fault (RFC 4475 section 3.3.1)', () => {
  it('needs Via and CSeq, and nothing else', () => {
    expect(canBeAnswered(parsed())).toBe(true);
    expect(canBeAnswered(parsed({ From: undefined, To: undefined, 'Call-ID': undefined }))).toBe(true);
    expect(canBeAnswered(parsed({ CSeq: undefined }))).toBe(false);
    expect(canBeAnswered(parsed({ Via: undefined }))).toBe(false);
    expect(canBeAnswered(parsed({ Via: 'SIP/2.0/UDP' }))).toBe(false);
  });

  it('is never given to ACK, or to a response (sections 17.2.1 and 8.1.3.3)', () => {
    expect(canBeAnswered(parsed({ CSeq: '1 ACK' }, 'ACK sip:u1@x.example SIP/2.0'))).toBe(false);
    expect(canBeAnswered(parsed({}, 'SIP/2.0 200 OK'))).toBe(false);
  });
});
