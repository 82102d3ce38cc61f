/** What an outcome means for the rest of the session, and for what comes after it: A15 to A18, D2, rules 2.1 and section 6.4. */
import { describe, expect, test } from 'vitest';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { LargeSender } from '../testing-large-sender.js';
import { ServerRig } from '../testing.js';
import { invited, pushed, words, type Frame, type PushClient } from '../testing-push-client.js';

const S = 1e9;

/** Bodies of the SENDs that came since the last look. */
function bodies(client: PushClient): (string | undefined)[] {
  return client.take().map(({ body }) => /one|two|three/.exec(body)?.[0]);
}

describe('A17: one SEND at a time, and the first fails', () => {
  function waiting(): { rig: ServerRig; client: PushClient } {
    const rig = new ServerRig({ push: { windowSends: 1 } });
    const client = pushed(rig, 'one', 'two').establish();
    return { rig, client };
  }

  test.each([403, 423, 501])('%i is about this message: the next goes in the same session', (status) => {
    const { rig, client } = waiting();
    const [one] = client.take();
    expect(words(client.answer(one, status))).toEqual([]);
    const [two] = client.take();
    expect(two.body).toContain('two');
    const [bye] = client.answer(two);
    expect(words([bye])).toEqual(['BYE']);
    client.respond(200, '', 'cl', bye);
    expect(rig.held()).toEqual([0]);
    expect(bodies(invited(rig, rig.pass(30).taken()).establish())).toEqual(['one']);
  });

  test('silence is about the session: nothing more is sent in it', () => {
    const { rig, client } = waiting();
    expect(bodies(client)).toEqual(['one']);
    expect(words(rig.pass(30).taken())).toEqual(['BYE']);
    expect(client.take()).toEqual([]);
  });

  test('408 is that silence, told by a relay (rules 3.5)', () => {
    const { client } = waiting();
    expect(words(client.answer(client.take()[0], 408))).toEqual(['BYE']);
    expect(client.take()).toEqual([]);
  });
});

describe('drain time (rules 6.4) is told once the queue is empty', () => {
  test('counted from the trigger, before BYE', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one', 'two').establish();
    const [one, two] = client.take();
    rig.pass(3);
    client.answer(one);
    expect(rig.of(Observed.drained)).toEqual([]);
    rig.pass(4);
    expect(words(client.answer(two))).toEqual(['BYE']);
    expect(rig.of(Observed.drained).map(({ entity, a }) => [entity, a])).toEqual([[7, 7 * S]]);
  });

  test('not while a message waits for another session, or if there was nothing to deliver', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one', 'two').establish();
    const [one, two] = client.take();
    client.answer(one, 403);
    expect(words(client.answer(two))).toEqual(['BYE']);
    const late = new ServerRig({ expiry: { defaultNs: 5 * S } });
    const other = pushed(late, 'one');
    late.pass(6);
    expect(words(other.accept())).toEqual(['ACK']);
    other.bind();
    expect(late.held()).toEqual([]);
    expect(words(late.taken())).toContain('BYE');
    for (const each of [rig, late]) expect(each.of(Observed.drained)).toEqual([]);
  });
});

describe('a refused INVITE', () => {
  test.each([405, 415, 420, 488, 501, 603, 606])(
    '%i is a refusal of what she is: only a registration is a reason to ask again',
    (status) => {
      const rig = new ServerRig();
      pushed(rig, 'one').respond(status);
      expect(words(rig.pass(600).taken())).toEqual([]);
      expect(words(rig.register(7))).toContain('INVITE');
    },
  );

  test.each([403, 404, 408, 480, 486, 500, 503, 504, 600])(
    '%i is one of now: she is asked again',
    (status) => {
      const rig = new ServerRig();
      pushed(rig, 'one').respond(status);
      expect(words(rig.pass(30.2).taken())).toEqual(['INVITE']);
    },
  );
});

describe('after a restart of the server nobody is known to be away (D1)', () => {
  function restarted(): { rig: ServerRig; client: PushClient } {
    const rig = new ServerRig();
    rig.store(7, 'one');
    rig.register(8);
    const sent = rig.restart().taken();
    // Nothing waits for her who is here, or for anybody else.
    expect(words(sent)).toEqual(['INVITE']);
    return { rig, client: invited(rig, sent) };
  }

  test.each([404, 410, 480])('%i says that she is: no INVITE until she registers', (status) => {
    const { rig, client } = restarted();
    client.respond(status);
    expect(words(rig.pass(600).taken())).toEqual([]);
    rig.store(7, 'two');
    expect(words(rig.pass(600).taken())).not.toContain('INVITE');
    expect(words(rig.register(7))).toContain('INVITE');
  });

  test.each([486, 408])('%i does not: she is asked again after the retry time', (status) => {
    const { rig, client } = restarted();
    client.respond(status);
    expect(words(rig.pass(30.2).taken())).toEqual(['INVITE']);
  });

  test('nor does 480 of a client who has registered since: her registration counts for more', () => {
    const { rig, client } = restarted();
    expect(words(rig.register(7))).toEqual(['200']);
    client.respond(480);
    expect(words(rig.pass(31).taken())).toContain('INVITE');
  });
});

describe('A18: 415', () => {
  /** What a client of today announces: message/sipfrag, and not message/sip. */
  const SIPFRAG_ONLY = { accept: 'multipart/mixed', wrapped: 'message/sipfrag text/plain' };

  function refuse(client: PushClient, send: Frame): string[] {
    const [bye] = client.answer(send, 415);
    expect(words([bye])).toEqual(['BYE']);
    return [...client.respond(200, '', 'cl', bye), ...client.rig.pass(31).taken()];
  }

  test('of who takes no other wrapper: it is passed over and kept (A19), is not pushed the same way again, and blocks nobody', () => {
    const rig = new ServerRig({ push: { windowSends: 1 } });
    const first = pushed(rig, 'one', 'two').establish(SIPFRAG_ONLY);
    const next = invited(rig, refuse(first, first.take()[0])).establish(SIPFRAG_ONLY);
    const [two] = next.take();
    expect(two.body).toContain('two');
    const [bye] = next.answer(two);
    expect(words([bye])).toEqual(['BYE']);
    next.respond(200, '', 'cl', bye);
    expect(words(rig.pass(600).taken())).toEqual([]);
    expect(rig.held()).toEqual([0]);
    expect(rig.of(Observed.passedOver).map(({ message }) => message)).toEqual([0]);
    expect(rig.of(Observed.deadLettered)).toEqual([]);
  });

  test('another device that takes the other wrapper is tried with that once: a second 415 makes a dead letter of it', () => {
    const rig = new ServerRig();
    const first = pushed(rig, 'one').establish(SIPFRAG_ONLY);
    const [one] = first.take();
    const second = invited(rig, refuse(first, one)).establish(SIPFRAG_ONLY);
    expect(second.take()).toEqual([]);
    const [bye] = rig.taken();
    second.respond(200, '', 'cl', bye);
    const third = invited(rig, rig.register(7)).establish();
    const [again] = third.take();
    expect(header(again.body, 'Content-Type')).toBe('message/sip');
    expect(again.messageId).not.toBe(one.messageId);
    expect(words(refuse(third, again))).toEqual([]);
    expect(rig.of(Observed.deadLettered).map(({ a }) => a)).toEqual([415]);
    expect(words(rig.register(7))).toEqual(['200']);
  });

  test('of a Large Message, which has no other wrapper, makes a dead letter of it, also if a short one was sent after it', () => {
    const rig = new ServerRig();
    new LargeSender(rig).open().send('large one');
    const client = pushed(rig, 'two').establish();
    const [large, short] = client.take();
    expect([large.body, short.body].map((body) => body.includes('message/msrpfrag'))).toEqual([true, false]);
    client.answer(short);
    expect(words(client.answer(large, 415))).toEqual(['BYE']);
    expect(rig.of(Observed.deadLettered).map(({ a }) => a)).toEqual([415]);
  });

  test('of a short one does not, also if a Large Message was sent after it', () => {
    const rig = new ServerRig();
    rig.store(7, 'two');
    new LargeSender(rig).open().send('large one');
    const client = invited(rig, rig.register(7)).establish();
    const [short, large] = client.take();
    client.answer(large);
    expect(words(client.answer(short, 415))).toEqual(['BYE']);
    expect(rig.of(Observed.deadLettered)).toEqual([]);
  });
});

test('A23: a refresh during the push is no reason to begin again at once when a SEND has failed in it', () => {
  const rig = new ServerRig({ push: { sendTimeoutNs: 10 * S } });
  const client = pushed(rig, 'one').establish();
  rig.register(7);
  const [bye] = rig.pass(10).taken();
  expect(words([bye])).toEqual(['BYE']);
  expect(words(client.respond(200, '', 'cl', bye))).toEqual([]);
  expect(words(rig.pass(29).taken())).toEqual([]);
  expect(words(rig.pass(1.2).taken())).toEqual(['INVITE']);
});

test('a client who never binds the session is one who did not answer: 408', () => {
  const rig = new ServerRig({ push: { bindLimitNs: 10 * S } });
  const client = pushed(rig, 'one');
  client.accept();
  const [bye] = rig.pass(10).taken();
  client.respond(200, '', 'cl', bye);
  expect(rig.of(Observed.pushEnded).map(({ a }) => a)).toEqual([408]);
});

describe('a station that takes no more work', () => {
  test('leaves what it had no room for to the next session', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one', 'two');
    client.accept();
    rig.cpu.full = true;
    client.bind();
    const [bye] = rig.taken();
    expect(words([bye])).toEqual(['BYE']);
    rig.cpu.full = false;
    const next = [...client.respond(200, '', 'cl', bye), ...rig.pass(30.2).taken()];
    expect(bodies(invited(rig, next).establish())).toEqual(['one', 'two']);
  });

  test('lets the user wait for the retry, and nobody else', () => {
    const rig = new ServerRig({ push: { startJitterNs: S, maxSessions: 1 } });
    rig.store(7, 'one');
    expect(words(rig.register(7))).toEqual(['200']);
    rig.cpu.full = true;
    expect(words(rig.pass(2).taken())).toEqual([]);
    rig.cpu.full = false;
    rig.store(8, 'two');
    rig.register(8);
    rig.pass(2).taken();
    expect(rig.of(Observed.pushInvited).map(({ entity }) => entity)).toEqual([8]);
    const rest = new ServerRig({ push: { startJitterNs: S } });
    rest.store(7, 'one');
    rest.register(7);
    rest.cpu.full = true;
    rest.pass(2);
    rest.cpu.full = false;
    expect(words(rest.pass(31).taken())).toContain('INVITE');
  });
});
