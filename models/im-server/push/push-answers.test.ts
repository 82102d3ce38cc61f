/** Odd answers to the INVITE of a push, and to its BYE (D4 to D7; RFC 3261 sections 12.2.2, 13.2.2.4 and 15.1; RFC 4975 section 8.2). */
import { describe, expect, test } from 'vitest';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { ServerRig } from '../testing.js';
import { lines } from '../testing-texts.js';
import { pushed, words } from '../testing-push-client.js';

const PATH = 'msrp://10.16.0.7:2855/clientSession01;tcp';

/** An answer with this m-line, whose client connects. */
function sdp(media: string, path = PATH): string {
  const head = ['v=0', 'o=- 1 1 IN IP4 10.16.0.7', 's=-', 'c=IN IP4 10.16.0.7', 't=0 0', media];
  return lines(...head, 'a=accept-types:*', `a=path:${path}`, 'a=setup:active', 'a=recvonly', '');
}

describe('she waits for the connection (setup:passive, RFC 4975 section 8.2)', () => {
  test('at the host and port of her path', () => {
    const client = pushed(new ServerRig(), 'one');
    expect(words(client.accept({ setup: 'passive', path: PATH }))).toEqual(['ACK']);
    expect(client.rig.ports.opened.map(({ ip, port }) => [ip, port])).toEqual([[0x0a100007, 2855]]);
  });

  test.each([
    ['names a host', 'msrp://phone.example:2855/clientSession01;tcp'],
    ['has no port', 'msrp://10.16.0.7/clientSession01;tcp'],
    ['wants TLS', 'msrps://10.16.0.7:2855/clientSession01;tcp'],
    ['is no URI', 'clientSession01'],
  ])('at a path that %s: nothing is dialled, ACK and BYE, and the message is kept', (_what, path) => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    const [ack, bye] = client.accept({ setup: 'passive', path });
    expect(words([ack, bye])).toEqual(['ACK', 'BYE']);
    expect(rig.ports.opened).toEqual([]);
    client.respond(200, '', 'cl', bye);
    expect(rig.of(Observed.pushEnded).map(({ a, b }) => [a, b])).toEqual([[488, 0]]);
    expect(rig.held()).toEqual([0]);
  });
});

describe('an answer without a stream to push on: ACK and BYE', () => {
  test.each([
    ['is refused', 'm=message 0 TCP/MSRP *'],
    ['is over TLS', 'm=message 9 TCP/TLS/MSRP *'],
    ['is not of messages', 'm=audio 9 TCP/MSRP *'],
  ])('it %s', (_what, media) => {
    const client = pushed(new ServerRig(), 'one');
    expect(words(client.respond(200, sdp(media)))).toEqual(['ACK', 'BYE']);
    client.bind();
    expect(client.take()).toEqual([]);
    expect(client.rig.held()).toEqual([0]);
  });

  test('while the same with a stream is taken', () => {
    const client = pushed(new ServerRig(), 'one');
    expect(words(client.respond(200, sdp('m=message 9 TCP/MSRP *')))).toEqual(['ACK']);
    client.path = PATH;
    client.bind();
    expect(client.take()).toHaveLength(1);
  });
});

test('her BYE crosses ours: it is answered 200, and the session ends once, with the answer to ours (section 15.1)', () => {
  const rig = new ServerRig();
  const client = pushed(rig, 'one').establish();
  const [send] = client.take();
  const [bye] = client.answer(send);
  expect(words(client.bye())).toEqual(['200']);
  expect(rig.of(Observed.pushEnded)).toEqual([]);
  expect(client.respond(200, '', 'cl', bye)).toEqual([]);
  expect(rig.of(Observed.pushEnded).map(({ a, b }) => [a, b])).toEqual([[200, 1]]);
});

test.each([200, 481, 500, 603])(
  '%d to the BYE of a fork is the end of it: no ACK, no further BYE',
  (status) => {
    const client = pushed(new ServerRig(), 'one').establish();
    const [ack, bye] = client.accept({ tag: 'fork' });
    expect(words([ack, bye])).toEqual(['ACK', 'BYE']);
    expect(client.respond(status, '', 'fork', bye)).toEqual([]);
    expect(client.rig.of(Observed.pushEnded)).toEqual([]);
  },
);

test.each([408, 481, 500])('%d to our BYE ends the session as 200 does (section 12.2.1.2)', (status) => {
  const rig = new ServerRig();
  const client = pushed(rig, 'one').establish();
  const [send] = client.take();
  const [bye] = client.answer(send);
  client.respond(status, '', 'cl', bye);
  expect(rig.of(Observed.pushEnded).map(({ a, b }) => [a, b])).toEqual([[200, 1]]);
  expect(words(rig.pass(60).taken())).not.toContain('BYE');
});

test('a request out of order within the push is answered 500, and leaves it as it is (section 12.2.2)', () => {
  const rig = new ServerRig();
  const client = pushed(rig, 'one').establish();
  expect(words(client.request('INFO', 5))).toEqual(['405']);
  const [late] = client.request('OPTIONS', 4);
  expect([words([late]), header(late, 'Retry-After')]).toEqual([['500'], '1']);
  expect(words(client.tagged('cl').request('BYE', 3))).toEqual(['500']);
  expect(rig.of(Observed.pushEnded)).toEqual([]);
  const [send] = client.take();
  expect(words(client.answer(send))).toEqual(['BYE']);
});
