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
