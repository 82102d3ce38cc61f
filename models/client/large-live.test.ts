/** Large Messages that come live from another client: any type, each once, and what ends a session (rules 3.2, 3.4; RFC 4975). */
import { describe, expect, test } from 'vitest';
import { BODY_MARK, mark } from '../marks.js';
import { Observed } from '../observations.js';
import { TcpEnd } from '../../sim/host/ports.js';
import { header } from './testing.js';
import { LargeRig } from './testing-large.js';
import { invite, type PushRig, request } from './testing-push.js';

describe('live from another client', () => {
  const BODY = `${mark(BODY_MARK, 9)} a picture`;
  const from = 'sip:u1@ims.example';
  const live = (callId: string): string =>
    invite({ callId, from }).replace(
      /Contact: .*\r\n/,
      'Contact: <sip:u1@10.16.0.1:5060>;+g.oma.sip-im.large-message\r\n',
    );
  const sendText = (rig: PushRig, tid: string, id: string): string =>
    `MSRP ${tid} SEND\r\nTo-Path: ${rig.path}\r\nFrom-Path: msrp://10.0.0.2:2855/serverSession01;tcp\r\nMessage-ID: ${id}\r\n` +
    `Byte-Range: 1-${BODY.length}/${BODY.length}\r\nContent-Type: image/jpeg\r\n\r\n${BODY}\r\n-------${tid}$\r\n`;

  /** Takes a live session to its bound connection. */
  function open(rig: LargeRig, callId: string): void {
    [rig.ok = ''] = rig.exchange(live(callId));
    rig.path = /a=path:(\S+)/.exec(rig.ok)?.[1] ?? '';
    rig.conn = rig.ports.opened.at(-1)?.conn ?? 0;
    rig.fleet.onTcpConnected(rig.conn);
    rig.fromClient();
  }

  test('any type is taken, shown with the INVITE that brought it, and answered 200', () => {
    const rig = new LargeRig();
    open(rig, 'live1@a');
    expect(rig.ok).toContain('a=accept-types:*');
    expect(header(rig.ok, 'Supported')).toBe('path, outbound');
    rig.toClient(sendText(rig, 'live0001', 'abcdefghijkl'));
    expect(rig.fromClient()).toMatch(/^MSRP live0001 200/);
    expect(rig.of(Observed.largeLive).map(({ text }) => text)).toEqual([BODY]);
    expect(rig.of(Observed.largeLiveInvite)[0].text).toContain('Call-ID: live1@a');
  });

  test('its content asks to be told of delivery (RFC 5438): a MESSAGE to who is in From', () => {
    const rig = new LargeRig({ takeNumber: () => 100 });
    open(rig, 'live1@a');
    const cpim = [
      `From: <${from}>`,
      'To: <sip:u3@ims.example>',
      'NS: imdn <urn:ietf:params:imdn>',
      'imdn.Message-ID: large34jk',
      'imdn.Disposition-Notification: positive-delivery',
      '',
      'Content-Type: text/plain',
      '',
      'Hello',
    ].join('\r\n');
    const text = sendText(rig, 'live0001', 'abcdefghijkl').replace('image/jpeg', 'message/cpim');
    const range = `1-${cpim.length}/${cpim.length}`;
    rig.toClient(text.replace(BODY, cpim).replace(/1-\d+\/\d+/, range));
    rig.ports.advance(rig.ports.nowNs);
    expect(rig.of(Observed.notificationSent).map(({ entity, a }) => [entity, a])).toEqual([[3, 1]]);
  });

  test('sent again in another session under the same Message-ID, it is not shown again (R15)', () => {
    const rig = new LargeRig();
    open(rig, 'live1@a');
    rig.toClient(sendText(rig, 'live0001', 'abcdefghijkl'));
    rig.deliver(
      3,
      request('BYE', 3, [
        `From: <${from}>;tag=srv`,
        `To: ${header(rig.ok, 'To')}`,
        'Call-ID: live1@a',
        'CSeq: 2 BYE',
      ]),
    );
    open(rig, 'live2@a');
    rig.toClient(sendText(rig, 'live0002', 'abcdefghijkl'));
    expect(rig.fromClient()).toMatch(/MSRP live0002 200/);
    expect(rig.of(Observed.largeLive)).toHaveLength(1);
    expect(rig.of(Observed.duplicateDropped)).toHaveLength(1);
  });

  test('a small Message-ID is none to go by: another session may use it for another message', () => {
    const rig = new LargeRig();
    open(rig, 'live1@a');
    rig.toClient(sendText(rig, 'live0001', '4567'));
    open(rig, 'live2@a');
    rig.toClient(sendText(rig, 'live0002', '4567'));
    expect(rig.of(Observed.largeLive).length + rig.of(Observed.duplicateDropped).length).toBe(2);
    expect(rig.of(Observed.duplicateDropped)).toHaveLength(0);
  });

  test('R15: nothing of one anonymous sender goes on in the session of another', () => {
    const from = 'sip:anonymous@anonymous.invalid';
    const hidden = (id: string) => live(id).replaceAll('sip:u1@ims.example', from);
    const rig = new LargeRig();
    const opened = (id: string): void => {
      [rig.ok = ''] = rig.exchange(hidden(id));
      rig.path = /a=path:(\S+)/.exec(rig.ok)?.[1] ?? '';
      rig.conn = rig.ports.opened.at(-1)?.conn ?? 0;
      rig.fleet.onTcpConnected(rig.conn);
      rig.fromClient();
    };
    opened('anna@a');
    rig.toClient(sendText(rig, 'live0001', 'msg4567'));
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
    opened('bert@b');
    rig.toClient(sendText(rig, 'live0002', 'msg4567').replace('a picture', 'no snaps!'));
    expect(rig.fromClient()).toMatch(/MSRP live0002 200/);
    expect(rig.of(Observed.largeLive)).toHaveLength(2);
  });
});
