/**
 * Transactional storage, the durable part of a host. A batch of puts and deletes becomes durable and visible when its commit
 * completes, whole or not at all; a crash before that loses it.
 *
 * The device carries out one commit at a time, in order: latency, plus octets over bandwidth. With group commit, all batches that
 * wait when it becomes free go together, for one latency.
 *
 * Not modelled: read latency (records are in memory), media errors of reads, torn writes, a disk that lies (later faults).
 */
import { assert } from '../kernel/assert.js';
import { type EventHandler, type Kernel, Phase } from '../kernel/kernel.js';
import { unit, type Chance } from '../kernel/random.js';
import { type Block, CommitStatus, type Octets, type StoragePort } from './ports.js';
import { Records } from './records.js';
import type { StorageSpec } from './specs.js';

/** Gets the end of each commit, unless the incarnation that asked is over. */
export interface CommittedSink {
  onCommitted(token: number, status: CommitStatus): void;
}

/** Faults of the device, set by the injector. */
export interface StorageFaults {
  extraLatencyNs: number;
  full: boolean;
  /** Probability that a commit ends in an error. */
  errorProbability: number;
}

/** Purpose of the addressed chance of commit errors. */
const PURPOSE_ERROR = 0x10100;
/** A delete, in the place of a length. */
const DELETED = -1;
const WIDTH = 3;

/** The writes of one commit: key, block and length of each. */
class Batch {
  token = 0;
  readonly writes: number[] = [];
  octets = 0;
}

export class StorageDevice implements StoragePort, EventHandler {
  readonly faults: StorageFaults = { extraLatencyNs: 0, full: false, errorProbability: 0 };

  private readonly handler: number;
  private readonly committed: Records;
  private open = new Batch();
  private readonly pool: Batch[] = [];
  /** Closed batches: the first `busy` of them are with the device. */
  private readonly queue: Batch[] = [];
  private busy = 0;
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
    this.committed = new Records(octets);
  }

  get records(): number {
    return this.committed.size;
  }

  get usedOctets(): number {
    return this.committed.usedOctets;
  }

  /** Commits that wait or are with the device. */
  get pendingCommits(): number {
    return this.queue.length;
  }

  put(key: number, block: Block, length: number): void {
    assert(length >= 0, 'a record of negative length');
    this.open.writes.push(key, block, length);
    this.open.octets += length;
  }

  delete(key: number): void {
    this.open.writes.push(key, 0, DELETED);
  }

  commit(token: number): void {
    const batch = this.open;
    batch.token = token;
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
    this.drop(this.open);
    for (const batch of this.queue) {
      this.drop(batch);
      this.pool.push(batch);
    }
    this.queue.length = 0;
  }

  onEvent(_kind: number, epoch: number): void {
    if (epoch !== this.epoch) return;
    const done = this.queue.splice(0, this.busy);
    this.busy = 0;
    const statuses = done.map((batch) => this.apply(batch));
    if (this.queue.length > 0) this.begin();
    for (let i = 0; i < done.length; i++) {
      const { token } = done[i];
      this.pool.push(done[i]);
      this.sink().onCommitted(token, statuses[i]);
    }
  }

  private begin(): void {
    this.busy = this.spec.groupCommit ? this.queue.length : 1;
    let octets = 0;
    for (let i = 0; i < this.busy; i++) octets += this.queue[i].octets;
    const transferNs = this.spec.octetsPerS === 0 ? 0 : Math.ceil((octets * 1e9) / this.spec.octetsPerS);
    const durationNs = this.spec.commitLatencyNs + this.faults.extraLatencyNs + transferNs;
    this.kernel.at(this.kernel.nowNs + durationNs, Phase.host, this.handler, 0, this.epoch, 0);
  }

  /** Makes a batch durable, or drops it. */
  private apply(batch: Batch): CommitStatus {
    const { errorProbability, full } = this.faults;
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
    const { writes } = batch;
    for (let i = 0; i < writes.length; i += WIDTH) {
      if (writes[i + 2] === DELETED) this.committed.delete(writes[i]);
      else this.committed.put(writes[i], writes[i + 1], writes[i + 2]);
    }
    writes.length = 0;
    batch.octets = 0;
    return status;
  }

  /** An upper bound is enough nearly always; only near the limit are replaced records looked up. */
  private fits(batch: Batch): boolean {
    const { capacityOctets } = this.spec;
    if (this.usedOctets + batch.octets <= capacityOctets) return true;
    const after = new Map<number, number>();
    let used = this.usedOctets;
    const { writes } = batch;
    for (let i = 0; i < writes.length; i += WIDTH) {
      const key = writes[i];
      used -= after.get(key) ?? Math.max(0, this.lengthOf(key));
      const length = Math.max(0, writes[i + 2]);
      after.set(key, length);
      used += length;
    }
    return used <= capacityOctets;
  }

  private drop(batch: Batch): void {
    const { writes } = batch;
    for (let i = 0; i < writes.length; i += WIDTH) {
      if (writes[i + 2] !== DELETED) this.octets.release(writes[i + 1]);
    }
    writes.length = 0;
    batch.octets = 0;
  }
}
