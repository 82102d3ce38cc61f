/**
 * Registration: octets of REGISTER, refresh, 423, back-off, link down and up (RFC 3261 section 10, RFC 5626, rules 4.4).
 */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Observed } from '../../observations.js';
import { backoffNs } from './backoff.js';
import { refreshAfterNs } from './registration.js';
import { FleetRig, granted, header, response, userOf } from '../testing.js';

describe('REGISTER', () => {
  test('its octets, with feature tags, instance and reg-id (RFC 5626 section 4.2)', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(0);
    const [text] = rig.ports.takeSent();
    const branch = /branch=(\S+)/.exec(text)?.[1] ?? '';
    expect(branch).toMatch(/^z9hG4bKq7H0pXyZ00000001/);
    expect(text.replace(branch, 'BRANCH').split('\r\n')).toEqual([
      'REGISTER sip:ims.example SIP/2.0',
      'Via: SIP/2.0/UDP 10.16.0.0:5060;rport;branch=BRANCH',
      'Max-Forwards: 70',
      expect.stringMatching(/^From: <sip:u0@ims\.example>;tag=[0-9a-f]{8}$/),
      'To: <sip:u0@ims.example>',
      expect.stringMatching(/^Call-ID: [0-9a-f]{16}@10\.16\.0\.0$/),
      'CSeq: 1 REGISTER',
      expect.stringMatching(
        /^Contact: <sip:u0@10\.16\.0\.0:5060>;\+g\.oma\.sip-im;\+g\.oma\.sip-im\.large-message;\+sip\.instance="<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>";reg-id=1$/,
      ),
      'Expires: 3600',
      'Supported: path, outbound',
      'P-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=q7NeVeRx00000000',
      'User-Agent: restante-client/1',
      'Content-Length: 0',
      '',
      '',
    ]);
  });

  test('first attempts are spread over registerSpreadNs, each client once', () => {
    const rig = new FleetRig({ registerSpreadNs: 10 * NS_PER_S }).at(10);
    const sent = rig.ports.sent.filter(({ text }) => text.includes('CSeq: 1 REGISTER'));
    const first = new Map(sent.toReversed().map(({ atNs, text }) => [userOf(text), atNs]));
    expect(first.size).toBe(16);
    expect(new Set(first.values()).size).toBeGreaterThan(12);
    expect(Math.max(...first.values())).toBeLessThanOrEqual(10 * NS_PER_S);
  });

  test('a refresh keeps Call-ID and instance, raises CSeq (RFC 3261 section 10.2.4)', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(0);
    const [first] = rig.take('REGISTER');
    rig.deliver(0, granted(first, 3600));
    rig.at(2999.9);
    expect(rig.take('REGISTER')).toEqual([]);
    rig.at(3000);
    const [second] = rig.take('REGISTER');
    expect(header(second, 'Call-ID')).toBe(header(first, 'Call-ID'));
    expect(header(second, 'Contact')).toBe(header(first, 'Contact'));
    expect(header(second, 'CSeq')).toBe('2 REGISTER');
    expect(rig.of(Observed.registered).map(({ message, b }) => [message, b])).toEqual([[1, 3600]]);
  });

  test.each([
    [600000, 599400],
    [1201, 601],
    [1200, 600],
    [61, 30.5],
  ])('a binding of %i s is refreshed after %d s (rules 4.4)', (grantedS, afterS) => {
    expect(refreshAfterNs(grantedS)).toBe(afterS * NS_PER_S);
  });

  test('a 200 that does not list the binding is no registration', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(0);
    const [text] = rig.take('REGISTER');
    const other = granted(text, 3600).replace('sip:u0@10.16.0.0', 'sip:u0@10.16.0.9');
    rig.deliver(0, other);
    expect(rig.of(Observed.registered)).toEqual([]);
    expect(rig.of(Observed.registerFailed)).toHaveLength(1);
  });

  test('a 423 is answered at once with the lifetime that it demands (RFC 3261 section 10.2.8)', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(0);
    const [first] = rig.take('REGISTER');
    rig.deliver(0, response(first, 423, 'Min-Expires: 7200\r\n'));
    const [second] = rig.take('REGISTER');
    expect(header(second, 'Expires')).toBe('7200');
    expect(header(second, 'CSeq')).toBe('2 REGISTER');
  });

  test('a 423 that demands no more than was asked for is a failure', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(0);
    const [first] = rig.take('REGISTER');
    rig.deliver(0, response(first, 423, 'Min-Expires: 10\r\n'));
    expect(rig.take('REGISTER')).toEqual([]);
    expect(rig.of(Observed.registerFailed)[0].b).toBeGreaterThanOrEqual(30 * NS_PER_S);
  });
});

describe('back-off of RFC 5626 section 4.5', () => {
  test.each([
    [1, 30, 60],
    [2, 60, 120],
    [3, 120, 240],
    [6, 900, 1800],
    [60, 900, 1800],
  ])('after failure %i the wait is between %i and %i s', (failures, lowS, highS) => {
    const wait = (bits: number): number => backoffNs(failures, 30 * NS_PER_S, 1800 * NS_PER_S, bits, 0);
    expect(wait(0)).toBe(lowS * NS_PER_S);
    // 32 bits of chance leave less than a microsecond to the upper end.
    expect(highS * NS_PER_S - wait(-1)).toBeLessThan(1000);
    expect(wait(-1)).toBeLessThanOrEqual(highS * NS_PER_S);
    expect(Number.isInteger(wait(0x12345679))).toBe(true);
  });

  test('Retry-After may lengthen it, never shorten it', () => {
    const rig = new FleetRig({ subscribers: 2 }).at(0);
    const [a, b] = rig.take('REGISTER');
    rig.deliver(0, response(a, 503, 'Retry-After: 500 (soon)\r\n'));
    rig.deliver(1, response(b, 503, 'Retry-After: 1\r\n'));
    const waits = rig.of(Observed.registerFailed).map((one) => one.b / NS_PER_S);
    expect(waits[0]).toBe(500);
    expect(waits[1]).toBeGreaterThanOrEqual(30);
    expect(waits[1]).toBeLessThanOrEqual(60);
  });

  test('Retry-After beyond three weeks counts as three weeks: virtual time has an end', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(0);
    rig.deliver(0, response(rig.take('REGISTER')[0], 503, 'Retry-After: 4294967295\r\n'));
    expect(rig.of(Observed.registerFailed)[0].b / NS_PER_S).toBe(21 * 86_400);
  });

  test('Timer F is a failure at 32 s, and the next attempt leaves when the wait is over', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(32);
    const [failed] = rig.of(Observed.registerFailed);
    expect([failed.atNs, failed.a]).toEqual([32 * NS_PER_S, 408]);
    rig.take('REGISTER');
    rig.ports.advance(failed.atNs + failed.b - 1);
    expect(rig.take('REGISTER')).toEqual([]);
    rig.ports.advance(failed.atNs + failed.b);
    expect(header(rig.take('REGISTER')[0], 'CSeq')).toBe('2 REGISTER');
  });

  test('failures in a row double the wait, a registration forgets them', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(0);
    const waitAfter = (status: number): number => {
      rig.deliver(0, response(rig.take('REGISTER')[0], status));
      const { atNs, b } = rig.of(Observed.registerFailed).at(-1) ?? { atNs: 0, b: 0 };
      rig.ports.advance(atNs + b);
      return b / NS_PER_S;
    };
    const first = waitAfter(500);
    const second = waitAfter(500);
    expect(first).toBeLessThanOrEqual(60);
    expect(second).toBeGreaterThanOrEqual(60);
    rig.register(100);
    rig.ports.advance(rig.ports.nowNs + 50 * NS_PER_S);
    expect(waitAfter(500)).toBeLessThanOrEqual(60);
  });
});

describe('the access link', () => {
  test('down: nothing is sent, not even a refresh; up: registers after the jitter', () => {
    const rig = new FleetRig({ subscribers: 1, reconnectJitterNs: 20 * NS_PER_S }).at(0);
    rig.register(100);
    rig.fleet.onLink(0, false);
    rig.at(1000);
    expect(rig.ports.takeSent()).toEqual([]);
    expect(rig.ports.timers).toBe(0);
    rig.fleet.onLink(0, true);
    rig.at(1020);
    const [again] = rig.ports.sent;
    expect(header(again.text, 'CSeq')).toBe('2 REGISTER');
    expect(again.atNs).toBeGreaterThan(1000 * NS_PER_S);
  });

  test('an attempt that the link cut short ends once, and a new one replaces it', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(0);
    rig.fleet.onLink(0, false);
    rig.at(5);
    rig.fleet.onLink(0, true);
    rig.at(5);
    rig.register();
    rig.at(100);
    expect(rig.of(Observed.registerSent).map(({ message }) => message)).toEqual([1, 2]);
    expect(rig.of(Observed.registerFailed).map(({ a, b }) => [a, b])).toEqual([[408, 0]]);
    expect(rig.of(Observed.registered)).toHaveLength(1);
  });

  test('while it is down an attempt times out by itself and starts no retry', () => {
    const rig = new FleetRig({ subscribers: 1 }).at(0);
    rig.fleet.onLink(0, false);
    rig.at(500);
    expect(rig.of(Observed.registerSent)).toHaveLength(1);
    expect(rig.of(Observed.registerFailed).map(({ a, b }) => [a, b])).toEqual([[408, 0]]);
    expect(rig.ports.timers).toBe(0);
  });
});
