/** Three small worlds, each a second or less to simulate, that tests of the whole product share. */
import { cellOf, type Cell } from '../../workloads/cell.js';
import { parseScenario } from '../../workloads/scenario/loader.js';

const OUTAGE = `version: 1
name: small-outage
rampUp: 5s
duration: 60s
drain: 120s
population: { subscribers: 30, anonymousShare: 20% }
traffic:
  pager: { rate: 4/s, expires: { share: 20%, min: 10m, max: 1h } }
  large: { rate: 0.5/s, size: { dist: lognormal, median: 8KiB, sigma: 1, cap: 64KiB } }
network: { delay: 25ms, jitter: 5ms }
client: { reconnectJitter: 5s, backoffBase: 2s, backoffMax: 20s }
core: { flowTimeout: 10s }
faults:
  - { at: 15s, for: 30s, kind: partition, target: clients, mode: fixed-percent, value: 60 }
`;

/** The cells by name: an outage, the same on a lossy network, and one in which lifetimes end before the network is back. */
export const SMALL_CELLS: ReadonlyMap<string, Cell> = new Map([
  ['outage', cellOf(parseScenario(OUTAGE, 'small.yaml'))],
  [
    'lossy',
    cellOf(parseScenario(OUTAGE, 'small.yaml', ['network.loss=5%', 'network.duplicate=2%']), 'lossy'),
  ],
  [
    'expiring',
    cellOf(
      parseScenario(OUTAGE, 'small.yaml', [
        'traffic.pager.expires.share=60%',
        'traffic.pager.expires.min=2s',
        'traffic.pager.expires.max=15s',
      ]),
      'expiring',
    ),
  ],
]);

/** The cell of this name. */
export function smallCell(name: string): Cell {
  const cell = SMALL_CELLS.get(name);
  if (cell === undefined) throw new Error(`no small cell is named ${name}`);
  return cell;
}
