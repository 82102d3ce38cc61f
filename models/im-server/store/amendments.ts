/**
 * What a stored record says besides what came: that it is not pushed any more, that it was too large for a client, and which wrappers
 * she refused (A18). Only this of a record ever changes, and seldom, since each change writes the whole record again.
 *
 * An amendment that storage refuses, or that a crash takes, is lost: then the message is tried once more after the restart, which does
 * no harm. One that is made before an earlier one is committed may take that one's flag back, with the same end.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import type { DeferredIndex } from './deferred-index.js';
import { amendRecord, RecordFault, StoredRecord } from './record.js';
import { recordKey } from './store-observations.js';

export class Amendments {
  private readonly record = new StoredRecord();

  constructor(
    private readonly ports: Ports,
    private readonly index: DeferredIndex,
    /** Of each commit. */
    private readonly token: number,
  ) {}

  /** Writes down `flag`, and the wrappers that the index has as refused. Nothing is written if the record says so already. */
  write(row: number, flag: number): void {
    const { ports, index, record } = this;
    const { octets, storage } = ports;
    const key = recordKey(index.dm[row]);
    const length = index.octets[row];
    const block = storage.read(key);
    const start = octets.start(block);
    const fault = record.read(octets.buf, start, start + length);
    assert(fault === RecordFault.none, 'a stored record does not read');
    const flags = record.flags | flag;
    const refused = index.wrappersRefused[row];
    if (flags === record.flags && refused === record.wrappersRefused) return;
    storage.put(key, amendRecord(octets, block, length, flags, refused), length);
    storage.commit(this.token);
  }
}
