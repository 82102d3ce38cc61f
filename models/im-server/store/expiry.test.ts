/** The lifetime of a deferred message: S6, S6a, S6b, S6c, A9, A10. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Observed } from '../../observations.js';
import { DO_NOT_STORE, expiryFault, expiryInstant, NEVER, NO_EXPIRES } from './expiry.js';
import { ServerRig } from '../testing.js';
import { invited } from '../testing-push-client.js';

const CONFIG = { enabled: true, defaultNs: 100e9, maxNs: 200e9, skewLimitNs: 300e9 };
const RECEIVED_MS = 1_000_000_000_000;
const AT_NS = 5e9;
const lifetimeS = (expiresS: number, dateMs = -1, config = CONFIG): number =>
  (expiryInstant(config, expiresS, dateMs, RECEIVED_MS, AT_NS) - AT_NS) / NS_PER_S;

describe('S6a, S6b, A9: the value', () => {
  test.each([
    ['below the maximum: that value', 199, 199],
    ['equal to the maximum: that value', 200, 200],
    ['above the maximum: the default, not the maximum', 201, 100],
    ['absent or malformed: the default', NO_EXPIRES, 100],
    ['below the default: that value', 1, 1],
  ])('%s', (_title, expiresS, expected) => {
    expect(lifetimeS(expiresS)).toBe(expected);
  });

  test('A9: 0 is not stored, even where nothing ever expires', () => {
    expect(expiryInstant(CONFIG, 0, -1, RECEIVED_MS, AT_NS)).toBe(DO_NOT_STORE);
    expect(expiryInstant({ ...CONFIG, enabled: false }, 0, -1, RECEIVED_MS, AT_NS)).toBe(DO_NOT_STORE);
  });

  test('S6: with the option off nothing expires', () => {
    expect(expiryInstant({ ...CONFIG, enabled: false }, 50, -1, RECEIVED_MS, AT_NS)).toBe(NEVER);
  });

  test('A9: a default above the maximum is refused at start-up', () => {
    expect(expiryFault(CONFIG)).toBeUndefined();
    expect(expiryFault({ ...CONFIG, defaultNs: 200e9 })).toBeUndefined();
    expect(expiryFault({ ...CONFIG, defaultNs: 201e9 })).toMatch(/exceeds the maximum/);
    expect(() => new ServerRig({ expiry: { defaultNs: 2e13 } })).toThrow(/exceeds the maximum/);
  });

  test('S6b: a default of nothing, under which every message would be refused, is refused at start-up', () => {
    expect(expiryFault({ ...CONFIG, defaultNs: 1 })).toBeUndefined();
    expect(expiryFault({ ...CONFIG, defaultNs: 0 })).toMatch(/must be positive/);
  });
});

describe('A10: the instant from which it counts', () => {
  test.each([
    ['a Date of the past, within the limit', -60, 120 - 60],
    ['a Date of the future, within the limit', 60, 120 + 60],
    ['a Date exactly at the limit', -110, 120 - 110],
    ['a Date beyond the limit does not count', -301, 120],
    ['a Date beyond the limit in the future does not count', 301, 120],
  ])('%s', (_title, skewS, expected) => {
    expect(lifetimeS(120, RECEIVED_MS + skewS * 1000)).toBe(expected);
  });

  test('the limit itself is within', () => {
    expect(lifetimeS(200, RECEIVED_MS + 300_000)).toBe(500);
    expect(lifetimeS(200, RECEIVED_MS + 300_001)).toBe(200);
  });

  test('a lifetime that is over on arrival is as good as 0: refused, and not accepted to be thrown away', () => {
    expect(expiryInstant(CONFIG, 60, RECEIVED_MS - 60_000, RECEIVED_MS, AT_NS)).toBe(DO_NOT_STORE);
    expect(lifetimeS(61, RECEIVED_MS - 60_000)).toBe(1);
  });
});

describe('in the server', () => {
  const stampedS = (rig: ServerRig): number[] => rig.of(Observed.stamped).map(({ a }) => a / NS_PER_S);

  test.each([
    [[], 3600],
    [['Expires: 60'], 60],
    [['Expires: 7200'], 7200],
    [['Expires: 7201'], 3600],
    [['Expires: soon'], 3600],
    [['Expires: 0;x'], 3600],
    [['Expires: 60 (x)'], 3600],
    [['Expires: 4294967296'], 3600],
    [['expires :  60'], 60],
  ])('S6a, S6b, A9: %j gives %i s', (extra, expected) => {
    const rig = new ServerRig();
    expect(rig.store(7, 'x', extra)).toBe(202);
    expect(stampedS(rig)).toEqual([expected]);
  });

  test('A9: Expires 0 is answered 480 and leaves nothing', () => {
    const rig = new ServerRig();
    expect(rig.store(7, 'x', ['Expires: 0'])).toBe(480);
    expect(rig.held()).toEqual([]);
  });

  test('A7, A10: a Date that is none counts from receipt', () => {
    const rig = new ServerRig();
    rig.store(7, 'x', ['Expires: 60', 'Date: Sun, 09 Sep 2001 01:46:10 PST']);
    expect(stampedS(rig)).toEqual([60]);
    // The rig's clock begins at 2001-09-09 01:46:40.
    rig.store(7, 'x', ['Expires: 60', 'Date: Sun, 09 Sep 2001 01:46:10 GMT']);
    expect(stampedS(rig)).toEqual([60, 30]);
  });

  test('A7, A10: a Date before 1970 is pushed as it came, and no base for a lifetime', () => {
    const rig = new ServerRig();
    rig.store(7, 'x', ['Expires: 60', 'Date: Fri, 01 Jan 1960 00:00:00 GMT']);
    expect(stampedS(rig)).toEqual([60]);
    const [{ body }] = invited(rig, rig.register(7)).establish().take();
    expect(body.match(/^Date: .*$/gm)).toEqual(['Date: Fri, 01 Jan 1960 00:00:00 GMT']);
  });

  test('O11: it is deleted at its instant, each at its own', () => {
    const rig = new ServerRig();
    rig.store(7, 'x', ['Expires: 20']);
    rig.store(8, 'x', ['Expires: 10']);
    rig.store(7, 'x', ['Expires: 30']);
    const left = [9.999, 0.001, 10, 10].map((seconds) => rig.pass(seconds).held());
    expect(left).toEqual([[0, 1, 2], [0, 2], [2], []]);
    expect(rig.of(Observed.expired).map(({ message, b }) => [message, b])).toEqual([
      [1, 10e9],
      [0, 20e9],
      [2, 30e9],
    ]);
  });

  test('a dead letter and what was passed over expire as well', () => {
    const rig = new ServerRig();
    rig.store(7, 'x', ['Expires: 10']);
    const { index } = rig.server;
    index.state[1] = 3;
    rig.store(7, 'x', ['Expires: 11']);
    index.state[2] = 5;
    expect(rig.pass(12).held()).toEqual([]);
  });
});
