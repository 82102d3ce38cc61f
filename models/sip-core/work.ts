/**
 * Datagrams and requests that wait for the Core's CPU. Each is charged to `ports.cpu` before anything else is done with it, and
 * handled when its service ends: in the same call if service costs nothing and nobody waits, and then nothing is retained.
 *
 * A slot names a waiting piece of work; it holds the block of a datagram while it waits. What came by TCP is charged when a whole
 * request is there; its octets are kept by the transaction.
 */
import type { Block, Ports } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { widened } from '../../sim/kernel/columns.js';

const INITIAL_SLOTS = 64;

export class WaitingWork {
  /** A datagram's block, or 0 for a request that waits as the transaction in `tx`. */
  block = new Int32Array(INITIAL_SLOTS);
  start = new Int32Array(INITIAL_SLOTS);
  length = new Int32Array(INITIAL_SLOTS);
  kind = new Int32Array(INITIAL_SLOTS);
  local = new Int32Array(INITIAL_SLOTS);
  fromIp = new Int32Array(INITIAL_SLOTS);
  fromPort = new Int32Array(INITIAL_SLOTS);
  conn = new Int32Array(INITIAL_SLOTS);
  tx = new Int32Array(INITIAL_SLOTS);
  /** When it came. */
  sinceNs = new Float64Array(INITIAL_SLOTS);
  private held = new Uint8Array(INITIAL_SLOTS);
  /** Counts up with each use of a slot; 0 while it is free. */
  private use = new Float64Array(INITIAL_SLOTS);
  private nextFree = new Int32Array(INITIAL_SLOTS);
  private firstFree = 0;
  private fresh = 1;
  private uses = 0;
  private readonly ports: Ports;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** A slot to be filled by the caller before `submit`. */
  open(): number {
    let slot = this.firstFree;
    if (slot !== 0) this.firstFree = this.nextFree[slot];
    else {
      slot = this.fresh++;
      if (slot === this.use.length) this.grow();
    }
    this.use[slot] = ++this.uses;
    this.held[slot] = 0;
    this.sinceNs[slot] = this.ports.now();
    return slot;
  }

  /** Charges the work in `slot`. False if the queue is full: the slot is free again and nothing follows. */
  submit(slot: number, octets: number): boolean {
    const use = this.use[slot];
    const block = this.block[slot];
    if (!this.ports.cpu.spend(this.kind[slot], octets, slot)) {
      this.free(slot);
      return false;
    }
    if (this.use[slot] === use && block !== 0) {
      this.ports.octets.retain(block);
      this.held[slot] = 1;
    }
    return true;
  }

  /** Service of `slot` ended. Afterwards the caller may read its columns until the next `open`, and must call `release`
   *  with the answer of this once it is done with the octets. */
  served(slot: number): Block {
    assert(this.use[slot] !== 0, 'service ended for work that nobody asked for');
    const block = this.held[slot] === 1 ? this.block[slot] : 0;
    this.free(slot);
    return block;
  }

  release(block: Block): void {
    if (block !== 0) this.ports.octets.release(block);
  }

  private free(slot: number): void {
    this.use[slot] = 0;
    this.nextFree[slot] = this.firstFree;
    this.firstFree = slot;
  }

  private grow(): void {
    const size = this.use.length * 2;
    this.block = widened(this.block, new Int32Array(size));
    this.start = widened(this.start, new Int32Array(size));
    this.length = widened(this.length, new Int32Array(size));
    this.kind = widened(this.kind, new Int32Array(size));
    this.local = widened(this.local, new Int32Array(size));
    this.fromIp = widened(this.fromIp, new Int32Array(size));
    this.fromPort = widened(this.fromPort, new Int32Array(size));
    this.conn = widened(this.conn, new Int32Array(size));
    this.tx = widened(this.tx, new Int32Array(size));
    this.sinceNs = widened(this.sinceNs, new Float64Array(size));
    this.nextFree = widened(this.nextFree, new Int32Array(size));
    this.held = widened(this.held, new Uint8Array(size));
    this.use = widened(this.use, new Float64Array(size));
  }
}
