/**
 * A transaction table as a mermaid state diagram. `scripts/diagrams.mjs` writes them to `docs/diagrams`; a test compares.
 */
import {
  ACTION_NAMES,
  EVENT_NAMES,
  MACHINE_NAMES,
  State,
  STATE_NAMES,
  TABLES,
  type Machine,
} from './tables.js';

/** File name of the diagram of a machine, without folder. */
export function diagramName(machine: Machine): string {
  return `sip-${MACHINE_NAMES[machine]}.mmd`;
}

/** The diagram: one arrow a row, labelled with the event and, after a slash, the actions in order. */
export function stateDiagram(machine: Machine): string {
  const lines = [
    `%% ${MACHINE_NAMES[machine]} transaction, generated from models/sip/transaction/tables.ts`,
    'stateDiagram-v2',
  ];
  for (const { state, event, actions, next } of TABLES[machine]) {
    const from = state === State.none ? '[*]' : STATE_NAMES[state];
    const what = actions.map((action) => ACTION_NAMES[action]).join(', ');
    lines.push(`  ${from} --> ${STATE_NAMES[next]}: ${EVENT_NAMES[event]}${what === '' ? '' : ` / ${what}`}`);
  }
  lines.push(`  ${STATE_NAMES[State.terminated]} --> [*]`);
  return `${lines.join('\n')}\n`;
}
