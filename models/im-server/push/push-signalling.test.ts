/** SIP of a push where the peer is silent, broken, or somebody else: A23, T5, and RFC 3261 sections 9.1, 12.2 and 13.2.2.4. */
import { describe, expect, test } from 'vitest';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { ServerRig } from '../testing.js';
import { invited, pushed, words } from '../testing-push-client.js';

describe('what belongs to a session', () => {
  test('of several that run, her own BYE ends that of the client who says it', () => {
    const rig = new ServerRig();
    const clients = [7, 8, 9].map((user) => {
      rig.store(user, `for ${user}`);
      return invited(rig, rig.register(user));
    });
    for (const client of clients) client.accept();
    expect(words(clients[1].bye())).toEqual(['200']);
    expect(rig.of(Observed.pushEnded).map(({ entity }) => entity)).toEqual([8]);
    expect(words(clients[2].bye())).toEqual(['200']);
    expect(rig.of(Observed.pushEnded).map(({ entity }) => entity)).toEqual([8, 9]);
    clients[0].bind();
    expect(clients[0].take().map(({ body }) => body.includes('for 7'))).toEqual([true]);
  });

  test('a BYE with the tag of somebody else is answered 481, and ends nothing (RFC 3261 section 12.2.2)', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x').establish();
    const [send] = client.take();
    const stranger = client.tagged('other');
    expect(words(stranger.bye())).toEqual(['481']);
    expect(rig.of(Observed.pushEnded)).toEqual([]);
    expect(words(client.answer(send))).toEqual(['BYE']);
  });

  test('no session has the number of one before a restart, or of one at another server of the cluster', () => {
    const numbers = [0, 1].flatMap((instance) => {
      const rig = new ServerRig({ cluster: { instance, instances: 2 } });
      const client = pushed(rig, 'x');
      rig.store(8);
      rig.register(8);
      expect(client.invite).toContain('INVITE sip:u7@');
      rig.restart();
      return rig.of(Observed.pushInvited).map(({ message }) => message);
    });
    expect(numbers).toHaveLength(8);
    expect(new Set(numbers).size).toBe(8);
  });
});

test('what is asked within a push: re-INVITE 488 with Warning, another method 405 with all that is understood, MESSAGE as of no user', () => {
  const rig = new ServerRig();
  const client = pushed(rig, 'x').establish();
  const all = 'INVITE, ACK, CANCEL, BYE, MESSAGE, OPTIONS, REGISTER';
  expect(header(client.invite, 'Allow')).toBe(all);
  expect(client.invite).toContain('\r\nSupported:\r\n');
  const [change] = client.request('INVITE', 3);
  expect([words([change]), header(change, 'Warning').slice(0, 4)]).toEqual([['488'], '399 ']);
  const [info] = client.request('INFO', 4);
  expect([words([info]), header(info, 'Allow')]).toEqual([['405'], all]);
  expect(words(client.request('UPDATE', 5, 'Require: nothing-known'))).toEqual(['405']);
  expect(words(client.request('OPTIONS', 6, 'Require: nothing-known'))).toEqual(['420']);
  expect(words(client.request('MESSAGE', 7))).toEqual(['404']);
  expect(words(client.bye())).toEqual(['200']);
});

describe('RFC 3261 section 13.2.2.4: a 2xx that comes again', () => {
  test('of a session that is over is acknowledged, and there is no second BYE of the same CSeq', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x').establish();
    const [send] = client.take();
    const [bye] = client.answer(send);
    client.respond(200, '', 'cl', bye);
    expect(rig.of(Observed.pushEnded)).toHaveLength(1);
    for (let i = 0; i < 3; i++) expect(words(client.accept())).toEqual(['ACK']);
    expect(words(client.accept({ tag: 'fork' }))).toEqual(['ACK', 'BYE']);
    expect(words(client.accept({ tag: 'fork' }))).toEqual(['ACK']);
  });

  test('of a fork, while the push of the first runs, is closed once', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x').establish();
    expect(words(client.accept({ tag: 'fork' }))).toEqual(['ACK', 'BYE']);
    expect(words(client.accept({ tag: 'fork' }))).toEqual(['ACK']);
    expect(words(client.accept())).toEqual(['ACK']);
  });
});

describe('a client who is silent', () => {
  test('A23: the second of a fork does not answer her BYE: the push of the first goes on as if nothing were', () => {
    const rig = new ServerRig({ push: { sendTimeoutNs: 100e9 } });
    const client = pushed(rig, 'x').establish();
    const [send] = client.take();
    expect(words(client.accept({ tag: 'fork' }))).toEqual(['ACK', 'BYE']);
    // 64 T1: the transaction of that BYE is over.
    expect(words(rig.pass(40).taken())).not.toContain('INVITE');
    expect(rig.of(Observed.pushEnded)).toEqual([]);
    const [bye] = client.answer(send);
    expect(header(bye, 'To')).toBe('<sip:u7@ims.example>;tag=cl');
  });

  test('nobody answers BYE: after 64 T1 the session is over, what she got is settled, and nothing of its dialog is kept', () => {
    const rig = new ServerRig();
    const held = rig.ports.octets.heldOctets;
    for (let i = 0; i < 3; i++) {
      const client = pushed(rig, 'x').establish();
      const [send] = client.take();
      expect(words(client.answer(send))).toEqual(['BYE']);
      expect(rig.of(Observed.pushEnded)).toHaveLength(i);
      rig.pass(70);
      expect(rig.of(Observed.pushEnded)).toHaveLength(i + 1);
      expect(rig.held()).toEqual([]);
      rig.server.onTcpClosed(client.conn, 0);
    }
    expect(rig.of(Observed.pushEnded).map(({ a, b }) => [a, b])).toEqual(Array(3).fill([200, 1]));
    // What is left is for the next one: a key of a request, and how far the numbers go.
    expect(rig.ports.octets.heldOctets - held).toBeLessThanOrEqual(512);
  });
});

describe('a 2xx that opens no dialog (RFC 3261 section 12.1.2)', () => {
  test('of a fork, without Contact: nothing can be said to it, and the session of the first goes on', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x').establish();
    const [send] = client.take();
    expect(rig.fromCore(client.withoutContact('fork'))).toEqual([]);
    expect(words(client.answer(send))).toEqual(['BYE']);
  });

  test('of the only client: the session has failed, and what waited is pushed again later', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x');
    expect(rig.fromCore(client.withoutContact('cl'))).toEqual([]);
    expect(rig.of(Observed.pushEnded).map(({ a }) => a)).toEqual([500]);
    expect(words(rig.pass(31).taken())).toContain('INVITE');
  });
});
