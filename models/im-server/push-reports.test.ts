/** A push whose SENDs ask for another confirmation than a 200 (rules 3.5, A15, A17): what settles a message, and what keeps it. */
import { describe, expect, test } from 'vitest';
import { header } from '../client/testing.js';
import { ReportChoice } from '../msrp/sending/report-choice.js';
import { Observed } from '../observations.js';
import { RowState } from './store/deferred-index.js';
import { ServerRig } from './testing.js';
import { invited, pushed, words, type Frame, type PushClient } from './testing-push-client.js';

/** A push of these messages that has begun; the client has the SENDs. */
function begun(
  reports: ReportChoice,
  ...bodies: readonly string[]
): { rig: ServerRig; client: PushClient; sends: Frame[] } {
  const rig = new ServerRig({ push: { reports } });
  const client = pushed(rig, ...bodies).establish();
  return { rig, client, sends: client.take() };
}

const UNCONFIRMED = [ReportChoice.failuresOnly, ReportChoice.nothing];

describe('B4: a success REPORT settles, and a 200 alone does not', () => {
  test('Failure-Report yes: both', () => {
    const { client, sends } = begun(ReportChoice.responsesAndReport, 'one');
    expect(words(client.answer(sends[0]))).toEqual([]);
    expect(words(client.report(sends[0], 200))).toEqual(['BYE']);
  });

  test.each([ReportChoice.failuresAndReport, ReportChoice.reportOnly])('%i: the REPORT', (reports) => {
    const { rig, client, sends } = begun(reports, 'one');
    expect(rig.pass(31).taken()).toEqual([]);
    const [bye] = client.report(sends[0], 200);
    expect(words([bye])).toEqual(['BYE']);
    client.respond(200, '', 'cl', bye);
    expect(rig.held()).toEqual([]);
  });

  test('a REPORT that never comes keeps the message, and the session ends after two minutes', () => {
    const { rig, sends } = begun(ReportChoice.reportOnly, 'one');
    expect(header(sends[0].text, 'Success-Report')).toBe('yes');
    expect(words(rig.pass(119).taken())).toEqual([]);
    expect(words(rig.pass(2).taken())).toContain('BYE');
    expect(rig.held()).toEqual([0]);
  });
});

describe.each(UNCONFIRMED)('A15 without any confirmation (%i): silence settles', (reports) => {
  test('BYE leaves 30 s after the last octet, not before, and the messages with it', () => {
    const { rig, client } = begun(reports, 'one', 'two');
    expect(rig.pass(29.9).taken()).toEqual([]);
    expect(rig.held()).toEqual([0, 1]);
    const [bye] = rig.pass(0.2).taken();
    expect(words([bye])).toEqual(['BYE']);
    client.respond(200, '', 'cl', bye);
    expect(rig.held()).toEqual([]);
    expect(rig.of(Observed.settled).map(({ message }) => message)).toEqual([0, 1]);
  });

  test('P9: with BYE the connection is reset if TCP still holds octets, and the message is pushed again', () => {
    const { rig, client, sends } = begun(reports, 'one');
    rig.ports.holding.add(client.conn);
    const [bye] = rig.pass(30.1).taken();
    expect(words([bye])).toEqual(['BYE']);
    expect(rig.ports.reset).toEqual([client.conn]);
    const after = [...client.respond(200, '', 'cl', bye), ...rig.pass(31).taken()];
    expect(rig.held()).toEqual([0]);
    const [again] = invited(rig, after).establish().take();
    expect(again.messageId).toBe(sends[0].messageId);
  });

  test('A16: a message that comes meanwhile joins, and has its own 30 s', () => {
    const { rig, client } = begun(reports, 'one');
    rig.pass(20);
    rig.store(7, 'two');
    expect(client.take()).toHaveLength(1);
    rig.pass(15);
    // The first is settled meanwhile, and the session is still one that pushes.
    rig.store(7, 'three');
    expect(client.take().map(({ body }) => body.includes('three'))).toEqual([true]);
    expect(words(rig.pass(29).taken())).not.toContain('BYE');
    expect(words(rig.pass(2).taken())).toContain('BYE');
  });

  test('A15: a later SEND has its own 30 s before BYE, also if TCP holds octets of an earlier one', () => {
    const { rig, client } = begun(reports, 'one');
    rig.ports.holding.add(client.conn);
    rig.pass(20);
    rig.store(7, 'two');
    expect(client.take()).toHaveLength(1);
    expect(words(rig.pass(29).taken())).toEqual([]);
    rig.ports.holding.clear();
    const [bye] = rig.pass(2).taken();
    expect(words([bye])).toEqual(['BYE']);
    client.respond(200, '', 'cl', bye);
    // Of the first nobody knows whether it arrived.
    expect(rig.held()).toEqual([0]);
    expect(rig.of(Observed.settled).map(({ message }) => message)).toEqual([1]);
  });

  test('C6: the connection is lost: whether it arrived is not known, so it is kept and pushed again', () => {
    const { rig, client, sends } = begun(reports, 'one');
    rig.pass(5);
    rig.ports.sent.length = 0;
    rig.server.onTcpClosed(client.conn, 1);
    const [bye] = rig.taken();
    expect(words([bye])).toEqual(['BYE']);
    const after = [...client.respond(200, '', 'cl', bye), ...rig.pass(31).taken()];
    const [again] = invited(rig, after).establish().take();
    expect(again.messageId).toBe(sends[0].messageId);
  });

  test('her own BYE before the quiet is over keeps it, too', () => {
    const { rig, client } = begun(reports, 'one');
    client.bye();
    expect(rig.held()).toEqual([0]);
    expect(rig.server.index.state[1]).toBe(RowState.waiting);
    rig.pass(40);
    expect(rig.of(Observed.settled)).toEqual([]);
  });
});

describe('B2: Failure-Report partial lets an error through, after the last octet as well', () => {
  test.each([
    [400, 'a dead letter', Observed.deadLettered],
    [413, 'kept as too large', Observed.passedOver],
  ])('A18: %i: %s, and the others settle in their time', (status, _words, kind) => {
    const { rig, client, sends } = begun(ReportChoice.failuresOnly, 'one', 'two');
    expect(words(client.answer(sends[0], status))).toEqual([]);
    expect(rig.of(kind).map(({ message, a }) => [message, a])).toEqual([[0, status]]);
    const [bye] = rig.pass(31).taken();
    client.respond(200, '', 'cl', bye);
    expect(rig.held()).toEqual([0]);
  });

  test('a failure REPORT with 408 keeps it for the next session', () => {
    const { rig, client, sends } = begun(ReportChoice.failuresOnly, 'one', 'two');
    // Octets did not arrive: the session has failed, with all that is unsure in it.
    const [bye] = client.report(sends[0], 408);
    expect(words([bye])).toEqual(['BYE']);
    const after = [...client.respond(200, '', 'cl', bye), ...rig.pass(31).taken()];
    const next = invited(rig, after).establish();
    expect(next.take().map(({ messageId }) => messageId)).toContain(sends[0].messageId);
  });
});
