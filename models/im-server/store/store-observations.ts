/**
 * What the store tells its observers: a record is durable, a record is gone (change request 12.2.2.3). Apart from the store, since both
 * are also told on behalf of a server that crashed before it learnt what its disk had done.
 *
 * Not here: what the server makes of it.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { Observed } from '../../observations.js';
import { Leaves, type DeferredIndex } from './deferred-index.js';

/** What is observed of a message that left, by {@link Leaves}. */
const LEAVING_KINDS = [Observed.settled, Observed.expired, Observed.discarded] as const;

/** Key of the record of deferred message `dm`; key 0 is the store's own. */
export function recordKey(dm: number): number {
  return dm + 1;
}

/** The record of `dm`, which storage has, is durable. */
export function observeStored(
  { observe, octets: arena, storage }: Ports,
  user: number,
  dm: number,
  receivedAtNs: number,
  expiresAtNs: number,
  octets: number,
): void {
  const start = arena.start(storage.read(recordKey(dm)));
  observe.emitOctets(Observed.stored, user, dm, receivedAtNs, arena.buf, start, start + octets);
  observe.emit(Observed.stamped, user, dm, expiresAtNs, receivedAtNs);
}

/** The message of `row` is gone for good. */
export function observeLeft({ observe }: Ports, index: DeferredIndex, row: number): void {
  const why = index.leavesAs[row] as Leaves;
  const last = why === Leaves.expired ? index.expiresAtNs[row] : index.octets[row];
  observe.emit(LEAVING_KINDS[why], index.user[row], index.dm[row], index.receivedAtNs[row], last);
}
