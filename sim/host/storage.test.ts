/** A disk that lies about records that were there before, and what it says of its own work. */
import { describe, expect, it } from 'vitest';
import { Kernel } from '../kernel/kernel.js';
import { OctetArena } from '../kernel/octets.js';
import { Chance } from '../kernel/random.js';
import { PLAIN_STORAGE } from './specs.js';
import { StorageDevice, type StorageFault } from './storage.js';

const MS = 1_000_000;

class Bench {
  readonly kernel = new Kernel();
  readonly octets = new OctetArena(1 << 20, true);
  readonly ended: number[] = [];
  readonly device = new StorageDevice(
    this.kernel,
    this.octets,
    new Chance('storage'),
    0,
    { ...PLAIN_STORAGE, commitLatencyNs: 5 * MS, groupCommit: false },
    () => ({ onCommitted: (token) => void this.ended.push(token) }),
  );

  /** One commit of these records; `undefined` deletes one. */
  commit(records: Readonly<Record<number, string | undefined>>): void {
    for (const [key, text] of Object.entries(records)) {
      if (text === undefined) this.device.delete(Number(key));
      else {
        const block = this.octets.alloc(text.length);
        this.octets.buf.write(text, this.octets.start(block), 'latin1');
        this.device.put(Number(key), block, text.length);
      }
    }
    this.device.commit(this.ended.length);
  }

  pass(ms: number): void {
    this.kernel.runUntil(this.kernel.nowNs + ms * MS);
  }

  /** What is stored, by key. */
  get stored(): Record<number, string> {
    const all: Record<number, string> = {};
    this.device.scan((key, block, length) => {
      const start = this.octets.start(block);
      all[key] = this.octets.buf.latin1Slice(start, start + length);
    });
    return all;
  }
}

describe('a disk that lies', () => {
  const LIES: StorageFault = { lying: true };

  /** One record is replaced twice, one is deleted, one is new: all while the disk lies. */
  function lied(): Bench {
    const bench = new Bench();
    bench.commit({ 1: 'first', 2: 'second', 3: 'third' });
    bench.pass(10);
    bench.device.setFault(LIES, true);
    bench.commit({ 1: 'once more', 2: undefined, 4: 'fourth' });
    bench.pass(10);
    bench.commit({ 1: 'and again' });
    bench.pass(10);
    expect(bench.stored).toEqual({ 1: 'and again', 3: 'third', 4: 'fourth' });
    return bench;
  }

  it('has at the next crash what it had when it began to lie, and nothing else is held', () => {
    const bench = lied();
    bench.device.crash();
    expect(bench.stored).toEqual({ 1: 'first', 2: 'second', 3: 'third' });
    expect([bench.device.records, bench.device.usedOctets]).toEqual([3, 16]);
    expect(bench.octets.heldOctets).toBe(3 * 64);
  });

  it('holds nothing of what was once it has told the truth, and a crash takes nothing', () => {
    const bench = lied();
    bench.device.setFault(LIES, false);
    expect(bench.octets.heldOctets).toBe(3 * 64);
    bench.device.crash();
    expect(bench.stored).toEqual({ 1: 'and again', 3: 'third', 4: 'fourth' });
    expect(bench.octets.heldOctets).toBe(3 * 64);
  });
});

it('the time that each commit spent at the device adds up to what was present in it (Little’s law)', () => {
  const bench = new Bench();
  const { meter } = bench.device;
  // Three at once, one after the other: 5, 10 and 15 ms.
  for (const key of [1, 2, 3]) bench.commit({ [key]: 'x' });
  expect([meter.present, meter.busy]).toEqual([3, 1]);
  bench.pass(20);
  expect(bench.ended).toHaveLength(3);
  expect([meter.arrived, meter.completed, meter.present, meter.maxPresent]).toEqual([3, 3, 0, 3]);
  expect([meter.spentNs, meter.presentNs, meter.busyNs, meter.serviceNs]).toEqual([
    30 * MS,
    30 * MS,
    15 * MS,
    15 * MS,
  ]);
});
