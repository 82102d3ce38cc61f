/**
 * Where scenarios are: those that ship with the product, by name, and files of the user, by path. Found alike from the sources
 * and from the build, below the folder of `package.json`.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../results/exit-codes.js';
import { whyNotRead } from '../../results/folder/file-error.js';
import { parseFaults } from '../faults/faults-file.js';
import { parseScenario, type Surroundings } from './loader.js';
import { packageFolder } from '../package-folder.js';
import type { Scenario } from './scenario.js';
import { hint } from './suggest.js';

function shippedFolder(): string {
  return join(packageFolder(), 'workloads', 'scenarios');
}

/** Names of the scenarios that ship with the product, in alphabetical order. */
export function shippedScenarios(): string[] {
  return readdirSync(shippedFolder())
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** Largest scenario file that is read; a larger one is something else. */
const LARGEST_FILE_OCTETS = 16 * 1024 * 1024;

/**
 * The scenario `nameOrPath`: a shipped one if it is a plain name, otherwise a file. Throws a `UsageError` if there is none, and
 * a `ScenarioError` if it is not valid. `warn` hears of what may come as a surprise.
 */
export function loadScenario(
  nameOrPath: string,
  overrides: readonly string[] = [],
  warn?: (text: string) => void,
): Scenario {
  return read(nameOrPath, overrides, { warn });
}

/** As {@link loadScenario}, for a study that may overload a steady-state scenario; `flagOf` says which flag each override is from. */
export function loadProbe(
  nameOrPath: string,
  overrides: readonly string[],
  flagOf: (index: number) => string,
): Scenario {
  return read(nameOrPath, overrides, { isProbe: true, flagOf });
}

function read(nameOrPath: string, overrides: readonly string[], surroundings: Surroundings): Scenario {
  const isPath = /[\\/]|\.(?:ya?ml|json)$/i.test(nameOrPath);
  const names = shippedScenarios();
  if (!isPath && names.includes(nameOrPath)) {
    const file = join(shippedFolder(), `${nameOrPath}.yaml`);
    return parseScenario(readFileSync(file, 'utf8'), `${nameOrPath}.yaml`, overrides, surroundings);
  }
  if (!isPath) {
    const near = hint(nameOrPath, names);
    throw new UsageError(
      `unknown scenario "${nameOrPath}"${near}\nA file of your own is given by its path, for example ./${nameOrPath || 'mine'}.yaml`,
    );
  }
  const shipped = `Scenarios that ship with restante: ${names.join(', ')}`;
  return parseScenario(readText(nameOrPath, 'scenario', shipped), nameOrPath, overrides, {
    beside: (path) => readText(resolve(dirname(nameOrPath), path), 'trace'),
    ...surroundings,
  });
}

/** `scenario` with the faults of the file `path` in the place of its own. Throws as {@link loadScenario} does. */
export function loadFaults(path: string, scenario: Scenario): Scenario {
  return parseFaults(readText(path, 'fault plan'), path, scenario);
}

function readText(path: string, what: string, hintLine = ''): string {
  try {
    if (statSync(path).size > LARGEST_FILE_OCTETS) throw new Error('it is larger than 16 MiB');
    return readFileSync(path, 'utf8');
  } catch (error) {
    const more = hintLine === '' ? '' : `\n${hintLine}`;
    throw new UsageError(`cannot read the ${what} ${path}: ${whyNotRead(error)}${more}`);
  }
}
