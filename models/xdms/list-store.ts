/**
 * The deferred lists with their durable side: each change is made in the table at once and in the open batch of storage, which
 * the owner commits before it tells anyone.
 *
 *     key 0            numbers reserved so far, as a double
 *     key 2 user + 1   the user's document exists
 *     key 2 number + 2 a record of an entry
 *
 * Numbers of entries and of changes (which are the entity tags) are one count, reserved in steps, so that a restart repeats none.
 */
import type { Ports } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import type { HistoryReader } from '../wire/xcap/history-reader.js';
import { EntryRecord, writeRecord } from './entry-record.js';
import { ListTable } from './list-table.js';

const COUNTER_KEY = 0;
const COUNTER_STEP = 4096;
const MARK_OCTETS = 8;

export class ListStore {
  readonly table: ListTable;
  /** The open batch of storage has changes. */
  dirty = false;
  private readonly record = new EntryRecord();
  private used = 0;
  private reserved = 0;

  /** `w` is free whenever a method here is called. */
  constructor(
    private readonly ports: Ports,
    private readonly w: OctetWriter,
    subscribers: number,
  ) {
    this.table = new ListTable(ports.octets, subscribers);
  }

  /** Rebuilds the table from what is durable. */
  recover(): void {
    const { ports, table, record } = this;
    const { octets, storage } = ports;
    table.clear();
    this.dirty = false;
    const users: number[] = [];
    // What this incarnation gave out stays used, whether or not its reservation became durable.
    this.reserved = this.used;
    storage.scan((key, block, length) => {
      if (key === COUNTER_KEY) {
        this.used = this.reserved = Math.max(this.used, octets.buf.readDoubleLE(octets.start(block)));
      } else if (key % 2 === 1) users.push((key - 1) / 2);
      else {
        record.read(octets, block, length);
        octets.retain(block);
        table.append(record.user, (key - 2) / 2, block, length);
      }
    });
    // What their last change was is forgotten; a tag that nobody has seen takes its place.
    for (const user of users) this.touch(user);
  }

  exists(user: number): boolean {
    return this.table.change[user] !== 0;
  }

  /** Makes the user's document, empty. */
  createDocument(user: number): void {
    const { octets, storage } = this.ports;
    const block = octets.alloc(MARK_OCTETS);
    octets.buf.writeDoubleLE(user, octets.start(block));
    storage.put(2 * user + 1, block, MARK_OCTETS);
    this.touch(user);
  }

  /** Takes the user's document and all its entries away. */
  deleteDocument(user: number): void {
    this.emptyDocument(user);
    this.ports.storage.delete(2 * user + 1);
    this.table.change[user] = 0;
    this.dirty = true;
  }

  /** Takes all entries out of the user's document. */
  emptyDocument(user: number): void {
    const { table } = this;
    for (let row = table.first(user); row !== 0; row = table.first(user)) this.remove(row);
  }

  /** Adds the entry that `reader` read, or puts it in the place of `row` if that is not 0; false if a field is too long. */
  put(user: number, row: number, reader: HistoryReader): boolean {
    const { w, ports, table } = this;
    w.begin();
    if (!writeRecord(w, user, reader)) {
      w.discard();
      return false;
    }
    const { length } = w;
    const block = w.end();
    const change = this.touch(user);
    const number = row === 0 ? change : table.number[row];
    ports.octets.retain(block);
    ports.storage.put(2 * number + 2, block, length);
    if (row === 0) table.append(user, number, block, length);
    else table.replace(row, block, length);
    return true;
  }

  remove(row: number): void {
    const { table } = this;
    const user = table.user[row];
    this.ports.storage.delete(2 * table.number[row] + 2);
    table.remove(row);
    this.touch(user);
  }

  /** Gives the user's document the next number of all changes. */
  private touch(user: number): number {
    if (this.used === this.reserved) {
      const { octets, storage } = this.ports;
      this.reserved += COUNTER_STEP;
      const block = octets.alloc(MARK_OCTETS);
      octets.buf.writeDoubleLE(this.reserved, octets.start(block));
      storage.put(COUNTER_KEY, block, MARK_OCTETS);
    }
    const change = ++this.used;
    assert(user >= 0 && user < this.table.change.length, 'a change of the list of nobody');
    this.table.change[user] = change;
    this.dirty = true;
    return change;
  }
}
