/** OPTIONS at the IM Server (RFC 3261 section 11.2). */
import { describe, expect, test } from 'vitest';
import { header } from '../client/testing.js';
import { LargeSender } from './testing-large-sender.js';
import { invited } from './testing-push-client.js';
import { ServerRig } from './testing.js';
import { statusOf } from './testing-texts.js';

const options = (uri: string, extra = '', toTag = ''): string =>
  `OPTIONS ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKopt${uri}${extra.length}\r\nMax-Forwards: 70\r\n` +
  `From: <sip:u1@ims.example>;tag=1\r\nTo: <${uri}>${toTag}\r\nCall-ID: opt${uri}\r\nCSeq: 1 OPTIONS\r\n${extra}Content-Length: 0\r\n\r\n`;

describe('OPTIONS outside of a dialog', () => {
  test.each(['sip:im.ims.example', 'sip:im.ims.example:5060', 'sip:u7@ims.example'])(
    '%s: 200 with the five header fields of section 11.2',
    (uri) => {
      const [text] = new ServerRig().fromCore(options(uri));
      expect(statusOf(text)).toBe(200);
      expect(header(text, 'Allow')).toBe('INVITE, ACK, CANCEL, BYE, MESSAGE, OPTIONS, REGISTER');
      expect(header(text, 'Accept')).toBe('*/*');
      expect(header(text, 'Accept-Encoding')).toBe('identity');
      expect(header(text, 'Accept-Language')).toBe('en');
      expect(text).toMatch(/\r\nSupported:\r\n/);
    },
  );

  test('the status is that of an INVITE: 404 for nobody, 420 for an extension, 480 for who does not want it', () => {
    const rig = new ServerRig();
    expect(rig.fromCore(options('sip:u7000@ims.example')).map(statusOf)).toEqual([404]);
    expect(rig.fromCore(options('sip:u7@else.example')).map(statusOf)).toEqual([404]);
    for (const uri of ['sip:u7@ims.example', 'sip:im.ims.example'])
      expect(rig.fromCore(options(uri, 'Require: foo\r\n')).map(statusOf)).toEqual([420]);
    const unwilling = new ServerRig({ settings: new Uint8Array(16).fill(3) });
    const [invite] = new LargeSender(unwilling).invite();
    expect(unwilling.fromCore(options('sip:u7@ims.example')).map(statusOf)).toEqual([statusOf(invite)]);
  });

  test('a To tag of no dialog is 481 (section 12.2.2)', () => {
    expect(new ServerRig().fromCore(options('sip:im.ims.example', '', ';tag=x')).map(statusOf)).toEqual([
      481,
    ]);
  });
});

describe('OPTIONS within a dialog is answered as outside, and leaves the dialog as it is', () => {
  test('of a Large Message session', () => {
    const sender = new LargeSender(new ServerRig()).open();
    const [text] = sender.within('OPTIONS');
    expect([statusOf(text), header(text, 'Accept')]).toEqual([200, '*/*']);
    expect(sender.within('BYE').map(statusOf)).toEqual([200]);
  });

  test('of a push', () => {
    const rig = new ServerRig();
    rig.store(7);
    const client = invited(rig, rig.register(7));
    client.accept();
    const [text] = client.request('OPTIONS', 8);
    expect([statusOf(text), header(text, 'Accept')]).toEqual([200, '*/*']);
    expect(client.bye().map(statusOf)).toEqual([200]);
  });
});
