/** Commits to storage as an actor sees them: visible together, in order, within capacity, or not at all. */
import { describe, expect, it } from 'vitest';
import { MS, put, S, single, stored } from './host-kit.js';
import { CommitStatus, type Ports } from './ports.js';
import type { Reactions } from './scripted-actor.js';
import { PLAIN_STORAGE } from './specs.js';

describe('storage', () => {
  const storing =
    (into: string[]) =>
    (ports: Ports): Reactions => ({
      onCommitted: (token, status) => void into.push(`${token}:${status} at ${ports.now() / MS} ms`),
    });

  it('makes a batch visible when its commit completes, together and not before', () => {
    const done: string[] = [];
    const { world, boots } = single(storing(done), {
      storage: { ...PLAIN_STORAGE, commitLatencyNs: 5 * MS },
    });
    const [ports] = boots;
    put(ports, 7, 'seven');
    put(ports, 3, 'three');
    ports.storage.commit(1);
    world.runUntil(5 * MS - 1);
    expect([ports.storage.records, ports.storage.read(7), ports.storage.lengthOf(7)]).toEqual([0, 0, -1]);
    world.runUntil(5 * MS);
    expect(done).toEqual(['1:0 at 5 ms']);
    expect([stored(ports, 7), stored(ports, 3)]).toEqual(['seven', 'three']);
    expect([ports.storage.records, ports.storage.usedOctets]).toEqual([2, 10]);
    const keys: number[] = [];
    ports.storage.scan((key) => void keys.push(key));
    expect(keys).toEqual([3, 7]);
    put(ports, 7, 'new');
    ports.storage.delete(3);
    ports.storage.commit(2);
    world.runUntil(S);
    expect([stored(ports, 7), ports.storage.records, ports.storage.usedOctets]).toEqual(['new', 1, 3]);
    expect(world.octets.heldOctets).toBe(64);
  });

  it('commits one after the other, or in groups, with latency and bandwidth', () => {
    const times = (groupCommit: boolean): string[] => {
      const done: string[] = [];
      const storage = { ...PLAIN_STORAGE, commitLatencyNs: 2 * MS, octetsPerS: 1_000_000, groupCommit };
      const { world, boots } = single(storing(done), { storage });
      for (let token = 1; token <= 3; token++) {
        put(boots[0], token, 'x'.repeat(1000));
        boots[0].storage.commit(token);
      }
      world.runUntil(S);
      return done;
    };
    expect(times(false)).toEqual(['1:0 at 3 ms', '2:0 at 6 ms', '3:0 at 9 ms']);
    expect(times(true)).toEqual(['1:0 at 3 ms', '2:0 at 7 ms', '3:0 at 7 ms']);
  });

  it('ends a commit beyond the capacity as full and keeps nothing of it', () => {
    const done: string[] = [];
    const { world, boots } = single(storing(done), { storage: { ...PLAIN_STORAGE, capacityOctets: 10 } });
    const [ports] = boots;
    put(ports, 1, '12345678');
    ports.storage.commit(1);
    put(ports, 2, '123');
    ports.storage.commit(2);
    // Replacing and deleting make room within the batch.
    put(ports, 1, 'abc');
    put(ports, 3, '1234567');
    ports.storage.commit(3);
    ports.storage.delete(3);
    ports.storage.commit(4);
    world.runUntil(S);
    expect(done.map((line) => line.slice(0, 3))).toEqual(['1:0', `2:${CommitStatus.full}`, '3:0', '4:0']);
    expect([ports.storage.records, ports.storage.usedOctets]).toEqual([1, 3]);
    expect(world.octets.heldOctets).toBe(64);
  });

  it('reports an error and drops the batch when the device fails', () => {
    const done: string[] = [];
    const { world, boots } = single(storing(done));
    world.host('host').storage.setFault({ errorProbability: 1 }, true);
    put(boots[0], 1, 'gone');
    boots[0].storage.commit(1);
    world.runUntil(S);
    expect(done).toEqual([`1:${CommitStatus.error} at 1 ms`]);
    expect(boots[0].storage.records).toBe(0);
    expect(world.octets.heldOctets).toBe(0);
  });
});
