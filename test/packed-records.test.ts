/**
 * A store in which every record is packed as soon as another is touched, and memory that is given back is spoilt at once: the small
 * worlds go as they went, octet for octet.
 */
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type * as ArenaModule from '../sim/kernel/octets.js';
import type * as Packing from '../sim/host/packing.js';
import type * as RecordsModule from '../sim/host/records.js';
import { simulate } from '../workloads/simulate.js';
import { SMALL_CELLS, smallCell } from './support/small-cells.js';

const packings = vi.hoisted(() => ({ count: 0 }));

vi.mock('../sim/host/packing.js', async (original) => {
  const packing = await original<typeof Packing>();
  class Packer extends packing.Packer {
    override pack(buf: Buffer, start: number, length: number): number {
      packings.count++;
      return super.pack(buf, start, length);
    }
  }
  return { ...packing, Packer };
});

vi.mock('../sim/host/records.js', async (original) => {
  const { Records } = await original<typeof RecordsModule>();
  class FewPlain extends Records {
    constructor(octets: ConstructorParameters<typeof Records>[0]) {
      super(octets, 1);
    }
  }
  return { Records: FewPlain };
});

vi.mock('../sim/kernel/octets.js', async (original) => {
  const arena = await original<typeof ArenaModule>();
  class Poisoned extends arena.OctetArena {
    constructor(initialOctets?: number) {
      super(initialOctets, true);
    }
  }
  return { ...arena, OctetArena: Poisoned };
});

test.each([...SMALL_CELLS.keys()])('%s', (name) => {
  const golden = JSON.parse(readFileSync(new URL('golden/fingerprints.json', import.meta.url), 'utf8'));
  const before = packings.count;
  const { summary } = simulate(smallCell(name));
  expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
  expect(summary.fingerprint).toBe(golden[name]);
  expect(packings.count - before).toBeGreaterThan(summary.counts.stored);
});
