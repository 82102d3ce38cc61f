/**
 * For tests only: the storage and the CPU station of a host, which do what the test says and when.
 *
 * Not modelled: time that either takes, and what a real one orders for itself (`sim/host`).
 */
import { CommitStatus, type Block, type Octets } from '../../sim/host/ports.js';

interface Batch {
  readonly token: number;
  readonly puts: readonly (readonly [number, Block, number])[];
  readonly deletes: readonly number[];
}

/** Commits complete when `flush` is called: by the rig after each input, unless `held`. */
export class TestStorage {
  /** How the next commits end. */
  outcome: CommitStatus = CommitStatus.ok;
  held = false;
  usedOctets = 0;
  private readonly kept = new Map<number, readonly [Block, number]>();
  private puts: (readonly [number, Block, number])[] = [];
  private deletes: number[] = [];
  private readonly batches: Batch[] = [];

  constructor(private readonly octets: Octets) {}

  get records(): number {
    return this.kept.size;
  }

  put(key: number, block: Block, length: number): void {
    this.puts.push([key, block, length]);
  }

  delete(key: number): void {
    this.deletes.push(key);
  }

  commit(token: number): void {
    this.batches.push({ token, puts: this.puts, deletes: this.deletes });
    this.puts = [];
    this.deletes = [];
  }

  read(key: number): Block {
    return this.kept.get(key)?.[0] ?? 0;
  }

  lengthOf(key: number): number {
    return this.kept.get(key)?.[1] ?? -1;
  }

  scan(visit: (key: number, block: Block, length: number) => void): void {
    const keys = [...this.kept.keys()].sort((a, b) => a - b);
    for (const key of keys) visit(key, this.read(key), this.lengthOf(key));
  }

  /** The host crashed: what was put since the last completed commit is lost. */
  crash(): void {
    this.puts = [];
    this.deletes = [];
    this.batches.length = 0;
  }

  /** Completes all commits that wait, in order. */
  flush(done: (token: number, status: CommitStatus) => void): void {
    for (let batch = this.batches.shift(); batch !== undefined; batch = this.batches.shift()) {
      if (this.outcome === CommitStatus.ok) this.apply(batch);
      else for (const [, block] of batch.puts) this.octets.release(block);
      done(batch.token, this.outcome);
    }
  }

  private apply({ puts, deletes }: Batch): void {
    for (const [key, block, length] of puts) {
      this.forget(key);
      this.kept.set(key, [block, length]);
    }
    for (const key of deletes) this.forget(key);
  }

  private forget(key: number): void {
    const old = this.kept.get(key);
    if (old !== undefined) this.octets.release(old[0]);
    this.kept.delete(key);
  }
}

/** Work is done at once, unless `held` (then `serve` does it) or `full`. */
export class TestCpu {
  held = false;
  full = false;
  inSystem = 0;
  readonly waiting: number[] = [];
  onServed: (token: number) => void = () => undefined;

  spend(_kind: number, _octets: number, token: number): boolean {
    if (this.full) return false;
    if (this.held) this.waiting.push(token);
    else this.onServed(token);
    return true;
  }

  /** Does the work that waited longest, or the one at this place. */
  serve(at = 0): void {
    const [token] = this.waiting.splice(at, 1);
    this.onServed(token);
  }
}
