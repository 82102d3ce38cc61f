import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Leg } from '../legs.js';
import { Event, EVENTS, Machine, State, STATE_NAMES, TABLES } from './tables.js';
import { Delay, delayNs, lifeDelay, repeatInterval } from './timers.js';
import { Out } from './out-queue.js';
import { Transactions } from './transactions.js';
import { Action } from './tables.js';

const LIMIT = 4;
const FIRST_TIMER = Event.timerA;

function check(holds: boolean, invariant: string): void {
  if (!holds) throw new Error(invariant);
}

/** One transaction as the owner of the interpreter sees it. */
interface Seen {
  slot: number;
  name: number;
  machine: Machine;
  repeat: boolean;
  life: boolean;
  hasResponse: boolean;
}

/** The owner of an interpreter that checks the named invariants on every output. */
class Owner {
  readonly machine = new Transactions(LIMIT);
  readonly alive: Seen[] = [];
  readonly reached = new Set<string>();
  readonly gone: number[] = [];

  open(kind: Machine, leg: Leg): void {
    const slot = this.machine.open(kind, leg);
    if (this.alive.length === LIMIT) {
      expect(slot, 'StoreGrowth: a transaction over the limit').toBe(0);
      return;
    }
    expect(slot).toBeGreaterThan(0);
    const seen = { slot, name: 0, machine: kind, repeat: false, life: false, hasResponse: false };
    this.alive.push(seen);
    this.feed(seen, Event.start);
  }

  /** What may arrive in this state, timers apart. */
  inputs(seen: Seen): Event[] {
    const events = Object.values(Event).filter((event) => event > Event.start && event < FIRST_TIMER);
    return events.filter((event) => this.machine.accepts(seen.slot, event));
  }

  feed(seen: Seen, event: Event): void {
    const { machine } = this;
    const state = machine.stateOf(seen.slot);
    this.reached.add(`${seen.machine} ${state} ${event}`);
    if (event === Event.put1xx || event === Event.put2xx || event === Event.put3to6) seen.hasResponse = true;
    machine.handle(seen.slot, event);
    this.drain(seen, event === Event.start || event >= FIRST_TIMER);
    if (event === Event.put2xx && machine.stateOf(seen.slot) === State.accepted && !seen.repeat) {
      machine.repeatUntilAck(seen.slot);
      this.drain(seen, false);
    }
  }

  fire(seen: Seen, life: boolean): void {
    const { machine } = this;
    const state = machine.stateOf(seen.slot);
    if (life ? !seen.life : !seen.repeat) return;
    if (life) seen.life = false;
    else seen.repeat = false;
    for (let event: Event = FIRST_TIMER; event < EVENTS; event++) {
      const isLife = ![Event.timerA, Event.timerE, Event.timerG, Event.timer100].includes(event as never);
      const ofState = machine.accepts(seen.slot, event as Event) && isLife === life;
      if (ofState && (event !== Event.timer100 || !seen.hasResponse))
        this.reached.add(`${seen.machine} ${state} ${event}`);
    }
    if (life) machine.lifeFired(seen.slot);
    else machine.repeatFired(seen.slot);
    this.drain(seen, true);
  }

  cancel(seen: Seen): void {
    if (seen.machine !== Machine.inviteClient || this.machine.stateOf(seen.slot) !== State.proceeding) return;
    this.machine.startCancelTimer(seen.slot);
    this.drain(seen, false);
  }

  private drain(seen: Seen, maySendFirst: boolean): void {
    const { machine } = this;
    const { out } = machine;
    let terminated = false;
    let timerStarted = false;
    let told = false;
    while (out.next()) {
      check(out.slot === seen.slot, 'an output of another transaction');
      check(!terminated, 'OutlivedTermination: an output after terminated');
      const { op } = out;
      const client = seen.machine <= Machine.client;
      if (op === Out.send || op === Out.repeat) {
        check(!timerStarted, 'SendFirst: a timer started before what it repeats was sent');
        if (!client && op === Out.send) check(seen.hasResponse, 'UnroutableResponse: sent without one');
      }
      if (op === Out.sendAck) check(seen.machine === Machine.inviteClient, 'an ACK of another machine');
      if (op === Out.send100) check(!client && maySendFirst, 'a 100 out of turn');
      if (op === Out.startRepeat || op === Out.startLife) {
        timerStarted = true;
        check(out.argument < Delay.zero, 'a timer without length');
        const repeat = op === Out.startRepeat;
        check(!(repeat ? seen.repeat : seen.life), 'TwoTimers: the first one is still pending');
        if (repeat) seen.repeat = true;
        else seen.life = true;
      }
      if (op === Out.stopRepeat) {
        check(seen.repeat, 'TimerForRemovedKey: stop of no timer');
        seen.repeat = false;
      }
      if (op === Out.stopLife) {
        check(seen.life, 'TimerForRemovedKey: stop of no timer');
        seen.life = false;
      }
      if (op >= Out.deliver && op <= Out.noAck) told = true;
      else if (op !== Out.terminated && op !== Out.stopRepeat && op !== Out.stopLife) {
        check(!told, 'UserLast: something was done after the user was told');
      }
      if (op === Out.terminated) terminated = true;
    }
    const state = machine.stateOf(seen.slot);
    check(STATE_NAMES[state] !== undefined, 'UnnamedState');
    check((state === State.terminated) === terminated, 'terminated without a word');
    seen.name = machine.nameOf(seen.slot);
    if (!terminated) return;
    check(!seen.repeat && !seen.life, 'TimerForRemovedKey: a timer is pending');
    machine.release(seen.slot);
    this.gone.push(seen.name);
    this.alive.splice(this.alive.indexOf(seen), 1);
    check(machine.alive === this.alive.length, 'StoreGrowth');
    for (const name of this.gone.slice(-20))
      check(machine.slotOf(name) === 0, 'a stale name is not recognised');
    for (const other of this.alive)
      check(machine.slotOf(other.name) === other.slot, 'a living name is stale');
  }
}

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open'), which: fc.nat(3), what: fc.nat(3) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('feed'),
      which: fc.nat(LIMIT - 1),
      what: fc.nat(FIRST_TIMER - 1),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('fire'), which: fc.nat(LIMIT - 1), what: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('cancel'), which: fc.nat(LIMIT - 1), what: fc.constant(0) }),
  },
);

describe('the interpreter under random programs', () => {
  it('holds its invariants, and reaches every row of the tables', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 200 }), (program) => {
        const owner = new Owner();
        for (const { do: what, which, what: detail } of program) {
          if (what === 'open') owner.open(which as Machine, detail as Leg);
          if (owner.alive.length === 0) continue;
          const seen = owner.alive[which % owner.alive.length];
          if (what === 'feed') owner.feed(seen, owner.inputs(seen)[detail % owner.inputs(seen).length]);
          if (what === 'fire') owner.fire(seen, detail === 0);
          if (what === 'cancel') for (const one of owner.alive) owner.cancel(one);
        }
        for (const row of owner.reached) reached.add(row);
      }),
      { seed: 42, numRuns: 200 },
    );
    const rows = TABLES.flatMap((table, machine) =>
      table.map(({ state, event }) => `${machine} ${state} ${event}`),
    );
    expect(rows.filter((row) => !reached.has(row))).toEqual([]);
  });

  it('has one row at most for each state and event, and names a clause in each', () => {
    for (const table of TABLES) {
      const keys = table.map(({ state, event }) => state * EVENTS + event);
      expect(new Set(keys).size).toBe(keys.length);
      expect(table.every(({ clause }) => clause !== '')).toBe(true);
    }
  });
});

describe('T1: timer values (rules 4.2)', () => {
  it('are those of the two profiles', () => {
    const seconds = (profile: 0 | 1, delay: Delay): number => delayNs(profile, delay) / 1e9;
    const delays = [Delay.t1, Delay.t2, Delay.t4, Delay.t1x64, Delay.d, Delay.invite100, Delay.other100];
    expect(delays.map((delay) => seconds(0, delay))).toEqual([0.5, 4, 5, 32, 32, 0.2, 3.5]);
    expect(delays.map((delay) => seconds(1, delay))).toEqual([2, 16, 17, 128, 128, 0.2, 14]);
  });

  it('T2: A, E and G are off over TCP; D, I, J and K are zero; B, F, H, L and M are not', () => {
    for (const machine of Object.values(Machine))
      expect(repeatInterval(machine, Leg.tcpIms, 0)).toBe(Delay.off);
    for (const action of [Action.lifeD, Action.lifeI, Action.lifeJ, Action.lifeK]) {
      expect(lifeDelay(action, Leg.tcpInternet)).toBe(Delay.zero);
    }
    for (const action of [Action.lifeB, Action.lifeF, Action.lifeH, Action.lifeL, Action.lifeM]) {
      expect(lifeDelay(action, Leg.tcpInternet)).toBe(Delay.t1x64);
    }
  });
});
