/** What a store knows after the server's process was killed: S4, S5, I8, A18; and what it says of commits that it was not told of. */
import { describe, expect, test } from 'vitest';
import { CommitStatus } from '../../../sim/host/ports.js';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { RowState } from './deferred-index.js';
import { RecordFlag } from './record.js';
import { ServerRig } from '../testing.js';
import { statusOf } from '../testing-texts.js';
import { invited, pushed, words, type Frame } from '../testing-push-client.js';

describe('S4: no number is given twice', () => {
  test('a message that comes after a restart takes the place of none that was stored before', () => {
    const rig = new ServerRig();
    rig.store(7, 'one');
    rig.store(7, 'two');
    rig.restart();
    rig.store(7, 'three');
    const held = rig.held();
    expect(held.map((dm) => rig.record(dm).body)).toEqual(['one', 'two', 'three']);
    expect(new Set(held.map((dm) => rig.record(dm).record.dmId('im.ims.example'))).size).toBe(3);
  });

  test('nor if storage refused to write down how far the numbers go, and took the next message', () => {
    const rig = new ServerRig();
    rig.storage.outcome = CommitStatus.error;
    expect(rig.store(7, 'refused')).toBeGreaterThanOrEqual(500);
    rig.storage.outcome = CommitStatus.ok;
    expect(rig.store(7, 'one')).toBe(202);
    rig.restart();
    for (const body of ['two', 'three', 'four']) expect(rig.store(7, body)).toBe(202);
    const bodies = rig.held().map((dm) => rig.record(dm).body);
    expect(bodies).toEqual(['one', 'two', 'three', 'four']);
  });

  test('nor if that is all that storage refused, and the crash came before it was asked again', () => {
    const rig = new ServerRig();
    rig.storage.held = true;
    rig.storage.outcome = CommitStatus.error;
    rig.fromCore(rig.message(7, 'one'));
    rig.storage.flush((token, status) => {
      // The first commit is that of the numbers.
      rig.storage.outcome = CommitStatus.ok;
      rig.server.onCommitted(token, status);
    });
    expect(rig.taken().map(statusOf)).toEqual([202]);
    rig.storage.held = false;
    rig.restart();
    expect(rig.store(7, 'two')).toBe(202);
    expect(rig.held().map((dm) => rig.record(dm).body)).toEqual(['one', 'two']);
  });
});

describe('I8: what is in storage is known again', () => {
  test('a MESSAGE whose 202 the crash took is answered when it comes again, and not stored again', () => {
    const rig = new ServerRig();
    const message = rig.message(7, 'once');
    rig.fromCore(message);
    rig.restart();
    expect(rig.fromCore(message).map(statusOf)).toEqual([202]);
    expect(rig.held()).toHaveLength(1);
  });

  test('each message is in the account of its user (S5), and is pushed at once, since she may be here', () => {
    const rig = new ServerRig();
    rig.store(7, 'seven');
    rig.store(8, 'eight');
    const sent = rig.restart().taken();
    expect(words(sent)).toEqual(['INVITE', 'INVITE']);
    const client = invited(
      rig,
      sent.filter((text) => text.startsWith('INVITE sip:u8@')),
    ).establish();
    expect(client.take().map(({ body }) => /seven|eight/.exec(body)?.[0])).toEqual(['eight']);
  });

  test('A18: a dead letter stays one, and its record keeps what it says of the sender and of Date', () => {
    const rig = new ServerRig();
    rig.store(7, 'of nobody', ['Privacy: id']);
    rig.store(7, 'dated', ['Date: Sun, 09 Sep 2001 01:46:40 GMT']);
    const client = invited(rig, rig.register(7)).establish();
    const [first] = client.take();
    // The record last looked at is the other one.
    rig.store(7, 'dated too', ['Date: Sun, 09 Sep 2001 01:46:40 GMT']);
    client.take();
    client.answer(first, 400);
    const sent = rig.restart().taken();
    expect(rig.record(0).record.flags).toBe(
      RecordFlag.anonymous | RecordFlag.dateAdded | RecordFlag.deadLettered,
    );
    expect(rig.record(1).record.flags).toBe(0);
    expect([1, 2, 3].map((row) => rig.server.index.state[row])).toEqual([
      RowState.deadLettered,
      RowState.waiting,
      RowState.waiting,
    ]);
    expect(words(sent)).toEqual(['INVITE']);
  });
});

describe('A18: a wrapper that was answered 415', () => {
  /** A push of which the first SEND was answered so. */
  function refused(rig: ServerRig): Frame {
    const client = pushed(rig, 'one').establish();
    const [one] = client.take();
    client.answer(one, 415);
    return one;
  }

  test('is not tried again after a restart: the other one is, once, and a second 415 ends it', () => {
    const rig = new ServerRig();
    const one = refused(rig);
    const client = invited(rig, rig.restart().taken()).establish();
    const [again] = client.take();
    expect(header(again.body, 'Content-Type')).toBe('message/sip');
    expect(again.messageId).not.toBe(one.messageId);
    client.answer(again, 415);
    expect(rig.record(0).record.deadLettered).toBe(true);
    expect(words(rig.restart().taken())).toEqual([]);
  });

  test('and what is said of it later does not make it forgotten', () => {
    const rig = new ServerRig();
    refused(rig);
    const client = invited(rig, rig.restart().taken()).establish();
    client.answer(client.take()[0], 413);
    rig.restart();
    const [third] = invited(rig, rig.register(7)).establish().take();
    expect(header(third.body, 'Content-Type')).toBe('message/sip');
  });

  test('is tried once more if the crash came before that was written down: no more is lost than the knowledge', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one').establish();
    const [one] = client.take();
    rig.storage.held = true;
    client.answer(one, 415);
    rig.storage.held = false;
    const [again] = invited(rig, rig.restart().taken()).establish().take();
    expect([again.messageId, again.body]).toEqual([one.messageId, one.body]);
  });
});

describe('A18: what was too large for a client', () => {
  test('is marked so after a restart: it is pushed when she registers, not before', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'large').establish();
    client.answer(client.take()[0], 413);
    expect(words(rig.restart().taken())).toEqual([]);
    expect(words(rig.pass(600).taken())).toEqual([]);
    expect(invited(rig, rig.register(7)).establish().take()).toHaveLength(1);
  });

  test('is written down once, however often she says so', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'large').establish();
    const [bye] = client.answer(client.take()[0], 413);
    client.respond(200, '', 'cl', bye);
    const next = invited(rig, rig.register(7)).establish();
    const [again] = next.take();
    rig.storage.held = true;
    next.answer(again, 413);
    let commits = 0;
    rig.storage.flush(() => void commits++);
    expect(commits).toBe(0);
    expect(rig.of(Observed.passedOver)).toHaveLength(2);
  });

  test('expires in its time, also if that came while it was on its way to her', () => {
    const rig = new ServerRig();
    rig.store(7, 'large', ['Expires: 10']);
    const client = invited(rig, rig.register(7)).establish();
    const [large] = client.take();
    rig.pass(12);
    expect(rig.held()).toEqual([0]);
    client.answer(large, 413);
    expect(rig.held()).toEqual([]);
    expect(rig.of(Observed.expired)).toHaveLength(1);
  });
});

describe('what became durable while the process stood still is observed, though the process never heard of it', () => {
  test('each stored message', () => {
    const rig = new ServerRig();
    rig.storage.held = true;
    for (const user of [7, 8, 9]) rig.fromCore(rig.message(user));
    rig.storage.flush((token) => rig.server.onUntold(token));
    expect(rig.of(Observed.stored).map(({ entity, message }) => [entity, message])).toEqual([
      [7, 0],
      [8, 1],
      [9, 2],
    ]);
    rig.restart();
    expect(rig.server.index.rows).toBe(3);
  });

  test('none that a lying disk said it had', () => {
    const rig = new ServerRig();
    rig.storage.held = true;
    for (const user of [7, 8]) rig.fromCore(rig.message(user));
    rig.storage.outcome = CommitStatus.error;
    rig.storage.flush((token) => rig.server.onUntold(token));
    expect(rig.of(Observed.stored)).toEqual([]);
  });

  test('each message that left', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x').establish();
    const [bye] = client.answer(client.take()[0]);
    rig.storage.held = true;
    client.respond(200, '', 'cl', bye);
    rig.pass(60);
    rig.storage.flush((token) => rig.server.onUntold(token));
    expect(rig.of(Observed.settled)).toHaveLength(1);
  });
});
