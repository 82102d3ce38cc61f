import { describe, expect, test } from 'vitest';
import { parseScenario } from './loader.js';
import { ScenarioError } from './problems.js';

const SMALLEST = `version: 1
name: tiny
duration: 10s
population: { subscribers: 10 }
traffic:
  pager: { rate: 5/s }
`;

/** The message of the error that reading `text` gives. */
function errorOf(text: string, overrides: readonly string[] = []): string {
  try {
    parseScenario(text, 'tiny.yaml', overrides);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('a scenario file', () => {
  test('O4: with the timers of the IMS a live attempt lasts 32 s, if nothing else is said', () => {
    const limits = (text: string): number[] => {
      const { core, ihs } = parseScenario(`${SMALLEST}${text}`, 'tiny.yaml');
      return [core.liveDeliveryLimit / 1e9, ihs.answerLimit / 1e9];
    };
    expect(limits('client: { timers: ims }\n')).toEqual([32, 48]);
    expect(
      limits('client: { timers: ims }\ncore: { liveDeliveryLimit: 5s }\nihs: { answerLimit: 7s }\n'),
    ).toEqual([5, 7]);
    expect(limits('server: { timers: ims }\n')).toEqual([8, 12]);
    expect(errorOf(`${SMALLEST}client: { timers: ims }\ncore: 7\n`)).toContain('tiny.yaml:8:7  error');
  });

  test('expands to base units with nothing left to default', () => {
    const scenario = parseScenario(SMALLEST, 'tiny.yaml');
    expect(scenario.seed).toBe('42');
    expect(scenario.duration).toBe(10_000_000_000);
    expect(scenario.traffic.pager).toMatchObject({
      process: 'poisson',
      rate: 5,
      size: { dist: 'pareto', min: 20, max: 400, alpha: 1.6 },
    });
    expect(scenario.core.flowTimeout).toBe(30_000_000_000);
    expect(scenario.core.liveDeliveryLimit).toBe(8_000_000_000);
    expect(scenario.ihs.answerLimit).toBe(12_000_000_000);
    expect(scenario.server.cpu).toMatchObject({
      provenance: 'assumed',
      costs: { message: { base: 50_000, perKiB: 5_000, distribution: 'constant' } },
    });
  });

  test('may be JSON', () => {
    const json =
      '{"version":1,"name":"tiny","duration":"10s","population":{"subscribers":10},"traffic":{"pager":{"rate":"5/s"}}}';
    expect(parseScenario(json, 'tiny.json')).toEqual(parseScenario(SMALLEST, 'tiny.yaml'));
  });

  test('shows the place of a bare number and asks for a unit', () => {
    expect(errorOf(SMALLEST.replace('10s', '10'))).toBe(
      `tiny.yaml:3:11  error  "duration": a duration needs a unit: write it like 30ms
    3 | duration: 10
      |           ^^`,
    );
  });

  test('marks an unknown key and says which was meant', () => {
    expect(errorOf(SMALLEST.replace('subscribers', 'subscribrs'))).toBe(
      `tiny.yaml:4:15  error  unknown key "subscribrs" in "population" — did you mean "subscribers"?
    4 | population: { subscribrs: 10 }
      |               ^^^^^^^^^^
tiny.yaml:4:13  error  "subscribers" is missing
    4 | population: { subscribrs: 10 }
      |             ^`,
    );
  });

  test('lists what is known where nothing is near', () => {
    expect(errorOf(`${SMALLEST}network: { zebra: 1 }\n`)).toContain(
      'unknown key "zebra" in "network" — known here: delay, jitter, distribution, loss,',
    );
  });

  test('names a wrong choice', () => {
    expect(errorOf(`${SMALLEST}client: { timers: internt }\n`)).toBe(
      `tiny.yaml:7:19  error  unknown timers "internt" — did you mean "internet"?
    7 | client: { timers: internt }
      |                   ^^^^^^^`,
    );
  });

  test('names the range of a whole number, and what is wrong within one of several shapes', () => {
    expect(errorOf(`${SMALLEST}server: { instances: 100 }\n`)).toContain(
      '"instances": a whole number up to 16 is needed here',
    );
    expect(errorOf(`${SMALLEST}server: { cpu: { servers: 0 } }\n`)).toContain(
      '"servers": a whole number from 1 up is needed here',
    );
    const threshold = (entry: string) => errorOf(`${SMALLEST}thresholds: { ihs: ${entry} }\n`);
    expect(threshold('{ expr: "rate<5%", severity: wrn }')).toContain(
      'unknown severity "wrn" — did you mean "warn"?',
    );
    expect(threshold('5')).toContain('5 is no threshold: write it like p(95)<800ms');
  });

  test('says once that somebody must send and somebody else receive', () => {
    expect(errorOf(SMALLEST.replace('subscribers: 10', 'subscribers: 0')).split('\n')).toHaveLength(3);
  });

  test('marks what asks for too much where the limit stands nowhere', () => {
    expect(errorOf(SMALLEST.replace('subscribers: 10', 'subscribers: 4000000'))).toMatch(
      /^tiny\.yaml:4:28 {2}error {2}about/,
    );
    expect(errorOf(SMALLEST.replace('5/s', '99999999/s'))).toMatch(/^tiny\.yaml:6:10 {2}error {2}about/);
    const limited = `${SMALLEST.replace('5/s', '99999999/s')}limits: { memory: 2GiB }\n`;
    expect(errorOf(limited)).toMatch(/^tiny\.yaml:7:19 {2}error {2}about/);
  });

  test('names a wrong distribution of sizes', () => {
    expect(errorOf(SMALLEST.replace('rate: 5/s', 'rate: 5/s, size: { dist: parreto, min: 20B }'))).toBe(
      `tiny.yaml:6:37  error  unknown dist "parreto" — did you mean "pareto"?
    6 |   pager: { rate: 5/s, size: { dist: parreto, min: 20B } }
      |                                     ^^^^^^^`,
    );
  });

  test.each([
    [
      'an unknown unit',
      'duration: 10s',
      'duration: 10sec',
      'unknown unit "sec" of a duration: use one of ns, us, ms, s, m, h, d',
    ],
    ['no quantity at all', 'duration: 10s', 'duration: soon', '"soon" is not a duration'],
    [
      'a share above all',
      'name: tiny',
      'name: tiny\nnetwork: { loss: 120% }',
      'a share is at most 100%, not 120%',
    ],
    [
      'a seed that YAML reads as a number',
      'name: tiny',
      'name: tiny\nseed: 042',
      'a seed is text: put it in quotes, "42"',
    ],
    ['another version', 'version: 1', 'version: 2', '2: this program reads version 1'],
    ['a name that is no name', 'name: tiny', 'name: ../tiny', 'a name is lower-case letters'],
    [
      'one subscriber alone',
      'subscribers: 10',
      'subscribers: 1',
      'at least 2: somebody must send and somebody else receive',
    ],
    ['no load', '5/s', '0/s', 'a rate of 0 offers no message'],
    ['bad YAML', 'version: 1', 'version: [1', 'tiny.yaml:2:1  error  '],
    ['a key twice', 'name: tiny', 'name: tiny\nname: tony', 'tiny.yaml:3:1  error  Map keys must be unique'],
    [
      'a body that does not fit',
      'rate: 5/s',
      'rate: 5/s, size: { dist: fixed, value: 65MiB }',
      'at most 64MiB',
    ],
    [
      'a text that has no room for the head of its wish',
      'rate: 5/s',
      'rate: 5/s, notifications: 1%, size: { dist: uniform, min: 20B, max: 64MiB }',
      'at most 65535KiB',
    ],
    [
      'a Large Message that has no room for the head of its wish',
      'rate: 5/s',
      'rate: 5/s }\n  large: { rate: 1/s, notifications: 1%, size: { dist: fixed, value: 64MiB }',
      'at most 65535KiB',
    ],
    [
      'a lifetime above its maximum',
      'name: tiny',
      'name: tiny\nserver: { expiry: { default: 2d, max: 1d } }',
      '(S6b)',
    ],
    [
      'a field that a message cannot do without among those never stored',
      'name: tiny',
      'name: tiny\nserver: { headers: { neverStore: [X-Bill, content-t*] } }',
      'tiny.yaml:3:43  error  content-t*: a deferred message needs its Content-Type',
    ],
    [
      'a rate beside what makes it',
      'rate: 5/s',
      'rate: 5/s, process: trace',
      'a rate has no meaning with "trace"',
    ],
    [
      'a word that is not a switch',
      'name: tiny',
      'name: tiny\nclient: { keepAlive: no }',
      '"keepAlive": true or false is needed here',
    ],
    ['a number for keys', 'name: tiny', 'name: tiny\nclient: 5', '"client": a set of keys is needed here'],
    [
      'one for a list',
      'name: tiny',
      'name: tiny\nserver: { headers: { neverStore: X-Bill } }',
      '"neverStore": a list, like [one, two], is needed here',
    ],
    ['a number for a text', 'name: tiny', 'name: 7', '"name": a text is needed here'],
    [
      'a text for a number',
      'rate: 5/s',
      'rate: 5/s, size: { dist: pareto, min: 20B, max: 90B, alpha: x }',
      '"alpha": a number is needed here',
    ],
    [
      'an empty list',
      'rate: 5/s',
      'rate: 5/s, executor: stairs, stages: []',
      '"stages": at least 1 entry is needed here',
    ],
    [
      'a number below its least',
      'rate: 5/s',
      'rate: 5/s, size: { dist: pareto, min: 20B, max: 90B, alpha: 0 }',
      '"alpha": at least 0.1 is needed here',
    ],
    [
      'more devices than there may be',
      '10 }',
      '10, devicesPerUser: [9%, 9%, 9%, 9%, 9%, 9%, 9%, 9%, 9%] }',
      'entries is possible here',
    ],
    ['a run of years', 'duration: 10s', 'duration: 200d', '200d is too large: virtual time ends after 104d'],
    [
      'what is no name of a header field',
      'name: tiny',
      'name: tiny\nserver: { headers: { neverStore: ["X Bill"] } }',
      'the name of a header field is needed here, like X-Bill, or P-Op-* for all that begin so',
    ],
  ])('refuses %s', (_title, from, to, message) => {
    expect(errorOf(SMALLEST.replace(from, to))).toContain(message);
  });

  test.each([
    ['', 'the file is empty'],
    ['just text', 'a scenario is a set of keys'],
    ['- 1\n- 2', 'a scenario is a set of keys'],
  ])('refuses the text %j', (text, message) => {
    expect(errorOf(text)).toContain(message);
  });

  test.each([
    ['at: 20m, for: 1m, kind: partition, target: clients', 'the run is over at 340s'],
    ['at: 1s, for: 0s, kind: partition, target: clients', 'a fault of no length'],
    ['at: 1s, for: 1s, kind: partition, target: clients, mode: fixed', 'mode "fixed" needs a value'],
    ['at: 1s, for: 1s, kind: partition, target: clients, mode: fixed, value: 11', 'there are 10 clients'],
    [
      'at: 1s, for: 1s, kind: partition, target: clients, mode: fixed-percent, value: 101',
      'at most 100 percent',
    ],
    ['at: 1s, for: 1s, kind: partition, target: im, mode: one', 'there is one im'],
    ['at: 1s, for: 1s, kind: loss, target: im', 'needs a percent'],
    ['at: 1s, for: 1s, kind: partition, target: imm', 'unknown target "imm" — did you mean "im"?'],
  ])('refuses the fault %s', (fault, message) => {
    const text = errorOf(`${SMALLEST}faults:\n  - { ${fault} }\n`);
    expect(text).toContain(message);
    expect(text).toMatch(/^tiny\.yaml:8:\d+ {2}error/);
  });
});

describe('--set path=value', () => {
  test('reaches a threshold, whose metric has dots of its own', () => {
    const { thresholds } = parseScenario(SMALLEST, 'tiny.yaml', ['thresholds.push.dwell=p(95)<=1s']);
    expect(thresholds).toEqual({ 'push.dwell': 'p(95)<=1s' });
  });

  test('is read by the same schema', () => {
    const scenario = parseScenario(SMALLEST, 'tiny.yaml', ['network.loss=5%', 'population.subscribers=20']);
    expect(scenario.network.loss).toBe(0.05);
    expect(scenario.population.subscribers).toBe(20);
  });

  test('keeps a seed as text', () => {
    expect(parseScenario(SMALLEST, 'tiny.yaml', ['seed=042']).seed).toBe('042');
    expect(parseScenario(SMALLEST, 'tiny.yaml', ['seed=1e3']).seed).toBe('1e3');
  });

  test('reaches into a list, the last of two wins', () => {
    const text = `${SMALLEST}faults:\n  - { at: 1s, for: 1s, kind: partition, target: clients }\n`;
    expect(parseScenario(text, 'tiny.yaml', ['faults.0.for=2s', 'faults.0.for=3s']).faults[0]?.for).toBe(3e9);
  });

  test.each([
    ['network.los=5%', '--set network.los=5%  error  unknown key "los" in network — did you mean "loss"?'],
    [
      'netwrk.loss=5%',
      '--set netwrk.loss=5%  error  unknown key "netwrk" in a scenario — did you mean "network"?',
    ],
    ['network.loss=5', '--set network.loss=5  error  "loss": a share needs a unit: write it like 5%'],
    ['network.loss', '--set network.loss  error  write it as path=value, for example --set network.loss=5%'],
    ['=5%', '--set =5%  error  write it as path=value, for example --set network.loss=5%'],
    ['faults.0.for=3s', '--set faults.0.for=3s  error  "faults" has 0 entries, counted from 0'],
    [
      'faults[0].for=3s',
      '--set faults[0].for=3s  error  unknown key "faults[0]" in a scenario — write "faults.0.for"',
    ],
    [
      'population.subscribers=few',
      '--set population.subscribers=few  error  "subscribers": a whole number is needed here',
    ],
    ['network.loss.x=1', '--set network.loss.x=1  error  unknown key "x" in network.loss'],
    ['thresholds.__proto__=1', '--set thresholds.__proto__=1  error  unknown key "__proto__" in thresholds'],
    ['thresholds.push.dwel=max<1s', 'there is no metric "push.dwel" — did you mean "push.dwell"?'],
    ['__proto__.x=1', '--set __proto__.x=1  error  unknown key "__proto__" in a scenario'],
  ])('%s is refused in one line', (override, message) => {
    const text = errorOf(SMALLEST, [override]);
    expect(text).toContain(message);
    expect(text.split('\n')).toHaveLength(1);
  });
});

describe('what --set causes elsewhere is told of --set', () => {
  const warningsOf = (text: string, overrides: readonly string[]): string[] => {
    const warnings: string[] = [];
    parseScenario(text, 'tiny.yaml', overrides, { warn: (words) => void warnings.push(words) });
    return warnings;
  };

  test.each([
    [
      ['population.subscribers=4000000'],
      /^--set population\.subscribers=4000000 {2}error {2}about .* of memory/,
    ],
    // Not the last one, nor the one that stands at the place of the fault: the one with which it came.
    [
      ['limits.memory=5GiB', 'population.subscribers=4000000', 'network.loss=1%'],
      /^--set population\.subscribers=4000000 {2}error {2}about .* of memory/,
    ],
    [['limits.memory=1MiB'], /^--set limits\.memory=1MiB {2}error {2}about .* of memory/],
    [['server.expiry.max=1h'], /^--set server\.expiry\.max=1h {2}error {2}the default lifetime is above/],
    [
      ['network.jitter=1s', 'network.delay=2s', 'network.delay=10ms'],
      /^--set network\.delay=10ms {2}error {2}the var/,
    ],
    [
      ['traffic.large.chunk=4KiB'],
      /^--set traffic\.large\.chunk=4KiB {2}error {2}a rate of 0 offers no message/,
    ],
    [
      ['duration=60s', 'analysis=steady-state', 'traffic.pager.rate=1000000/s', 'limits.memory=999GiB'],
      /^--set traffic\.pager\.rate=1000000\/s {2}error {2}SIP\/IP Core/,
    ],
  ])('%j', (overrides, words) => {
    const text = errorOf(SMALLEST, overrides);
    expect(text).toMatch(words);
    expect(text.split('\n').filter((line) => !line.startsWith('--set '))).toEqual([]);
  });

  test('a warning too', () => {
    const [warning] = warningsOf(SMALLEST, ['network.loss=1%', 'server.cpu.costs.register.base=1h']);
    expect(warning).toMatch(/^--set server\.cpu\.costs\.register\.base=1h {2}warning {2}IM Server/);
  });

  test('what is wrong in the file itself keeps its place there', () => {
    const text = SMALLEST.replace('name: tiny', 'name: tiny\nserver: { expiry: { default: 2d, max: 1d } }');
    expect(errorOf(text, ['network.loss=1%'])).toMatch(/^tiny\.yaml:3:30 {2}error {2}the default lifetime/);
    expect(errorOf(text, ['server.expiry.max=25h'])).toMatch(
      /^tiny\.yaml:3:30 {2}error {2}the default lifetime/,
    );
    expect(errorOf(text, ['server.expiry.default=3d'])).toMatch(/^--set server\.expiry\.default=3d {2}error/);
  });
});
