/**
 * The bindings of all subscribers (RFC 3261 section 10.3, RFC 5626 section 6): who is reachable through which flow, until when.
 *
 * Columns of typed arrays with a free list, made for a million users: an unregistered user costs four octets. The Contact as it
 * will be listed lies in a block of the arena; Call-ID is kept as a digest of 64 bits, since it is only ever compared.
 *
 * A flow is the source address and transport of the REGISTER. Anything that arrives from it moves `lastSeenNs`; no timer is
 * touched for that (see `liveness.ts`). All bindings stand in a list in that order, so the flow that is silent for longest is known.
 *
 * Volatile: a restarted Core has lost all bindings, and its clients notice by keep-alives that stay unanswered or by a 403.
 *
 * Not modelled: Path vectors, q (all instances of a user are equal targets), another flow of an instance after the first one failed.
 */
import type { Block, Octets } from '../../../sim/host/ports.js';
import { widened } from '../../../sim/kernel/columns.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import type { Leg } from '../../sip/legs.js';

const INITIAL_SLOTS = 256;

/** Names a binding; 0 is none. */
export type Binding = number;

export class Bindings {
  readonly subscribers: number;
  /** Bindings alive. */
  count = 0;

  user = new Int32Array(INITIAL_SLOTS);
  ip = new Int32Array(INITIAL_SLOTS);
  port = new Uint16Array(INITIAL_SLOTS);
  /** Connection of a TCP flow, 0 for UDP. */
  conn = new Int32Array(INITIAL_SLOTS);
  leg = new Uint8Array(INITIAL_SLOTS);
  expiresAtNs = new Float64Array(INITIAL_SLOTS);
  lastSeenNs = new Float64Array(INITIAL_SLOTS);
  cseq = new Float64Array(INITIAL_SLOTS);
  callIdHigh = new Int32Array(INITIAL_SLOTS);
  callIdLow = new Int32Array(INITIAL_SLOTS);
  /** `reg-id`; -1 if there is none, or no instance with it. */
  regId = new Int32Array(INITIAL_SLOTS);
  /** Block that holds the Contact element without `expires`; spans below are relative to its start. */
  contact = new Int32Array(INITIAL_SLOTS);
  contactLength = new Uint16Array(INITIAL_SLOTS);
  uriStart = new Uint16Array(INITIAL_SLOTS);
  uriEnd = new Uint16Array(INITIAL_SLOTS);
  /** The URI as Request-URI (`wire/sip/values/target-uri.ts`): the same octets as a rule, else behind the Contact in its block. */
  targetStart = new Uint16Array(INITIAL_SLOTS);
  targetEnd = new Uint16Array(INITIAL_SLOTS);
  instanceStart = new Uint16Array(INITIAL_SLOTS);
  instanceEnd = new Uint16Array(INITIAL_SLOTS);
  /** Bits of `Feature`: what the Contact says that it takes. */
  features = new Uint8Array(INITIAL_SLOTS);
  /** The pending timer of the lifetime, and a count that tells one use of the slot from the next. */
  timer = new Float64Array(INITIAL_SLOTS);
  generation = new Int32Array(INITIAL_SLOTS);

  private readonly octets: Octets;
  private readonly first: Int32Array;
  private nextOfUser = new Int32Array(INITIAL_SLOTS);
  /** A ring through 0 in the order of `lastSeenNs`; a binding outside of it points to itself. */
  private older = new Int32Array(INITIAL_SLOTS);
  private newer = new Int32Array(INITIAL_SLOTS);
  private firstFree = 0;
  private fresh = 1;

  constructor(octets: Octets, subscribers: number) {
    this.octets = octets;
    this.subscribers = subscribers;
    this.first = new Int32Array(subscribers);
  }

  /** The first binding of `user`; go on with {@link next}. In order of registration, newest first. */
  firstOf(user: number): Binding {
    return this.first[user];
  }

  next(binding: Binding): Binding {
    return this.nextOfUser[binding];
  }

  /** True if a binding of `user` takes all of `needed`. */
  hasUsable(user: number, needed: number): boolean {
    for (let b = this.first[user]; b !== 0; b = this.nextOfUser[b]) if (this.takes(b, needed)) return true;
    return false;
  }

  takes(binding: Binding, needed: number): boolean {
    return (this.features[binding] & needed) === needed;
  }

  countOf(user: number): number {
    let count = 0;
    for (let b = this.first[user]; b !== 0; b = this.nextOfUser[b]) count++;
    return count;
  }

  /** A new binding of `user` whose columns the caller fills; `contact` is taken over. */
  add(user: number, contact: Block): Binding {
    let binding = this.firstFree;
    if (binding !== 0) this.firstFree = this.nextOfUser[binding];
    else {
      binding = this.fresh++;
      if (binding === this.user.length) this.grow();
    }
    this.user[binding] = user;
    this.contact[binding] = contact;
    this.nextOfUser[binding] = this.first[user];
    this.first[user] = binding;
    this.older[binding] = this.newer[binding] = binding;
    this.count++;
    return binding;
  }

  /** Replaces the Contact of `binding`; `contact` is taken over. */
  setContact(binding: Binding, contact: Block): void {
    this.octets.release(this.contact[binding]);
    this.contact[binding] = contact;
  }

  /** Forgets `binding`. Its timer is the caller's to stop. */
  remove(binding: Binding): void {
    const user = this.user[binding];
    if (this.first[user] === binding) this.first[user] = this.nextOfUser[binding];
    else {
      let before = this.first[user];
      while (this.nextOfUser[before] !== binding) before = this.nextOfUser[before];
      this.nextOfUser[before] = this.nextOfUser[binding];
    }
    this.octets.release(this.contact[binding]);
    this.unlink(binding);
    this.generation[binding]++;
    this.user[binding] = -1;
    this.nextOfUser[binding] = this.firstFree;
    this.firstFree = binding;
    this.count--;
  }

  /** The binding whose flow is silent for longest; 0 if there is none. */
  get oldest(): Binding {
    return this.newer[0];
  }

  /** Something came from the flow of `binding`, at an instant no earlier than for any other. */
  touch(binding: Binding, nowNs: number): void {
    this.lastSeenNs[binding] = nowNs;
    const { older, newer } = this;
    const newest = older[0];
    if (newest === binding) return;
    this.unlink(binding);
    older[binding] = newest;
    newer[binding] = 0;
    newer[newest] = binding;
    older[0] = binding;
  }

  private unlink(binding: Binding): void {
    const before = this.older[binding];
    const after = this.newer[binding];
    this.newer[before] = after;
    this.older[after] = before;
  }

  /** Something came from this flow of `user`. `conn` 0 is UDP, and then `ip` and `port` name it. True if a binding uses the flow. */
  seen(user: number, ip: number, port: number, conn: number, nowNs: number): boolean {
    let found = false;
    for (let b = this.first[user]; b !== 0; b = this.nextOfUser[b]) {
      if (this.conn[b] === conn && (conn !== 0 || (this.port[b] === port && this.ip[b] === ip))) {
        this.touch(b, nowNs);
        found = true;
      }
    }
    return found;
  }

  /** True if a binding of `user` uses UDP from this port. */
  hasFlow(user: number, ip: number, port: number): boolean {
    for (let b = this.first[user]; b !== 0; b = this.nextOfUser[b]) {
      if (this.conn[b] === 0 && this.port[b] === port && this.ip[b] === ip) return true;
    }
    return false;
  }

  /**
   * True unless another flow of the same instance of the user that takes `needed` is the one to use: that which was heard last, the newer one of two
   * (RFC 5626 section 7: never two contacts of one instance at a time). A binding without an instance stands for itself.
   */
  isFlowOfChoice(binding: Binding, needed: number): boolean {
    if (this.instanceEnd[binding] === this.instanceStart[binding]) return true;
    let newer = true;
    for (let b = this.first[this.user[binding]]; b !== 0; b = this.nextOfUser[b]) {
      if (b === binding) newer = false;
      else if (this.takes(b, needed) && this.sameInstance(b, binding)) {
        const ahead = this.lastSeenNs[b] - this.lastSeenNs[binding];
        if (ahead > 0 || (ahead === 0 && newer)) return false;
      }
    }
    return true;
  }

  private sameInstance(a: Binding, b: Binding): boolean {
    const { octets, instanceStart, instanceEnd } = this;
    const length = instanceEnd[a] - instanceStart[a];
    if (instanceEnd[b] - instanceStart[b] !== length) return false;
    const atA = octets.start(this.contact[a]) + instanceStart[a];
    const atB = octets.start(this.contact[b]) + instanceStart[b];
    for (let i = 0; i < length; i++) if (octets.buf[atA + i] !== octets.buf[atB + i]) return false;
    return true;
  }

  /** Remaining lifetime of `binding` in whole seconds, rounded up. */
  remainingS(binding: Binding, nowNs: number): number {
    return Math.max(0, Math.ceil((this.expiresAtNs[binding] - nowNs) / NS_PER_S));
  }

  /** The longest remaining lifetime among the bindings of `user` in whole seconds; 0 if she has none. */
  remainingOfUserS(user: number, nowNs: number): number {
    let longest = 0;
    for (let b = this.first[user]; b !== 0; b = this.nextOfUser[b]) {
      longest = Math.max(longest, this.remainingS(b, nowNs));
    }
    return longest;
  }

  setFlow(binding: Binding, ip: number, port: number, conn: number, leg: Leg): void {
    this.ip[binding] = ip;
    this.port[binding] = port;
    this.conn[binding] = conn;
    this.leg[binding] = leg;
  }

  private grow(): void {
    const size = this.user.length * 2;
    this.user = widened(this.user, new Int32Array(size));
    this.ip = widened(this.ip, new Int32Array(size));
    this.port = widened(this.port, new Uint16Array(size));
    this.conn = widened(this.conn, new Int32Array(size));
    this.leg = widened(this.leg, new Uint8Array(size));
    this.expiresAtNs = widened(this.expiresAtNs, new Float64Array(size));
    this.lastSeenNs = widened(this.lastSeenNs, new Float64Array(size));
    this.cseq = widened(this.cseq, new Float64Array(size));
    this.callIdHigh = widened(this.callIdHigh, new Int32Array(size));
    this.callIdLow = widened(this.callIdLow, new Int32Array(size));
    this.regId = widened(this.regId, new Int32Array(size));
    this.contact = widened(this.contact, new Int32Array(size));
    this.contactLength = widened(this.contactLength, new Uint16Array(size));
    this.uriStart = widened(this.uriStart, new Uint16Array(size));
    this.uriEnd = widened(this.uriEnd, new Uint16Array(size));
    this.targetStart = widened(this.targetStart, new Uint16Array(size));
    this.targetEnd = widened(this.targetEnd, new Uint16Array(size));
    this.instanceStart = widened(this.instanceStart, new Uint16Array(size));
    this.instanceEnd = widened(this.instanceEnd, new Uint16Array(size));
    this.features = widened(this.features, new Uint8Array(size));
    this.timer = widened(this.timer, new Float64Array(size));
    this.generation = widened(this.generation, new Int32Array(size));
    this.nextOfUser = widened(this.nextOfUser, new Int32Array(size));
    this.older = widened(this.older, new Int32Array(size));
    this.newer = widened(this.newer, new Int32Array(size));
  }
}

/** Digests octets [start, end) to 64 bits in two halves; `half` 0 or 1 chooses. FNV-1a with two bases. */
export function digest32(buf: Uint8Array, start: number, end: number, half: 0 | 1): number {
  let hash = half === 0 ? 0x811c9dc5 : 0x3ade68b1;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ buf[i], 0x01000193);
  return hash;
}
