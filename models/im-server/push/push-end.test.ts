/** How a push session ends when its user leaves: A24, and what P9 asks for then. */
import { describe, expect, test } from 'vitest';
import { ReportChoice } from '../../msrp/sending/report-choice.js';
import { ServerRig } from '../testing.js';
import { invited, pushed, words } from '../testing-push-client.js';

const S = 1e9;

describe('A24: the user leaves during the push', () => {
  test('no new SEND, those out are waited for, then BYE; the rest stays stored', () => {
    const rig = new ServerRig({ push: { windowSends: 1 } });
    const client = pushed(rig, 'one', 'two').establish();
    const [one] = client.take();
    expect(words(rig.register(7, 0))).toEqual(['200']);
    const [bye] = client.answer(one);
    expect(words([bye])).toEqual(['BYE']);
    expect(client.take()).toEqual([]);
    client.respond(200, '', 'cl', bye);
    expect(rig.held()).toEqual([1]);
    expect(words(rig.pass(600).taken())).not.toContain('INVITE');
  });

  test('they are waited for 30 s at most', () => {
    const rig = new ServerRig();
    pushed(rig, 'one').establish().take();
    rig.register(7, 0);
    expect(words(rig.pass(29.9).taken())).toEqual([]);
    expect(words(rig.pass(0.2).taken())).toEqual(['BYE']);
  });

  test('an INVITE without an answer is cancelled, and a 200 that crosses gets ACK and BYE', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    client.respond(180);
    expect(words(rig.register(7, 0))).toContain('CANCEL');
    expect(words(client.accept())).toEqual(['ACK', 'BYE']);
    expect(rig.held()).toEqual([0]);
  });

  /** A client behind a relay: a 200 comes from the next hop alone, and success REPORTs settle (A17). */
  const RELAYED = {
    path: 'msrp://10.0.9.9:2855/relay000001;tcp msrp://10.16.0.7:9/clientSession01;tcp',
  };

  test.each([
    ['behind relays', {}, RELAYED],
    ['by choice, beside a 200', { reports: ReportChoice.responsesAndReport }, {}],
    ['by choice, without a 200', { reports: ReportChoice.reportOnly }, {}],
  ])('nor is a success REPORT waited for longer: %s', (_words, push, answer) => {
    const rig = new ServerRig({ push });
    const client = pushed(rig, 'one', 'two').establish(answer);
    const [one, two] = client.take();
    client.answer(one);
    client.answer(two);
    client.report(one, 200);
    rig.pass(10);
    rig.register(7, 0);
    expect(words(rig.pass(29.9).taken())).toEqual([]);
    const [bye] = rig.pass(0.2).taken();
    expect(words([bye])).toEqual(['BYE']);
    client.respond(200, '', 'cl', bye);
    expect(rig.held()).toEqual([1]);
    const next = invited(rig, rig.register(7)).establish(answer);
    expect(next.take().map(({ messageId }) => messageId)).toEqual([two.messageId]);
  });

  test('nor is a response, or the silence that settles, where the operator gives them more time', () => {
    for (const reports of [ReportChoice.responses, ReportChoice.failuresOnly]) {
      const rig = new ServerRig({ push: { reports, sendTimeoutNs: 120 * S } });
      const client = pushed(rig, 'one').establish();
      client.take();
      rig.register(7, 0);
      const [bye] = rig.pass(30.1).taken();
      expect(words([bye])).toEqual(['BYE']);
      client.respond(200, '', 'cl', bye);
      expect(words(rig.pass(200).taken())).toEqual([]);
      expect(rig.held()).toEqual([0]);
    }
  });

  test('they are waited for no longer if the push was winding down already, or if she leaves twice', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one', 'two').establish(RELAYED);
    const [one, two] = client.take();
    client.answer(two);
    expect(client.answer(one, 415)).toEqual([]);
    rig.register(7, 0);
    rig.pass(20);
    rig.register(7);
    rig.register(7, 0);
    expect(words(rig.pass(9.9).taken())).toEqual([]);
    expect(words(rig.pass(0.2).taken())).toEqual(['BYE']);
  });

  test('P9: the connection is reset if TCP holds octets of what was given up, so that no SEND leaves after BYE', () => {
    const rig = new ServerRig({ push: { sendTimeoutNs: 120 * S } });
    const client = pushed(rig, 'one').establish();
    rig.ports.holding.add(client.conn);
    rig.register(7, 0);
    expect(words(rig.pass(30.1).taken())).toEqual(['BYE']);
    expect(rig.ports.reset).toEqual([client.conn]);
  });

  test('a message that waits for the station is given up with the rest, and is pushed when she is back', () => {
    const rig = new ServerRig({ push: { windowSends: 2, sendTimeoutNs: 120 * S } });
    const client = pushed(rig, 'one').establish();
    client.take();
    rig.cpu.held = true;
    rig.store(7, 'two');
    // The station stores it, and then has its SEND to do.
    rig.cpu.serve();
    rig.settle();
    rig.register(7, 0);
    rig.cpu.serve(1);
    rig.taken();
    const [bye] = rig.pass(30.1).taken();
    expect(words([bye])).toEqual(['BYE']);
    client.respond(200, '', 'cl', bye);
    rig.cpu.held = false;
    rig.cpu.serve();
    const next = invited(rig, rig.register(7)).establish();
    expect(next.take().map(({ body }) => /one|two/.exec(body)?.[0])).toEqual(['one', 'two']);
  });
});

describe('she registers while her session runs', () => {
  test('R13: what was answered 413 is not sent again in it, but once more after it (A18)', () => {
    const rig = new ServerRig({ push: { windowSends: 1 } });
    const client = pushed(rig, 'one', 'two').establish();
    const [one] = client.take();
    client.answer(one, 413);
    const [two] = client.take();
    rig.register(7);
    const [bye] = client.answer(two);
    expect([client.take(), words([bye])]).toEqual([[], ['BYE']]);
    expect(words(client.respond(200, '', 'cl', bye))).toEqual(['INVITE']);
  });

  test('what waits is pushed at once when it was about to end because she had left', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one').establish();
    const [one] = client.take();
    rig.register(7, 0);
    rig.pass(1);
    rig.register(7);
    rig.store(7);
    const [bye] = client.answer(one);
    expect(words(client.respond(200, '', 'cl', bye))).toEqual(['INVITE']);
  });
});
