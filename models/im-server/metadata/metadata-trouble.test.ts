/** S7: metadata when the IM XDMS is away, slow, or cannot do what it is asked. */
import { describe, expect, test } from 'vitest';
import { NS_PER_MS } from '../../../sim/kernel/time.js';
import { MetadataWorld } from '../../../test/support/metadata-world.js';
import { Observed } from '../../observations.js';
import type { Xdms } from '../../xdms/xdms.js';

describe('nobody waits for the metadata, and nothing is lost', () => {
  test('the XDMS is away: 202 all the same, everything follows when it is back', () => {
    const bench = new MetadataWorld();
    const xdms = bench.world.host('xdms');
    bench.message(1, ['Expires: 60']);
    bench.run(1);
    xdms.crash('machine');
    for (let i = 0; i < 10; i++) bench.message(i % 3, i < 5 ? ['Expires: 20'] : []);
    bench.run(1);
    expect(bench.answers.filter((line) => line === 'SIP/2.0 202 ')).toHaveLength(11);
    bench.run(30);
    xdms.start();
    bench.run(60);
    expect(bench.count(Observed.metadataFailed)).toBeGreaterThan(0);
    expect(bench.server.metadata?.open).toBe(0);
    expect([bench.entries, bench.server.index.rows]).toEqual([5, 5]);
    expect(bench.violations()).toBeUndefined();
  });

  test('an XDMS that cannot commit: requests are repeated until it can', () => {
    const bench = new MetadataWorld();
    const refusal = { errorProbability: 0.5 };
    bench.world.host('xdms').storage.setFault(refusal, true);
    for (let i = 0; i < 12; i++) {
      bench.message(i % 3);
      bench.run(0.4);
    }
    bench.world.host('xdms').storage.setFault(refusal, false);
    bench.run(30);
    expect(bench.count(Observed.metadataFailed)).toBeGreaterThan(0);
    expect([bench.entries, bench.violations()]).toEqual([12, undefined]);
  });

  test('a document that went away is made again', () => {
    const bench = new MetadataWorld();
    bench.message(3);
    bench.run(1);
    (bench.world.host('xdms').actor as Xdms).store.deleteDocument(3);
    bench.message(3);
    bench.run(5);
    expect(bench.entries).toBe(2);
  });

  test('a connection that breaks while requests are held back is opened again, once', () => {
    const bench = new MetadataWorld({ connections: 1 });
    const xdms = bench.world.host('xdms');
    bench.message(3);
    bench.run(1);
    (xdms.actor as Xdms).store.deleteDocument(3);
    bench.message(3);
    // Refused with 409, so requests are held back for a second; meanwhile the XDMS fails, and is away for a while.
    bench.run(0.3);
    expect(bench.count(Observed.metadataFailed)).toBe(1);
    xdms.crash('process');
    xdms.start();
    bench.run(0.3);
    expect(bench.count(Observed.metadataFailed)).toBeGreaterThan(1);
    xdms.crash('machine');
    bench.run(2.5);
    xdms.start();
    bench.run(10);
    expect([bench.server.metadata?.open, bench.entries]).toEqual([0, 2]);
    const { connections } = xdms.actor as unknown as { connections: Map<number, unknown> };
    expect(connections.size).toBe(1);
  });

  test('an XDMS that accepts and never answers: the connection is given up, and again', () => {
    const bench = new MetadataWorld();
    bench.message(3);
    bench.run(1);
    const xdms = bench.world.host('xdms');
    xdms.pause();
    bench.message(3);
    bench.run(4);
    expect(bench.count(Observed.metadataFailed)).toBe(0);
    bench.run(20);
    expect(bench.count(Observed.metadataFailed)).toBeGreaterThan(1);
    xdms.resume();
    bench.run(30);
    expect([bench.entries, bench.violations()]).toEqual([2, undefined]);
  });

  test('an XDMS that needs longer than the timeout: patience grows until the answers are read', () => {
    const bench = new MetadataWorld({ connections: 1, pipelining: 2, timeoutNs: 500 * NS_PER_MS });
    bench.world.host('xdms').storage.setFault({ extraLatencyNs: 600 * NS_PER_MS }, true);
    for (let i = 0; i < 12; i++) bench.message(i % 3, i < 4 ? ['Expires: 40'] : []);
    bench.run(30);
    expect([bench.server.metadata?.open, bench.entries]).toEqual([0, 12]);
    // One silence teaches it: only the two requests of the first batch are sent twice.
    expect(bench.count(Observed.metadataFailed)).toBe(2);
    bench.run(60);
    expect([bench.server.metadata?.open, bench.entries]).toEqual([0, 8]);
    expect(bench.violations()).toBeUndefined();
  });

  test('a message that is gone before its PUT leaves needs none, and holds nobody up, however few requests go at a time', () => {
    const bench = new MetadataWorld({ connections: 1, pipelining: 1 });
    const xdms = bench.world.host('xdms');
    xdms.pause();
    for (const user of [2, 3, 4]) bench.message(user, user === 2 ? [] : ['Expires: 3']);
    bench.run(10);
    xdms.resume();
    bench.run(30);
    expect([bench.server.metadata?.open, bench.entries]).toEqual([0, 1]);
    expect(bench.violations()).toBeUndefined();
  });

  test.each([3, 4, 8])('a full queue of %i leaves room for what comparisons find', (queueLimit) => {
    const bench = new MetadataWorld({ queueLimit, connections: 1, pipelining: 256, lingerNs: 0 });
    bench.world.host('xdms').pause();
    for (let i = 0; i < 24; i++) bench.message(i % 8, i < 8 ? ['Expires: 20'] : []);
    bench.run(3);
    bench.world.host('xdms').resume();
    bench.run(60);
    expect(bench.count(Observed.metadataReconciled)).toBeGreaterThan(0);
    expect([bench.entries, bench.violations()]).toEqual([16, undefined]);
  });
});
