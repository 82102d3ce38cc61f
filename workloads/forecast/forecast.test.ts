import { describe, expect, test } from 'vitest';
import { forecastOf } from './forecast.js';
import { parseScenario } from '../scenario/loader.js';
import { ScenarioError } from '../scenario/problems.js';
import { loadScenario } from '../scenario/scenario-files.js';

const BUSY = `version: 1
name: busy
rampUp: 100s
duration: 1000s
population: { subscribers: 10000 }
traffic: { pager: { rate: 100/s } }
client: { keepAlive: false }
core: { cpu: { servers: 2, costs: { request: { base: 1ms }, response: { base: 1ms }, register: { base: 5ms } } } }
faults:
  - { at: 600s, for: 250s, kind: partition, target: clients, mode: fixed-percent, value: 40 }
`;

/** Reads `text`; gives its warnings, or its error. */
function said(text: string, set: readonly string[] = []): string {
  const warnings: string[] = [];
  try {
    parseScenario(text, 'busy.yaml', set, { warn: (warning) => warnings.push(warning) });
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return warnings.join('\n');
}

describe('the forecast', () => {
  const forecast = forecastOf(parseScenario(BUSY, 'busy.yaml'));

  test('counts arrivals, and defers those for users who are cut off', () => {
    expect(forecast.pager.expected).toBe(100_000);
    // 40 % of the users for a quarter of the load.
    expect(forecast.offlineShare).toBeCloseTo(0.1, 6);
    expect(forecast.deferred).toBeCloseTo(10_000, 3);
    expect(forecast.peakStoredMessages).toBeCloseTo(10_000, 3);
  });

  test('the general healing ends an outage, and who was offline from the start registers once', () => {
    const healed = forecastOf(
      parseScenario(BUSY, 'busy.yaml', ['heal={at: 700s}', 'population.offlineShare=0%']),
    );
    expect(healed.offlineShare).toBeCloseTo(0.04, 6);
    const open = BUSY.replace(' for: 250s,', '');
    const storm = forecastOf(parseScenario(`${open}heal: { at: 850s }\n`, 'busy.yaml'));
    expect(storm.peakRegistersPerS).toBeCloseTo(4000 / 30, 6);
    const absent = forecastOf(
      parseScenario(BUSY, 'busy.yaml', [
        'faults=[]',
        'population.offlineShare=30%',
        'client.registerExpires=1d',
      ]),
    );
    expect(absent.registers).toBeCloseTo(10_000, 6);
  });

  test('offered load is rate times service demand', () => {
    const core = forecast.stations[0]!;
    // Live: 2 ms. Deferred: 7 ms. Registrations: 4,000 returns and some refreshes at 6 ms. Per-KiB costs are left at 0.
    const perMessage = 0.9 * 0.002 + 0.1 * 0.007;
    expect(core.meanErlang).toBeGreaterThan(100 * perMessage);
    expect(core.meanErlang).toBeLessThan(100 * perMessage + 0.1);
    // 4,000 users back within 30 s.
    expect(forecast.peakRegistersPerS).toBeCloseTo(4000 / 30, 6);
    expect(core.peakErlang).toBeGreaterThan((4000 / 30) * 0.006);
    expect(core.peakCause).toBe('reconnection after a planned outage');
  });

  test('absences keep their share of users away, and bring them back one by one', () => {
    const steady = forecastOf(
      parseScenario(BUSY, 'busy.yaml', [
        'faults=[]',
        'population.absence={share: 20%, median: 5m, mean: 10m}',
      ]),
    );
    expect(steady.offlineShare).toBeCloseTo(0.2, 6);
    // 2,000 users away at any instant, for 600 s each.
    expect(
      steady.registers - forecastOf(parseScenario(BUSY, 'busy.yaml', ['faults=[]'])).registers,
    ).toBeGreaterThan(2500);
  });

  test.each(['smoke', 'metro-outage'])('what %s is expected to offer is what its runs offer', (name) => {
    const { pager, deferred } = forecastOf(loadScenario(name));
    const [offered, stored] = name === 'smoke' ? [1180, 274] : [100_080, 20_016];
    expect(Math.abs(pager.expected - offered) / offered).toBeLessThan(0.05);
    expect(Math.abs(deferred - stored) / stored).toBeLessThan(0.2);
  });
});

describe('a scenario that asks for too much', () => {
  test('is warned of a queue that grows for as long as the load lasts', () => {
    const text = said(BUSY.replace('100/s', '2000/s'));
    expect(text).toContain('SIP/IP Core CPU:');
    expect(text).toContain(
      "servers' worth of work is offered to 2: its queue grows as long as the load lasts",
    );
    expect(text).toMatch(/^busy\.yaml:8:25 {2}warning/);
    expect(text).toContain('^');
    expect(said(BUSY, ['traffic.pager.rate=2000/s'])).toMatch(
      /^--set traffic\.pager\.rate=2000\/s {2}warning/,
    );
  });

  test.each([
    ['1s', '3.2', '4 would be used to 80 %'],
    ['400ms', '1.28', '2 would be used to 64 %'],
  ])('is told how many servers would do, and what share of them would be used: %s', (base, work, enough) => {
    const text = said(
      'version: 1\nname: steady\nrampUp: 5s\nduration: 2m\ndrain: 30s\nanalysis: steady-state\n' +
        'warmup: { until: fixed, length: 20s }\npopulation: { subscribers: 20, offlineShare: 20% }\n' +
        'traffic: { pager: { rate: 2/s } }\n',
      ['core.cpu.servers=1', `core.cpu.costs.request.base=${base}`],
    );
    expect(text).toContain(`${work} servers' worth of work is offered to 1`);
    expect(text).toContain(enough);
  });

  test('is warned of an overload for a while, and of its cause', () => {
    expect(said(BUSY)).toBe('');
    expect(said(BUSY, ['client.reconnectJitter=5s'])).toContain(
      "overloaded for a while (5.05 servers' worth of work for 2) by reconnection after a planned outage",
    );
  });

  test('is warned of a reconnection that is not admitted', () => {
    expect(said(BUSY, ['core.registerLimit=20/s'])).toBe(
      '--set core.registerLimit=20/s  warning  a planned reconnection brings 133 REGISTER/s, 6.67 times what is admitted: most are answered 503 and come again',
    );
  });

  test('is warned if most seeds would offer no message, and only then', () => {
    expect(said(BUSY, ['traffic.pager.rate=0.0005/s'])).toBe(
      '--set traffic.pager.rate=0.0005/s  warning  0.5 messages are expected in the whole run: most seeds offer none, and then nothing is put to the test',
    );
    expect(said(BUSY, ['traffic.pager.rate=0.001/s'])).toBe('');
    // One mode may be silent.
    expect(said(BUSY, ['traffic.pager.rate=0/s', 'traffic.large={rate: 0.001/s}'])).toBe('');
  });

  test('is refused if the seconds of a quiet run need more memory than it may have', () => {
    const quiet = ['traffic.pager.rate=1/h', 'population.subscribers=2', 'faults=[]'];
    expect(said(BUSY.replace('1000s', '10d'), quiet)).toBe('');
    expect(said(BUSY.replace('1000s', '100d'), quiet)).toMatch(
      /^busy\.yaml:4:11 {2}error {2}about 22\.7 GiB of memory would be needed, more than the limit of 4\.00 GiB: take fewer subscribers or messages or less virtual time/,
    );
    expect(said(BUSY, [...quiet, 'drain=20d'])).toMatch(/^--set drain=20d {2}error {2}about /);
  });

  test('is refused if it needs more memory than it may have', () => {
    expect(said(BUSY, ['limits.memory=100MiB'])).toMatch(
      /^--set limits\.memory=100MiB {2}error {2}about 166 MiB of memory would be needed, more than the limit of 100 MiB/,
    );
  });
});

describe('a scenario that contradicts itself', () => {
  const pager = (text: string) => said(BUSY.replace('{ rate: 100/s }', text));
  test.each([
    ['{ rate: 0/s }', 'a rate of 0 offers no message'],
    ['{ executor: stairs, rate: 1/s }', '"stairs" needs the key "stairs"'],
    ['{ rate: 1/s, soak: { ramp: 5s } }', '"soak" belongs to "soak", which is not chosen'],
    [
      '{ executor: ramping-arrival-rate, stages: [{ for: 20m, to: 5/s }] }',
      'the stages take 20m, the load only 1000s',
    ],
    ['{ executor: ramping-arrival-rate, stages: [{ for: 5m, to: 0/s }] }', 'no message is ever offered'],
    [
      '{ executor: spike, rate: 1/s, spike: { at: 990s, for: 20s, to: 9/s } }',
      'the spike would end after the load',
    ],
    ['{ executor: soak, rate: 1/s, soak: { ramp: 501s } }', 'two ramps do not fit into 1000s'],
    ['{ executor: stairs, rate: 1/s, stairs: { step: 1/s, every: 0s } }', 'a step takes some time'],
    ['{ process: beta-burst, rate: 5/s, burst: { count: 5 } }', 'has no meaning with "beta-burst"'],
    ['{ process: beta-burst, burst: { at: 2000s, count: 5 } }', 'no message is ever offered'],
    [
      '{ executor: spike, process: trace, spike: { at: 1s, for: 1s, to: 1/s } }',
      '"trace" needs the key "trace"',
    ],
    ['{ executor: closed, closed: { users: 20000, think: 1s } }', 'there are 10000 subscribers'],
    ['{ executor: closed, closed: { users: 2, think: 0s } }', 'users who never think'],
    ['{ executor: ramping-arrival, rate: 1/s }', 'did you mean "ramping-arrival-rate"?'],
  ])('%s', (text, message) => {
    expect(pager(text)).toContain(message);
    expect(pager(text)).toMatch(/^busy\.yaml:\d+:\d+ {2}error/);
  });
});
