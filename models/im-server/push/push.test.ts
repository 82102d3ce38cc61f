/** A push from the trigger to the BYE (P1 to P9, D2 to D13), against a scripted client. */
import { describe, expect, test } from 'vitest';
import { TcpEnd } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { RowState } from '../store/deferred-index.js';
import { ServerRig } from '../testing.js';
import { invited, pushed, words } from '../testing-push-client.js';

describe('D2 to D13: the whole conversation', () => {
  test('INVITE, ACK, SEND, BYE, in this order and in one dialog', () => {
    const rig = new ServerRig();
    rig.store(7, 'first');
    const sent = rig.register(7);
    expect(words(sent)).toEqual(['200', 'INVITE']);
    const client = invited(rig, sent);
    const [ack] = client.accept();
    expect(words([ack])).toEqual(['ACK']);
    // D6: a branch of its own, the CSeq number of the INVITE.
    expect(header(ack, 'CSeq')).toBe('1 ACK');
    expect(header(ack, 'Via')).not.toBe(header(client.invite, 'Via'));
    // The passive side does not send before the client's SEND (C4).
    client.bind();
    const [send] = client.take();
    expect(send.body).toContain('first');
    const [bye] = client.answer(send);
    expect(words([bye])).toEqual(['BYE']);
    expect([header(bye, 'CSeq'), header(bye, 'To')]).toEqual(['2 BYE', header(ack, 'To')]);
    expect(header(bye, 'Call-ID')).toBe(header(client.invite, 'Call-ID'));
    expect(header(bye, 'Route')).toBe('<sip:core.ims.example;lr>');
    client.respond(200, '', 'cl', bye);
    expect(rig.held()).toEqual([]);
    expect(rig.of(Observed.settled)).toHaveLength(1);
    expect(rig.server.push.sessions.size).toBe(0);
  });

  test('O9, C8: the INVITE names the user, the server and the service, and offers actpass (C1, C2)', () => {
    const { invite } = pushed(new ServerRig(), 'x');
    expect(invite).toMatch(/^INVITE sip:u7@ims\.example SIP\/2\.0\r\n/);
    expect(header(invite, 'To')).toBe('<sip:u7@ims.example>');
    expect(header(invite, 'From')).toMatch(/^<sip:deferred@im\.ims\.example>;tag=[0-9a-f]{16}$/);
    expect(header(invite, 'P-Asserted-Identity')).toBe('<sip:deferred@im.ims.example>');
    expect(header(invite, 'Accept-Contact')).toBe('*;+g.oma.sip-im;require;explicit');
    for (const line of ['a=setup:actpass', 'a=sendonly', 'm=message 2855 TCP/MSRP *']) {
      expect(invite).toContain(`\r\n${line}\r\n`);
    }
    expect(invite).toMatch(/a=accept-types:multipart\/mixed /);
    expect(invite).toMatch(/a=accept-wrapped-types:message\/sip message\/sipfrag message\/msrpfrag \*/);
    expect(invite).toMatch(/a=path:msrp:\/\/10\.0\.0\.2:2855\/\w{16};tcp\r\n/);
  });

  test('C2, C4: a client that answers passive is connected to, and gets the SEND at once', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x');
    client.accept({ setup: 'passive', path: 'msrp://10.16.0.7:2855/clientSession01;tcp' });
    expect(rig.ports.opened).toMatchObject([{ ip: 0x0a100007, port: 2855 }]);
    client.conn = rig.ports.opened[0].conn;
    rig.server.onTcpConnected(client.conn);
    // C4: the active side speaks first, here with a SEND without a body.
    const [binding, send] = client.take();
    expect(binding.body).toBe('');
    expect(send.text).toContain('\r\nTo-Path: msrp://10.16.0.7:2855/clientSession01;tcp\r\n');
    expect(words(client.answer(send))).toEqual(['BYE']);
  });

  test('a client may connect before her 200 is here: the push begins with the 200', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x').bind();
    expect(client.take()).toEqual([]);
    client.accept();
    expect(client.take()).toHaveLength(1);
  });

  test('a client may lose that connection before her 200 is here: BYE, and she is invited again later', () => {
    const rig = new ServerRig({ push: { retryNs: 5 * NS_PER_S } });
    const client = pushed(rig, 'x').bind();
    rig.server.onTcpClosed(client.conn, TcpEnd.reset);
    const [ack, bye] = client.accept();
    expect(words([ack, bye])).toEqual(['ACK', 'BYE']);
    expect(words(client.respond(200, '', 'cl', bye))).toEqual([]);
    expect(words(rig.pass(5.1).taken())).toEqual(['INVITE']);
  });
});

describe('P1 to P9', () => {
  test('P1, P2, P9, DN: a SEND for each message, in the order of receipt (A16), and one BYE', () => {
    const rig = new ServerRig({ push: { windowSends: 2 } });
    const client = pushed(rig, 'one', 'two', 'three').establish();
    const bodies: string[] = [];
    const sip: string[] = [];
    for (let frames = client.take(); frames.length > 0; frames = client.take()) {
      for (const frame of frames) {
        bodies.push(/\r\n\r\n(one|two|three)\r\n/.exec(frame.body)?.[1] ?? '');
        sip.push(...words(client.answer(frame)));
      }
    }
    expect(bodies).toEqual(['one', 'two', 'three']);
    expect(sip).toEqual(['BYE']);
  });

  test('P3 to P6, P8, B7: multipart/mixed, one Date, Call-ID untouched, nothing that belongs to a hop', () => {
    const rig = new ServerRig();
    rig.store(7, 'Watson', ['Subject: hello', 'Priority: urgent', 'P-Charging-Vector: icid-value=c1']);
    const client = invited(rig, rig.register(7)).establish();
    const [{ text, body }] = client.take();
    expect(header(text, 'Content-Type')).toMatch(/^multipart\/mixed;boundary=/);
    expect([header(text, 'Failure-Report'), header(text, 'Success-Report')]).toEqual(['yes', '']);
    const part = body.slice(body.indexOf('\r\n\r\n') + 4);
    expect(part.match(/^Date:/gm)).toHaveLength(1);
    expect(header(part, 'Call-ID')).toBe('call1@10.16.0.1');
    expect([header(part, 'Subject'), header(part, 'Priority')]).toEqual(['hello', 'urgent']);
    expect(part).not.toMatch(/^(Via|Route|Max-Forwards|CSeq|P-Charging-Vector):/im);
  });

  test('P1n: a message in several chunks is settled when each of them has its 200 (A15, A17)', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x'.repeat(6000)).establish();
    const frames = client.take();
    expect(frames.length).toBeGreaterThan(2);
    expect(new Set(frames.map((frame) => frame.messageId)).size).toBe(1);
    const last = frames.pop();
    expect(last?.flag).toBe('$');
    for (const frame of frames) expect(client.answer(frame)).toEqual([]);
    expect(last && words(client.answer(last))).toEqual(['BYE']);
  });
});

describe('A16: a message that arrives during a push', () => {
  test('joins it while SENDs are out', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one').establish();
    const [one] = client.take();
    rig.store(7, 'two');
    const [two] = client.take();
    expect(two.body).toContain('two');
    expect(client.answer(one)).toEqual([]);
    expect(words(client.answer(two))).toEqual(['BYE']);
  });

  test('waits for the next one once BYE has left, which starts as soon as this is over', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one').establish();
    const [bye] = client.answer(client.take()[0]);
    rig.store(7, 'two');
    expect(client.take()).toEqual([]);
    const next = invited(rig, client.respond(200, '', 'cl', bye)).establish();
    expect(next.take()[0].body).toContain('two');
  });

  test('is pushed after the retry time to a user who is registered without a push', () => {
    const rig = new ServerRig();
    expect(words(rig.register(7))).toEqual(['200']);
    rig.store(7, 'one');
    expect(words(rig.pass(29).taken())).not.toContain('INVITE');
    expect(words(rig.pass(1).taken())).toContain('INVITE');
  });

  test('the order of receipt holds though the station serves in any order', () => {
    const rig = new ServerRig();
    rig.store(7, 'one');
    rig.store(7, 'two');
    rig.cpu.held = true;
    rig.register(7);
    rig.cpu.serve();
    rig.cpu.serve();
    const client = invited(rig, rig.taken());
    client.establish();
    // One SEND of a session is at the station at a time.
    expect(rig.cpu.waiting).toHaveLength(1);
    rig.cpu.serve();
    expect(rig.cpu.waiting).toHaveLength(1);
    rig.cpu.serve();
    expect(client.take().map(({ body }) => /one|two/.exec(body)?.[0])).toEqual(['one', 'two']);
    expect(rig.server.index.state[1]).toBe(RowState.inPush);
  });
});
