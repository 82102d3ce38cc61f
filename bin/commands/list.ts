/** `restante list`: the scenarios that ship with the product, one line each. */
import { loadScenario, shippedScenarios } from '../../workloads/scenario-files.js';
import type { Streams } from '../streams.js';

/** Prints the scenarios and their descriptions. */
export function list(streams: Streams): void {
  const rows = shippedScenarios().map((name) => [name, loadScenario(name).description]);
  const width = Math.max(...rows.map(([name]) => name.length));
  streams.out(`${rows.map(([name, description]) => `${name.padEnd(width)}  ${description}`).join('\n')}\n`);
  streams.err('\nNext:  restante run smoke\n');
}
