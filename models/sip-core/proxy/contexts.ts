/**
 * Response contexts of the proxy (RFC 3261 section 16.7): one for each forwarded INVITE and for each request under live delivery,
 * with a branch for each target. A request with one target and no alternative needs none (see `proxy.ts`).
 *
 * Columns with free lists, so that a request allocates nothing. Not here: what to do with them.
 */
import type { Block } from '../../../sim/host/ports.js';
import type { Tx } from '../../sip/user.js';

const INITIAL_SLOTS = 64;

/** No timer is pending. Above 32 bits, so that no timer has this name. */
export const NO_TIMER = 0x100_0000_0000;

/** Names a context, a branch; 0 is none. */
export type Context = number;
export type Branch = number;

export class Contexts {
  /** Contexts alive. */
  count = 0;
  serverTx = new Int32Array(INITIAL_SLOTS);
  /** The subscriber who is served; -1 if the next hop was fixed. */
  user = new Int32Array(INITIAL_SLOTS);
  /** 1 for INVITE. */
  invite = new Uint8Array(INITIAL_SLOTS);
  /** 1 while the IM Server may still get the request. */
  mayDefer = new Uint8Array(INITIAL_SLOTS);
  /** Branches without a final response. */
  pending = new Int32Array(INITIAL_SLOTS);
  /** The live delivery timer, or {@link NO_TIMER}. */
  timer = new Float64Array(INITIAL_SLOTS);
  generation = new Int32Array(INITIAL_SLOTS);
  /** Best final response so far: status, and the octets to be sent; block 0 if it is to be built anew. */
  bestStatus = new Int32Array(INITIAL_SLOTS);
  bestBlock = new Int32Array(INITIAL_SLOTS);
  bestLength = new Int32Array(INITIAL_SLOTS);
  bestBodyStart = new Int32Array(INITIAL_SLOTS);
  firstBranch = new Int32Array(INITIAL_SLOTS);
  private nextFree = new Int32Array(INITIAL_SLOTS);
  private firstFree = 0;
  private fresh = 1;

  readonly branches = new Branches();

  open(serverTx: Tx, user: number, invite: boolean, mayDefer: boolean): Context {
    let context = this.firstFree;
    if (context !== 0) this.firstFree = this.nextFree[context];
    else {
      context = this.fresh++;
      if (context === this.serverTx.length) this.grow();
    }
    this.count++;
    this.serverTx[context] = serverTx;
    this.user[context] = user;
    this.invite[context] = invite ? 1 : 0;
    this.mayDefer[context] = mayDefer ? 1 : 0;
    this.pending[context] = 0;
    this.timer[context] = NO_TIMER;
    this.bestStatus[context] = 0;
    this.bestBlock[context] = 0;
    this.firstBranch[context] = 0;
    return context;
  }

  /** A further branch of `context`. */
  fork(context: Context): Branch {
    const branch = this.branches.open(context, this.firstBranch[context]);
    this.firstBranch[context] = branch;
    this.pending[context]++;
    return branch;
  }

  /** Takes a branch that has ended out of its context. */
  join(branch: Branch): void {
    const { branches } = this;
    const context = branches.context[branch];
    if (this.firstBranch[context] === branch) this.firstBranch[context] = branches.next[branch];
    else {
      let before = this.firstBranch[context];
      while (branches.next[before] !== branch) before = branches.next[before];
      branches.next[before] = branches.next[branch];
    }
    this.pending[context]--;
    branches.free(branch);
  }

  setBest(context: Context, status: number, block: Block, length: number, bodyStart: number): void {
    this.bestStatus[context] = status;
    this.bestBlock[context] = block;
    this.bestLength[context] = length;
    this.bestBodyStart[context] = bodyStart;
  }

  /** Forgets a context that has no branches left. */
  close(context: Context): void {
    this.generation[context]++;
    this.nextFree[context] = this.firstFree;
    this.firstFree = context;
    this.count--;
  }

  private grow(): void {
    const size = this.serverTx.length * 2;
    this.serverTx = wider(this.serverTx, size);
    this.user = wider(this.user, size);
    this.pending = wider(this.pending, size);
    this.generation = wider(this.generation, size);
    this.bestStatus = wider(this.bestStatus, size);
    this.bestBlock = wider(this.bestBlock, size);
    this.bestLength = wider(this.bestLength, size);
    this.bestBodyStart = wider(this.bestBodyStart, size);
    this.firstBranch = wider(this.firstBranch, size);
    this.nextFree = wider(this.nextFree, size);
    this.invite = widerOctets(this.invite, size);
    this.mayDefer = widerOctets(this.mayDefer, size);
    this.timer = widerFloats(this.timer, size);
  }
}

/** The branches of all contexts. */
export class Branches {
  context = new Int32Array(INITIAL_SLOTS);
  next = new Int32Array(INITIAL_SLOTS);
  /** The client transaction. */
  tx = new Int32Array(INITIAL_SLOTS);
  /** Timer C, or {@link NO_TIMER}. */
  timerC = new Float64Array(INITIAL_SLOTS);
  generation = new Int32Array(INITIAL_SLOTS);
  private firstFree = 0;
  private fresh = 1;

  open(context: Context, next: Branch): Branch {
    let branch = this.firstFree;
    if (branch !== 0) this.firstFree = this.next[branch];
    else {
      branch = this.fresh++;
      if (branch === this.context.length) this.grow();
    }
    this.context[branch] = context;
    this.next[branch] = next;
    this.tx[branch] = 0;
    this.timerC[branch] = NO_TIMER;
    return branch;
  }

  free(branch: Branch): void {
    this.generation[branch]++;
    this.context[branch] = 0;
    this.next[branch] = this.firstFree;
    this.firstFree = branch;
  }

  private grow(): void {
    const size = this.context.length * 2;
    this.context = wider(this.context, size);
    this.next = wider(this.next, size);
    this.tx = wider(this.tx, size);
    this.generation = wider(this.generation, size);
    this.timerC = widerFloats(this.timerC, size);
  }
}

function wider(column: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(column);
  return larger;
}

function widerOctets(column: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(column);
  return larger;
}

function widerFloats(column: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size);
  larger.set(column);
  return larger;
}
