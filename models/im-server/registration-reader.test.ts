import { describe, expect, it } from 'vitest';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import type { DeferralJudge } from './deferral/deferral.js';
import { RegistrationReader } from './registration-reader.js';

const USER_NINE = {
  userOf: (buf: Buffer, start: number, end: number) =>
    buf.latin1Slice(start, end) === 'sip:u9@ims.example' ? 9 : -1,
} as unknown as DeferralJudge;

const CONTACT = '<sip:u9@10.16.0.9:5060>;+g.oma.sip-im;+sip.instance="<urn:uuid:1>";reg-id=1';

function clients(contacts: string): string {
  return `REGISTER sip:ims.example SIP/2.0\r\nTo: <sip:u9@ims.example>\r\n${contacts}\r\n`;
}

/** Reads a third-party REGISTER with these header fields and this body; octets that look like a capable Contact follow it. */
function read(
  headers: string,
  body: string,
): [status: number, user: number, expiresS: number, capable: boolean] {
  const head = `REGISTER sip:im.ims.example SIP/2.0\r\n${headers}Content-Type: message/sip\r\n`;
  const text = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  const buf = Buffer.from(`${text}Contact: ${CONTACT}\r\n\r\n`, 'latin1');
  const message = new SipMessage();
  parseSip(buf, 0, text.length, Framing.datagram, message);
  const reader = new RegistrationReader(USER_NINE);
  const status = reader.read(message);
  return [status, reader.user, reader.expiresS, reader.capable];
}

const TO = 'To: <sip:u9@ims.example>;tag=1\r\n';

describe('D1: what a third-party REGISTER tells (rules 2.3)', () => {
  it('whose it is, for how long, and that the binding takes IM', () => {
    expect(read(`${TO}Expires: 3600\r\n`, clients(`Contact: ${CONTACT}\r\n`))).toEqual([200, 9, 3600, true]);
  });

  it('Expires 0: the user is gone, whatever her Contact could', () => {
    expect(read(`${TO}Expires: 0\r\n`, '')).toEqual([200, 9, 0, true]);
  });

  it.each([
    ['no body', ''],
    ['no Contact', clients('')],
    ['a Contact without the feature tag', clients('Contact: <sip:u9@10.16.0.9>;reg-id=1\r\n')],
    ['Contact: *', clients('Contact: *\r\n')],
    [
      'the tag of Large Messages alone',
      clients('Contact: <sip:u9@10.16.0.9>;+g.oma.sip-im.large-message\r\n'),
    ],
    ['the tag inside of a URI', clients('Contact: <sip:u9@10.16.0.9;+g.oma.sip-im>\r\n')],
    ['the tag inside of a value', clients('Contact: <sip:u9@10.16.0.9>;x="a;+g.oma.sip-im"\r\n')],
    ['a body that is no SIP', 'hello\r\n\r\n'],
    ['a Contact that cannot be read', clients('Contact: <sip:u9@10.16.0.9;+g.oma.sip-im\r\n')],
  ])('%s: not capable', (_name, body) => {
    expect(read(`${TO}Expires: 60\r\n`, body)).toEqual([200, 9, 60, false]);
  });

  it.each([
    ['the second of two Contacts', clients(`Contact: <sip:a@b>\r\nm: ${CONTACT}\r\n`)],
    ['the second element of a list', clients(`Contact: "a, b" <sip:a@b>, ${CONTACT}\r\n`)],
    ['in capitals, with space around', clients('Contact: <sip:a@b> ; +G.OMA.SIP-IM ; expires=5\r\n')],
    ['with a value', clients('Contact: <sip:a@b>;+g.oma.sip-im="x"\r\n')],
  ])('the tag in %s counts', (_name, body) => {
    expect(read(`${TO}Expires: 60\r\n`, body)[3]).toBe(true);
  });

  it.each([
    [400, 'no To', 'Expires: 60\r\n'],
    [400, 'a To that cannot be read', 'To: <sip:u9@ims.example\r\nExpires: 60\r\n'],
    [404, 'a user who is not served', 'To: <sip:u8@ims.example>\r\nExpires: 60\r\n'],
    [400, 'no Expires', TO],
    [400, 'an Expires that is no number', `${TO}Expires: soon\r\n`],
    [400, 'an Expires beyond 32 bits', `${TO}Expires: 4294967296\r\n`],
  ])('%i for %s', (status, _name, headers) => {
    expect(read(headers, clients(`Contact: ${CONTACT}\r\n`))[0]).toBe(status);
  });
});
