/** Answers to an INVITE for Large Messages in which nothing can be sent, though they look like others (RFC 4975 section 8, RFC 3261 section 7.4.1). */
import { expect, test } from 'vitest';
import { response } from '../testing.js';
import { ANSWER, LargeRig, PEER } from '../testing-large.js';

const ACTIVE = ANSWER.replace('a=setup:passive', 'a=setup:active');

/** What is sent over the connection of a peer who bound the session and then answers `sdp`. */
function afterBinding(sdp: string): { rig: LargeRig; sent: string } {
  const rig = new LargeRig();
  rig.large();
  const [invite] = rig.take('INVITE');
  const path = /a=path:(\S+)/.exec(invite)?.[1] ?? '';
  rig.conn = 900;
  rig.fleet.onTcpAccepted(rig.conn, 1, 2855, 0x0a000002, 40000);
  const ends = `To-Path: ${path}\r\nFrom-Path: ${PEER}\r\nMessage-ID: bind1\r\n`;
  rig.toClient(`MSRP bind1234 SEND\r\n${ends}-------bind1234$\r\n`);
  rig.fromClient();
  rig.deliver(1, answered(invite, 'application/sdp', sdp));
  return { rig, sent: rig.fromClient() };
}

function answered(invite: string, type: string, sdp: string): string {
  const lines = `Contact: <sip:im.ims.example:5060>\r\nContent-Type: ${type}\r\n`;
  const ok = response(invite, 200, lines);
  return ok.replace('Content-Length: 0\r\n\r\n', `Content-Length: ${sdp.length}\r\n\r\n${sdp}`);
}

test('a peer who connects is sent to by her path', () => {
  expect(afterBinding(ACTIVE).sent).toContain(`To-Path: ${PEER}\r\n`);
});

test.each(['nonsense', PEER.replace(';tcp', ';sctp'), PEER.replace('msrp:', 'http:')])(
  'a peer who connects, and whose path is %s: no request is addressed to that, and the session ends',
  (path) => {
    const { rig, sent } = afterBinding(ACTIVE.replace(PEER, path));
    expect(sent).toBe('');
    expect(rig.take('BYE')).toHaveLength(1);
  },
);

test.each([
  ['text/plain', 0],
  ['application/sdp\r\nContent-Encoding: gzip', 0],
  ['application/sdp\r\nContent-Encoding: identity', 1],
  ['Application/SDP;charset=utf-8', 1],
])('an answer that says it is %j opens %i connections', (type, connections) => {
  const rig = new LargeRig();
  rig.large();
  const before = rig.ports.opened.length;
  rig.deliver(1, answered(rig.take('INVITE')[0], type, ANSWER));
  expect(rig.ports.opened.length - before).toBe(connections);
  expect(rig.take('BYE')).toHaveLength(1 - connections);
});
