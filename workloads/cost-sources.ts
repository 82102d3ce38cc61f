/** Where a scenario has its service times from. */
import { serviceTimesText, serviceTimesOf, toldSources, type CostSources } from '../results/service-times.js';
import type { Scenario } from './scenario/scenario.js';

/** `provenance` of each cost table of the scenario, by host. */
export function costSourcesOf({ core, server }: Pick<Scenario, 'core' | 'server'>): CostSources {
  return { 'SIP/IP Core': core.cpu.provenance, 'IM Server': server.cpu.provenance };
}

/** What a report that stands on the scenario says of its service times. */
export function serviceTimesOfScenario(scenario: Scenario): string[] {
  const sources = costSourcesOf(scenario);
  return serviceTimesText(serviceTimesOf(sources), toldSources(sources));
}
