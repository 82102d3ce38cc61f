/** Odd but plausible input: options that contradict each other, values that are lists, damaged files. Each is told in a line or two. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { called } from './support/command-line.js';
import { TINY } from './support/tiny.js';

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-odd-'));
  writeFileSync(at('tiny.yaml'), TINY);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('options of which one would be passed by in silence are refused', () => {
  const many = ['run', 'smoke', '--replications', '2'];
  test.each([
    [
      [...many, '--require-baseline'],
      /^restante: --replications does not go with --require-baseline\nrestante compare /,
    ],
    [[...many, '--baseline'], /^restante: --replications does not go with --baseline\nrestante compare /],
    [
      [...many, '--repeat', '3', '--ladder', '4'],
      /^restante: --replications does not go with --ladder, --repeat\n$/,
    ],
    [
      ['sweep', 'smoke', '--vary', 'network.loss=1%,2%', '--set', 'network.loss=7%'],
      /^restante: --set network\.loss=7% and --vary network\.loss: one of them is needed\n$/,
    ],
    [
      ['sweep', 'smoke', '--vary', 'seed=1,2', '--seed', '5'],
      /^restante: --seed 5 and --vary seed: one of them is needed\n$/,
    ],
    [
      ['sensitivity', 'smoke', '--vary', 'network.delay', '--vary', 'network.delay=1ms,2ms'],
      /^restante: --vary network\.delay is given twice\n$/,
    ],
    [
      ['sensitivity', 'smoke', '--vary', 'network.loss', '--vary', 'network.delay'],
      /^restante: --vary network\.loss: it is 0, and so is 20 % of it: write network\.loss=low,high\n$/,
    ],
    [
      ['sensitivity', 'smoke', '--vary', 'server.instances'],
      /^restante: --vary server\.instances: 20 % of 1 is too little to vary: write server\.instances=low,high\n$/,
    ],
  ])('restante %j', async (args, message) => {
    const { code, out, err } = await called(...args);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });
});

test('a seed that no plan.yaml could hold is refused', async () => {
  for (const verb of ['run', 'plan', 'sweep']) {
    const { code, out, err } = await called(verb, at('tiny.yaml'), '--seed', 'x'.repeat(201));
    expect([code, out, err]).toEqual([
      2,
      '',
      'restante: --seed: a seed is a text of at most 200 characters\n',
    ]);
  }
});

test('a second YAML document is told of in our words', async () => {
  writeFileSync(at('two.yaml'), `${TINY}---\n${TINY}`);
  const { err } = await called('validate', at('two.yaml'));
  expect(err).toContain('two.yaml:8:1  error  a second document begins here: a file has one\n');
});

test('sweep takes values that are lists, and the CSV keeps each in one field', async () => {
  const vary = 'population.devicesPerUser=[100%],[50%, 50%]';
  const args = ['--vary', vary, '--jobs', '1', '--no-cache', '-q', '--out', at('lists')];
  expect((await called('sweep', at('tiny.yaml'), ...args)).code).toBe(0);
  const rows = readFileSync(at('lists', 'sweep.csv'), 'utf8').split('\n');
  expect([rows[1]?.slice(0, 7), rows[2]?.slice(0, 12)]).toEqual(['[100%],', '"[50%, 50%]"']);
});

test('a path through a file, as through the pointer latest, names no file', async () => {
  const { code, err } = await called('plan', at('tiny.yaml', 'plan.yaml'));
  expect([code, err.split('\n')[0]]).toEqual([
    2,
    `restante: cannot read the scenario ${at('tiny.yaml', 'plan.yaml')}: there is no such file`,
  ]);
});

test('a trace for a scenario that ships, which has no folder to look in, is told with the way out', async () => {
  const trace = 'traffic.pager={ process: trace, trace: { file: day.csv } }';
  const { code, err } = await called('plan', 'smoke', '--set', trace);
  expect([code, err]).toEqual([
    2,
    'restante: smoke.yaml  error  it names the file day.csv, which is looked for beside the scenario, and this one has no folder of yours: restante plan NAME --yaml > mine.yaml makes it a file\n',
  ]);
});
