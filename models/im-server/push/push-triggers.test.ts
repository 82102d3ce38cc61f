/** When a push starts, when it stops, and who gets none: O7, O8, A23 to A25, and admission (rules section 5). */
import { describe, expect, test } from 'vitest';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { ServiceSetting } from '../config.js';
import { ServerRig } from '../testing.js';
import type { RigOptions } from '../testing-settings.js';
import { invited, pushed, PushClient, words } from '../testing-push-client.js';

const all = (setting: number) => new Uint8Array(16).fill(setting);
const invites = (sent: readonly string[]): number => words(sent).filter((word) => word === 'INVITE').length;

describe('O8, D1, D2: the trigger', () => {
  test('needs a message that waits and an IM-capable binding; a refresh will do', () => {
    const rig = new ServerRig();
    expect(words(rig.register(7))).toEqual(['200']);
    rig.store(7);
    expect(words(rig.register(7, 3600, '+g.3gpp.smsip'))).toEqual(['200']);
    expect(words(rig.register(7))).toEqual(['200', 'INVITE']);
  });

  test('D1: a registration is over with its lifetime, and what comes then waits for the next one', () => {
    const rig = new ServerRig();
    rig.register(7, 60);
    rig.pass(91);
    rig.store(7);
    expect(invites(rig.pass(30.2).taken())).toBe(0);
    expect(words(rig.register(7, 60))).toEqual(['200', 'INVITE']);
    const untold = new ServerRig({ push: { refreshesAreTold: false } });
    untold.register(7, 60);
    untold.pass(91);
    untold.store(7);
    expect(invites(untold.pass(30.2).taken())).toBe(1);
  });

  test('D1: until then what came is tried again', () => {
    const rig = new ServerRig();
    rig.register(7, 60);
    rig.pass(40);
    rig.store(7);
    expect(invites(rig.pass(30.2).taken())).toBe(1);
  });

  test('the operator may switch pushing off', () => {
    const rig = new ServerRig({ push: { enabled: false } });
    rig.store(7);
    expect(words(rig.register(7))).toEqual(['200']);
    expect(invites(rig.pass(600).taken())).toBe(0);
  });

  test('a third-party REGISTER that cannot be read is answered 400 or 404, and triggers nothing', () => {
    const rig = new ServerRig();
    rig.store(7);
    const good = [
      'REGISTER sip:im.ims.example SIP/2.0',
      'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa1',
      'From: <sip:core.ims.example>;tag=c',
      'To: <sip:u7@ims.example>',
      'Call-ID: x@core',
      'CSeq: 1 REGISTER',
      'Expires: 600',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');
    const variant = (number: number, from: string, to: string): string =>
      good
        .replace('z9hG4bKa1', `z9hG4bKb${number}`)
        .replace('1 REGISTER', `${number} REGISTER`)
        .replace(from, to);
    expect(words(rig.fromCore(variant(2, 'sip:u7@', 'sip:nobody@')))).toEqual(['404']);
    expect(words(rig.fromCore(variant(3, 'Expires: 600', 'Expires: soon')))).toEqual(['400']);
    expect(words(rig.fromCore(variant(4, 'Expires: 600\r\n', '')))).toEqual(['400']);
    // Without a body nobody knows of a binding that takes IM.
    expect(words(rig.fromCore(variant(5, 'x@core', 'y@core')))).toEqual(['200']);
  });
});

describe('O7: the settings at the trigger', () => {
  test.each(['manual', 'hold'] as const)('%s: stored, and not pushed', (setting) => {
    const rig = new ServerRig({ settings: all(ServiceSetting[setting]) });
    expect(rig.store(7)).toBe(202);
    expect(words(rig.register(7))).toEqual(['200']);
    expect(invites(rig.pass(600).taken())).toBe(0);
    expect(rig.held()).toEqual([0]);
    expect(rig.of(Observed.withheld).map(({ a }) => a)).toContain(ServiceSetting[setting]);
  });

  test('notify: a MESSAGE says how many wait, once each time she comes online', () => {
    const rig = new ServerRig({ settings: all(ServiceSetting.notify) });
    expect(words(rig.register(7))).toEqual(['200']);
    rig.register(7, 0);
    rig.store(7);
    rig.store(7);
    const [, notice, ...more] = rig.register(7);
    expect(more).toEqual([]);
    expect(notice).toMatch(/^MESSAGE sip:u7@ims\.example SIP\/2\.0\r\n/);
    expect(notice.endsWith('\r\n\r\n2 deferred messages wait')).toBe(true);
    expect(header(notice, 'From')).toMatch(/^<sip:deferred@im\.ims\.example>;tag=/);
    // A9: nobody may defer it, this server least of all.
    expect(header(notice, 'Expires')).toBe('0');
    expect(notice).not.toMatch(/^Contact:/m);
    expect(
      words(rig.fromCore(notice.replace('branch=', 'branch=z9hG4bKback').replace('Route', 'X-Route'))),
    ).toEqual(['480']);
    expect(words(rig.register(7))).toEqual(['200']);
    expect(rig.of(Observed.noticeSent).map(({ entity, a }) => [entity, a])).toEqual([[7, 2]]);
  });

  test('shares of the settings go over the users by chance, and the same way each time', () => {
    const settingShares = { notify: 0, manual: 0, reject: 0.5, hold: 0 };
    const statuses = () => {
      const rig = new ServerRig({ subscribers: 400, settingShares });
      return Array.from({ length: 400 }, (_, user) => rig.store(user));
    };
    const refused = statuses().filter((status) => status === 480).length;
    expect(refused).toBeGreaterThan(140);
    expect(refused).toBeLessThan(260);
    expect(statuses()).toEqual(statuses());
  });
});

describe('A23: one push for a user', () => {
  test('a refresh during the push starts no second session', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x');
    expect(words(rig.register(7))).toEqual(['200']);
    client.establish();
    expect(words(rig.register(7))).toEqual(['200']);
    expect(client.take()).toHaveLength(1);
  });

  test('T6: a second 2xx of a fork gets ACK and BYE; the first goes on', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x').establish();
    const other = client.accept({ tag: 'fork' });
    expect(words(other)).toEqual(['ACK', 'BYE']);
    expect(other.map((text) => header(text, 'To'))).toEqual(Array(2).fill('<sip:u7@ims.example>;tag=fork'));
    const [send] = client.take();
    const [bye] = client.answer(send);
    expect(header(bye, 'To')).toBe('<sip:u7@ims.example>;tag=cl');
  });

  test('A23: of two devices that come before their answers, the one whose answer is first gets the SENDs', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x');
    const fork = invited(rig, [client.invite]);
    fork.path = 'msrp://10.16.0.8:9/clientSession02;tcp';
    fork.bind();
    client.bind();
    client.accept();
    expect(words(client.accept({ tag: 'fork', path: fork.path }))).toEqual(['ACK', 'BYE']);
    client.path = 'msrp://10.16.0.7:9/clientSession01;tcp';
    expect(fork.take()).toEqual([]);
    const [send] = client.take();
    expect(words(client.answer(send))).toEqual(['BYE']);
  });

  test('a repeated 2xx is acknowledged again, and nothing else', () => {
    const client = pushed(new ServerRig(), 'x').establish();
    expect(words(client.accept())).toEqual(['ACK']);
  });
});

describe('D1: she registers while her INVITE is unanswered, as after a crash of the Core that lost it', () => {
  /** An INVITE that the Core has, and nobody else; she registers anew `seconds` later. */
  const lost = (seconds: number, options: RigOptions = {}) => {
    const rig = new ServerRig(options);
    const client = pushed(rig, 'one');
    client.respond(100);
    rig.pass(seconds);
    return { rig, client, sent: words(rig.register(7)) };
  };

  test('after 64 T1 it is cancelled at once and she is invited anew', () => {
    const { rig, sent } = lost(33);
    expect(sent).toEqual(['200']);
    expect(words(rig.pass(0).taken())).toEqual(['CANCEL', 'INVITE']);
  });

  test('before, the INVITE has its 64 T1, though she registers again and again; retries may be off', () => {
    const { rig, client, sent } = lost(5, { push: { retryNs: 0 } });
    expect(sent).toEqual(['200']);
    rig.pass(5);
    expect(words(rig.register(7))).toEqual(['200']);
    expect(words(rig.pass(21.9).taken())).toEqual([]);
    const next = rig.pass(0.2).taken();
    expect(words(next)).toEqual(['CANCEL', 'INVITE']);
    // An answer to the first one that comes after all is acknowledged and ended; the second one delivers.
    const [ack, bye] = client.accept();
    expect(words([ack, bye])).toEqual(['ACK', 'BYE']);
    expect(invited(rig, next).establish().take()).toHaveLength(1);
  });

  test('an INVITE that rings is left alone: she may be about to answer', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    client.respond(180);
    rig.pass(60);
    expect(words(rig.register(7))).toEqual(['200']);
    expect(words(rig.pass(100).taken())).toEqual([]);
    expect(client.establish().take()).toHaveLength(1);
  });

  test('an answer in time is as good as ever, and a refusal is followed by another INVITE at once', () => {
    const fine = lost(5);
    expect(fine.client.establish().take()).toHaveLength(1);
    expect(words(fine.rig.pass(29).taken())).toEqual([]);
    const refused = lost(5);
    expect(words(refused.client.respond(488))).toEqual(['ACK', 'INVITE']);
  });
});

describe('A25: lifetimes during a push', () => {
  test('what expires before its SEND is not sent', () => {
    const rig = new ServerRig({ push: { windowSends: 1 } });
    rig.store(7, 'one');
    rig.store(7, 'two', ['Expires: 10']);
    rig.store(7, 'three');
    const client = invited(rig, rig.register(7)).establish();
    const [one] = client.take();
    rig.pass(10);
    client.answer(one);
    expect(client.take().map(({ body }) => /one|two|three/.exec(body)?.[0])).toEqual(['three']);
    expect(rig.of(Observed.expired).map(({ message }) => message)).toEqual([1]);
  });

  test('what expires while it waits for the station is not sent', () => {
    const rig = new ServerRig();
    rig.store(7, 'one', ['Expires: 10']);
    const client = invited(rig, rig.register(7));
    client.accept();
    rig.cpu.held = true;
    client.bind();
    rig.pass(10);
    rig.cpu.serve();
    rig.settle();
    expect(client.take()).toEqual([]);
    expect(rig.held()).toEqual([]);
  });

  test.each([
    ['acknowledged: it was delivered', 200, Observed.settled],
    ['failed: it has expired', 481, Observed.expired],
    ['rejected: it has expired and is no dead letter', 400, Observed.expired],
  ])('what expires in flight and is then %s', (_title, status, fate) => {
    const rig = new ServerRig();
    rig.store(7, 'one', ['Expires: 10']);
    const client = invited(rig, rig.register(7)).establish();
    const [one] = client.take();
    rig.pass(11);
    expect(rig.held()).toEqual([0]);
    const bye = client.answer(one, status).find((text) => text.startsWith('BYE')) ?? '';
    client.respond(200, '', 'cl', bye);
    expect(rig.held()).toEqual([]);
    expect(rig.of(fate).map(({ message }) => message)).toEqual([0]);
  });
});

describe('admission', () => {
  test('as many sessions as are allowed; the next starts when one ends', () => {
    const rig = new ServerRig({ push: { maxSessions: 2 } });
    const clients: PushClient[] = [];
    for (const user of [3, 4, 5]) {
      rig.store(user);
      clients.push(
        ...rig
          .register(user)
          .filter((text) => text.startsWith('INVITE'))
          .map((text) => new PushClient(rig, text)),
      );
    }
    expect(clients).toHaveLength(2);
    expect(words(clients[0].respond(603))).toEqual(['ACK', 'INVITE']);
  });

  test('so many starts a second', () => {
    const rig = new ServerRig({ push: { startsPerSecond: 2 } });
    let started = 0;
    for (const user of [3, 4, 5]) {
      rig.store(user);
      started += invites(rig.register(user));
    }
    expect(started).toBe(1);
    const callIds = (seconds: number) =>
      new Set(
        rig
          .pass(seconds)
          .taken()
          .filter((text) => text.startsWith('INVITE'))
          .map((text) => header(text, 'To')),
      );
    expect([...callIds(0.499)]).toEqual([]);
    expect([...callIds(0.001)]).toContain('<sip:u4@ims.example>');
    expect([...callIds(0.5)]).toContain('<sip:u5@ims.example>');
  });

  test('each trigger is spread by its jitter, and only once', () => {
    const rig = new ServerRig({ push: { startJitterNs: 1e9 } });
    rig.store(7);
    expect(invites(rig.register(7)) + invites(rig.register(7))).toBe(0);
    rig.pass(1);
    expect(rig.of(Observed.pushInvited)).toHaveLength(1);
  });

  test('a station that takes no more work leaves it to the retry', () => {
    const rig = new ServerRig();
    rig.store(7);
    rig.cpu.held = true;
    rig.register(7);
    rig.cpu.full = true;
    rig.cpu.serve();
    expect(rig.of(Observed.pushInvited)).toHaveLength(0);
    rig.cpu.full = false;
    rig.cpu.held = false;
    rig.pass(30);
    expect(rig.of(Observed.pushInvited)).toHaveLength(1);
  });

  test('a SEND that is served after its session ended belongs to no other session', () => {
    const rig = new ServerRig();
    rig.store(7, 'one');
    const client = invited(rig, rig.register(7));
    client.accept();
    rig.cpu.held = true;
    client.bind();
    client.bye();
    expect(rig.server.push.sessions.size).toBe(0);
    rig.store(7, 'two');
    rig.cpu.serve(1);
    rig.settle();
    const [waiting] = rig.cpu.waiting;
    expect(waiting).toBeDefined();
    rig.cpu.held = false;
    const next = invited(rig, rig.register(7)).establish();
    const [two] = next.take();
    expect(two.body).toContain('two');
    // The station is done with the first one at last: it joins the session that runs.
    rig.cpu.serve();
    const [one] = next.take();
    expect(one.body).toContain('one');
    expect(words(next.answer(two))).toEqual([]);
    expect(words(next.answer(one))).toEqual(['BYE']);
  });
});
