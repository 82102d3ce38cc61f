import { expect, it } from 'vitest';
import { erlang, exponential, lognormal } from '../sim/kernel/distributions.js';
import { Chance } from '../sim/kernel/random.js';
import { calibratedKinds, costsYaml, fitKinds, readRows } from './calibration.js';
import { parseScenario } from './scenario/loader.js';

const stream = new Chance('calibration').stream('rows', 0, 0);

/** Rows of a kind with base 50 us and 8 us a KiB, times a factor of mean 1. */
function rowsOf(kind: string, factor: () => number, n = 2000): string[] {
  return Array.from({ length: n }, (_, i) => {
    const octets = (i * 97) % 4096;
    return `${kind},${octets},${(50_000 + (8_000 * octets) / 1024) * factor()}`;
  });
}

const sheet = (...rows: string[]) => ['kind,octets,duration_ns', ...rows].join('\n');

it('finds base, cost a KiB and shape of what was put in', () => {
  const sigma = 0.5;
  const text = sheet(
    ...rowsOf('server.message', () => 1),
    ...rowsOf('server.push', () => exponential(stream, 1)),
    ...rowsOf('server.send', () => erlang(stream, 1, 4)),
    ...rowsOf('core.request', () => lognormal(stream, Math.exp((-sigma * sigma) / 2), sigma)),
  );
  const fits = fitKinds(readRows(text, 'x.csv'));
  expect(fits.map(({ kind, shapes }) => [kind, shapes[0].name])).toEqual([
    ['core.request', 'lognormal'],
    ['server.message', 'constant'],
    ['server.push', 'exponential'],
    ['server.send', 'gamma'],
  ]);
  for (const { baseNs, nsPerKiB, shapes } of fits) {
    expect(Math.abs(baseNs / 50_000 - 1)).toBeLessThan(0.15);
    expect(Math.abs(nsPerKiB / 8_000 - 1)).toBeLessThan(0.4);
    if (shapes[0].distance !== undefined) expect(shapes[0].distance).toBeLessThan(0.04);
  }
  const exact = fits.find(({ kind }) => kind === 'server.message')!;
  expect(exact.baseNs).toBeCloseTo(50_000, 3);
  expect(exact.mape).toBeLessThan(1e-9);
  expect(fits.find(({ kind }) => kind === 'server.push')!.distribution).toBe('exponential');
});

it('the YAML reads back, and only a whole table is called calibrated', () => {
  const all = calibratedKinds().filter((kind) => kind.startsWith('core.'));
  const text = sheet(
    ...all.flatMap((kind) => rowsOf(kind, () => 1, 50)),
    ...rowsOf('server.push', () => 1, 50),
  );
  const yaml = costsYaml(fitKinds(readRows(text, 'm.csv')), 'm.csv');
  const scenario = parseScenario(
    `version: 1\nname: x\nduration: 10s\npopulation: { subscribers: 5 }\ntraffic: { pager: { rate: 1/s } }\n${yaml}`,
    'x.yaml',
  );
  expect(scenario.core.cpu.provenance).toMatch(/^calibrated from m\.csv, \d+ rows/);
  expect(scenario.server.cpu.provenance).toMatch(/^partly calibrated/);
  expect(scenario.core.cpu.costs.register).toEqual({ base: 50_000, perKiB: 8_000, distribution: 'constant' });
});

it.each([
  ['a,b\n', /^m\.csv:1:1 {2}the first line names the columns/],
  [
    'kind,octets,duration\nserver.mesage,1,1ms',
    /^m\.csv:2:1 {2}"server\.mesage".*did you mean "server\.message"/,
  ],
  ['kind,octets,duration\nserver.message,x,1ms', /^m\.csv:2:16 {2}a number of octets/],
  ['kind,octets,duration\nserver.message,1,1', /^m\.csv:2:18 {2}a duration with its unit/],
  ['kind,octets,duration\nserver.message,1,1ms', /server\.message has 1 row; at least 5/],
  ['kind,octets,duration\n', /there are no rows/],
])('refuses %j with its place', (text, message) => {
  expect(() => readRows(text, 'm.csv')).toThrow(message);
});
