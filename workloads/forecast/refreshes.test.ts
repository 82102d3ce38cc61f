/** How often bindings are refreshed in a run, counted by hand. */
import { describe, expect, test } from 'vitest';
import { parseScenario } from '../scenario/loader.js';
import { forecastOf } from './forecast.js';
import { refreshesOf } from './refreshes.js';

const FILE = `version: 1
name: refreshes
rampUp: 10s
duration: 120s
drain: 180s
population: { subscribers: 200 }
traffic: { pager: { rate: 1/s } }
client: { registerExpires: 60s }
`;

const scenarioOf = (...set: string[]) => parseScenario(FILE, 'refreshes.yaml', set);
const refreshes = (...set: string[]) => refreshesOf(scenarioOf(...set), 200, 0);

describe('the refreshes of a run', () => {
  test('go on from the ramp-up to the end of the drain', () => {
    // Each half a minute: the tenth of whoever registered last is due at 310 s, and of all others before. By 130 s there are four.
    expect(refreshes().all).toBeCloseTo(2000, 6);
    expect(refreshes().duringLoad).toBeCloseTo(800, 6);
    expect(forecastOf(scenarioOf()).registers).toBeCloseTo(2200, 6);
  });

  test('are those of the clients that come to them: who registered late has one less', () => {
    // By 305 s the tenth of those who registered in the first five seconds.
    expect(refreshes('drain=175s').all).toBeCloseTo(1900, 6);
    expect(refreshes('drain=171s').all).toBeCloseTo(1820, 6);
    expect(refreshes('rampUp=0s', 'drain=179s').all).toBe(200 * 9);
    expect(refreshes('rampUp=0s', 'drain=181s').all).toBe(200 * 10);
  });

  test('come ten minutes before the end of a long lifetime, and of one that outlives the run not at all', () => {
    const long = (drain: string) =>
      refreshes('client.registerExpires=1300s', 'rampUp=0s', `drain=${drain}`).all;
    expect([long('579s'), long('581s')]).toEqual([0, 200]);
    expect(refreshes('client.registerExpires=3600s')).toEqual({ all: 0, duringLoad: 0 });
    // The Core may grant less.
    expect(refreshes('client.registerExpires=3600s', 'core.registerExpires=60s').all).toBeCloseTo(2000, 6);
  });

  test('are not those of clients without network', () => {
    // A quarter of them for 120 s of the 305 s that they are registered on average.
    const { all, duringLoad } = refreshesOf(scenarioOf(), 200, 0.25);
    expect(all).toBeCloseTo(2000 * (1 - 30 / 305), 6);
    expect(duringLoad).toBeCloseTo(600, 6);
  });
});
