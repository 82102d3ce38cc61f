/**
 * The kernel: hold operations (one event done, one scheduled) with many events pending, in the heap and in lanes; beside the timers of
 * other simulators with a hundredth of that pending, which is in their favour.
 */
// oxlint-disable-next-line no-restricted-imports -- a peer that is measured; no virtual time of ours comes from it
import { VirtualTimeScheduler, type SchedulerAction } from 'rxjs';
import { Kernel, Phase } from '../sim/kernel/kernel.js';
import { mix32 } from '../sim/kernel/mix.js';
import type { Candidate } from './measure.js';
import { simJs, type SimJs } from './peers.js';

const PENDING = 100_000;
const EVENTS = 400_000;
const LANES = 8;

/** Schedules event number `i`. */
type Schedule = (kernel: Kernel, handler: number, i: number) => void;

/** One kernel for all rounds, filled beforehand: hold operations alone are measured. */
function hold(name: string, schedule: Schedule): Candidate {
  const kernel = new Kernel();
  // Lanes 0 to 7.
  for (let i = 0; i < LANES; i++) kernel.lane((i + 1) * 1000);
  let next = 0;
  const handler = kernel.register({ onEvent: () => schedule(kernel, handler, next++) });
  while (kernel.pending < PENDING) schedule(kernel, handler, next++);
  return {
    name,
    unit: 'events',
    round() {
      kernel.runUntil(Infinity, EVENTS);
      return EVENTS;
    },
  };
}

/** Peers schedule the same: every event done makes one event, at an instant a little later. */
const PEER_PENDING = 1_000;
const PEER_EVENTS = 5_000;

const rxjs: Candidate = {
  name: 'rxjs VirtualTimeScheduler, 1,000 pending',
  unit: 'events',
  round() {
    const scheduler = new VirtualTimeScheduler();
    let done = 0;
    for (let i = 0; i < PEER_PENDING; i++) {
      scheduler.schedule(
        function again(this: SchedulerAction<number>, from = 0) {
          done++;
          if (done + PEER_PENDING <= PEER_EVENTS)
            this.schedule(from, 1 + ((mix32(done, 7) >>> 0) % 1_000_000));
        },
        1 + ((mix32(i, 7) >>> 0) % 1_000_000),
        i,
      );
    }
    scheduler.flush();
    if (done < PEER_EVENTS) throw new Error(`only ${done} events`);
    return done;
  },
};

function simJsTimers({ Sim, Entity }: SimJs): Candidate {
  return {
    name: 'simjs (npm), 1,000 pending',
    unit: 'events',
    round() {
      let done = 0;
      class Timer extends Entity {
        start(): void {
          this.setTimer(1 + ((mix32(done, 7) >>> 0) % 1_000_000)).done(() => this.again());
        }
        again(): void {
          done++;
          if (done + PEER_PENDING <= PEER_EVENTS) this.start();
        }
      }
      const sim = new Sim();
      for (let i = 0; i < PEER_PENDING; i++) sim.addEntity(Timer);
      sim.simulate(1e12);
      if (done < PEER_EVENTS) throw new Error(`only ${done} events`);
      return done;
    },
  };
}

const simjs = simJs();
if (simjs === undefined) console.error('not installed, left out: simjs');

export const kernel: readonly Candidate[] = [
  hold('kernel, heap, 100,000 pending', (k, handler, i) => {
    k.at(k.nowNs + 1 + ((mix32(i, 7) >>> 0) % 1_000_000), Phase.timer, handler, 0, 0, 0);
  }),
  hold('kernel, lanes, 100,000 pending', (k, handler, i) => {
    k.after(i & (LANES - 1), handler, 0, 0, 0);
  }),
  ...(simjs === undefined ? [] : [simJsTimers(simjs)]),
  rxjs,
];
