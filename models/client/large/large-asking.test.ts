/**
 * Large Messages whose sender asks for notifications (RFC 5438 section 7.1.1, RFC 3862): the head in front of the content on the wire, in
 * what observers are told, and in what is counted; one message whatever becomes of its sessions.
 */
import { describe, expect, test } from 'vitest';
import { TcpEnd } from '../../../sim/host/ports.js';
import { BODY_MARK, mark } from '../../marks.js';
import { Observed } from '../../observations.js';
import { ANSWER, LargeRig } from '../testing-large.js';
import { START_S } from '../testing-push.js';

/** The bodies of all SENDs in `wire`, one behind the other. */
const bodyIn = (wire: string): string =>
  [...wire.matchAll(/Content-Type: message\/cpim\r\n\r\n([^]*?)\r\n-------\S{12}[+$]\r\n/g)]
    .map(([, body]) => body)
    .join('');

const told = (rig: LargeRig): string =>
  rig
    .of(Observed.largeContent)
    .map(({ text }) => text)
    .join('');

describe('a Large Message that asks', () => {
  test('is message/cpim: the head, then the content under its own type, of the size that was offered', () => {
    const rig = new LargeRig({ displayDelayNs: 0 });
    rig.large({ asksNotification: true, sizeOctets: 5000 });
    const body = bodyIn(rig.confirm(rig.accept(rig.take('INVITE')[0])));
    const [cpim, type, ...content] = body.split('\r\n\r\n');
    expect(cpim.split('\r\n').map((line) => line.split(': ')[0])).toEqual([
      'From',
      'To',
      'DateTime',
      'NS',
      'imdn.Message-ID',
      'imdn.Disposition-Notification',
    ]);
    expect(cpim).toContain('From: <sip:u1@ims.example>\r\nTo: <sip:u2@ims.example>\r\n');
    expect(cpim).toMatch(/: positive-delivery, negative-delivery, display$/);
    expect(type).toBe('Content-Type: image/jpeg');
    expect(content.join('\r\n\r\n')).toHaveLength(5000);
    expect(content[0].startsWith(mark(BODY_MARK, 5))).toBe(true);
    expect(rig.statuses()).toEqual([200]);
  });

  test('observers are told of its octets, its size, its type, and once of the wish', () => {
    const rig = new LargeRig();
    rig.large({ asksNotification: true });
    const body = bodyIn(rig.confirm(rig.accept(rig.take('INVITE')[0])));
    expect(told(rig)).toBe(body);
    expect(rig.of(Observed.largeOffered).map(({ b }) => b)).toEqual([body.length]);
    expect(rig.of(Observed.largeLabel)[0].text).toMatch(/\r\nContent-Type: message\/cpim\r\n$/);
    expect(rig.of(Observed.notificationAsked).map(({ entity, message, a }) => [entity, message, a])).toEqual([
      [1, 5, 2],
    ]);
  });

  test('goes on in another session as the same octets, though time has passed (R15)', () => {
    const rig = new LargeRig();
    rig.large({ asksNotification: true });
    const wire = rig.accept(rig.take('INVITE')[0]);
    rig.confirm(wire, '200 OK', 1);
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
    const [second] = rig.at(START_S + 5).take('INVITE');
    const again = rig.confirm(rig.accept(second));
    const total = /Byte-Range: 1-2048\/(\d+)/.exec(wire)?.[1] ?? '';
    expect(again).toContain(`Byte-Range: 2049-4096/${total}`);
    expect(bodyIn(wire).slice(0, 2048) + bodyIn(again)).toBe(told(rig));
    expect(rig.of(Observed.notificationAsked)).toHaveLength(1);
  });

  test.each([
    ['message/cpim is not taken', 'accept-types:image/*', '', 415],
    ['its content is not taken inside', 'accept-types:message/cpim', '', 415],
    ['its content is taken inside', 'accept-types:message/cpim', 'a=accept-wrapped-types:image/*\r\n', 200],
    ['the head makes it too long', 'accept-types:*', 'a=max-size:5000\r\n', 413],
  ])('and what the answer says is kept to (A19): %s', (_title, accept, line, status) => {
    const rig = new LargeRig();
    rig.large({ asksNotification: true });
    const sdp = ANSWER.replace('accept-types:*', accept)

      .replace('a=recvonly', `${line}a=recvonly`);
    rig.confirm(rig.accept(rig.take('INVITE')[0], sdp));
    expect(rig.statuses()).toEqual([status]);
  });

  test('leaves no octets behind, however it ends', () => {
    const rig = new LargeRig();
    // The shared blocks of all contents.
    rig.large({ message: 3 });
    rig.confirm(rig.accept(rig.take('INVITE')[0]));
    rig.at(START_S + 100);
    const held = rig.ports.octets.heldOctets;
    for (const message of [4, 8]) rig.large({ asksNotification: true, message });
    rig.confirm(rig.accept(rig.take('INVITE')[0]));
    rig.large({ asksNotification: true, message: 12 });
    rig.fleet.onCrash(1);
    rig.at(START_S + 200);
    expect(rig.statuses()).toEqual([200, 200, 200, 408]);
    expect(rig.ports.octets.heldOctets).toBe(held);
  });
});
