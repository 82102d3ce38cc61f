/** How a session of Large Messages ends before its time at the sender, and where its messages go (rules 1.2 R13, R15). */
import { expect, test } from 'vitest';
import { header, response } from './testing.js';
import { LargeRig } from './testing-large.js';
import { request, START_S } from './testing-push.js';

const SMALL = { sizeOctets: 40 };
const idsIn = (wire: string): string[] => [...wire.matchAll(/Message-ID: (\S+)/g)].map(([, id]) => id);

/** A session in which message 5 is under way, unanswered; its INVITE, and the SEND that left. */
function open(rig = new LargeRig()): { rig: LargeRig; invite: string; wire: string } {
  rig.large(SMALL);
  const [invite] = rig.take('INVITE');
  return { rig, invite, wire: rig.accept(invite) };
}

test('what is offered while the session is open goes into it at once', () => {
  const { rig } = open();
  rig.large({ ...SMALL, message: 6 });
  expect(rig.take('INVITE')).toEqual([]);
  const wire = rig.fromClient();
  expect(idsIn(wire)).toHaveLength(1);
});

test('the peer says BYE: no BYE of hers, and another session with the same Message-ID', () => {
  const { rig, invite, wire } = open();
  rig.take('ACK');
  rig.deliver(
    1,
    request('BYE', 1, [
      `From: ${header(invite, 'To')};tag=core`,
      `To: ${header(invite, 'From')}`,
      `Call-ID: ${header(invite, 'Call-ID')}`,
      'CSeq: 9 BYE',
    ]),
  );
  expect(rig.take('BYE')).toEqual([]);
  const [second] = rig.at(START_S + 5).take('INVITE');
  expect(header(second, 'Call-ID')).not.toBe(header(invite, 'Call-ID'));
  const again = rig.accept(second);
  expect(idsIn(again)).toEqual(idsIn(wire));
  rig.confirm(again);
  expect(rig.statuses()).toEqual([200]);
});

test('her link goes: the connection is dead (RFC 4975 section 5.4), and another session follows once she is registered', () => {
  const { rig, invite, wire } = open();
  rig.fleet.onLink(2, false);
  expect(rig.fleet.unanswered).toBe(1);
  rig.fleet.onLink(1, false);
  expect(rig.at(START_S + 100).take('INVITE')).toEqual([]);
  rig.fleet.onLink(1, true);
  rig.at(START_S + 110).register();
  const [second] = rig.take('INVITE');
  expect(header(second, 'Call-ID')).not.toBe(header(invite, 'Call-ID'));
  const again = rig.accept(second);
  expect(idsIn(again)).toEqual(idsIn(wire));
  rig.confirm(again);
  expect(rig.statuses()).toEqual([200]);
});

test('415 to a SEND ends the session too (RFC 4975 section 10.6): the next message has another', () => {
  const { rig, invite, wire } = open();
  rig.confirm(wire, '415 Type', 1);
  const [bye] = rig.take('BYE');
  expect(header(bye, 'Call-ID')).toBe(header(invite, 'Call-ID'));
  rig.large({ ...SMALL, message: 6 });
  expect(rig.take('INVITE')).toEqual([]);
  rig.deliver(1, response(bye, 200));
  const [second] = rig.take('INVITE');
  rig.confirm(rig.accept(second));
  expect(rig.statuses()).toEqual([415, 200]);
});

test('a message that its sender breaks off is over (487), and the next one goes on in the session', () => {
  const rig = new LargeRig();
  rig.large({ sizeOctets: 5000, abortAfterOctets: 2048 });
  rig.large({ ...SMALL, message: 6 });
  const wire = rig.confirm(rig.accept(rig.take('INVITE')[0]));
  expect(wire).toMatch(/\r\n-------\S{12}#\r\n/);
  expect(rig.statuses()).toEqual([487, 200]);
  expect(rig.ports.takeSent().map((text) => text.slice(0, 4))).toEqual(['ACK ', 'BYE ']);
});

test('a crash is the end of all that she had (408), sent or waiting', () => {
  const { rig } = open();
  rig.large({ ...SMALL, message: 6 });
  rig.large({ ...SMALL, recipient: 3, message: 7 });
  rig.fleet.onCrash(1);
  expect(rig.statuses()).toEqual([408, 408, 408]);
  expect(rig.fleet.unanswered).toBe(0);
});
