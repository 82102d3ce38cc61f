import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { FailureReport } from './codes.js';
import { FakeOwner } from './fakes/fake-wire.js';
import { Spans } from './sending/spans.js';

/**
 * Two endpoints under random programs of events. Invariants, by name:
 * - SettledOnce: each message is settled exactly once, and no later than the end of its session;
 * - SettledMeansReceived: 200 with Failure-Report yes, or after a success report, means that the peer has the whole body;
 * - ReceivedWhole: what the peer has is what was sent, once;
 * - NothingHeld: after the sessions ended no memory is held.
 */
interface Real {
  sides: [FakeOwner, FakeOwner];
  sessions: [number, number];
  bodies: Map<string, string>;
  strict: Set<string>;
}
interface Model {
  sent: number;
  cut: boolean;
}

const CONN = 3;
const URIS = ['msrp://10.0.0.2:2855/AAAAAAAAAAAAAA;tcp', 'msrp://10.16.0.9:9/BBBBBBBBBBBBBB;tcp'] as const;

class Send implements fc.Command<Model, Real> {
  constructor(
    readonly side: 0 | 1,
    readonly octets: number,
    readonly failure: FailureReport,
    readonly success: boolean,
  ) {}
  check(model: Readonly<Model>): boolean {
    return !model.cut;
  }
  run(model: Model, real: Real): void {
    const owner = real.sides[this.side];
    if (!owner.endpoint.isOpen(real.sessions[this.side])) return;
    const token = ++model.sent;
    const text = `${token}:`.padEnd(this.octets, '\r\n-------');
    const block = owner.octets.alloc(text.length);
    owner.octets.buf.latin1Write(text, owner.octets.start(block), text.length);
    const id = `id${this.side}x${token}`;
    real.bodies.set(id, text);
    if (this.failure === 0 || this.success) real.strict.add(id);
    const body = new Spans().add(block, 0, text.length);
    owner.endpoint.send(
      owner.nowNs,
      real.sessions[this.side],
      token,
      id,
      'text/plain',
      body,
      this.failure,
      this.success,
    );
    owner.drain();
  }
  toString(): string {
    return `send(${this.side}, ${this.octets} octets, failure ${this.failure}, success ${this.success})`;
  }
}

class Deliver implements fc.Command<Model, Real> {
  constructor(
    readonly side: 0 | 1,
    readonly octets: number,
  ) {}
  check(model: Readonly<Model>): boolean {
    return !model.cut;
  }
  run(_model: Model, real: Real): void {
    const text = real.sides[this.side].fetch(CONN, this.octets);
    if (text !== '') real.sides[1 - this.side].receive(CONN, text);
  }
  toString(): string {
    return `deliver(${this.side}, ${this.octets})`;
  }
}

class Wait implements fc.Command<Model, Real> {
  constructor(readonly seconds: number) {}
  check(): boolean {
    return true;
  }
  run(_model: Model, real: Real): void {
    for (const owner of real.sides) owner.advance(owner.nowNs + this.seconds * NS_PER_S);
  }
  toString(): string {
    return `wait(${this.seconds} s)`;
  }
}

class Abort implements fc.Command<Model, Real> {
  constructor(readonly back: number) {}
  check(model: Readonly<Model>): boolean {
    return model.sent > this.back && !model.cut;
  }
  run(model: Model, real: Real): void {
    for (const side of [0, 1] as const) {
      real.sides[side].endpoint.abort(real.sides[side].nowNs, real.sessions[side], model.sent - this.back);
      real.sides[side].drain();
    }
  }
  toString(): string {
    return `abort(last - ${this.back})`;
  }
}

class Cut implements fc.Command<Model, Real> {
  check(model: Readonly<Model>): boolean {
    return !model.cut;
  }
  run(model: Model, real: Real): void {
    model.cut = true;
    for (const owner of real.sides) {
      owner.endpoint.closed(owner.nowNs, CONN, false);
      owner.drain();
    }
  }
  toString(): string {
    return 'cut()';
  }
}

function judge({ sides, bodies, strict }: Real, model: Model): void {
  for (const side of [0, 1] as const) {
    const settled = sides[side].log.filter((line) => line.startsWith('settled'));
    const tokens = settled.map((line) => line.split(' ')[1]);
    expect(new Set(tokens).size, 'SettledOnce').toBe(tokens.length);
    const received = sides[1 - side].messages;
    expect(new Set(received.map(({ id }) => id)).size, 'ReceivedWhole: once').toBe(received.length);
    for (const { id, body } of received) expect(body === bodies.get(id), 'ReceivedWhole').toBe(true);
    for (const line of settled) {
      const [, token, status] = line.split(' ');
      const id = `id${side}x${token}`;
      if (status !== '200' || !strict.has(id)) continue;
      expect(
        received.some((message) => message.id === id),
        `SettledMeansReceived: ${id}`,
      ).toBe(true);
    }
  }
  const all = sides.flatMap((owner) => owner.log.filter((line) => line.startsWith('settled')));
  expect(all.length, 'SettledOnce: all of them').toBe(model.sent);
}

describe('random programs of sends, deliveries, waits, aborts and a broken connection', () => {
  it.each([
    [2048, 64],
    [Infinity, 64],
    [3000, 2],
    [1, 5],
  ])('chunks of %d, window %i', (chunkOctets, windowTransactions) => {
    const side = fc.constantFrom(0 as const, 1 as const);
    const size = chunkOctets === 1 ? fc.integer({ min: 3, max: 30 }) : fc.integer({ min: 3, max: 30_000 });
    const failure = fc.constantFrom<FailureReport>(0, 1, 2);
    const commands = fc.commands(
      [
        fc.tuple(side, size, failure, fc.boolean()).map((args) => new Send(...args)),
        fc.tuple(side, fc.integer({ min: 1, max: 9000 })).map((args) => new Deliver(...args)),
        fc.tuple(side, fc.integer({ min: 1, max: 9000 })).map((args) => new Deliver(...args)),
        fc.integer({ min: 1, max: 20 }).map((seconds) => new Wait(seconds)),
        fc.nat(3).map((back) => new Abort(back)),
        fc.constant(new Cut()),
      ],
      { maxCommands: 40 },
    );
    fc.assert(
      fc.property(commands, fc.integer({ min: 100, max: 20_000 }), (program, highWater) => {
        const settings = { chunkOctets, windowTransactions };
        const left = new FakeOwner(new OctetArena(0, true), 1, settings);
        const right = new FakeOwner(new OctetArena(0, true), 2, settings);
        left.highWater = right.highWater = highWater;
        const model: Model = { sent: 0, cut: false };
        const real: Real = {
          sides: [left, right],
          sessions: [
            left.endpoint.openPassive(0, 10, URIS[0], URIS[1], ''),
            right.endpoint.openActive(0, 20, CONN, URIS[1], URIS[0], ''),
          ],
          bodies: new Map(),
          strict: new Set(),
        };
        left.endpoint.accepted(0, CONN);
        right.endpoint.connected(0, CONN);
        left.drain();
        right.drain();
        fc.modelRun(() => ({ model, real }), program);
        for (const index of [0, 1] as const) {
          real.sides[index].endpoint.endSession(real.sides[index].nowNs, real.sessions[index]);
          real.sides[index].drain();
        }
        judge(real, model);
        for (const owner of real.sides) {
          expect(owner.octets.heldOctets, 'NothingHeld').toBe(0);
          expect(owner.endpoint.sessionCount, 'NothingHeld').toBe(0);
        }
      }),
      { seed: 42, numRuns: 120 },
    );
  });
});
