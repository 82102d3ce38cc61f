/** A Core that lost its bindings refuses with 403: the client registers at once, and sends once more what was refused. */
import { describe, expect, test } from 'vitest';
import { Observed } from '../../observations.js';
import { FleetRig, granted, header, response, userOf } from '../testing.js';
import { LargeRig } from '../testing-large.js';
import { START_S } from '../testing-push.js';

/** All are registered since 0 s; it is 10 s now. */
function registered(): FleetRig {
  const rig = new FleetRig().at(0);
  rig.register();
  return rig.at(10);
}

describe('403 to a MESSAGE', () => {
  test('she registers at once, and what was refused leaves again, before what is behind it', () => {
    const rig = registered();
    rig.offer({ message: 1 });
    rig.offer({ message: 2 });
    rig.offer({ message: 3, recipient: 4 });
    const [one, three] = rig.take('MESSAGE');
    rig.deliver(1, response(one, 403));
    rig.deliver(1, response(three, 403));
    rig.at(10);
    const sent = rig.ports.takeSent();
    expect(sent.map((text) => header(text, 'CSeq'))).toEqual(['2 REGISTER']);
    expect(rig.of(Observed.answered)).toEqual([]);
    rig.deliver(1, granted(sent[0], 3600));
    const again = rig.take('MESSAGE');
    expect(again.map((text) => header(text, 'Call-ID'))).toEqual(
      [one, three].map((text) => header(text, 'Call-ID')),
    );
    expect(rig.of(Observed.sent).map(({ message }) => message)).toEqual([1, 3]);
    expect(rig.of(Observed.sentAgain).map(({ message }) => message)).toEqual([1, 3]);
    for (const text of again) rig.deliver(1, response(text, 202));
    rig.deliver(1, response(rig.take('MESSAGE')[0], 202));
    expect(rig.of(Observed.answered).map(({ message, a }) => [message, a])).toEqual([
      [1, 202],
      [3, 202],
      [2, 202],
    ]);
  });

  test('what leaves again is the same request on another branch, whatever the clock says by then', () => {
    const rig = registered();
    for (let message = 1; message <= 16; message++)
      rig.offer({ message, asksNotification: message % 2 === 0 });
    const unbranched = (text: string): string => text.replace(/branch=[^;\r]+/, '');
    for (let message = 1; message <= 16; message++) {
      const nowS = 10 * message;
      const [first] = rig.at(nowS).take('MESSAGE');
      rig.deliver(1, response(first, 403));
      rig.at(nowS + 5).register();
      const [again] = rig.take('MESSAGE');
      expect(unbranched(again)).toBe(unbranched(first));
      expect(again).not.toBe(first);
      rig.deliver(1, response(again, 202));
    }
  });

  test('a second 403 is final', () => {
    const rig = registered();
    rig.offer({ message: 1 });
    rig.deliver(1, response(rig.take('MESSAGE')[0], 403));
    rig.at(10).register();
    const [text] = rig.ports.takeSent();
    expect(text).toMatch(/^MESSAGE /);
    rig.deliver(1, response(text, 403));
    rig.at(11);
    expect(rig.of(Observed.answered).map(({ a }) => a)).toEqual([403]);
    expect(rig.ports.takeSent()).toEqual([]);
    expect(rig.fleet.unanswered).toBe(0);
  });

  test('a refresh that is on its way decides; no other REGISTER leaves', () => {
    const rig = registered().at(3000);
    const [refresh] = rig.take('REGISTER').filter((one) => header(one, 'From').includes('sip:u1@'));
    rig.offer({ message: 1 });
    rig.deliver(1, response(rig.take('MESSAGE')[0], 403));
    rig.at(3000);
    expect(rig.ports.takeSent()).toEqual([]);
    rig.deliver(1, granted(refresh, 3600));
    rig.deliver(1, response(rig.take('MESSAGE')[0], 202));
    expect(rig.of(Observed.answered).map(({ a }) => a)).toEqual([202]);
  });

  test('who has failed to register since waits as after one more failure', () => {
    const rig = new FleetRig({ subscribers: 4, keepAlive: true }).at(0);
    for (const text of rig.take('REGISTER')) rig.deliver(userOf(text), response(text, 500));
    const [{ b }] = rig.of(Observed.registerFailed).filter(({ entity }) => entity === 1);
    const nowS = b / 1e9;
    rig.at(nowS).register();
    rig.offer({ message: 1 });
    rig.deliver(1, response(rig.take('MESSAGE')[0], 403));
    rig.at(nowS + 20);
    const mine = rig.take('REGISTER').filter((one) => header(one, 'From').includes('sip:u1@'));
    expect(mine).toEqual([]);
  });
});

test('403 to the INVITE of a Large Message: she registers at once, and invites again; a second 403 is final', () => {
  const rig = new LargeRig();
  rig.large();
  const [first] = rig.take('INVITE');
  rig.deliver(1, response(first, 403));
  rig.at(START_S);
  expect(rig.statuses()).toEqual([]);
  rig.register();
  const again = rig.ports.takeSent().find((text) => text.startsWith('INVITE')) ?? '';
  expect(header(again, 'Call-ID')).not.toBe(header(first, 'Call-ID'));
  rig.deliver(1, response(again, 403));
  expect(rig.statuses()).toEqual([403]);
  rig.at(START_S + 300);
  expect(rig.take('INVITE')).toEqual([]);
  expect(rig.fleet.unanswered).toBe(0);
});
