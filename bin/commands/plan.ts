/** `restante plan`: everything expanded, and what it amounts to; nothing is run. */
import { stringify } from 'yaml';
import { UsageError } from '../../results/exit-codes.js';
import { clockOfNs, columns, octetsText, thousands } from '../../results/text/format.js';
import { serviceTimesOf, sourceLines, toldSources } from '../../results/service-times.js';
import { sortedJson } from '../../results/folder/json.js';
import { cellOf, type Cell } from '../../workloads/cell.js';
import { costSourcesOf } from '../../workloads/cost-sources.js';
import { faultInWords } from '../../workloads/faults/fault-words.js';
import { expandedFaults } from '../../workloads/faults/faults.js';
import { forecastOf, type Forecast } from '../../workloads/forecast/forecast.js';
import type { LoadFigures } from '../../workloads/load/plan-load.js';
import { planOf } from '../../workloads/plan.js';
import { loadFaults, loadScenario } from '../../workloads/scenario/scenario-files.js';
import { phasesOf, type Scenario } from '../../workloads/scenario/scenario.js';
import { devicesOf } from '../../workloads/topology.js';
import { warmUpRule } from '../../workloads/steady-state.js';
import { sameScenario } from '../terminal/same-scenario.js';
import type { Streams } from '../terminal/streams.js';

export interface PlanOptions {
  readonly scenario: string;
  readonly seed: string | undefined;
  readonly set: readonly string[];
  /** File of a fault plan, in the place of the scenario's. */
  readonly faults: string | undefined;
  /** Print the expanded scenario, ready to be saved and run. */
  readonly yaml: boolean;
  readonly json: boolean;
}

/** Prints the plan; warnings go to stderr. Throws a `UsageError` for a scenario that is not valid. */
export function plan(options: PlanOptions, streams: Streams): void {
  if (options.yaml && options.json) throw new UsageError('--yaml and --json: one of them is needed');
  const written = loadScenario(options.scenario, options.set, (text) => streams.err(`${text}\n`));
  const scenario = options.faults === undefined ? written : loadFaults(options.faults, written);
  const cell = cellOf(scenario, options.seed, options.set);
  if (options.yaml) {
    streams.out(stringify(planOf(cell)));
    return;
  }
  const forecast = forecastOf(scenario);
  if (options.json) {
    streams.out(sortedJson({ scenario: scenario.name, seed: cell.seed, forecast }));
    return;
  }
  streams.out(`${forecastText(scenario, cell.seed, forecast)}\n`);
  if (options.faults !== undefined)
    streams.out(`
the fault plan
${faultsText(cell)}`);
  const same = sameScenario(options);
  streams.err(`\nNext:  restante run ${same}\n       restante plan ${same} --yaml > plan.yaml\n`);
}

/** Each fault on a line, with the members that chance chose. */
function faultsText(cell: Cell): string {
  return expandedFaults(cell)
    .map((fault) => `  ${fault.id ?? 'fault'}  ${faultInWords(fault)}\n`)
    .join('');
}

/** The forecast in words and columns. */
export function forecastText(scenario: Scenario, seed: string, forecast: Forecast): string {
  const { loadFromNs, loadUntilNs, endNs } = phasesOf(scenario);
  const { stations, offlineShare } = forecast;
  const sources = costSourcesOf(scenario);
  const loads: [string, LoadFigures | undefined][] = [
    ['Pager Mode messages', forecast.pager],
    ['Large Messages', forecast.large],
  ];
  const traffic = loads.flatMap(([name, figures]) =>
    figures === undefined || figures.expected === 0
      ? []
      : [[name, rounded(figures.expected), rate(figures.meanPerS), rate(figures.peakPerS)]],
  );
  const rows = [
    ['REGISTER requests', rounded(forecast.registers), '', rate(forecast.peakRegistersPerS)],
    ['deferred messages', rounded(forecast.deferred), '', ''],
  ];
  return [
    `${scenario.name}, seed ${seed}: nothing is run, these are averages and products`,
    '',
    `subscribers       ${subscribersText(scenario)}, ${percent(offlineShare)} of them offline on average`,
    `virtual time      ramp-up to ${clockOfNs(loadFromNs)}, load to ${clockOfNs(loadUntilNs)}, end at ${clockOfNs(endNs)}`,
    `analysis          ${analysisText(scenario)}`,
    `faults            ${scenario.faults.length === 0 ? 'none' : thousands(scenario.faults.length)}`,
    '',
    ...columns([
      ['expected arrivals', 'in all', 'mean', 'peak'],
      ...[...traffic, ...rows].map(([n, ...r]) => [`  ${n}`, ...r]),
    ]),
    '',
    ...columns([
      ['offered load', 'servers', 'mean', 'used', 'peak', 'used', 'because of'],
      ...stations.map((station) => [
        `  ${station.name}`,
        thousands(station.servers),
        erlang(station.meanErlang),
        percent(station.meanErlang / station.servers),
        erlang(station.peakErlang),
        percent(station.peakErlang / station.servers),
        station.peakCause,
      ]),
    ]),
    '',
    ...linksText(forecast),
    '',
    `store, at most    about ${rounded(forecast.peakStoredMessages)} messages`,
    `memory            about ${octetsText(forecast.memoryOctets)} (limit ${octetsText(scenario.limits.memory)})`,
    `events            about ${rounded(forecast.events)} (limit ${thousands(scenario.limits.events)})`,
    `service times     ${serviceTimesOf(sources)}`,
    ...sourceLines(toldSources(sources)).map((line) => `${' '.repeat(16)}${line}`),
    ...forecast.uncounted.map((what, i) => `${i === 0 ? 'not counted' : '           '}       ${what}`),
  ].join('\n');
}

/** Use of the links of clients. */
function linksText({ links }: Forecast): string[] {
  if (links.every(({ bitsPerS }) => bitsPerS === undefined))
    return ['links of clients  without a bit rate (network.up, network.down), so never full'];
  return columns([
    ['links of clients', 'bit rate', 'used, mean', 'most popular user at the peak'],
    ...links.map(({ name, bitsPerS, meanUse, topUse }) => [
      `  ${name}`,
      bitsPerS === undefined ? 'no limit' : `${thousands(bitsPerS / 1000)} kbit/s`,
      bitsPerS === undefined ? '-' : percent(meanUse),
      bitsPerS === undefined ? '-' : percent(topUse),
    ]),
  ]);
}

/** How many there are, and their devices where some have several. */
function subscribersText(scenario: Scenario): string {
  const { subscribers } = scenario.population;
  const { clients } = devicesOf(scenario);
  const devices = clients === subscribers ? '' : ` with ${thousands(clients)} devices`;
  return `${thousands(subscribers)}${devices}`;
}

/** What the figures of a run will cover. */
function analysisText(scenario: Scenario): string {
  const rule = warmUpRule(scenario);
  if (rule === undefined) return 'terminating: figures cover the whole run';
  const { until, fromSecond, untilSecond, seconds } = rule;
  const how = until === 'fixed' ? '' : ' at most, by MSER-5';
  const removed = `${clockOfNs(seconds * 1e9)} of warm-up${how} from ${clockOfNs(fromSecond * 1e9)} on`;
  return `steady-state: ${removed} is removed; figures end at ${clockOfNs(untilSecond * 1e9)}`;
}

/** An average as a whole number of things, with four digits, or two where there are millions: it promises no more than that. */
function rounded(value: number): string {
  if (value > 0 && value < 0.5) return '<1';
  const whole = Math.round(value);
  return thousands(Number(whole.toPrecision(whole < 1e6 ? 4 : 2)));
}

function rate(perS: number): string {
  return perS === 0 ? '' : `${thousands(Number(perS.toPrecision(3)))}/s`;
}

function erlang(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function percent(share: number): string {
  const value = share * 100;
  // What rounds up to 10 is 10: an average of draws is 9.99... where a share of 10 % was asked for.
  return `${value === 0 ? 0 : value < 1 ? value.toPrecision(1) : value < 9.95 ? value.toFixed(1) : value.toFixed(0)} %`;
}
