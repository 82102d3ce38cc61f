/**
 * Transactional storage, the durable part of a host. A batch of puts and deletes becomes durable and visible when its commit
 * completes, whole or not at all; a crash before that loses it.
 *
 * The device carries out one commit at a time, in order: latency, plus octets over bandwidth. With group commit, all batches that
 * wait when it becomes free go together, for one latency.
 *
 * A *lying* disk says that a batch is durable while it is not: the next crash takes the records back to what they were when it
 * began to lie. If it stops lying before a crash, what it said has become true.
 *
 * Not modelled: read latency (records are in memory), media errors of reads, torn writes.
 */
import { assert } from '../kernel/assert.js';
import { widened } from '../kernel/columns.js';
import { type EventHandler, type Kernel, Phase } from '../kernel/kernel.js';
import { unit, type Chance } from '../kernel/random.js';
import { type Block, CommitStatus, type Octets, type StoragePort } from './ports.js';
import { Records } from './records.js';
import type { StorageSpec } from './specs.js';
import { StationMeter } from './station-meter.js';

/** Gets the end of each commit, unless the incarnation that asked is over. */
export interface CommittedSink {
  onCommitted(token: number, status: CommitStatus): void;
}

/** A fault of the device, as long as it is in force. */
export interface StorageFault {
  readonly extraLatencyNs?: number;
  readonly full?: boolean;
  /** Probability that a commit ends in an error. */
  readonly errorProbability?: number;
  readonly lying?: boolean;
}

/** What a record was before the disk began to lie; length -1: it was not there. */
interface Before {
  readonly block: Block;
  readonly length: number;
}

/** Purpose of the addressed chance of commit errors. */
const PURPOSE_ERROR = 0x10100;
/** A delete, in the place of a length. */
const DELETED = -1;
const WIDTH = 3;
const FIRST_WRITES = 4;

/** The writes of one commit. Batches are used again and again, so their memory is kept. */
class Batch {
  token = 0;
  /** Key, block and length of each write; the first `used` numbers count. */
  writes = new Float64Array(FIRST_WRITES * WIDTH);
  used = 0;
  octets = 0;
  committedNs = 0;

  add(key: number, block: Block, length: number): void {
    if (this.used === this.writes.length) {
      this.writes = widened(this.writes, new Float64Array(this.used * 2));
    }
    const { writes, used } = this;
    writes[used] = key;
    writes[used + 1] = block;
    writes[used + 2] = length;
    this.used = used + WIDTH;
  }

  clear(): void {
    this.used = 0;
    this.octets = 0;
  }
}

export class StorageDevice implements StoragePort, EventHandler {
  private readonly faults = new Set<StorageFault>();
  private extraLatencyNs = 0;
  private full = false;
  private errorProbability = 0;
  private lying = false;
  private readonly liedAbout = new Map<number, Before>();
  /** The device as a station of one server; its jobs are commits. */
  readonly meter: StationMeter;

  private readonly handler: number;
  private readonly committed: Records;
  private open = new Batch();
  private readonly pool: Batch[] = [];
  /** Closed batches: the first `busy` of them are with the device. */
  private readonly queue: Batch[] = [];
  private busy = 0;
  /** The batches whose commit has just ended, and how each did. */
  private readonly done: Batch[] = [];
  private readonly statuses: CommitStatus[] = [];
  /** Goes up at each crash, so that the end of a commit from before is void. */
  private epoch = 0;
  private commits = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly octets: Octets,
    private readonly chance: Chance,
    private readonly host: number,
    private readonly spec: StorageSpec,
    private readonly sink: () => CommittedSink,
  ) {
    this.handler = kernel.register(this);
    this.meter = new StationMeter(kernel, 1);
    this.committed = new Records(octets);
  }

  get records(): number {
    return this.committed.size;
  }

  get usedOctets(): number {
    return this.committed.usedOctets;
  }

  /** Puts a fault in force, or takes it back. Several add up. */
  setFault(fault: StorageFault, inForce: boolean): void {
    if (inForce) this.faults.add(fault);
    else this.faults.delete(fault);
    const all = [...this.faults];
    this.extraLatencyNs = all.reduce((sum, one) => sum + (one.extraLatencyNs ?? 0), 0);
    this.full = all.some((one) => one.full === true);
    this.errorProbability = 1 - all.reduce((none, one) => none * (1 - (one.errorProbability ?? 0)), 1);
    const lied = this.lying;
    this.lying = all.some((one) => one.lying === true);
    if (lied && !this.lying) this.comeTrue();
  }

  /** Commits that wait or are with the device. */
  get pendingCommits(): number {
    return this.queue.length;
  }

  put(key: number, block: Block, length: number): void {
    assert(length >= 0, 'a record of negative length');
    this.open.add(key, block, length);
    this.open.octets += length;
  }

  delete(key: number): void {
    this.open.add(key, 0, DELETED);
  }

  commit(token: number): void {
    const batch = this.open;
    batch.token = token;
    batch.committedNs = this.kernel.nowNs;
    this.meter.arrive();
    this.open = this.pool.pop() ?? new Batch();
    this.queue.push(batch);
    if (this.busy === 0) this.begin();
  }

  read(key: number): Block {
    return this.committed.blockOf(key);
  }

  lengthOf(key: number): number {
    return this.committed.lengthOf(key);
  }

  scan(visit: (key: number, block: Block, length: number) => void): void {
    this.committed.scan(visit);
  }

  /** The host crashes: open and unfinished batches are lost. */
  crash(): void {
    this.epoch++;
    this.busy = 0;
    this.meter.clear();
    this.drop(this.open);
    for (const batch of this.queue) {
      this.drop(batch);
      this.pool.push(batch);
    }
    this.queue.length = 0;
    for (const [key, { block, length }] of this.liedAbout) {
      if (length === DELETED) this.committed.delete(key);
      else this.committed.put(key, block, length);
    }
    this.liedAbout.clear();
  }

  onEvent(_kind: number, epoch: number): void {
    if (epoch !== this.epoch) return;
    const { done, statuses } = this;
    const count = this.takeDone();
    this.meter.end();
    for (let i = 0; i < count; i++) statuses[i] = this.apply(done[i]);
    if (this.queue.length > 0) this.begin();
    for (let i = 0; i < count; i++) {
      const { token } = done[i];
      this.meter.leave(done[i].committedNs);
      this.pool.push(done[i]);
      this.sink().onCommitted(token, statuses[i]);
    }
  }

  /** Moves the batches that were with the device from the queue to `done`; says how many. */
  private takeDone(): number {
    const { queue, done, busy } = this;
    for (let i = 0; i < busy; i++) done[i] = queue[i];
    // Not by `splice`, which makes a list that nobody wants.
    for (let i = busy; i < queue.length; i++) queue[i - busy] = queue[i];
    for (let i = 0; i < busy; i++) queue.pop();
    this.busy = 0;
    return busy;
  }

  private begin(): void {
    this.busy = this.spec.groupCommit ? this.queue.length : 1;
    let octets = 0;
    for (let i = 0; i < this.busy; i++) octets += this.queue[i].octets;
    const transferNs = this.spec.octetsPerS === 0 ? 0 : Math.ceil((octets * 1e9) / this.spec.octetsPerS);
    const durationNs = this.spec.commitLatencyNs + this.extraLatencyNs + transferNs;
    this.meter.begin(durationNs);
    this.kernel.at(this.kernel.nowNs + durationNs, Phase.host, this.handler, 0, this.epoch, 0);
  }

  /** Makes a batch durable, or drops it. */
  private apply(batch: Batch): CommitStatus {
    const { errorProbability, full } = this;
    const ordinal = this.commits++;
    let status: CommitStatus = CommitStatus.ok;
    if (
      errorProbability > 0 &&
      unit(this.chance.addressed(PURPOSE_ERROR, this.host, ordinal)) < errorProbability
    ) {
      status = CommitStatus.error;
    }
    if (status === CommitStatus.ok && batch.octets > 0 && (full || !this.fits(batch))) {
      status = CommitStatus.full;
    }
    if (status !== CommitStatus.ok) {
      this.drop(batch);
      return status;
    }
    const { writes, used } = batch;
    for (let i = 0; i < used; i += WIDTH) {
      if (this.lying) this.remember(writes[i]);
      if (writes[i + 2] === DELETED) this.committed.delete(writes[i]);
      else this.committed.put(writes[i], writes[i + 1], writes[i + 2]);
    }
    batch.clear();
    return status;
  }

  /** Keeps what a record was before the disk lied about it. */
  private remember(key: number): void {
    if (this.liedAbout.has(key)) return;
    const block = this.committed.blockOf(key);
    if (block !== 0) this.octets.retain(block);
    this.liedAbout.set(key, { block, length: this.committed.lengthOf(key) });
  }

  /** The disk has written after all what it said it had. */
  private comeTrue(): void {
    for (const { block } of this.liedAbout.values()) if (block !== 0) this.octets.release(block);
    this.liedAbout.clear();
  }

  /** An upper bound is enough nearly always; only near the limit are replaced records looked up. */
  private fits(batch: Batch): boolean {
    const { capacityOctets } = this.spec;
    if (this.usedOctets + batch.octets <= capacityOctets) return true;
    const after = new Map<number, number>();
    let usedOctets = this.usedOctets;
    const { writes, used } = batch;
    for (let i = 0; i < used; i += WIDTH) {
      const key = writes[i];
      usedOctets -= after.get(key) ?? Math.max(0, this.lengthOf(key));
      const length = Math.max(0, writes[i + 2]);
      after.set(key, length);
      usedOctets += length;
    }
    return usedOctets <= capacityOctets;
  }

  private drop(batch: Batch): void {
    const { writes, used } = batch;
    for (let i = 0; i < used; i += WIDTH) {
      if (writes[i + 2] !== DELETED) this.octets.release(writes[i + 1]);
    }
    batch.clear();
  }
}
