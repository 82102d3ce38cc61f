/**
 * A lane: events that all wait the same constant time, hence leave in the order in which they came. First in, first out in a
 * ring that holds all that they say, so an event costs a few stores where the heap costs a search, and what comes due lies beside
 * what came due before it.
 *
 * SIP timers (T1, 64 T1, T4), keep-alives and links without jitter are constant delays; they are most of all events.
 *
 * An event is named by its place in the lane since the start, modulo 2^23. A cancelled one stays until all before it are gone.
 */
/** An event is 40 octets: four doubles, and two 32-bit integers in the place of a fifth. */
const EVENT_DOUBLES = 5;
const TIME = 0;
const KEY = 1;
const A = 2;
const B = 3;
const EVENT_INTS = 10;
const HANDLER = 8;
const KIND = 9;
/** In the place of a key: cancelled. */
const CANCELLED = -1;
const PLACE_BITS = 23;
const PLACE_MASK = (1 << PLACE_BITS) - 1;
/** Half of the places, so that one that is long gone is not taken for one to come. */
const MOST_EVENTS = 1 << (PLACE_BITS - 1);

/** So many lanes have names for their events in 30 bits. */
export const NAMED_LANES = 1 << (30 - PLACE_BITS);
/** The lane in an id. */
export function laneOf(id: number): number {
  return id >>> PLACE_BITS;
}

export class LaneRing {
  private doubles = new Float64Array(16 * EVENT_DOUBLES);
  private ints = new Int32Array(this.doubles.buffer);
  private capacity = 16;
  private size = 0;
  /** Place of the front. */
  private front = 0;
  /** The number of the lane, where ids have it. */
  private readonly base: number;
  private readonly most: number;

  constructor(
    readonly delayNs: number,
    readonly phase: number,
    number: number,
  ) {
    this.base = number << PLACE_BITS;
    this.most = number < NAMED_LANES ? MOST_EVENTS : 0;
  }

  get empty(): boolean {
    return this.size === 0;
  }

  /** True if the next event has to wait elsewhere. */
  get full(): boolean {
    return this.size === this.most;
  }

  /** The id that the next event will have. */
  nextId(): number {
    return this.base | ((this.front + this.size) & PLACE_MASK);
  }

  /** Adds an event, no earlier than any before it, to a lane that is not full; returns its id, which is below 2^30. */
  push(timeNs: number, key: number, handler: number, kind: number, a: number, b: number): number {
    if (this.size === this.capacity) this.enlarge();
    const place = (this.front + this.size) & PLACE_MASK;
    const at = place & (this.capacity - 1);
    const { doubles, ints } = this;
    const double = at * EVENT_DOUBLES;
    doubles[double + TIME] = timeNs;
    doubles[double + KEY] = key;
    doubles[double + A] = a;
    doubles[double + B] = b;
    ints[at * EVENT_INTS + HANDLER] = handler;
    ints[at * EVENT_INTS + KIND] = kind;
    this.size++;
    return this.base | place;
  }

  /** True until the event is at the front and taken off, or cancelled. */
  has(id: number): boolean {
    const place = id & PLACE_MASK;
    if (((place - this.front) & PLACE_MASK) >= this.size) return false;
    return this.doubles[(place & (this.capacity - 1)) * EVENT_DOUBLES + KEY] !== CANCELLED;
  }

  /** The event of `id`, which `has` and is not at the front, is no more. */
  cancel(id: number): void {
    this.doubles[(id & (this.capacity - 1)) * EVENT_DOUBLES + KEY] = CANCELLED;
  }

  // ---- the event at the front; there is one ----

  id(): number {
    return this.base | this.front;
  }

  time(): number {
    return this.doubles[(this.front & (this.capacity - 1)) * EVENT_DOUBLES + TIME];
  }

  key(): number {
    return this.doubles[(this.front & (this.capacity - 1)) * EVENT_DOUBLES + KEY];
  }

  handler(): number {
    return this.ints[(this.front & (this.capacity - 1)) * EVENT_INTS + HANDLER];
  }

  kind(): number {
    return this.ints[(this.front & (this.capacity - 1)) * EVENT_INTS + KIND];
  }

  a(): number {
    return this.doubles[(this.front & (this.capacity - 1)) * EVENT_DOUBLES + A];
  }

  b(): number {
    return this.doubles[(this.front & (this.capacity - 1)) * EVENT_DOUBLES + B];
  }

  /** Takes it off, and what behind it was cancelled: what is at the front never is. */
  shift(): void {
    do {
      this.front = (this.front + 1) & PLACE_MASK;
      this.size--;
    } while (this.size > 0 && this.key() === CANCELLED);
  }

  /** Twice the room; each event goes where its place is then. */
  private enlarge(): void {
    const { ints: old, capacity } = this;
    this.doubles = new Float64Array(capacity * 2 * EVENT_DOUBLES);
    this.ints = new Int32Array(this.doubles.buffer);
    this.capacity = capacity * 2;
    for (let i = 0; i < this.size; i++) {
      const place = this.front + i;
      const to = (place & (this.capacity - 1)) * EVENT_INTS;
      const from = (place & (capacity - 1)) * EVENT_INTS;
      for (let k = 0; k < EVENT_INTS; k++) this.ints[to + k] = old[from + k];
    }
  }
}
