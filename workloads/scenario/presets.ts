/**
 * Presets: traffic of a busy hour for a kind of service, from published figures where there are any, so that nobody has to begin with a
 * blank page. `preset: rcs` in a scenario fills in what its traffic leaves out; `--set preset=rcs` puts it in the place of what is there.
 *
 * Every figure says where it comes from; what has no source says that it is assumed.
 */

/** A service, as messages of a subscriber a day. */
interface Service {
  readonly title: string;
  readonly messagesADay: number;
  /** Share of messages that are Large Messages. */
  readonly large: number;
}

export const PRESET_NAMES = ['rcs', 'ott', 'im-2006'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** Share of a day's messages in the busy hour: a sizing guide for voice mail, the best public figure found. */
const BUSY_HOUR = 0.13;
const SECONDS_OF_AN_HOUR = 3600;

const SERVICES: Readonly<Record<PresetName, Service>> = {
  rcs: {
    title:
      'busy hour of an RCS operator: 5 messages a subscriber and day (more than 1 bn a day in the US, Google, May 2025; users assumed), 12 % Large Messages',
    messagesADay: 5,
    // More than 12 bn photos among 100 bn messages, WhatsApp, 31 December 2019.
    large: 0.12,
  },
  ott: {
    title:
      'busy hour of a messenger: 45 messages a subscriber and day (WhatsApp, 2015 to 2020: 43 to 50), 12 % Large Messages',
    messagesADay: 45,
    large: 0.12,
  },
  'im-2006': {
    title:
      'busy hour of MSN in 2006: 4.2 conversations a subscriber and day (Leskovec and Horvitz), ten messages each (assumed), text only',
    messagesADay: 42,
    large: 0,
  },
};

/** Names and titles, for `restante list`. */
export const PRESET_TITLES: readonly (readonly [string, string])[] = PRESET_NAMES.map((name) => [
  name,
  SERVICES[name].title,
]);

export function isPreset(name: unknown): name is PresetName {
  return PRESET_NAMES.some((one) => one === name);
}

/** The `traffic` of a scenario with so many subscribers, as a file would say it. */
export function presetTraffic(name: PresetName, subscribers: number): Record<string, object> {
  const { messagesADay, large } = SERVICES[name];
  const perS = (subscribers * messagesADay * BUSY_HOUR) / SECONDS_OF_AN_HOUR;
  const rate = (share: number) => `${Number((perS * share).toPrecision(4))}/s`;
  const pager = {
    executor: 'constant-arrival-rate',
    process: 'poisson',
    rate: rate(1 - large),
    // Lengths follow a power law (Zhou et al., IEEE Communications Letters 18(3), 2014); alpha and the bounds are assumed.
    size: { dist: 'pareto', min: '20B', max: '400B', alpha: 1.6 },
  };
  if (large === 0) return { pager };
  return {
    pager,
    large: {
      rate: rate(large),
      // The median is assumed; 20 MB is the largest video of RCS business profiles.
      size: { dist: 'lognormal', median: '400KiB', sigma: 1.1, cap: '20MiB' },
      chunk: '2KiB',
    },
  };
}

/**
 * Puts the preset of `content`, a scenario as it was read, into its traffic. `wins` says that the preset was asked for on the command line
 * and takes the place of what the file says.
 */
export function applyPreset(content: Record<string, unknown>, wins: boolean): void {
  const { preset, population, traffic } = content;
  if (!isPreset(preset)) return; // the schema says so
  const subscribers = (population as Record<string, unknown> | undefined)?.['subscribers'];
  if (typeof subscribers !== 'number') return; // the schema misses it
  const filled = presetTraffic(preset, subscribers);
  const written = (typeof traffic === 'object' && traffic !== null ? traffic : {}) as Record<string, object>;
  if (wins) {
    content['traffic'] = filled;
    return;
  }
  for (const [mode, values] of Object.entries(written)) {
    // What has instants or a rate over time of its own is not mixed with a rate.
    filled[mode] = 'executor' in values || 'process' in values ? values : { ...filled[mode], ...values };
  }
  content['traffic'] = filled;
}
