/**
 * `npm run bench`: what the machine can do, as medians and ratios of one run. `--json` writes one JSON document, `--only TEXT`
 * takes the groups whose name has it, `--rounds N` changes the number of rounds, `--short` takes about a minute, `--compare FILE`
 * gives ratios to an earlier `--json`. `footprint` runs only when it is asked for by name: its processes take minutes.
 */
import { ExitCode, UsageError } from '../results/exit-codes.js';
import { mimeBodies, msrpFrames, sipSerialise } from './codecs.js';
import { BENCH_SCHEMA, ratiosOf, type GroupResult } from './compare.js';
import { endToEndPager } from './end-to-end.js';
import { footprints } from './footprint.js';
import { inFlight } from './in-flight.js';
import { endToEndLarge } from './large.js';
import { kernel } from './kernel.js';
import { reassembly } from './reassembly.js';
import { measure, type Candidate } from './measure.js';
import { benchHelp, benchOptions, type BenchOptions } from './options.js';
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
  { name: 'sip-again', candidates: sipSerialise, rounds: 15 },
  { name: 'msrp', candidates: msrpFrames, rounds: 15 },
  { name: 'mime', candidates: mimeBodies, rounds: 15 },
  { name: 'reassembly', candidates: reassembly, rounds: 9 },
  { name: 'end-to-end', candidates: endToEndPager, rounds: 5 },
  { name: 'large end-to-end', candidates: endToEndLarge, rounds: 5 },
];
/** Rounds of a short run, and the groups of which a round takes seconds. */
const SHORT = { rounds: 3, slowRounds: 1, slow: ['end-to-end', 'large end-to-end'] } as const;

const options = optionsOrExit();

/** What the command line asks for; `--help` and a slip in it end the process here. */
function optionsOrExit(): BenchOptions {
  const names = GROUPS.map(({ name }) => name);
  try {
    const read = benchOptions(process.argv.slice(2), names);
    if (read !== 'help') return read;
    process.stdout.write(benchHelp(names));
    process.exit(ExitCode.pass);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`bench: ${error.message}`);
    process.exit(ExitCode.usage);
  }
}

function roundsOf({ name, rounds }: Group): number {
  if (options.rounds !== undefined) return options.rounds;
  if (!options.short) return rounds;
  return SHORT.slow.some((slow) => slow === name) ? SHORT.slowRounds : SHORT.rounds;
}

const results: GroupResult[] = [];
for (const group of GROUPS) {
  if (options.only !== undefined && !group.name.includes(options.only)) continue;
  const rounds = roundsOf(group);
  // One round of a slow group is seconds of work; the others need one before they count.
  const warmUps = !options.short ? 2 : rounds === SHORT.slowRounds ? 0 : 1;
  const measured = measure(group.candidates, rounds, warmUps);
  results.push({ group: group.name, measured });
  if (options.json) continue;
  console.log(`${group.name} (median of ${rounds} rounds, least and most; per second of CPU time)`);
  const first = measured[measured.length - 1].median;
  for (const { name, unit, median, least, most } of measured) {
    const figures = [median, least, most].map((rate) => Math.round(rate).toLocaleString('en').padStart(12));
    console.log(`  ${name.padEnd(50)}${figures.join('')}  ${unit}/s  x${(median / first).toFixed(2)}`);
  }
}
const { compare } = options;
const ratios = compare === undefined ? undefined : ratiosOf(compare.before.results, results);
if (compare !== undefined && ratios !== undefined && !options.json) {
  console.log(`beside ${compare.file}: times as fast, and the same by the last of each group`);
  for (const { name, ratio, relative } of ratios) {
    const cells = [ratio, relative].map((x) => (x === undefined ? '' : `x${x.toFixed(2)}`).padStart(8));
    console.log(`  ${name.padEnd(50)}${cells.join('')}`);
  }
}
const reassembles = options.only === undefined || 'reassembly'.includes(options.only);
const grown = [...(reassembles ? inFlight() : []), ...(options.only === 'footprint' ? footprints() : [])];
if (!options.json) {
  for (const { name, value, unit } of grown)
    console.log(`  ${name.padEnd(50)}${value.toPrecision(4).padStart(12)}  ${unit}`);
}
if (options.json) {
  const document = { schema: BENCH_SCHEMA, node: process.version, results, grown, ratios };
  console.log(JSON.stringify(document, null, 2));
}
