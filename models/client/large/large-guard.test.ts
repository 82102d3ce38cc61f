/** An INVITE of a Large Message session that got a provisional answer and no final one (RFC 3261 section 16.6 item 11). */
import { expect, test } from 'vitest';
import { response } from '../testing.js';
import { LargeRig, PEER } from '../testing-large.js';
import { START_S } from '../testing-push.js';

/** An INVITE that was answered 100 and nothing more. */
function proceeding(): { rig: LargeRig; invite: string } {
  const rig = new LargeRig();
  rig.large();
  const [invite] = rig.take('INVITE');
  rig.deliver(1, response(invite, 100));
  return { rig, invite };
}

test('after 181 s it is cancelled, and another follows after the back-off', () => {
  const { rig, invite } = proceeding();
  rig.at(START_S + 180.9);
  expect(rig.ports.takeSent()).toEqual([]);
  rig.at(START_S + 181.1);
  const [cancel] = rig.take('CANCEL');
  expect(/branch=(\S+)/.exec(cancel)?.[1]).toBe(/branch=(\S+)/.exec(invite)?.[1]);
  rig.deliver(1, response(cancel, 200));
  rig.deliver(1, response(invite, 487));
  rig.at(START_S + 184);
  const [again] = rig.take('INVITE');
  rig.confirm(rig.accept(again));
  expect(rig.statuses()).toEqual([200]);
  expect(rig.fleet.unanswered).toBe(0);
});

test('without any end to it the message is given up: answered 408, and nothing waits behind it', () => {
  const { rig } = proceeding();
  for (let s = START_S; s < START_S + 1200; s++) {
    rig.at(s);
    for (const text of rig.take('INVITE')) rig.deliver(1, response(text, 100));
  }
  expect(rig.statuses()).toEqual([408]);
  expect(rig.fleet.unanswered).toBe(0);
});

test('A23: a 200 that comes after all is acknowledged and its session ended', () => {
  const { rig, invite } = proceeding();
  rig.at(START_S + 181.1);
  rig.ports.takeSent();
  rig.deliver(1, response(invite, 200, 'Contact: <sip:im.ims.example:5060>\r\n'));
  expect(rig.ports.takeSent().map((text) => text.slice(0, 4))).toEqual(['ACK ', 'BYE ']);
});

test('a peer that connects before she answers does not end the wait for her answer', () => {
  const { rig, invite } = proceeding();
  const path = /a=path:(\S+)/.exec(invite)?.[1] ?? '';
  rig.conn = 900;
  rig.fleet.onTcpAccepted(rig.conn, 1, 2855, 0x0a000002, 40000);
  const ends = `To-Path: ${path}\r\nFrom-Path: ${PEER}\r\nMessage-ID: bind1\r\n`;
  rig.toClient(`MSRP bind1234 SEND\r\n${ends}-------bind1234$\r\n`);
  rig.at(START_S + 181.1);
  expect(rig.take('CANCEL')).toHaveLength(1);
});

test('an answer in time stops it', () => {
  const { rig, invite } = proceeding();
  rig.confirm(rig.accept(invite));
  rig.take('BYE');
  rig.at(START_S + 400);
  expect(rig.take('CANCEL')).toEqual([]);
  expect(rig.statuses()).toEqual([200]);
});
