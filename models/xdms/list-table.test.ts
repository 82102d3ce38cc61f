/** The lists against a plain model: arrays of references, with entries that come, change and go. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { REFERENCE_AT } from './entry-record.js';
import { ListTable } from './list-table.js';

const USERS = 3;
const REFERENCES = 5;

class Rig {
  readonly octets = new OctetArena();
  readonly table = new ListTable(this.octets, USERS);

  record(reference: string): number {
    const block = this.octets.alloc(REFERENCE_AT + reference.length);
    const at = this.octets.start(block) + REFERENCE_AT;
    this.octets.buf.writeUInt16LE(reference.length, at - 2);
    this.octets.buf.write(reference, at, 'latin1');
    return block;
  }

  find(user: number, reference: string): number {
    return this.table.find(user, Buffer.from(reference), 0, reference.length);
  }

  /** References of the user's list, in order, as the links have them. */
  list(user: number): string[] {
    const out: string[] = [];
    for (let row = this.table.first(user); row !== 0; row = this.table.after(row)) {
      const at = this.octets.start(this.table.block[row]) + REFERENCE_AT;
      out.push(this.octets.buf.latin1Slice(at, at + this.octets.buf.readUInt16LE(at - 2)));
    }
    return out;
  }
}

const STEP = fc.tuple(fc.constantFrom('put', 'remove', 'clear'), fc.nat(USERS - 1), fc.nat(REFERENCES - 1));

test('entries come, change and go as in plain lists', () => {
  fc.assert(
    fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
      const rig = new Rig();
      const model: string[][] = Array.from({ length: USERS }, () => []);
      steps.forEach(([step, user, number], at) => {
        const reference = `r${number}`;
        const row = rig.find(user, reference);
        expect(row !== 0).toBe(model[user].includes(reference));
        if (step === 'clear' && at % 7 === 0) {
          rig.table.clear();
          for (const list of model) list.length = 0;
        } else if (step === 'remove' && row !== 0) {
          rig.table.remove(row);
          model[user] = model[user].filter((one) => one !== reference);
        } else if (step === 'put' && row !== 0) rig.table.replace(row, rig.record(reference), at);
        else if (step === 'put') {
          rig.table.append(user, at, rig.record(reference), at);
          model[user].push(reference);
        }
        expect(model.map((_, one) => rig.list(one))).toEqual(model);
        expect(model.map((_, one) => rig.table.count(one))).toEqual(model.map(({ length }) => length));
        expect(rig.table.rows).toBe(model.flat().length);
      });
      rig.table.clear();
      expect(rig.octets.heldOctets).toBe(0);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('rows, blocks and places of the index are used again', () => {
  const rig = new Rig();
  for (let i = 0; i < 10_000; i++) rig.table.remove(rig.table.append(i % USERS, i, rig.record(`r${i}`), 1));
  expect([rig.table.rows, rig.table.user.length, rig.table['index'].size, rig.octets.heldOctets]).toEqual([
    0, 64, 0, 0,
  ]);
});
