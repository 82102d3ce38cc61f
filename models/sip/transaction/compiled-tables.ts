/**
 * The transaction tables compiled to columns: next state and actions by machine, state and event, so that an event costs two loads
 * and no search. Built once, never written again. What the rows say: `tables.ts`.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { type Event, EVENTS, type Machine, type State, TABLES } from './tables.js';

/** Most actions of one row. */
export const ACTIONS_MAX = 5;
/** In {@link NEXT}: the table has no such row. */
export const NO_ROW = 255;
const STATES = 8;

/** Next state by {@link rowAt}. */
export const NEXT = new Uint8Array(TABLES.length * STATES * EVENTS).fill(NO_ROW);
/** Actions in order, `ACTIONS_MAX` places to a row; what is left over is `Action.none`. */
export const ACTIONS = new Uint8Array(NEXT.length * ACTIONS_MAX);

/** Where the row of (machine, state, event) stands. */
export function rowAt(machine: Machine, state: State, event: Event): number {
  return (machine * STATES + state) * EVENTS + event;
}

for (let machine = 0; machine < TABLES.length; machine++) {
  for (const { state, event, actions, next } of TABLES[machine]) {
    const at = rowAt(machine as Machine, state, event);
    assert(NEXT[at] === NO_ROW && actions.length <= ACTIONS_MAX, 'two rows for one state and event');
    NEXT[at] = next;
    for (let i = 0; i < actions.length; i++) ACTIONS[at * ACTIONS_MAX + i] = actions[i];
  }
}
