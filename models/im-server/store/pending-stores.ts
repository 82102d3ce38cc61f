/**
 * Messages that were handed to storage and wait for their commit: what must be remembered until the answer may leave.
 * Struct of arrays with a free list, since each deferred message passes through here.
 */
import type { Block } from '../../../sim/host/ports.js';
import { widened } from '../../../sim/kernel/columns.js';

export class PendingStores {
  tx = new Int32Array(64);
  user = new Int32Array(64);
  octets = new Int32Array(64);
  response = new Int32Array(64);
  responseLength = new Int32Array(64);
  /** Digest of the request. */
  request0 = new Int32Array(64);
  request1 = new Int32Array(64);
  dm = new Float64Array(64);
  receivedAtNs = new Float64Array(64);
  expiresAtNs = new Float64Array(64);
  private free: number[] = [];
  private used = 0;

  /** Takes a slot; `tx` is the transaction of a MESSAGE, or the handle of a Large Message. */
  add(
    tx: number,
    user: number,
    dm: number,
    receivedAtNs: number,
    expiresAtNs: number,
    octets: number,
  ): number {
    const slot = this.free.pop() ?? this.used++;
    if (slot === this.tx.length) this.enlarge();
    this.tx[slot] = tx;
    this.user[slot] = user;
    this.dm[slot] = dm;
    this.receivedAtNs[slot] = receivedAtNs;
    this.expiresAtNs[slot] = expiresAtNs;
    this.octets[slot] = octets;
    return slot;
  }

  remove(slot: number): void {
    this.free.push(slot);
  }

  /** The answer's block: integers below 2^31, see `Block`. */
  responseOf(slot: number): Block {
    return this.response[slot];
  }

  private enlarge(): void {
    const length = this.tx.length * 2;
    this.tx = widened(this.tx, new Int32Array(length));
    this.user = widened(this.user, new Int32Array(length));
    this.octets = widened(this.octets, new Int32Array(length));
    this.response = widened(this.response, new Int32Array(length));
    this.responseLength = widened(this.responseLength, new Int32Array(length));
    this.request0 = widened(this.request0, new Int32Array(length));
    this.request1 = widened(this.request1, new Int32Array(length));
    this.dm = widened(this.dm, new Float64Array(length));
    this.receivedAtNs = widened(this.receivedAtNs, new Float64Array(length));
    this.expiresAtNs = widened(this.expiresAtNs, new Float64Array(length));
  }
}
