/** Who writes to whom, when: outages, absences, popularity; traces, sizes and notifications of both kinds of traffic. */
import { describe, expect, test } from 'vitest';
import type { LargeOffer, PagerOffer } from '../../models/client/config.js';
import type { ExpandedPlan } from '../../sim/faults/plan.js';
import { Kernel } from '../../sim/kernel/kernel.js';
import { Chance } from '../../sim/kernel/random.js';
import { VirtualScheduler } from '../../sim/rx.js';
import type { World } from '../../sim/world.js';
import { parseScenario } from '../scenario/loader.js';
import type { Absences } from './absence.js';
import { arrivals } from './arrivals.js';
import { largeSizeSampler, largeTraffic } from './large-message.js';
import { Numbers } from './numbers.js';
import { pagerTraffic } from './pager.js';
import { populationOf } from './people.js';
import { Outages, Population } from './population.js';

const scenarioOf = (traffic: string, population = 'subscribers: 5', csv = '') =>
  parseScenario(
    `version: 1\nname: x\nrampUp: 5s\nduration: 200s\npopulation: { ${population} }\ntraffic: { ${traffic} }\n`,
    'x.yaml',
    [],
    { beside: () => csv },
  );

/** What happens in virtual time, in order. */
function emitted<T>(
  offer: (scheduler: VirtualScheduler) => { subscribe(next: (value: T) => void): unknown },
): T[] {
  const kernel = new Kernel();
  const all: T[] = [];
  offer(new VirtualScheduler(kernel)).subscribe((value) => void all.push(value));
  kernel.runUntil(300e9);
  return all;
}

function pagerOffers(traffic: string, population?: string, csv?: string): PagerOffer[] {
  const scenario = scenarioOf(`pager: { ${traffic} }`, population, csv);
  const chance = new Chance('42');
  const { subscribers, anonymousShare } = scenario.population;
  const people = new Population(chance, subscribers, anonymousShare);
  return emitted((scheduler) => pagerTraffic(scenario, chance, scheduler, people));
}

function largeOffers(large: string, population?: string): LargeOffer[] {
  const scenario = scenarioOf(`pager: { rate: 1/s }, large: { ${large} }`, population);
  const chance = new Chance('42');
  const { subscribers, anonymousShare } = scenario.population;
  const people = new Population(chance, subscribers, anonymousShare);
  const { large: traffic } = scenario.traffic;
  return emitted((scheduler) => largeTraffic(traffic!, scenario, chance, scheduler, people, new Numbers()));
}

const fault = (over: object) => ({
  id: 'a',
  kind: 'partition',
  atNs: 100,
  host: 'clients',
  members: [1],
  direction: 'both',
  params: {},
  ...over,
});

describe('outages', () => {
  test('last from their first instant up to their end, or for good; nothing but a partition of clients is one', () => {
    const plan = [
      fault({ forNs: 50 }),
      fault({ members: [2] }),
      fault({ kind: 'crash', members: [3] }),
      fault({ host: 'core', members: [4] }),
    ] as unknown as ExpandedPlan;
    const outages = new Outages(plan, 'clients', 5, Infinity);
    const cut = [99, 100, 149, 150, 1e15].map((atNs) =>
      [0, 1, 2, 3, 4].filter((user) => outages.isCut(user, atNs)),
    );
    expect(cut).toEqual([[], [1, 2], [1, 2], [2], [2]]);
    const healed = new Outages(plan, 'clients', 5, 120);
    expect([1, 2].map((user) => [119, 120].map((atNs) => healed.isCut(user, atNs)))).toEqual([
      [true, false],
      [true, false],
    ]);
  });
});

describe('a population', () => {
  /** User 1 is cut by the plan from 100, user 2 away. */
  const peopleOf = (population: string) => {
    const plan = [fault({})] as unknown as ExpandedPlan;
    const absences = { isCut: (user: number) => user === 2 } as unknown as Absences;
    const world = { plan, chance: new Chance('42') } as unknown as World;
    return populationOf(scenarioOf('pager: { rate: 1/s }', population), world, absences);
  };
  const drawn = (draw: () => number) =>
    [...new Set(Array.from({ length: 300 }, draw))].toSorted((a, b) => a - b);

  test('has senders who are neither cut nor away, unless anyone may send', () => {
    const online = peopleOf('subscribers: 5');
    expect(drawn(() => online.sender(99))).toEqual([0, 1, 3, 4]);
    expect(drawn(() => online.sender(100))).toEqual([0, 3, 4]);
    const anyone = peopleOf('subscribers: 5, senders: anyone');
    expect(drawn(() => anyone.sender(100))).toEqual([0, 1, 2, 3, 4]);
  });

  test('has senders for a recipient who are all alike', () => {
    const people = peopleOf('subscribers: 5, senders: anyone');
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[people.sender(0, 2)]!++;
    for (const user of [0, 1, 3, 4]) expect(Math.abs(counts[user]! - 1000)).toBeLessThan(125);
    expect(counts[2]).toBe(0);
  });

  test('has recipients like or unlike, as its popularity says, and never the sender', () => {
    const even = peopleOf('subscribers: 5');
    expect(drawn(() => even.recipientFor(2))).toEqual([0, 1, 3, 4]);
    const famous = peopleOf('subscribers: 5, popularity: { law: zipf, exponent: 2 }');
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 6000; i++) counts[famous.recipientFor(4)]!++;
    // 1, 1/4, 1/9, 1/16.
    [1, 1 / 4, 1 / 9, 1 / 16, 0].forEach((weight, user) => {
      const expected = (6000 * weight) / (1 + 1 / 4 + 1 / 9 + 1 / 16);
      expect(Math.abs(counts[user]! - expected)).toBeLessThanOrEqual(4.5 * Math.sqrt(expected));
    });
    expect(drawn(() => famous.recipientFor(0))).toEqual([1, 2, 3, 4]);
  });

  test('has a sender who exists and is not the recipient, also where nobody has a network', () => {
    for (let seed = 0; seed < 40; seed++) {
      const people = new Population(new Chance(`${seed}`), 3, 0, { isCut: () => true });
      expect([0, 1]).toContain(people.sender(0, 2));
    }
  });
});

describe('Pager Mode', () => {
  test('a trace says who writes what to whom, from user 0 on, and what it leaves open is drawn', () => {
    const csv = 'at,sender,recipient,octets\n0,0,3,50\n1,2,0,16\n2,,4,\n2,4,,\n';
    const all = pagerOffers('process: trace, trace: { file: x.csv }', undefined, csv);
    expect(
      all.map(({ sender, recipient, sizeOctets, intendedAtNs }) => [
        intendedAtNs / 1e9 - 5,
        sender,
        recipient,
        sizeOctets,
      ]),
    ).toEqual([
      [0, 0, 3, 50],
      [1, 2, 0, 16],
      [2, expect.any(Number), 4, expect.any(Number)],
      [2, 4, expect.any(Number), expect.any(Number)],
    ]);
  });

  test('a sender who is drawn for a recipient of a trace is somebody else', () => {
    const csv = `at,recipient\n${Array.from({ length: 100 }, (_, i) => `${i},1\n`).join('')}`;
    const all = pagerOffers('process: trace, trace: { file: x.csv }', 'subscribers: 2', csv);
    expect(all.map(({ sender }) => sender)).toEqual(Array.from({ length: 100 }, () => 0));
    const other = `at,sender\n${Array.from({ length: 100 }, (_, i) => `${i},1\n`).join('')}`;
    const to = pagerOffers('process: trace, trace: { file: x.csv }', 'subscribers: 2', other);
    expect(new Set(to.map(({ recipient }) => recipient))).toEqual(new Set([0]));
  });

  test.each([
    ['1500ms', '3700ms', [2, 3]],
    ['1500ms', '1900ms', [2]],
    ['2s', '2s', [2]],
  ])('lifetimes from %s to %s are whole seconds between them', (min, max, seconds) => {
    const all = pagerOffers(`rate: 2/s, expires: { share: 100%, min: ${min}, max: ${max} }`);
    expect([...new Set(all.map(({ expiresS }) => expiresS))].toSorted((a, b) => a - b)).toEqual(seconds);
  });

  test('who is anonymous asks for no notification, everybody else does where all ask', () => {
    const all = pagerOffers('rate: 5/s, notifications: 100%', 'subscribers: 50, anonymousShare: 50%');
    expect(all.some(({ anonymous }) => anonymous)).toBe(true);
    expect(all.filter(({ anonymous, asksNotification }) => anonymous === asksNotification)).toEqual([]);
  });

  test('in a closed population its users send, and nobody else', () => {
    const all = pagerOffers(
      'executor: closed, closed: { users: 3, think: 1s, distribution: constant }',
      'subscribers: 9',
    );
    expect(all.map(({ sender }) => sender)).toEqual([0, 1, 2]);
    expect(all.filter(({ sender, recipient }) => sender === recipient)).toEqual([]);
  });
});

describe('Large Messages', () => {
  test('sizes are lognormal between a mark and the ceiling', () => {
    const draw = largeSizeSampler(
      { dist: 'lognormal', median: 1000, sigma: 3, cap: 5000 },
      new Chance('1').stream('size', 0, 0),
    );
    const all = Array.from({ length: 4001 }, draw).toSorted((a, b) => a - b);
    expect([all[0], all[4000]]).toEqual([16, 5000]);
    expect(Math.abs(all[2000]! / 1000 - 1)).toBeLessThan(0.2);
    expect(all.every((size) => Number.isInteger(size))).toBe(true);
  });

  test('types come in turn; one that asks is wrapped, and a message in a message is not wrapped twice', () => {
    const types = 'contentTypes: [image/png, Message/CPIM]';
    const plain = largeOffers(`rate: 1/s, ${types}`);
    expect(plain.slice(0, 3).map(({ contentType }) => contentType)).toEqual([
      'image/png',
      'Message/CPIM',
      'image/png',
    ]);
    expect(plain.some(({ asksNotification }) => asksNotification)).toBe(false);
    const asking = largeOffers(`rate: 1/s, notifications: 100%, ${types}`);
    expect(asking.slice(0, 3).map(({ contentType }) => contentType)).toEqual([
      'image/png',
      'text/plain',
      'image/png',
    ]);
    expect(asking.every(({ asksNotification }) => asksNotification)).toBe(true);
  });

  test('who is anonymous asks for no notification, and her type stays what it is', () => {
    const all = largeOffers(
      'rate: 2/s, notifications: 100%, contentTypes: [message/cpim]',
      'subscribers: 50, anonymousShare: 50%',
    );
    expect(new Set(all.map(({ anonymous }) => anonymous)).size).toBe(2);
    for (const { anonymous, asksNotification, contentType } of all) {
      expect(asksNotification).toBe(!anonymous);
      expect(contentType).toBe(anonymous ? 'message/cpim' : 'text/plain');
    }
  });

  test('a share is given up somewhere within the message, the others never', () => {
    const all = largeOffers('rate: 5/s, abortShare: 20%, size: { dist: fixed, value: 100KiB }, chunk: 4KiB');
    const given = all.filter(({ abortAfterOctets }) => abortAfterOctets >= 0);
    expect(Math.abs(given.length / all.length - 0.2)).toBeLessThan(0.06);
    expect(Math.max(...given.map(({ abortAfterOctets }) => abortAfterOctets))).toBeGreaterThan(80 * 1024);
    expect(Math.max(...given.map(({ abortAfterOctets }) => abortAfterOctets))).toBeLessThan(100 * 1024);
    expect(all.filter(({ abortAfterOctets }) => abortAfterOctets < -1)).toEqual([]);
  });

  test('nobody writes to herself, and how it is sent is what the scenario says', () => {
    for (const on of [true, false]) {
      const all = largeOffers(
        `rate: 1/s, interruptible: ${on}, interleave: ${!on}, resume: ${on}, chunk: 4KiB`,
      );
      expect(all.filter(({ sender, recipient }) => sender === recipient)).toEqual([]);
      expect(all[0]).toMatchObject({ interruptible: on, interleave: !on, resume: on, chunkOctets: 4096 });
    }
  });
});

test('arrivals end with the last one before their end, and not before it', () => {
  const kernel = new Kernel();
  const said: string[] = [];
  const every10 = (atNs: number) => atNs + 10;
  arrivals(new VirtualScheduler(kernel), every10, 5, 35).subscribe({
    next: (atNs) => void said.push(`${atNs} at ${kernel.nowNs}`),
    complete: () => void said.push(`end at ${kernel.nowNs}`),
  });
  kernel.runUntil(100);
  expect(said).toEqual(['15 at 15', '25 at 25', 'end at 25']);
});

test('numbers are one series, and those of notifications are known', () => {
  const numbers = new Numbers();
  const taken = [numbers.take(), numbers.takeForNotification(), numbers.take()];
  expect(taken).toEqual([0, 1, 2]);
  expect([0, 1, 2, 3].map((message) => numbers.isNotification(message))).toEqual([false, true, false, false]);
});
