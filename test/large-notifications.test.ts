/**
 * Disposition notifications of Large Messages (`traffic.large.notifications`) through the whole product: the wish stands in the content,
 * in message/cpim, goes through chunks, store and push octet for octet, and who asked is told as in Pager Mode.
 */
import { describe, expect, test } from 'vitest';
import { BODY_MARK } from '../models/marks.js';
import { Observed } from '../models/observations.js';
import { own, quoted, runNotified, sorted, type Shown } from './support/notified.js';

const WORLD = `version: 1
name: large-notified
rampUp: 3s
duration: 60s
drain: 150s
population: { subscribers: 16, anonymousShare: 25%, senders: anyone }
traffic:
  pager: { rate: 0/s }
  large: { rate: 2/s, notifications: 60%, size: { dist: lognormal, median: 4KiB, sigma: 1, cap: 32KiB } }
client: { reconnectJitter: 3s, backoffBase: 2s, backoffMax: 20s }
core: { flowTimeout: 10s }
faults:
  - { at: 8s, for: 30s, kind: partition, target: clients, mode: fixed-percent, value: 60 }
  - { at: 27s, for: 30s, kind: partition, target: clients, mode: fixed-percent, value: 50 }
`;
const run = (...settings: readonly string[]) => runNotified(WORLD, ...settings);
const asks = ({ text }: Shown): boolean => text.includes('imdn.Disposition-Notification');
const tells = ({ text }: Shown): boolean => quoted(text) !== '';

describe('IMDN of Large Messages', () => {
  test.each([
    ['by push', []],
    [
      'chunks of 300 octets that take turns, on a lossy network, with success REPORTs',
      [
        'traffic.large.chunk=300B',
        'traffic.large.interleave=true',
        'traffic.large.reports=responses-and-report',
        'network.loss=2%',
        'network.duplicate=2%',
      ],
    ],
    [
      'by users who fetch',
      ['server.settings.manual=100%', 'client.fetch.discardShare=0%', 'client.fetch.every=20s'],
    ],
  ])(
    'each that asked and was shown has one `delivered` at its sender, live or deferred: %s',
    (_how, settings) => {
      const { summary, asked, shown, broken } = run(...settings);
      expect(broken).toEqual([]);
      const wanted = shown.filter(asks);
      // Some came live, some through the store.
      expect(wanted.filter(({ kind }) => kind === Observed.largeLive).length).toBeGreaterThan(3);
      expect(wanted.filter(({ kind }) => kind === Observed.presented).length).toBeGreaterThan(15);
      const told = shown.filter(tells);
      expect(sorted(told.map(({ text }) => quoted(text)))).toEqual(
        sorted(wanted.map(({ text }) => own(text))),
      );
      for (const { user, text } of told) expect(asked.get(quoted(text))).toBe(user);
      expect(told.some(asks)).toBe(false);
      // The recorder saw the same, and the report tells how many of the Large Messages asked.
      expect(summary.notifications).toMatchObject({
        asked: asked.size,
        sent: told.length,
        received: told.length,
      });
      expect(summary.large?.counts.asked).toBe(asked.size);
      expect(asked.size).toBeLessThan(summary.large?.counts.offered ?? 0);
      const checked = (id: string) => summary.invariants.find((one) => one.id === id)?.checked ?? 0;
      for (const id of ['I4', 'I7', 'I12']) expect(checked(id)).toBeGreaterThan(20);
    },
  );

  test('what asks is message/cpim around content of the types of the workload, the others are as ever', () => {
    const { shown } = run('traffic.large.contentTypes=[image/jpeg, message/cpim]');
    const types = new Map<string, number>();
    for (const { text } of shown.filter(({ kind }) => kind === Observed.largeLive)) {
      const inner = /^Content-Type: (\S+)\r\n\r\nq7BoDyMk/m.exec(text)?.[1];
      const type = inner ?? (text.startsWith(BODY_MARK) ? 'bare' : 'odd');
      types.set(type, (types.get(type) ?? 0) + 1);
    }
    expect(sorted([...types.keys()])).toEqual(['bare', 'image/jpeg', 'text/plain']);
  });

  test('`displayed` follows `delivered` after the display delay (section 7.2.1.2)', () => {
    const { summary, shown, broken } = run('client.displayDelay=7s');
    expect(broken).toEqual([]);
    const wanted = shown.filter(asks);
    const told = shown.filter(({ text }) => text.includes('<displayed/>'));
    expect(sorted(told.map(({ text }) => quoted(text)))).toEqual(sorted(wanted.map(({ text }) => own(text))));
    const { sent, displayedSent, displayedReceived } = summary.notifications ?? {};
    expect([displayedSent, displayedReceived]).toEqual([sent, sent]);
  });

  test('a text of Pager Mode that is too long for a MESSAGE asks all the same (RFC 3428 section 8)', () => {
    const { summary, shown, broken } = run(
      'traffic.large.rate=0.01/s',
      'traffic.large.notifications=0%',
      'traffic.pager={ rate: 2/s, notifications: 100%, size: { dist: uniform, min: 300B, max: 900B } }',
    );
    expect(broken).toEqual([]);
    const by = (kind: number) => shown.filter((one) => one.kind === kind && asks(one)).length;
    expect(by(Observed.largeLive)).toBeGreaterThan(5);
    expect(by(Observed.deliveredLive)).toBeGreaterThan(3);
    const wanted = shown.filter(asks).map(({ text }) => own(text));
    expect(sorted(shown.filter(tells).map(({ text }) => quoted(text)))).toEqual(sorted(wanted));
    expect(summary.large?.counts.asked).toBeGreaterThan(20);
  });

  test('who is anonymous asks for none (section 12.1.1)', () => {
    const { sentAnonymously } = run();
    expect(sentAnonymously.length).toBeGreaterThan(5);
    expect(sentAnonymously.filter((text) => text.includes('Disposition-Notification'))).toEqual([]);
  });

  test('server.failureNotification: who asked is told once that a Large Message expired', () => {
    const expiring = ['server.expiry.enabled=true', 'server.expiry.default=9s', 'server.expiry.max=9s'];
    const { summary, shown, broken } = run(...expiring, 'server.failureNotification=true');
    expect(broken).toEqual([]);
    const failed = shown.filter(({ text }) => text.includes('<failed/>')).map(({ text }) => quoted(text));
    expect(failed.length).toBeGreaterThan(5);
    expect(new Set(failed).size).toBe(failed.length);
    const seen = new Set(shown.filter(asks).map(({ text }) => own(text)));
    expect(failed.filter((id) => seen.has(id))).toEqual([]);
    expect(summary.notifications?.failuresReceived).toBe(failed.length);
  });

  test('without traffic.large.notifications nobody asks and nothing is told', () => {
    const none = run('traffic.large.notifications=0%');
    expect([none.asked.size, none.summary.notifications, none.summary.large?.counts.asked]).toEqual([
      0,
      undefined,
      undefined,
    ]);
  });
});
