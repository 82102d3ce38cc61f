/**
 * Disposition notifications (IMDN, RFC 5438) through the whole product, from the command line: who asks is told, live or through the
 * store, of delivery by its recipient and of failure by the IM Server, and no notification begets another.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../bin/main.js';
import type { Summary } from '../results/cell-result.js';
import { own, quoted, runNotified, sorted } from './support/notified.js';

const WORLD = `version: 1
name: notified
rampUp: 3s
duration: 60s
drain: 150s
population: { subscribers: 16, anonymousShare: 25%, senders: anyone }
traffic: { pager: { rate: 3/s, notifications: 60% } }
client: { reconnectJitter: 3s, backoffBase: 2s, backoffMax: 20s }
core: { flowTimeout: 10s }
faults:
  - { at: 8s, for: 30s, kind: partition, target: clients, mode: fixed-percent, value: 60 }
  - { at: 27s, for: 30s, kind: partition, target: clients, mode: fixed-percent, value: 50 }
`;

const folder = mkdtempSync(join(tmpdir(), 'restante-imdn-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...settings: readonly string[]) => runNotified(WORLD, ...settings);

describe('IMDN in whole worlds', () => {
  test('`restante run`: the report counts what was asked for, sent and received', async () => {
    const file = join(folder, 'notified.yaml');
    writeFileSync(file, WORLD);
    let text = '';
    const streams = { out: (part: string) => void (text += part), err: () => undefined, interactive: false };
    expect(await main(['run', file, '--out', join(folder, 'run'), '--no-report'], streams)).toBe(0);
    expect(text).toMatch(
      /\nnotifications\n {2}asked for +[1-9]\d*\n {2}delivered, sent +[1-9]\d*\n {2}delivered, received +[1-9]\d*\n/,
    );
    expect(text).toContain('invariants: 15 of 15 held');
    const { notifications } = JSON.parse(
      readFileSync(join(folder, 'run', 'summary.json'), 'utf8'),
    ) as Summary;
    expect(notifications?.asked).toBeGreaterThan(30);
    expect([notifications?.sent, notifications?.received]).toEqual([
      notifications?.asked,
      notifications?.asked,
    ]);
  });

  test.each([
    ['by push', []],
    [
      'by message/sip, on a lossy network',
      ['server.push.wrapper=sip', 'network.loss=5%', 'network.duplicate=2%'],
    ],
    [
      'by users who fetch',
      ['server.settings.manual=100%', 'client.fetch.discardShare=0%', 'client.fetch.every=20s'],
    ],
  ])(
    'each message that asked and was shown has one `delivered` at its sender, deferred if he is away: %s',
    (_how, settings) => {
      const { summary, asked, shown, broken } = run(...settings);
      expect(broken).toEqual([]);
      const told = shown.filter(({ text }) => quoted(text) !== '');
      const wanted = shown.filter(({ text }) => text.includes('imdn.Disposition-Notification'));
      expect(wanted.length).toBeGreaterThan(30);
      expect(sorted(told.map(({ text }) => quoted(text)))).toEqual(
        sorted(wanted.map(({ text }) => own(text))),
      );
      for (const { user, text } of told) expect(asked.get(quoted(text))).toBe(user);
      // Some went through the store, and none asks for another.
      const deferred = told.filter(({ text }) => text.startsWith('--'));
      expect(deferred.length).toBeGreaterThan(0);
      expect(told.some(({ text }) => text.includes('Disposition-Notification'))).toBe(false);
      expect(summary.notifications?.sent).toBe(told.length);
    },
  );

  test('`displayed` follows `delivered` after the display delay, for each message that was shown (section 7.2.1.2)', () => {
    const { summary, shown, broken } = run(
      'client.displayDelay=7s',
      'traffic.pager.size={ dist: fixed, value: 380B }',
    );
    expect(broken).toEqual([]);
    const wanted = shown.filter(({ text }) => text.includes('negative-delivery, display\r\n'));
    expect(wanted.length).toBeGreaterThan(30);
    const told = shown.filter(({ text }) => text.includes('<display-notification><status><displayed/>'));
    expect(sorted(told.map(({ text }) => quoted(text)))).toEqual(sorted(wanted.map(({ text }) => own(text))));
    const shownNs = new Map(wanted.map(({ text, atNs }) => [own(text), atNs]));
    for (const { text, atNs } of told) {
      expect(atNs - (shownNs.get(quoted(text)) ?? Infinity)).toBeGreaterThan(7e9);
    }
    // It is no message for whom it was shown, so nobody tells of it in turn.
    expect(told.some(({ text }) => text.includes('Disposition-Notification'))).toBe(false);
    const { sent, displayedSent, displayedReceived } = summary.notifications ?? {};
    expect([displayedSent, displayedReceived]).toEqual([sent, sent]);
    expect(sent).toBe(told.length);
  });

  test('without a display delay nobody asks for `displayed`, and nobody is told', () => {
    const { summary, shown } = run();
    expect(shown.filter(({ text }) => text.includes('display'))).toEqual([]);
    expect(summary.notifications?.displayedSent).toBe(undefined);
  });

  test('who is anonymous asks for none, and nothing comes back to her name (section 12.1.1)', () => {
    const { sentAnonymously, broken } = run();
    expect(broken).toEqual([]);
    expect(sentAnonymously.length).toBeGreaterThan(5);
    expect(sentAnonymously.filter((text) => text.includes('cpim'))).toEqual([]);
  });

  test('server.failureNotification: who asked is told once that a message expired, and only if the operator wants that', () => {
    const expiring = [
      'traffic.pager.expires.share=100%',
      'traffic.pager.expires.min=8s',
      'traffic.pager.expires.max=14s',
    ];
    const { summary, shown, broken } = run(...expiring, 'server.failureNotification=true');
    expect(broken).toEqual([]);
    const failed = shown.filter(({ text }) => text.includes('<failed/>'));
    expect(failed.length).toBeGreaterThan(5);
    const ids = failed.map(({ text }) => quoted(text));
    expect(new Set(ids).size).toBe(ids.length);
    const delivered = new Set(
      shown.filter(({ text }) => text.includes('<delivered/>')).map(({ text }) => quoted(text)),
    );
    expect(ids.filter((id) => delivered.has(id))).toEqual([]);
    expect(summary.notifications?.failuresReceived).toBe(failed.length);
    // Told to all of them, deferred in turn to those who were away.
    expect(summary.notifications?.failuresTold).toBe(failed.length);
    expect(failed.filter(({ text }) => text.startsWith('--')).length).toBeGreaterThan(0);
    expect(run(...expiring).summary.notifications).toMatchObject({ failuresTold: 0, failuresReceived: 0 });
  });

  test('a failure that is told again, since the IM Server crashed before the message was gone, is shown once', () => {
    // Commits take a second and lifetimes end all the time: each crash finds some that were told and are still there.
    const crashes = [25, 37, 49].map((at) => `  - { at: ${at}s, for: 1s, kind: crash, target: im }\n`);
    const { summary, shown, broken } = runNotified(
      WORLD + crashes.join(''),
      'server.failureNotification=true',
      'server.storage.commitLatency=1s',
      'traffic.pager.expires={ share: 100%, min: 8s, max: 14s }',
    );
    expect(broken).toEqual([]);
    const ids = shown.filter(({ text }) => text.includes('<failed/>')).map(({ text }) => quoted(text));
    const { failuresTold = 0, failuresReceived } = summary.notifications ?? {};
    expect(failuresTold).toBeGreaterThan(ids.length);
    expect(new Set(ids).size).toBe(ids.length);
    expect(failuresReceived).toBe(ids.length);
  });

  test('without traffic.pager.notifications nobody asks and nothing is told', () => {
    const { summary, asked } = run('traffic.pager.notifications=0%');
    expect([asked.size, summary.notifications]).toEqual([0, undefined]);
  });
});
