/** The decision to defer, with its answers (rules 2.1, 2.2 and 2.6). */
import { describe, expect, test } from 'vitest';
import { CommitStatus } from '../../../sim/host/ports.js';
import { Observed } from '../../observations.js';
import { ServiceSetting } from '../config.js';
import { ServerRig } from '../testing.js';
import { statusOf } from '../testing-texts.js';

const answerTo = (rig: ServerRig, text: string) =>
  rig.fromCore(text).find((sent) => statusOf(sent) > 0) ?? '';

describe('O2, O6: stored means 202', () => {
  test('without Contact and without a body', () => {
    const rig = new ServerRig();
    const answer = answerTo(rig, rig.message(7));
    expect(statusOf(answer)).toBe(202);
    expect(answer).not.toMatch(/^Contact:/m);
    expect(answer.endsWith('Content-Length: 0\r\n\r\n')).toBe(true);
  });

  test('for every spelling of one URI: escapes, case of the host, port, parameters (RFC 3261 section 19.1.4)', () => {
    const rig = new ServerRig();
    const spellings = [
      'sip:u%37@ims.example',
      'sip:%757@IMS.example',
      'SIP:u7@ims.example:5060;transport=udp',
    ];
    for (const uri of spellings) {
      const message = rig.message(7).replace('sip:u7@ims.example SIP', `${uri} SIP`);
      expect(statusOf(answerTo(rig, message)), uri).toBe(202);
    }
    expect(rig.held().map((dm) => rig.record(dm).record.user)).toEqual([7, 7, 7]);
    const broken = rig.message(7).replace('sip:u7@ims.example SIP', 'sip:u%3716@ims.example SIP');
    expect(statusOf(answerTo(rig, broken))).toBe(404);
  });

  test('the 202 waits for the commit (I8), and a retransmission meanwhile stores nothing more (T3)', () => {
    const rig = new ServerRig();
    rig.storage.held = true;
    const message = rig.message(7);
    expect(rig.fromCore(message)).toEqual([]);
    expect(rig.fromCore(message)).toEqual([]);
    rig.storage.held = false;
    rig.settle();
    expect(rig.taken().map(statusOf)).toEqual([202]);
    expect(rig.fromCore(message).map(statusOf)).toEqual([202]);
    expect(rig.held()).toEqual([0]);
  });

  test('T3: an application-level resend, with a CSeq of its own, is a new message', () => {
    const rig = new ServerRig();
    const message = rig.message(7);
    const again = message
      .replace('CSeq: 1 ', 'CSeq: 2 ')
      .replace('branch=z9hG4bKm1', 'branch=z9hG4bKm1again');
    expect([message, again].map((text) => statusOf(answerTo(rig, text)))).toEqual([202, 202]);
    expect(rig.held()).toEqual([0, 1]);
    expect(rig.record(1).head).toContain('\r\nCSeq: 2 MESSAGE\r\n');
  });

  test('T4: the same request by another way is merged, 482, while the first waits for its commit; it is stored once', () => {
    const rig = new ServerRig();
    rig.storage.held = true;
    const message = rig.message(7);
    expect(rig.fromCore(message)).toEqual([]);
    const merged = rig.fromCore(message.replace('branch=z9hG4bKm1', 'branch=z9hG4bKfork'));
    expect(merged.map(statusOf)).toEqual([482]);
    rig.storage.held = false;
    rig.settle();
    expect(rig.taken().map(statusOf)).toEqual([202]);
    expect(rig.held()).toEqual([0]);
  });

  describe("I8: a Core that lost its transactions passes the client's repetition on as a new one", () => {
    const repeated = (message: string, n: number) =>
      message.replace('branch=z9hG4bKm1', `branch=z9hG4bKnew${n}`);

    test.each([
      ['while ours is still there', 3],
      ['when ours is long over', 40],
      ['as late as the client repeats on the air interface (T1 2 s)', 125],
    ])('%s: 202 again, and stored once', (_title, seconds) => {
      const rig = new ServerRig();
      const message = rig.message(7);
      expect(rig.fromCore(message).map(statusOf)).toEqual([202]);
      rig.pass(seconds);
      expect(rig.fromCore(repeated(message, 1)).map(statusOf)).toEqual([202]);
      expect(rig.fromCore(repeated(message, 1)).map(statusOf)).toEqual([202]);
      expect(rig.held()).toEqual([0]);
      expect(rig.of(Observed.storeAnswered).map(({ message: dm, a }) => [dm, a])).toContainEqual([0, 202]);
    });

    test('what differs in Call-ID, From tag, CSeq number or user is a new message', () => {
      const rig = new ServerRig();
      const message = rig.message(7);
      const others = [
        message.replace('Call-ID: call1@', 'Call-ID: call1b@'),
        message.replace('tag=f1', 'tag=f2'),
        message.replace('CSeq: 1 ', 'CSeq: 2 '),
        message.replace('MESSAGE sip:u7@', 'MESSAGE sip:u8@'),
      ].map(repeated);
      expect(rig.fromCore(message).map(statusOf)).toEqual([202]);
      rig.pass(40);
      expect(others.flatMap((text) => rig.fromCore(text).map(statusOf))).toEqual([202, 202, 202, 202]);
      expect(rig.held()).toEqual([0, 1, 2, 3, 4]);
    });

    test('what was refused is judged anew', () => {
      const rig = new ServerRig();
      rig.storage.outcome = CommitStatus.error;
      const message = rig.message(7);
      expect(rig.fromCore(message).map(statusOf)).toEqual([503]);
      rig.storage.outcome = CommitStatus.ok;
      rig.pass(40);
      expect(rig.fromCore(repeated(message, 1)).map(statusOf)).toEqual([202]);
      expect(rig.held()).toEqual([1]);
    });
  });

  test('O17: a MESSAGE with a To tag is deferred like any other', () => {
    const rig = new ServerRig();
    const inside = rig.message(7).replace('To: <sip:u7@ims.example>', 'To: <sip:u7@ims.example>;tag=dialog');
    expect(statusOf(answerTo(rig, inside))).toBe(202);
  });
});

describe('O3: refusals', () => {
  test.each([
    ['an unknown user', 'sip:u99@ims.example', 404],
    ['another domain', 'sip:u7@else.example', 404],
    ['no user at all', 'sip:ims.example', 404],
  ])('%s is answered 404', (_title, uri, status) => {
    const rig = new ServerRig();
    const message = rig.message(7).replace('MESSAGE sip:u7@ims.example', `MESSAGE ${uri}`);
    expect(statusOf(answerTo(rig, message))).toBe(status);
    expect(rig.held()).toEqual([]);
    expect(rig.of(Observed.rejected).map(({ a }) => a)).toEqual([status]);
  });

  test('O7: only `reject` counts when storing', () => {
    const settings = Uint8Array.from({ length: 16 }, (_, user) => user % 5);
    const rig = new ServerRig({ settings });
    const statuses = [0, 1, 2, 3, 4].map((user) => rig.store(user));
    const expected = [202, 202, 202, 202, 202];
    expected[ServiceSetting.reject] = 480;
    expect(statuses).toEqual(expected);
  });

  test('an extension that is required is not understood: 420 with Unsupported', () => {
    const rig = new ServerRig();
    const answer = answerTo(rig, rig.message(7, 'x', ['Require: sec-agree']));
    expect(statusOf(answer)).toBe(420);
    expect(answer).toContain('\r\nUnsupported: sec-agree\r\n');
  });

  test('RFC 3261 section 20.15: a body of no type is answered 400, since what is pushed must say what it is (A6); no body needs none', () => {
    const rig = new ServerRig();
    const untyped = (body: string): string =>
      rig.message(7, body).replace('Content-Type: text/plain\r\n', '');
    expect(statusOf(answerTo(rig, untyped('x')))).toBe(400);
    expect(statusOf(answerTo(rig, untyped('')))).toBe(202);
    expect(statusOf(answerTo(rig, rig.message(7, 'x', ['c: text/plain'])))).toBe(202);
  });

  test('N4: Privacy `critical` with a level that is not supported is answered 500', () => {
    const rig = new ServerRig();
    const refused = answerTo(rig, rig.message(7, 'x', ['Privacy: critical;beyond']));
    expect([statusOf(refused), /\r\nWarning: 399 /.test(refused)]).toEqual([500, true]);
    expect(rig.store(7, 'x', ['Privacy: critical'])).toBe(202);
  });

  test('a method that nobody asked for is answered 405 with Allow', () => {
    const rig = new ServerRig();
    const answer = answerTo(rig, rig.message(7).replaceAll('MESSAGE', 'PUBLISH'));
    expect(statusOf(answer)).toBe(405);
    expect(answer).toMatch(/\r\nAllow: .*MESSAGE/);
  });
});

describe('O16: quota and capacity', () => {
  test('a full account is answered 480 with Warning, and another account is not', () => {
    const rig = new ServerRig({ quota: { messagesPerUser: 2 } });
    expect([rig.store(7), rig.store(7), rig.store(7), rig.store(8)]).toEqual([202, 202, 480, 202]);
    expect(answerTo(rig, rig.message(7))).toContain(
      '\r\nWarning: 399 im.ims.example "deferred message quota',
    );
  });

  test('messages that wait for their commit count, and a failed commit gives their room back', () => {
    const rig = new ServerRig({ quota: { messagesPerUser: 1 } });
    rig.storage.held = true;
    expect(rig.fromCore(rig.message(7))).toEqual([]);
    expect(rig.store(7)).toBe(480);
    rig.storage.held = false;
    rig.storage.outcome = CommitStatus.error;
    rig.settle();
    expect(rig.taken().map(statusOf)).toEqual([503]);
    rig.storage.outcome = CommitStatus.ok;
    expect(rig.store(7)).toBe(202);
  });

  test('octets of an account are limited as well', () => {
    const rig = new ServerRig({ quota: { octetsPerUser: 1500 } });
    expect([rig.store(7, 'x'.repeat(600)), rig.store(7, 'x'.repeat(600))]).toEqual([202, 480]);
  });

  test('a message that is too large by itself is answered 413', () => {
    const rig = new ServerRig({ quota: { messageOctets: 1000 } });
    expect([rig.store(7, 'x'.repeat(900)), rig.store(7)]).toEqual([413, 202]);
  });

  test('a full store is answered 480 with Warning, a broken one 503 with Retry-After', () => {
    const rig = new ServerRig();
    rig.storage.outcome = CommitStatus.full;
    const full = answerTo(rig, rig.message(7));
    expect(statusOf(full)).toBe(480);
    expect(full).toContain('\r\nWarning: 399 im.ims.example "deferred message store is full"\r\n');
    rig.storage.outcome = CommitStatus.error;
    const broken = answerTo(rig, rig.message(7));
    expect(statusOf(broken)).toBe(503);
    expect(broken).toContain('\r\nRetry-After: 5\r\n');
    expect([rig.held(), rig.server.index.rows]).toEqual([[], 0]);
  });

  test('a server whose queue is full answers 503 with Retry-After', () => {
    const rig = new ServerRig();
    rig.cpu.full = true;
    const answer = answerTo(rig, rig.message(7));
    expect(statusOf(answer)).toBe(503);
    expect(answer).toContain('\r\nRetry-After: 5\r\n');
    rig.cpu.full = false;
    expect(rig.store(7)).toBe(202);
  });
});
