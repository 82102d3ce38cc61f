/**
 * A map from a 32-bit hash to slots: open addressing with linear probing in two typed arrays. Equal hashes are the caller's to
 * tell apart by what the slots stand for; the index holds no key. Removal moves later entries back, so there are no tombstones and
 * nothing grows but with the number of entries.
 */
import { assert } from '../../../sim/kernel/assert.js';

const INITIAL_PLACES = 512;

export class SlotIndex {
  size = 0;
  /** Slot by place; 0 is free. */
  private slots = new Int32Array(INITIAL_PLACES);
  private hashes = new Int32Array(INITIAL_PLACES);
  private mask = INITIAL_PLACES - 1;

  /** First place whose entry has `hash`; -1 if there is none. */
  find(hash: number): number {
    return this.from(hash & this.mask, hash);
  }

  /** Next place after `place` with the same hash; -1 if there is none. */
  findNext(place: number, hash: number): number {
    return this.from((place + 1) & this.mask, hash);
  }

  slotAt(place: number): number {
    return this.slots[place];
  }

  insert(slot: number, hash: number): void {
    if (this.size * 2 >= this.slots.length) this.grow();
    this.place(slot, hash);
    this.size++;
  }

  /** Removes the entry (slot, hash), which must be there. */
  remove(slot: number, hash: number): void {
    const { slots, hashes, mask } = this;
    let hole = hash & mask;
    while (slots[hole] !== slot || hashes[hole] !== hash) {
      assert(slots[hole] !== 0, 'removal of an entry that is not in the index');
      hole = (hole + 1) & mask;
    }
    this.size--;
    for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      // An entry may move back to the hole unless its own first place lies behind the hole.
      if (((at - hashes[at]) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = slots[at];
      hashes[hole] = hashes[at];
      hole = at;
    }
    slots[hole] = 0;
  }

  private from(start: number, hash: number): number {
    const { slots, hashes, mask } = this;
    for (let at = start; slots[at] !== 0; at = (at + 1) & mask) if (hashes[at] === hash) return at;
    return -1;
  }

  private place(slot: number, hash: number): void {
    const { slots, mask } = this;
    let at = hash & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = slot;
    this.hashes[at] = hash;
  }

  private grow(): void {
    const { slots, hashes } = this;
    this.slots = new Int32Array(slots.length * 2);
    this.hashes = new Int32Array(slots.length * 2);
    this.mask = slots.length * 2 - 1;
    for (let at = 0; at < slots.length; at++) if (slots[at] !== 0) this.place(slots[at], hashes[at]);
  }
}
