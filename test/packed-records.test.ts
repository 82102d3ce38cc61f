/**
 * A store in which every record is packed as soon as another is touched, and memory that is given back is spoilt at once: the small
 * worlds go as they went, octet for octet.
 */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';
import { Packer } from '../sim/host/packing.js';
import { Records } from '../sim/host/records.js';
import { simulate } from '../workloads/simulate.js';
import { SMALL_CELLS, smallCell } from './support/small-cells.js';

/** What is private of a store, and of the arena that it lies in. */
interface Insides {
  wait(row: number): void;
  plainRecords: number;
  readonly octets: { poison: boolean };
}

const insides = Records.prototype as unknown as Insides;
const { wait } = insides;
const packings = vi.spyOn(Packer.prototype, 'pack');
const waits = vi.spyOn(insides, 'wait').mockImplementation(function (this: Insides, row) {
  this.plainRecords = 1;
  this.octets.poison = true;
  wait.call(this, row);
});

afterAll(() => {
  packings.mockRestore();
  waits.mockRestore();
});

test.each([...SMALL_CELLS.keys()])('%s', (name) => {
  const golden = JSON.parse(readFileSync(new URL('golden/fingerprints.json', import.meta.url), 'utf8'));
  packings.mockClear();
  const { summary } = simulate(smallCell(name));
  expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
  expect(summary.fingerprint).toBe(golden[name]);
  expect(packings.mock.calls.length).toBeGreaterThan(summary.counts.stored);
});
