/** The verbs that look at scenarios without running them, called in this process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { version } from '../bin/version.js';
import { packageFolder } from '../workloads/package-folder.js';
import { scenarioJsonSchema, SCHEMA_FILE, undescribedKeys } from '../workloads/scenario/json-schema.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { shippedScenarios } from '../workloads/scenario/scenario-files.js';
import { called } from './support/command-line.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-plan-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('validate', () => {
  test('all shipped scenarios are valid', async () => {
    const { code, out, err } = await called('validate', ...shippedScenarios());
    expect(out.match(/: valid/g)?.length).toBe(shippedScenarios().length);
    expect(err).not.toContain('error');
    expect(code).toBe(0);
  });

  test('looks at every file and shows each fault at its place', async () => {
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'version: 1\nname: bad\nduration: 10\n');
    const { code, out, err } = await called('validate', bad, 'smoke');
    expect(code).toBe(2);
    expect(err).toContain(`${bad}:3:11  error  "duration": a duration needs a unit`);
    expect(out).toBe(`${bad}: not valid\nsmoke: valid (smoke)\n`);
  });

  test('looks at the others when one cannot be read', async () => {
    const { code, out, err } = await called('validate', './nowhere.yaml', 'smoke');
    expect([code, out]).toEqual([2, './nowhere.yaml: not read\nsmoke: valid (smoke)\n']);
    expect(err).toMatch(/^restante: cannot read the scenario \.\/nowhere\.yaml: there is no such file\n/);
  });
});

test('capacity says so when an objective never has anything to measure', async () => {
  const quiet = join(folder, 'quiet.yaml');
  writeFileSync(
    quiet,
    'version: 1\nname: quiet\nrampUp: 1s\nduration: 2s\ndrain: 5s\npopulation: { subscribers: 2 }\ntraffic: { pager: { rate: 2/s } }\n',
  );
  const args = [
    '--slo',
    'push.dwell:p(95)<60s',
    '--confirm',
    '0',
    '--jobs',
    '1',
    '-q',
    '--out',
    join(folder, 'capacity'),
  ];
  const { code, out } = await called('capacity', quiet, ...args);
  expect(code).toBe(8);
  expect(out).toContain(
    'push.dwell:p(95)<60s: no probe had anything to measure there, and so it could not be met\n',
  );
});

describe('plan', () => {
  test('shows arrivals, the load of each station, memory, and where service times come from', async () => {
    const { code, out, err } = await called('plan', 'metro-outage');
    expect(code).toBe(0);
    expect(out).toMatch(/Pager Mode messages {2}100,100 {2}55\.6\/s/);
    expect(out).toMatch(/deferred messages +20,0\d\d/);
    expect(out).toMatch(/SIP\/IP Core CPU .*reconnection after a planned outage/);
    expect(out).toMatch(/memory +about \d+ MiB/);
    expect(out).toContain('assumed, not calibrated');
    expect(err).toContain('restante run metro-outage');
  });

  test('counts in whole messages, and in shares that a planner would write', async () => {
    const { out } = await called('plan', 'smoke', '--set', 'traffic.pager.rate=0.63/s');
    expect(out).toMatch(/Pager Mode messages +76 +0\.63\/s/);
    expect(out).toMatch(/deferred messages +21\n/);
    expect(out).toMatch(/store, at most +about 21 messages/);
    const rare = await called('plan', 'metro-outage', '--set', 'traffic.pager.rate=0.001/s');
    expect(rare.out).toMatch(/deferred messages +<1\n/);
    const away = await called('plan', 'flash-crowd');
    expect(away.out).toContain('5,000, 10 % of them offline on average');
  });

  test('--yaml is a scenario that reads back, overrides and seed included', async () => {
    const { out } = await called('plan', 'smoke', '--yaml', '--seed', '7', '--set', 'network.loss=5%');
    const scenario = parseScenario(out, 'plan.yaml');
    expect([scenario.seed, scenario.network.loss]).toEqual(['7', 0.05]);
  });

  test('--json is one document', async () => {
    const { out } = await called('plan', 'smoke', '--json');
    expect(JSON.parse(out)).toMatchObject({ scenario: 'smoke', forecast: { pager: { expected: 1200 } } });
  });

  test('refuses what run would refuse', async () => {
    const { code, err } = await called('plan', 'smoke', '--set', 'population.subscribers=3000000');
    expect(code).toBe(2);
    expect(err).toContain('of memory would be needed');
  });
});

describe('a fault plan', () => {
  let file: string;
  beforeAll(() => {
    file = join(folder, 'plan-of-faults.yaml');
  });
  const written = (at: string): void =>
    writeFileSync(file, `faults:\n  - { at: ${at}, for: 3s, kind: partition, target: clients, mode: all }\n`);

  test('is checked on its scenario, each fault told with the clients it hits, without a run', async () => {
    written('20s');
    const { code, out, err } = await called('plan', 'fuzz', '--faults', file);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('partition of clients 0 to 11 from 20s on, for 3s'),
    ]);
    expect(err).toContain(`restante run fuzz --faults ${file}`);
    written('20m');
    expect((await called('plan', 'fuzz', '--faults', file)).err).toMatch(
      /plan-of-faults\.yaml:2:11 {2}error/,
    );
  });

  test('is no scenario, and validate says who checks it', async () => {
    written('20s');
    const { code, out, err } = await called('validate', file, 'fuzz');
    expect(code).toBe(2);
    expect(err).toContain(`${file} is a fault plan: restante plan SCENARIO --faults ${file} checks it\n`);
    expect(err).not.toContain('is missing');
    expect(out).toBe(`${file}: no scenario\nfuzz: valid (fuzz)\n`);
  });

  test('as settings are none, of which validate says what shows them', async () => {
    const settings = join(dirname(file), 'restante.config.yaml');
    writeFileSync(settings, 'results: results\n');
    const { code, out, err } = await called('validate', settings);
    expect(code).toBe(2);
    expect(err).toContain(
      'restante.config.yaml has settings: restante run --print-config checks and shows them\n',
    );
    expect(err).not.toContain('is missing');
    expect(out).toBe(`${settings}: no scenario\n`);
  });
});

describe('schema', () => {
  const shipped = readFileSync(fileURLToPath(new URL(`../${SCHEMA_FILE}`, import.meta.url)), 'utf8');

  test('the shipped file is current (restante schema > schema/scenario-v1.json)', async () => {
    const { out } = await called('schema');
    expect(shipped).toBe(out);
  });

  test('each key has a description, and quantities have a pattern', () => {
    expect(undescribedKeys()).toEqual([]);
    const { $schema, properties } = JSON.parse(shipped);
    expect($schema).toBe('http://json-schema.org/draft-07/schema#');
    const { pattern } = properties.duration;
    expect('15m').toMatch(new RegExp(pattern));
    expect('1.5 h').toMatch(new RegExp(pattern));
    expect('15').not.toMatch(new RegExp(pattern));
    expect(properties.traffic.properties.pager.properties.executor.enum).toContain('ramping-arrival-rate');
  });
});

describe('init', () => {
  test('writes a folder whose scenario is valid and has editor help', async () => {
    const target = join(folder, 'My Demo');
    const { code, out, err } = await called('init', target);
    expect(code).toBe(0);
    const file = join(target, 'scenarios', 'my-demo.restante.yaml');
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe(
      `# yaml-language-server: $schema=../node_modules/restante/${SCHEMA_FILE}`,
    );
    expect((await called('validate', file)).code).toBe(0);
    expect(out).toContain('scenarios/my-demo.restante.yaml');
    const workflow = readFileSync(join(target, '.github', 'workflows', 'restante.yml'), 'utf8');
    const [job] = Object.values(
      parse(workflow).jobs as Record<string, { steps: { uses?: string; run?: string }[] }>,
    );
    expect(job.steps.map(({ uses, run }) => uses ?? run?.split(' ').slice(0, 3).join(' '))).toEqual([
      'actions/checkout@v4',
      'actions/setup-node@v4',
      'npm ci',
      'npx restante validate',
      expect.stringMatching(/^if ls results/),
      expect.stringContaining('for part in'),
      'actions/upload-artifact@v4',
    ]);
    // What it depends on is the file that the second of the commands makes.
    const own = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Record<string, object>;
    const packed = `restante-${version()}.tgz`;
    expect(own.devDependencies).toEqual({ restante: `file:${packed}` });
    expect(err.split('\n').map((line) => line.trim())).toEqual([
      '',
      expect.stringMatching(/^Next: {2}cd '.*My Demo'$/),
      `npm pack --ignore-scripts ${packageFolder()} && npm install --save-dev ./${packed}`,
      'npx restante plan scenarios/my-demo.restante.yaml',
      'npx restante run scenarios/my-demo.restante.yaml',
      expect.stringContaining(`Commit ${packed} and package-lock.json`),
      '',
    ]);
  });

  test('touches nothing that is there', async () => {
    const target = join(folder, 'again');
    await called('init', target);
    const file = join(target, 'scenarios', 'again.restante.yaml');
    writeFileSync(file, 'mine');
    rmSync(join(target, '.gitignore'));
    const { code, err } = await called('init', target);
    expect(code).toBe(2);
    expect(err).toContain('is there already: nothing was written');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(existsSync(join(target, '.gitignore'))).toBe(false);
  });
});

test('a flag of another verb is refused with a hint', async () => {
  const { code, err } = await called('plan', 'smoke', '--yml');
  expect(code).toBe(2);
  expect(err).toContain('did you mean "yaml"?');
});

test('list names every executor, process and kind of fault that the schema knows', async () => {
  const { out } = await called('list');
  const { properties } = scenarioJsonSchema();
  const pager = properties!['traffic']!.properties!['pager']!.properties!;
  const kinds = properties!['faults']!.items!.oneOf!.map(
    ({ properties: own }) => own!['kind']!['const'] as string,
  );
  const names = [
    ...(pager['executor']!['enum'] as string[]),
    ...(pager['process']!['enum'] as string[]),
    ...kinds,
  ];
  expect(names.length).toBeGreaterThan(30);
  for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
});
