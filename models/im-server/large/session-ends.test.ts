/** How a dialog of Large Messages ends at the IM Server: ACK, BYE of either side, and both (RFC 3261 sections 13.3.1.4 and 15). */
import { describe, expect, test } from 'vitest';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { ServerRig } from '../testing.js';
import { lines, statusOf } from '../testing-texts.js';
import { LargeSender } from '../testing-large-sender.js';
import { words } from '../testing-push-client.js';

/** The sender's 200 to what the server asked. */
const ok = (asked: string): string =>
  lines(
    'SIP/2.0 200 OK',
    ...['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(asked, name)}`),
    'Content-Length: 0',
    '',
    '',
  );

/** A session whose INVITE got its 200 and no ACK, bound all the same. */
function unacknowledged(rig = new ServerRig()): LargeSender {
  const sender = new LargeSender(rig);
  sender.invite();
  sender.conn = rig.connect();
  rig.toServer(sender.conn, sender.frame('Hi'));
  rig.written(sender.conn);
  return sender;
}

describe('the 200 and its ACK', () => {
  test('BYE that overtakes the ACK ends the repeats of the 200, and so does one whose ACK is lost', () => {
    const sender = unacknowledged();
    expect(words(sender.within('BYE'))).toEqual(['200']);
    expect(sender.within('ACK')).toEqual([]);
    expect(sender.rig.pass(40).taken()).toEqual([]);
    expect(unacknowledged().within('BYE').map(statusOf)).toEqual([200]);
  });

  test('section 15: without an ACK the server says no BYE, and says it when the ACK comes', () => {
    const sender = unacknowledged();
    sender.rig.server.onTcpClosed(sender.conn, 0);
    expect(sender.rig.of(Observed.largeSessionEnded)).toHaveLength(1);
    expect(words(sender.rig.pass(0.6).taken())).toEqual(['200']);
    expect(words(sender.within('ACK'))).toEqual(['BYE']);
    expect(words(sender.rig.pass(0.1).taken())).toEqual([]);
    // Another ACK brings no other BYE.
    expect(sender.within('ACK')).toEqual([]);
  });

  test('and without one for 64 T1, it says it then, once', () => {
    const sender = unacknowledged();
    sender.rig.server.onTcpClosed(sender.conn, 0);
    const { rig } = sender;
    expect(words(rig.pass(31).taken())).not.toContain('BYE');
    const byes = rig
      .pass(1.2)
      .taken()
      .filter((text) => text.startsWith('BYE'));
    expect(byes).toHaveLength(1);
    rig.fromCore(ok(byes[0]));
    expect(rig.pass(40).taken()).toEqual([]);
  });
});

describe('BYE of both', () => {
  function hungUp(): { readonly sender: LargeSender; readonly bye: string } {
    const sender = new LargeSender(new ServerRig()).open();
    sender.rig.ports.takeSent();
    sender.rig.server.onTcpClosed(sender.conn, 0);
    const [bye] = sender.rig.taken();
    expect(words([bye])).toEqual(['BYE']);
    return { sender, bye };
  }

  test('section 15.1: a BYE that crosses the unanswered one of the server is answered 200', () => {
    const { sender, bye } = hungUp();
    expect(words(sender.within('BYE'))).toEqual(['200']);
    expect(sender.rig.fromCore(ok(bye))).toEqual([]);
    expect(sender.within('BYE').map(statusOf)).toEqual([481]);
  });

  test('one that comes later is of no dialog, and neither is one after 64 T1 without an answer', () => {
    const { sender, bye } = hungUp();
    sender.rig.fromCore(ok(bye));
    expect(sender.within('BYE').map(statusOf)).toEqual([481]);
    const silent = hungUp().sender;
    silent.rig.pass(40).taken();
    expect(silent.within('BYE').map(statusOf)).toEqual([481]);
  });

  test('nothing of a dialog is kept, however it ended', () => {
    const rig = new ServerRig();
    const held = rig.ports.octets.heldOctets;
    for (let i = 0; i < 4; i++) {
      const sender = new LargeSender(rig);
      sender.invite({ callId: `end${i}` });
      sender.bind();
      if (i === 0) sender.within('BYE');
      rig.server.onTcpClosed(sender.conn, 0);
      const [bye] = rig.taken();
      if (i === 1) rig.fromCore(ok(bye));
      if (i === 2) sender.within('BYE');
      rig.pass(70).taken();
    }
    expect(rig.server.large.count).toBe(0);
    expect(rig.ports.octets.heldOctets - held).toBeLessThanOrEqual(256);
  });
});

describe('what is asked within the dialog', () => {
  const requiring = (rig: ServerRig, text: string): number[] =>
    rig.fromCore(text.replace('Content-Length: 0', 'Require: foo\r\nContent-Length: 0')).map(statusOf);

  test('section 12.2.2: an extension that is required is not understood, 420, and ends nothing', () => {
    const sender = new LargeSender(new ServerRig()).open();
    const { rig } = sender;
    const text = (method: string, cseq: number): string =>
      lines(
        `${method} sip:im.ims.example:5060 SIP/2.0`,
        `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKr${cseq}`,
        'From: <sip:u1@ims.example>;tag=sender',
        `To: ${header(sender.ok, 'To')}`,
        'Call-ID: large1@10.16.0.1',
        `CSeq: ${cseq} ${method}`,
        'Content-Length: 0',
        '',
        '',
      );
    expect(requiring(rig, text('OPTIONS', 5))).toEqual([420]);
    expect(requiring(rig, text('BYE', 6))).toEqual([420]);
    expect(rig.server.large.count).toBe(1);
    expect(rig.fromCore(text('BYE', 7)).map(statusOf)).toEqual([200]);
  });

  test('section 10.3: so it is with REGISTER, which then registers nobody', () => {
    const rig = new ServerRig();
    rig.store(7);
    const register = (more: string): string =>
      lines(
        'REGISTER sip:im.ims.example SIP/2.0',
        `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKq${more.length}`,
        'From: <sip:core.ims.example>;tag=r',
        'To: <sip:u7@ims.example>',
        'Call-ID: r7@core.ims.example',
        `CSeq: ${more.length + 1} REGISTER`,
        'Contact: <sip:core.ims.example>;+g.oma.sip-im',
        'Expires: 600',
        `${more}Content-Length: 0`,
        '',
        '',
      );
    const refused = rig.fromCore(register('Require: foo\r\n'));
    expect(refused.map(statusOf)).toEqual([420]);
    expect(rig.of(Observed.triggered)).toEqual([]);
    expect(statusOf(rig.fromCore(register(''))[0])).toBe(200);
    expect(rig.of(Observed.triggered)).toHaveLength(1);
  });

  test('section 20.5: 200 and 405 allow what is understood; a MESSAGE goes where its Request-URI says, to no user here', () => {
    const sender = new LargeSender(new ServerRig()).open();
    const all = 'INVITE, ACK, CANCEL, BYE, MESSAGE, OPTIONS, REGISTER';
    expect(header(sender.ok, 'Allow')).toBe(all);
    expect(sender.ok).toContain('\r\nSupported:\r\n');
    expect(header(sender.within('INFO')[0], 'Allow')).toBe(all);
    expect(sender.within('MESSAGE').map(statusOf)).toEqual([404]);
    const [refused] = sender.within('INVITE');
    expect([statusOf(refused), header(refused, 'Warning').slice(0, 4)]).toEqual([488, '399 ']);
  });
});

test('RFC 4566 section 5.2: no two sessions have the same origin, of pushes, of Large Messages, or after a restart', () => {
  const rig = new ServerRig();
  const origin = (text: string): string => /\r\no=(.*)\r\n/.exec(text)?.[1] ?? text;
  const origins = ['a', 'b'].map((callId) => {
    const sender = new LargeSender(rig);
    sender.invite({ callId });
    return origin(sender.ok);
  });
  for (const user of [7, 8]) {
    rig.store(user);
    origins.push(origin(rig.register(user).find((text) => text.startsWith('INVITE')) ?? ''));
  }
  rig.restart();
  rig.taken();
  const after = new LargeSender(rig);
  after.invite({ callId: 'c' });
  origins.push(origin(after.ok));
  expect(new Set(origins).size).toBe(5);
});
