/**
 * Response contexts of the proxy (RFC 3261 section 16.7): one for each forwarded INVITE and for each request under live delivery,
 * with a branch for each target. A request with one target and no alternative needs none (see `proxy.ts`).
 *
 * Columns with free lists, so that a request allocates nothing. Not here: what to do with them.
 */
import type { Block } from '../../../sim/host/ports.js';
import { widened } from '../../../sim/kernel/columns.js';
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
    this.serverTx = widened(this.serverTx, new Int32Array(size));
    this.user = widened(this.user, new Int32Array(size));
    this.pending = widened(this.pending, new Int32Array(size));
    this.generation = widened(this.generation, new Int32Array(size));
    this.bestStatus = widened(this.bestStatus, new Int32Array(size));
    this.bestBlock = widened(this.bestBlock, new Int32Array(size));
    this.bestLength = widened(this.bestLength, new Int32Array(size));
    this.bestBodyStart = widened(this.bestBodyStart, new Int32Array(size));
    this.firstBranch = widened(this.firstBranch, new Int32Array(size));
    this.nextFree = widened(this.nextFree, new Int32Array(size));
    this.invite = widened(this.invite, new Uint8Array(size));
    this.mayDefer = widened(this.mayDefer, new Uint8Array(size));
    this.timer = widened(this.timer, new Float64Array(size));
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
    this.context = widened(this.context, new Int32Array(size));
    this.next = widened(this.next, new Int32Array(size));
    this.tx = widened(this.tx, new Int32Array(size));
    this.generation = widened(this.generation, new Int32Array(size));
    this.timerC = widened(this.timerC, new Float64Array(size));
  }
}
