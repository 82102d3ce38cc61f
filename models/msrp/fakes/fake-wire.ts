/**
 * For tests only: a fake owner around an endpoint, and a wire between two of them that hands octets over in any segments.
 * Time moves only when told to. It plays the part that `driver.ts` and the ports play in an actor.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { Octets, RandomStream } from '../../../sim/host/ports.js';
import type { MsrpConfig } from '../codes.js';
import { MsrpEndpoint } from '../endpoint.js';
import { Out } from '../outputs.js';

/** A small generator with a state of its own; good enough to be different each time. */
export function fakeRandom(seed: number): RandomStream {
  let state = seed | 0;
  const int32 = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  const uniform = (): number => (int32() >>> 0) / 4294967296;
  return { int32, uniform, below: (bound) => Math.floor(uniform() * bound) };
}

export interface FakeMessage {
  session: number;
  tag: number;
  handle: number;
  body: string;
  id: string;
  type: string;
  tid: string;
  chunks: number;
}

/** One side: an endpoint, and all that it said. */
export class FakeOwner {
  readonly endpoint: MsrpEndpoint;
  readonly octets: Octets;
  nowNs = 0;
  /** What happened, a word and numbers each: `bound`, `sent`, `settled`, `lateFailure`, `ended`, `close`, `abort`, `pause`. */
  readonly log: string[] = [];
  readonly messages: FakeMessage[] = [];
  /** Octets that the peer had of each settled message. */
  readonly accepted: number[] = [];
  /** Octets written to each connection and not fetched yet, one character an octet. */
  readonly written = new Map<number, string>();
  readonly timers: { atNs: number; a: number; b: number }[] = [];
  /** Answers of the owner: how a message may begin, and how a complete one is answered (0: later). */
  judge = 200;
  answer = 200;
  /** Octets beyond which `write` says that the buffer is full. */
  highWater = Infinity;
  judged = 0;
  /** True: TCP holds octets that did not arrive. */
  holds = false;

  constructor(octets: Octets, seed: number, settings: Partial<MsrpConfig> = {}) {
    this.octets = octets;
    const judge = {
      judgeMessage: (): number => {
        this.judged++;
        return this.judge;
      },
    };
    this.endpoint = new MsrpEndpoint(octets, fakeRandom(seed), judge, settings, () => this.holds);
  }

  /** Takes all outputs. */
  drain(): void {
    const { endpoint } = this;
    for (let op = endpoint.take(this.nowNs); op !== Out.none; op = endpoint.take(this.nowNs))
      this.perform(op);
  }

  private perform(op: Out): void {
    const { endpoint, octets, log } = this;
    const { a, b, c, d, e } = endpoint.out;
    if (op === Out.write) {
      const start = octets.start(b);
      const text = octets.buf.latin1Slice(start + c, start + d);
      assert(e === 0 || text.length > 0, 'empty body span');
      octets.release(b);
      const all = (this.written.get(a) ?? '') + text;
      this.written.set(a, all);
      if (all.length > this.highWater) endpoint.blocked(a);
    } else if (op === Out.timer) this.timers.push({ atNs: this.nowNs + a, a: b, b: c });
    else if (op === Out.message) this.onMessage(a, b, c);
    else if (op === Out.bound) log.push(`bound ${b}`);
    else if (op === Out.sent) log.push(`sent ${c}`);
    else if (op === Out.settled) {
      log.push(`settled ${c} ${d}`);
      this.accepted.push(e);
    } else if (op === Out.lateFailure) log.push(`lateFailure ${c} ${d}`);
    else if (op === Out.quiet) log.push(`quiet ${b}`);
    else if (op === Out.ended) log.push(`ended ${b} ${c}`);
    else if (op === Out.close) log.push(`close ${a}`);
    else if (op === Out.abort) log.push(`abort ${a}`);
    else if (op === Out.pauseReading) log.push(`pause ${a} ${b}`);
  }

  private onMessage(session: number, tag: number, handle: number): void {
    const message = this.endpoint.message(handle);
    const { block, length } = message;
    const { buf } = this.octets;
    const body = this.octets.start(block);
    const label = this.octets.start(message.label);
    this.messages.push({
      session,
      tag,
      handle,
      body: buf.latin1Slice(body, body + length),
      id: buf.latin1Slice(label + message.idStart, label + message.idEnd),
      type: buf.latin1Slice(label + message.typeStart, label + message.typeEnd),
      tid: buf.latin1Slice(label + message.tidStart, label + message.tidEnd),
      chunks: message.chunks,
    });
    if (this.answer !== 0) this.endpoint.answer(this.nowNs, handle, this.answer);
  }

  /** Takes what was written to `conn` so far, or its first `limit` octets. */
  fetch(conn: number, limit = Infinity): string {
    const all = this.written.get(conn) ?? '';
    this.written.set(conn, all.slice(limit));
    const wasFull = all.length > this.highWater;
    if (wasFull && all.length - limit <= this.highWater) {
      this.endpoint.writable(this.nowNs, conn);
      this.drain();
    }
    return all.slice(0, limit);
  }

  /** Octets arrive, one character each, in segments of `segment` octets. */
  receive(conn: number, text: string, segment = Infinity): void {
    for (let at = 0; at < text.length; at += segment) {
      const piece = text.slice(at, at + segment);
      const block = this.octets.alloc(piece.length);
      const start = this.octets.start(block);
      this.octets.buf.latin1Write(piece, start, piece.length);
      this.endpoint.data(this.nowNs, conn, this.octets.buf, start, start + piece.length);
      this.drain();
      // The octets of the segment are void afterwards, as a network may reuse them.
      this.octets.buf.fill(0x2d, start, start + piece.length);
      this.octets.release(block);
    }
  }

  /** Moves time on and fires timers in order. */
  advance(toNs: number): void {
    for (;;) {
      let first = -1;
      for (let i = 0; i < this.timers.length; i++) {
        if (this.timers[i].atNs <= toNs && (first < 0 || this.timers[i].atNs < this.timers[first].atNs))
          first = i;
      }
      if (first < 0) break;
      const [timer] = this.timers.splice(first, 1);
      this.nowNs = timer.atNs;
      this.endpoint.timer(this.nowNs, timer.a, timer.b);
      this.drain();
    }
    this.nowNs = toNs;
  }
}

/** Hands octets between two owners over connection `conn` until both are silent. `segment` gives the size of each segment. */
export function exchange(
  left: FakeOwner,
  right: FakeOwner,
  conn: number,
  segment: () => number = () => Infinity,
): void {
  for (let quiet = 0; quiet < 2;) {
    quiet = 0;
    for (const [from, to] of [
      [left, right],
      [right, left],
    ]) {
      from.drain();
      const text = from.fetch(conn, Math.max(1, segment()));
      if (text === '') quiet++;
      else to.receive(conn, text);
    }
  }
}
