/**
 * Settings that stand for flags: what is not on the command line comes from the environment (`RESTANTE_JOBS=2`), then from
 * `restante.config.yaml` or `.json` in this folder or the nearest one above, then from the defaults. A seed of the scenario file goes
 * before that of the configuration: the file says which run is meant.
 *
 * Only what says how to work is a setting, and the seed; what is simulated stands in the scenario.
 */
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { sortedJson } from '../../results/folder/json.js';
import { RESULTS_VARIABLE } from '../../results/folder/folders.js';
import { UsageError } from '../../results/exit-codes.js';
import { hint } from '../../workloads/scenario/suggest.js';
import { NAMES, SETTINGS, type SettingName, type Settings } from './setting-names.js';

/** A value and where it was found. */
export interface Setting {
  readonly value: string | boolean;
  /** `command line`, `RESTANTE_JOBS`, the path of a file, `default`. */
  readonly origin: string;
}

/** What holds where nothing else is said, in words. */
const DEFAULTS: Readonly<Record<SettingName, string>> = {
  seed: 'that of the scenario',
  jobs: 'processors less one',
  results: 'results',
  quiet: 'false',
  cache: 'true',
  report: 'true',
  drawings: 'false',
};

type Environment = Readonly<Record<string, string | undefined>>;

const FILES = ['restante.config.yaml', 'restante.config.yml', 'restante.config.json'];
const PREFIX = 'RESTANTE_';
const variableOf = (name: string) => `${PREFIX}${name.toUpperCase()}`;

/** The nearest configuration file in `folder` or above it; undefined if there is none. */
export function settingsFile(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = FILES.map((name) => join(at, name)).find((file) => existsSync(file));
    if (found !== undefined || dirname(at) === at) return found;
  }
}

/** The settings of the environment. Throws a `UsageError` for a switch that is none, and for a name that is no setting. */
export function settingsOfEnvironment(environment: Environment): Settings {
  const found: { [name in SettingName]?: string | boolean } = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || value === undefined || value === '') continue;
    const name = variable.slice(PREFIX.length).toLowerCase();
    if (!isSetting(name))
      throw new UsageError(
        `the environment variable ${variable} is no setting${hint(variable, NAMES.map(variableOf))}`,
      );
    if (SETTINGS[name] === 'number' && !/^[1-9]\d{0,6}$/.test(value))
      throw new UsageError(`${variable}=${value}: a whole number from 1 up is needed`);
    found[name] = SETTINGS[name] === 'switch' ? switchOf(variable, value) : value;
  }
  return found;
}

function isSetting(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

function switchOf(variable: string, value: string): boolean {
  if (/^(?:1|true|yes)$/i.test(value)) return true;
  if (/^(?:0|false|no)$/i.test(value)) return false;
  throw new UsageError(`${variable}=${value}: 1 or 0 is needed`);
}

/** True if `args` give the flag `name` themselves. */
export function isGiven(name: SettingName, args: readonly string[]): boolean {
  const words = [`--${name}`, `--no-${name}`, ...(name === 'quiet' ? ['-q'] : [])];
  return args.some((arg) => words.includes(arg.split('=')[0] ?? ''));
}

/** All settings with their origins, the nearest source first; what has no value of its own is left out. */
export async function settingsFor(
  folder: string,
  environment: Environment,
): Promise<ReadonlyMap<SettingName, Setting>> {
  const found = new Map<SettingName, Setting>();
  const file = settingsFile(folder);
  if (file !== undefined) {
    const { readSettings } = await import('./settings-file.js');
    for (const [name, value] of Object.entries(readSettings(file, folder)))
      found.set(name as SettingName, { value, origin: relative(folder, file) });
  }
  for (const [name, value] of Object.entries(settingsOfEnvironment(environment)))
    found.set(name as SettingName, { value, origin: variableOf(name) });
  return found;
}

/**
 * Fills in what `argv`, parsed from `args`, leaves open of the flags that its command knows (`flags`). Gives the settings that were
 * taken. The folder of results goes into the environment, since it is no flag; `restore` puts back what was there.
 */
export async function fillIn(
  argv: Record<string, unknown>,
  args: readonly string[],
  flags: readonly string[],
): Promise<{ readonly taken: ReadonlyMap<SettingName, Setting>; readonly restore: () => void }> {
  const settings = await settingsFor(process.cwd(), process.env);
  const taken = new Map<SettingName, Setting>();
  const before = process.env[RESULTS_VARIABLE];
  for (const name of NAMES) {
    const setting = settings.get(name);
    if (setting === undefined || isGiven(name, args)) continue;
    if (name === 'results') process.env[RESULTS_VARIABLE] = String(setting.value);
    else if (!flags.includes(name)) continue;
    // Nothing is drawn where no page is made.
    else if (name === 'drawings' && (argv['report'] === false || argv['replications'] !== undefined))
      continue;
    else if (name === 'seed' && (await scenarioGoesFirst(setting, argv))) continue;
    else argv[name] = setting.value;
    taken.set(name, setting);
  }
  const restore = () => {
    if (before === undefined) delete process.env[RESULTS_VARIABLE];
    else process.env[RESULTS_VARIABLE] = before;
  };
  return { taken, restore };
}

/** A seed of a configuration file holds for scenarios that name none. */
async function scenarioGoesFirst(
  { origin }: Setting,
  { scenario }: Record<string, unknown>,
): Promise<boolean> {
  if (origin.startsWith(PREFIX) || typeof scenario !== 'string') return false;
  const { namesSeed } = await import('./settings-file.js');
  return namesSeed(scenario);
}

type Taken = ReadonlyMap<SettingName, Setting>;

function defaultOf(name: SettingName, argv: Readonly<Record<string, unknown>>): string {
  const [command]: readonly unknown[] = Array.isArray(argv['_']) ? argv['_'] : [];
  // The main thread of a campaign has next to nothing to do, so that it takes no processor.
  return name === 'jobs' && command === 'fuzz' ? 'processors' : DEFAULTS[name];
}

/** Each setting, its value and its origin, in words. */
function settingsRows(argv: Readonly<Record<string, unknown>>, args: readonly string[], taken: Taken) {
  return NAMES.map((name): [name: SettingName, value: string, from: string] => {
    const setting = taken.get(name);
    if (setting !== undefined) return [name, String(setting.value), setting.origin];
    if (isGiven(name, args)) return [name, String(argv[name]), 'command line'];
    return [name, defaultOf(name, argv), 'default'];
  });
}

/** The settings as JSON: by name, the value as it is told to people and where it comes from. Parameters as of {@link settingsText}. */
export function settingsJson(
  argv: Readonly<Record<string, unknown>>,
  args: readonly string[],
  taken: Taken,
): string {
  const rows = settingsRows(argv, args, taken);
  return sortedJson(Object.fromEntries(rows.map(([name, value, from]) => [name, { value, from }])));
}

/** The settings as a table: each with its value and its origin. `flags` are those of the command, whose arguments are `args`. */
export function settingsText(
  argv: Readonly<Record<string, unknown>>,
  args: readonly string[],
  taken: Taken,
): string {
  const shown = [['setting', 'value', 'from'], ...settingsRows(argv, args, taken)];
  const width = (column: number) => Math.max(...shown.map((row) => row[column].length));
  const line = ([name, value, from]: string[]) =>
    `${name.padEnd(width(0))}  ${value.padEnd(width(1))}  ${from}\n`;
  return shown.map(line).join('');
}
