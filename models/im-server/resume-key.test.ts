/**
 * R15 and who it is that resumes: anonymous senders all have the same From, and anybody may write another's, so partials and finished
 * ids are kept under the identity that the network asserts. What would go wrong: octets of two people in one message, or a
 * message that is answered 200 and not stored.
 */
import { describe, expect, test } from 'vitest';
import { FinishedBefore, peerKey } from './store/finished-before.js';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { ServerRig } from './testing.js';
import { LargeSender, said, type InviteOptions } from './testing-large-sender.js';

const HIDDEN = { from: 'sip:anonymous@anonymous.invalid', extra: ['Privacy: id'] };
let calls = 0;

/** A session of this sender, in a path and with a Call-ID of its own. */
function session(rig: ServerRig, options: InviteOptions): LargeSender {
  calls++;
  const path = `msrp://10.16.0.1:9/senderSession${calls}x;tcp`;
  return new LargeSender(rig).open({ callId: `call${calls}`, path, ...options });
}

const lost = (sender: LargeSender): unknown => sender.rig.server.onTcpClosed(sender.conn, 1);
const alias = (name: string): string => `sip:${name}@ims.example`;
const anonymous = (name: string): InviteOptions => ({ ...HIDDEN, asserted: name === '' ? '' : alias(name) });

describe('R15: one sender does not go on where another stopped', () => {
  const pairs: readonly (readonly [string, InviteOptions, InviteOptions])[] = [
    ['two anonymous senders', anonymous('anna'), anonymous('bert')],
    ['two anonymous senders without an asserted identity', anonymous(''), anonymous('')],
    ['one who writes the From of another', { asserted: alias('u1') }, { asserted: alias('u2') }],
  ];

  test.each(pairs)('%s: a partial message is not completed', (_, first, second) => {
    const rig = new ServerRig();
    const interrupted = session(rig, first);
    interrupted.send('Hello, ', { flag: '+', id: 'sameMessageId' });
    lost(interrupted);
    session(rig, second).send('world', { from: 8, id: 'sameMessageId' });
    expect(rig.held()).toEqual([]);
  });

  test.each(pairs)('%s: a message is stored though the other has used up its id', (_, first, second) => {
    const rig = new ServerRig();
    const finished = session(rig, first);
    finished.send('of the first', { id: 'sameMessageId' });
    lost(finished);
    expect(said(session(rig, second).send('of the second', { id: 'sameMessageId' }))).toEqual(['200']);
    expect(rig.held().map((dm) => rig.record(dm).body)).toEqual(['of the first', 'of the second']);
  });

  test.each(pairs)('%s: a session beside a dead one does not know its ids', (_, first, second) => {
    const rig = new ServerRig();
    session(rig, first).send('of the first', { id: 'sameMessageId' });
    session(rig, second).send('of the second', { id: 'sameMessageId' });
    expect(rig.held()).toHaveLength(2);
  });

  test('what one failed session left is not lost by the failure of another sender', () => {
    const rig = new ServerRig();
    const both = ['anna', 'bert'].map((name) => session(rig, anonymous(name)));
    for (const sender of both) sender.send('Hello, ', { flag: '+', id: 'sameMessageId' });
    both.forEach(lost);
    for (const name of ['anna', 'bert']) {
      session(rig, anonymous(name)).send(name, { from: 8, id: 'sameMessageId' });
    }
    expect(rig.held().map((dm) => rig.record(dm).body)).toEqual(['Hello, anna', 'Hello, bert']);
  });

  test('an anonymous sender with an asserted identity resumes her own, and is named nowhere in the store', () => {
    const rig = new ServerRig();
    const first = session(rig, anonymous('anna'));
    first.send('Hello, ', { flag: '+' });
    lost(first);
    session(rig, anonymous('anna')).send('world', { from: 8 });
    const { head, fragment, body } = rig.record(0);
    expect(body).toBe('Hello, world');
    expect(head + fragment).not.toContain('anna');
  });
});

describe('R15: after BYE a Message-ID of at least eleven octets (R1, R2) is one message, a shorter one may be another', () => {
  test.each([
    ['0123456789a', 1],
    ['0123456789', 2],
  ])('%s: stored %i times, and answered 200 each time', (id, times) => {
    const rig = new ServerRig();
    for (const _ of [1, 2]) {
      const sender = session(rig, anonymous('anna'));
      expect(said(sender.send('whole', { id }))).toEqual(['200']);
      sender.within('BYE');
    }
    expect(rig.held()).toHaveLength(times);
  });

  test.each([
    ['0123456789a', 1],
    ['0123456789', 2],
  ])('%s: so also after a restart of the server', (id, times) => {
    const rig = new ServerRig();
    for (const _ of [1, 2]) {
      expect(said(session(rig, anonymous('anna')).send('whole', { id }))).toEqual(['200']);
      rig.restart();
    }
    expect(rig.held()).toHaveLength(times);
  });
});

describe('R15, I8 after a restart: the ids of anonymous senders are found without their identity', () => {
  /** True if this id of a record from before the restart is known to a session of the same sender, so much later. */
  function known(id: string, laterNs = 0): boolean {
    const rig = new ServerRig();
    const sender = session(rig, anonymous('anna'));
    sender.send('whole', { id });
    const recalled: string[] = [];
    const recall = (key: string, buf: Buffer, start: number, end: number): void => {
      recalled.push(`${key} ${buf.latin1Slice(start, end)}`);
    };
    const before = new FinishedBefore({ recall }, 300e9);
    before.add(rig.record(0).record, rig.ports.octets.buf, rig.ports.now());
    expect(recalled).toEqual([]);
    const invite = new SipMessage();
    const octets = Buffer.from(sender.text, 'latin1');
    parseSip(octets, 0, octets.length, Framing.datagram, invite);
    const key = peerKey(invite, true);
    expect(key).toContain('anna');
    before.reveal(invite, key, rig.ports.now() + laterNs);
    return recalled.includes(`${key} ${id}`);
  }

  test('the sender of a long id is known; a short id may be anybody’s', () => {
    expect(known('longEnoughToBeRandom')).toBe(true);
    expect(known('456x')).toBe(false);
  });

  test('after the resume window nothing is known', () => {
    expect(known('longEnoughToBeRandom', 299e9)).toBe(true);
    expect(known('longEnoughToBeRandom', 301e9)).toBe(false);
  });
});
