/**
 * The key of a message is the same live and pushed, however the payload is spelled; the short way through a payload and the long
 * one agree.
 */
import { describe, expect, test } from 'vitest';
import { SipMessage } from '../../wire/sip/message.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { MessageKey } from './message-key.js';
import { live, payload } from '../testing-push.js';

const USUAL = 'multipart/mixed;boundary=bnd7f3a';

function pushedKey(text: string, type = USUAL): string {
  const key = new MessageKey();
  const buf = Buffer.from(`${type}${text}`, 'latin1');
  return key.ofPayload(buf, type.length, buf.length, 0, type.length)
    ? `${key.hash.h1}/${key.hash.h2}`
    : 'none';
}

function liveKey(text: string): string {
  const key = new MessageKey();
  const message = new SipMessage();
  const buf = Buffer.from(text, 'latin1');
  parseSip(buf, 0, buf.length, Framing.datagram, message);
  return key.ofMessage(message) ? `${key.hash.h1}/${key.hash.h2}` : 'none';
}

const KEY = liveKey(live('call7@host'));
const USUAL_PAYLOAD = payload('call7@host');

describe('a pushed payload', () => {
  test.each([
    ['as usual', USUAL_PAYLOAD, USUAL],
    ['with a quoted boundary', USUAL_PAYLOAD, 'multipart/mixed;boundary="bnd7f3a"'],
    [
      'with a boundary that is not the last parameter',
      USUAL_PAYLOAD,
      'multipart/mixed; boundary=bnd7f3a; x=y',
    ],
    ['with a preamble', `--note\r\n${USUAL_PAYLOAD}`, USUAL],
    ['with message/sip', USUAL_PAYLOAD.replace('sipfrag', 'sip'), USUAL],
    [
      'with the part header in another case',
      USUAL_PAYLOAD.replace('Content-Type: m', 'content-type:  M'),
      USUAL,
    ],
    [
      'with another part before it',
      USUAL_PAYLOAD.replace(
        '--bnd7f3a\r\n',
        '--bnd7f3a\r\nContent-Type: text/plain\r\n\r\nhi\r\n--bnd7f3a\r\n',
      ),
      USUAL,
    ],
    [
      'with one more part header',
      USUAL_PAYLOAD.replace('sipfrag\r\n', 'sipfrag\r\nContent-ID: <a@b>\r\n'),
      USUAL,
    ],
    ['without Content-Length', USUAL_PAYLOAD.replace(/Content-Length: .*\r\n/, ''), USUAL],
  ])('%s has the key of the live message', (_what, text, type) => {
    expect(pushedKey(text, type)).toBe(KEY);
    expect(KEY).not.toBe('none');
  });

  test.each([
    ['another Call-ID', payload('call8@host')],
    ['another tag', USUAL_PAYLOAD.replace('49583', '49584')],
  ])('%s is another key', (_what, text) => {
    expect(pushedKey(text)).not.toBe(KEY);
    expect(pushedKey(text)).not.toBe('none');
  });

  test.each([
    ['a message of a dialog', payload('call7@host', 'b', '<sip:u3@ims.example>;tag=1')],
    ['a Large Message', USUAL_PAYLOAD.replace('MESSAGE sip', 'INVITE sip')],
    ['no From tag', USUAL_PAYLOAD.replace(';tag=49583', '')],
    ['no SIP at all', '--bnd7f3a\r\nContent-Type: text/plain\r\n\r\nhi\r\n--bnd7f3a--'],
    ['octets without a delimiter', 'hello'],
    ['nothing', ''],
  ])('%s has no key', (_what, text) => {
    expect(pushedKey(text)).toBe('none');
  });
});

/** An INVITE of a Large Message from this URI, in this call. */
function inviteOf(from: string, callId: string): string {
  return [
    'INVITE sip:u3@ims.example SIP/2.0',
    `From: <${from}>;tag=786`,
    'To: <sip:u3@ims.example>',
    `Call-ID: ${callId}`,
    'Date: Thu, 21 Feb 2002 13:02:03 GMT',
    '',
    '',
  ].join('\r\n');
}

/** The payload that pushes it, as rules 1.7 show it. */
function largePayload(id: string, from = 'sip:u1@ims.example', callId = 'call7@host'): string {
  const fragment = `MSRP dkei38sd SEND\r\nMessage-ID: ${id}\r\nContent-Type: text/plain\r\n\r\nHi!\r\n-------dkei38sd$`;
  const head = `--bnd7f3a\r\nContent-Type: message/sipfrag\r\n\r\n${inviteOf(from, callId)}`;
  return `${head}\r\n--bnd7f3a\r\nContent-Type: message/msrpfrag\r\n\r\n${fragment}\r\n--bnd7f3a--`.replace(
    '\r\n\r\n\r\n--',
    '\r\n\r\n--',
  );
}

function largeKey(id: string, from = 'sip:u1@ims.example', callId = 'call7@host'): string {
  const key = new MessageKey();
  const text = inviteOf(from, callId);
  const buf = Buffer.from(`<${text}${id}>`, 'latin1');
  const idStart = 1 + text.length;
  return key.ofLarge(buf, 1, idStart, idStart, idStart + id.length)
    ? `${key.hash.h1}/${key.hash.h2}`
    : 'none';
}

describe('a Large Message (P5, R15)', () => {
  const ID = 'longEnough01';
  const USUAL_LARGE = largePayload(ID);
  test.each([
    ['as usual', USUAL_LARGE, USUAL],
    ['with a quoted boundary', USUAL_LARGE, 'multipart/mixed;boundary="bnd7f3a"'],
    ['with a boundary that is not the last parameter', USUAL_LARGE, 'multipart/mixed; boundary=bnd7f3a; x=y'],
    ['with a preamble', `--note\r\n${USUAL_LARGE}`, USUAL],
    [
      'with the second part header in another case',
      USUAL_LARGE.replace('Type: message/msrp', 'type:  message/msrp'),
      USUAL,
    ],
    [
      'with one more part header',
      USUAL_LARGE.replace('msrpfrag\r\n', 'msrpfrag\r\nContent-ID: <a@b>\r\n'),
      USUAL,
    ],
    [
      'without its frame (A13)',
      USUAL_LARGE.replace(/MSRP dkei38sd SEND\r\n/, '').replace('\r\n-------dkei38sd$', ''),
      USUAL,
    ],
    ['pushed in another call', largePayload(ID, undefined, 'call8@host'), USUAL],
  ])('%s has the key of the live one', (_what, text, type) => {
    expect(pushedKey(text, type)).toBe(largeKey(ID));
    expect(largeKey(ID)).not.toBe('none');
  });

  test('another Message-ID or sender is another key; a short Message-ID counts within its call', () => {
    const keys = [
      pushedKey(largePayload(ID)),
      pushedKey(largePayload('longEnough02')),
      pushedKey(largePayload(ID, 'sip:u2@ims.example')),
      pushedKey(largePayload('short')),
      pushedKey(largePayload('short', undefined, 'call8@host')),
      // Ten octets are short, eleven are not (R1).
      pushedKey(largePayload('0123456789')),
      pushedKey(largePayload('0123456789', undefined, 'call8@host')),
      pushedKey(largePayload('0123456789a')),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).not.toContain('none');
    expect(pushedKey(largePayload('0123456789a', undefined, 'call8@host'))).toBe(keys.at(-1));
    expect(largeKey('short')).toBe(pushedKey(largePayload('short')));
  });

  test.each([
    [
      'its msrpfrag',
      USUAL_LARGE.slice(0, USUAL_LARGE.indexOf('\r\n--bnd7f3a\r\nContent-Type: message/msrp')) +
        '\r\n--bnd7f3a--',
    ],
    ['its Message-ID', USUAL_LARGE.replace(/Message-ID: .*\r\n/, '')],
    ['its From', USUAL_LARGE.replace(/From: .*\r\n/, '')],
    ['its Call-ID', USUAL_LARGE.replace(/Call-ID: .*\r\n/, '')],
    ['its end', USUAL_LARGE.slice(0, USUAL_LARGE.indexOf('message/msrpfrag') + 7)],
  ])('without %s has no key', (_what, text) => {
    expect(pushedKey(text)).toBe('none');
  });
});

describe('a payload that only looks usual', () => {
  test.each([
    [
      'a boundary that ends like that of its Content-Type',
      USUAL_PAYLOAD,
      'multipart/mixed;boundary=xbnd7f3a',
    ],
    ['a parameter that ends like it', USUAL_PAYLOAD, 'multipart/mixed;boundary=other;x-bnd7f3a'],
    ['no boundary in its Content-Type', USUAL_PAYLOAD, 'multipart/mixed'],
    ['an empty boundary', USUAL_PAYLOAD.replaceAll('bnd7f3a', ''), 'multipart/mixed;boundary='],
    ['one hyphen', USUAL_PAYLOAD.slice(1), USUAL],
    ['text in front of the hyphens', `x${USUAL_PAYLOAD.slice(1)}`, USUAL],
  ])('%s: it has no key', (_what, text, type) => {
    expect(pushedKey(text, type)).toBe('none');
  });

  test('cut anywhere, it has the key of the message or none, and nothing is read beyond its end', () => {
    const whole = largePayload('longEnough01');
    const idStart = whole.indexOf('longEnough01');
    for (let end = 0; end <= whole.length; end++) {
      // Within the Message-ID it would be that of another.
      if (end > idStart && end < idStart + 'longEnough01'.length) continue;
      expect(['none', largeKey('longEnough01')]).toContain(pushedKey(whole.slice(0, end)));
    }
  });
});
