/** Presets: the arithmetic of the busy hour, and who wins where file, preset and command line say something. */
import { describe, expect, it } from 'vitest';
import { parseScenario } from './loader.js';
import { PRESET_NAMES, presetTraffic } from './presets.js';

const file = (more: string) => `version: 1
name: town
duration: 10m
population: { subscribers: 20000 }
${more}`;

describe('presets', () => {
  it('offer messages a day times the busy hour, and both modes together are all messages', () => {
    // 20,000 * 5 * 0.13 / 3600 = 3.611/s.
    const { traffic } = parseScenario(file('preset: rcs\n'), 'town.yaml');
    expect(traffic.pager.rate).toBeCloseTo(3.611 * 0.88, 3);
    expect(traffic.large?.rate).toBeCloseTo(3.611 * 0.12, 3);
    expect(parseScenario(file('preset: im-2006\n'), 'town.yaml').traffic.large).toBeUndefined();
  });

  it('fill in what the file leaves out, and follow the number of subscribers', () => {
    const own = parseScenario(file('preset: rcs\ntraffic: { pager: { rate: 9/s } }\n'), 'town.yaml');
    expect(own.traffic.pager.rate).toBe(9);
    expect(own.traffic.large?.rate).toBeCloseTo(0.4333, 3);
    const spiky =
      'preset: rcs\ntraffic: { pager: { executor: spike, spike: { at: 1m, for: 1m, to: 9/s } } }\n';
    expect(parseScenario(file(spiky), 'town.yaml').traffic.pager.rate).toBe(0);
    const set = ['population.subscribers=40000'];
    expect(parseScenario(file('preset: rcs\n'), 'town.yaml', set).traffic.pager.rate).toBeCloseTo(6.356, 2);
  });

  it('on the command line take the place of the traffic, and other overrides come after them', () => {
    const text = file('traffic: { pager: { rate: 1/s } }\n');
    const set = (...more: string[]) => parseScenario(text, 'town.yaml', ['preset=ott', ...more]).traffic;
    expect(set().pager.rate).toBeCloseTo((20_000 * 45 * 0.13 * 0.88) / 3600, 2);
    expect(set('traffic.pager.rate=2/s').pager.rate).toBe(2);
    expect(() => parseScenario(text, 'town.yaml', ['preset=rsc'])).toThrow('did you mean "rcs"');
  });

  it.each(PRESET_NAMES)('%s is a valid scenario for a town', (name) => {
    expect(Object.keys(presetTraffic(name, 100))).toContain('pager');
    expect(() => parseScenario(file(`preset: ${name}\n`), 'town.yaml')).not.toThrow();
  });
});
