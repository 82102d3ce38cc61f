/** Where service times come from, in the words that every output uses. */

/** Provenance of each cost table, by the host whose CPU station it belongs to. */
export type CostSources = Readonly<Record<string, string>>;

export type ServiceTimes = 'assumed, not calibrated' | 'calibrated';

/** Calibrated only if every table says of itself that it is: one that was measured in part is none. */
export function serviceTimesOf(sources: CostSources): ServiceTimes {
  const all = Object.values(sources).every((source) => source.startsWith('calibrated'));
  return all ? 'calibrated' : 'assumed, not calibrated';
}

/** The sources, if one of them says more than that it is assumed; undefined otherwise. */
export function toldSources(sources: CostSources): CostSources | undefined {
  return Object.values(sources).every((source) => source === 'assumed') ? undefined : sources;
}

/** The line of a report, and a further one for each cost table if there is more to say of them. */
export function serviceTimesText(state: ServiceTimes, told: CostSources | undefined): string[] {
  return [`service times: ${state}`, ...sourceLines(told)];
}

/** A line for each cost table, indented. */
export function sourceLines(told: CostSources | undefined): string[] {
  return Object.entries(told ?? {}).map(([host, source]) => `  ${host}: ${source}`);
}
