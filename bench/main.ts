/**
 * `npm run bench`: what the machine can do, as medians and ratios of one run. `--json` writes one JSON document, `--only TEXT`
 * takes the groups whose name has it, `--rounds N` changes the number of rounds. `footprint` runs only when it is asked for by
 * name: its processes take minutes.
 */
import { parseArgs } from 'node:util';
import { endToEndPager } from './end-to-end.js';
import { footprints } from './footprint.js';
import { inFlight } from './in-flight.js';
import { endToEndLarge } from './large.js';
import { kernel } from './kernel.js';
import { reassembly } from './reassembly.js';
import { measure, type Candidate, type Measured } from './measure.js';
import { sipParse } from './sip-parse.js';

interface Group {
  readonly name: string;
  readonly candidates: readonly Candidate[];
  /** Rounds of the whole group, so that each takes some seconds. */
  readonly rounds: number;
}

const GROUPS: readonly Group[] = [
  { name: 'kernel', candidates: kernel, rounds: 7 },
  { name: 'sip', candidates: sipParse, rounds: 15 },
  { name: 'reassembly', candidates: reassembly, rounds: 9 },
  { name: 'end-to-end', candidates: endToEndPager, rounds: 5 },
  { name: 'large end-to-end', candidates: endToEndLarge, rounds: 5 },
];

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, only: { type: 'string' }, rounds: { type: 'string' } },
});

const results: { group: string; measured: Measured[] }[] = [];
for (const group of GROUPS) {
  if (values.only !== undefined && !group.name.includes(values.only)) continue;
  const rounds = values.rounds === undefined ? group.rounds : Number(values.rounds);
  const measured = measure(group.candidates, rounds, 2);
  results.push({ group: group.name, measured });
  if (values.json === true) continue;
  console.log(`${group.name} (median of ${rounds} rounds, least and most; per second of CPU time)`);
  const first = measured[measured.length - 1].median;
  for (const { name, unit, median, least, most } of measured) {
    const figures = [median, least, most].map((rate) => Math.round(rate).toLocaleString('en').padStart(12));
    console.log(`  ${name.padEnd(50)}${figures.join('')}  ${unit}/s  x${(median / first).toFixed(2)}`);
  }
}
const reassembles = values.only === undefined || 'reassembly'.includes(values.only);
const grown = [...(reassembles ? inFlight() : []), ...(values.only === 'footprint' ? footprints() : [])];
if (values.json !== true) {
  for (const { name, value, unit } of grown)
    console.log(`  ${name.padEnd(50)}${value.toPrecision(4).padStart(12)}  ${unit}`);
}
if (values.json === true) console.log(JSON.stringify({ node: process.version, results, grown }, null, 2));
