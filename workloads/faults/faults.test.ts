import { describe, expect, test } from 'vitest';
import { FAULT_KINDS } from '../../sim/faults/kinds.js';
import { cellOf } from '../cell.js';
import { expandedFaults, expandedPlan, faultEntry, withFaults } from './faults.js';
import { faultSchema } from './faults-schema.js';
import { parseScenario } from '../scenario/loader.js';
import { planOf } from '../plan.js';

const HEAD = `version: 1
name: tiny
duration: 1m
rampUp: 10s
drain: 1m
population: { subscribers: 10 }
traffic: { pager: { rate: 1/s } }
`;

function scenarioOf(...faults: string[]) {
  return parseScenario(
    `${HEAD}faults:\n${faults.map((fault) => `  - { ${fault} }\n`).join('')}`,
    'tiny.yaml',
  );
}

function errorOf(...faults: string[]): string {
  try {
    scenarioOf(...faults);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

/** One of each kind, as a user would write it. */
const EACH = [
  'at: 20s, for: 5s, kind: delay, target: clients, time: 100ms, jitter: 10ms',
  'at: 20s, for: 5s, kind: loss, target: clients, gemodel: { p: 1%, r: 20%, h: 10% }',
  'at: 20s, for: 5s, kind: loss, target: clients, mode: fixed, value: 3, percent: 20%',
  'at: 20s, for: 5s, kind: duplicate, target: im, percent: 10%',
  'at: 20s, for: 5s, kind: corrupt, target: clients, percent: 1%, escape: true',
  'at: 20s, for: 5s, kind: rate, target: clients, rate: 64kbit/s',
  'at: 20s, for: 5s, kind: partition, target: im, spread: 2s',
  'at: 20s, for: 5s, kind: clog, target: core, direction: in',
  'at: 0s, kind: drop, target: clients, members: [4], direction: out, ordinal: 7',
  'at: 20s, for: 5s, kind: stall, target: im',
  'at: 20s, kind: reset, target: im',
  'at: 20s, for: 5s, kind: limit-data, target: im, bytes: 1000B, direction: out',
  'at: 20s, for: 5s, kind: slicer, target: im, size: 100B',
  'at: 20s, for: 5s, kind: slow-close, target: im, delay: 1s',
  'at: 20s, for: 5s, kind: crash, target: im',
  'at: 20s, for: 5s, kind: pause, target: core',
  'at: 20s, for: 5s, kind: slowdown, target: im, factor: 10',
  'at: 20s, for: 5s, kind: clock-skew, target: im, offset: -90s, drift: 200',
  'at: 20s, for: 5s, kind: storage-latency, target: im, delay: 500ms',
  'at: 20s, for: 5s, kind: storage-full, target: im',
  'at: 20s, for: 5s, kind: storage-error, target: im, percent: 50%',
  'at: 20s, for: 5s, kind: lying-disk, target: im',
];

describe('a plan in a scenario', () => {
  test('has every kind of fault that the simulator has', () => {
    const scenario = scenarioOf(...EACH);
    const kinds = new Set(scenario.faults.map(({ kind }) => kind));
    const known = faultSchema.options.map(({ shape }) => [...shape.kind.values][0]!);
    expect([...kinds].toSorted((a, b) => a.localeCompare(b, 'en'))).toEqual(
      [...new Set(known)].toSorted((a, b) => a.localeCompare(b, 'en')),
    );
    expect(Object.keys(FAULT_KINDS).filter((kind) => !kinds.has(kind as keyof typeof FAULT_KINDS))).toEqual(
      [],
    );
  });

  test('says in base units what the file says, with the signs of tc-netem and of a clock', () => {
    const entries = scenarioOf(...EACH).faults.map(faultEntry);
    const paramsOf = (kind: string) => entries.find((entry) => entry.kind === kind)!.params;
    expect(paramsOf('loss')).toEqual({ burst: { toBad: 0.01, toGood: 0.2, lossInBad: 0.9, lossInGood: 0 } });
    expect(paramsOf('clock-skew')).toEqual({ offsetMs: -90_000, driftPpm: 200 });
    expect(paramsOf('rate')).toEqual({ bitsPerS: 64_000, queueOctets: 262_144 });
    expect(entries[3]!.id).toBe('f3');
  });

  test('is written with everything expanded and reads back to the same', () => {
    const scenario = scenarioOf(...EACH);
    const text = JSON.stringify(planOf(cellOf(scenario)));
    expect(parseScenario(text, 'plan.yaml')).toEqual(scenario);
  });
});

describe('a plan as a list of explicit entries', () => {
  const cell = cellOf(
    scenarioOf(
      'at: 20s, for: 5s, kind: partition, target: clients, mode: random-max-percent, value: 80',
      'at: 30s, for: 5s, kind: loss, target: clients, mode: fixed, value: 4, percent: 50%',
      'at: 40s, for: 5s, kind: crash, target: im',
    ),
    'some seed',
  );

  test('runs the same plan, and any part of it alone', () => {
    const faults = expandedFaults(cell);
    expect(faults.map(({ id }) => id)).toEqual(['f0', 'f1', 'f2']);
    expect(faults[1]!.members!.length).toBe(4);
    expect(expandedPlan(withFaults(cell, faults))).toEqual(expandedPlan(cell));
    expect(expandedPlan(withFaults(cell, faults.slice(1)))).toEqual(expandedPlan(cell).slice(1));
    expect(faults.map((fault) => faultSchema.safeParse(planTextOf(fault)).success)).toEqual([
      true,
      true,
      true,
    ]);
  });

  function planTextOf(fault: (typeof cell.scenario.faults)[number]): unknown {
    const written = planOf(withFaults(cell, [fault])) as { faults: unknown[] };
    return written.faults[0];
  }
});

describe('a plan is refused, with its place, if it', () => {
  test.each([
    [
      'targets nothing',
      'at: 20s, for: 5s, kind: partition, target: clients, mode: fixed, value: 0',
      /:\d+:\d+ {2}error {2}it hits nobody/,
    ],
    [
      'names a host that is not there',
      'at: 20s, for: 5s, kind: crash, target: mars',
      /unknown target "mars"/,
    ],
    ['never happens', 'at: 3m, for: 5s, kind: crash, target: im', /the run is over at 130s/],
    ['comes after the healing', 'at: 80s, for: 5s, kind: crash, target: im', /everything heals at 70s/],
    [
      'outlasts the run',
      'at: 60s, for: 5m, kind: crash, target: im',
      /the run is over at 130s, before the fault is/,
    ],
    [
      'has members that are not there',
      'at: 20s, for: 5s, kind: stall, target: clients, members: [3, 10]',
      /members are numbers below 10/,
    ],
    [
      'has members twice',
      'at: 20s, for: 5s, kind: stall, target: clients, members: [3, 3]',
      /ascending, each once/,
    ],
    [
      'hits a share that is nobody',
      'at: 20s, for: 5s, kind: stall, target: clients, mode: fixed-percent, value: 4',
      /of 10 clients that is nobody/,
    ],
    ['clogs for ever', 'at: 20s, kind: clog, target: im', /a clog needs an end/],
    ['drops no single packet', 'at: 20s, kind: drop, target: im, ordinal: 3', /needs a direction/],
    ['slows a fleet down', 'at: 20s, for: 5s, kind: slowdown, target: clients, factor: 3', /is for servers/],
    ['pauses clients for ever', 'at: 20s, kind: pause, target: clients', /a pause of clients needs an end/],
    [
      'gives a host a direction',
      'at: 20s, for: 5s, kind: pause, target: im, direction: in',
      /has no direction/,
    ],
    [
      'is of an unknown kind',
      'at: 20s, for: 5s, kind: losss, target: im',
      /unknown kind "losss" — did you mean "loss"/,
    ],
    [
      'has a parameter of another kind',
      'at: 20s, for: 5s, kind: partition, target: im, percent: 5%',
      /unknown key "percent"/,
    ],
    [
      'is of a disk that is not there',
      'at: 20s, for: 5s, kind: storage-full, target: core',
      /the Core keeps nothing on a disk/,
    ],
    [
      'slows down what has no station',
      'at: 20s, for: 5s, kind: slowdown, target: xdms, factor: 3',
      /the IM XDMS has no CPU station/,
    ],
    ['misses a parameter', 'at: 20s, for: 5s, kind: slowdown, target: im', /"factor" is missing/],
  ])('%s', (_what, fault, message) => {
    const text = errorOf(fault);
    expect(text).toMatch(message);
    expect(text).toMatch(/^tiny\.yaml:9:\d+ /);
  });

  test('overlaps itself impossibly', () => {
    const crash = (at: string) => `at: ${at}, for: 10s, kind: crash, target: im`;
    expect(errorOf(crash('20s'), crash('25s'))).toMatch(
      /tiny\.yaml:10:\d+ {2}error {2}it overlaps the crash of im at 20s for 10s/,
    );
    expect(errorOf(crash('20s'), crash('31s'))).toBe('no error');
    expect(errorOf(crash('20s'), 'at: 25s, for: 1s, kind: crash, target: core')).toBe('no error');
    const client = (members: string) => `at: 20s, for: 5s, kind: crash, target: clients, members: ${members}`;
    expect(errorOf(client('[3, 4]'), client('[4]'))).toMatch(
      /it overlaps the crash of clients at 20s for 5s/,
    );
    expect(errorOf(client('[3, 4]'), client('[5]'))).toBe('no error');
    // Who is hit by a share is drawn later.
    const share = 'at: 24s, for: 5s, kind: crash, target: clients, mode: fixed-percent, value: 50';
    expect(errorOf(client('[3, 4]'), share)).toMatch(/it overlaps the crash of clients at 20s for 5s/);
  });

  test('but a pause of clients goes on to the later end of two', () => {
    const pause = (at: string) => `at: ${at}, for: 5s, kind: pause, target: clients, members: [3]`;
    expect(errorOf(pause('20s'), pause('24s'))).toBe('no error');
  });

  test('has ids that are there already', () => {
    expect(
      errorOf('at: 20s, kind: reset, target: im, id: a', 'at: 21s, kind: reset, target: im, id: a'),
    ).toMatch(/the id "a" is that of the reset of im at 20s/);
  });

  test('stands still while it is down', () => {
    const pause = (at: string, target = 'im'): string => `at: ${at}, for: 2s, kind: pause, target: ${target}`;
    const crash = 'at: 20s, for: 5s, kind: crash, target: im';
    const refused = /error {2}its host is down: crash of im at 20s for 5s/;
    expect(errorOf(crash, pause('21s'))).toMatch(refused);
    expect(errorOf(pause('21s'), crash)).toMatch(refused);
    // A crash ends a pause; after a restart, and elsewhere, there is something to stand still.
    for (const other of [pause('19s'), pause('25s'), pause('21s', 'core')]) {
      expect(errorOf(crash, other)).toBe('no error');
    }
  });
});
