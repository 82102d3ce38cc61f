/** Reading `restante.config.yaml` or `.json`: faults are shown with their place, as those of scenarios are. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { UsageError } from '../../results/exit-codes.js';
import { whyNotRead } from '../../results/folder/file-error.js';
import { isMap } from '../../results/is-map.js';
import { readYaml } from '../../workloads/scenario/loader.js';
import { renderProblem } from '../../workloads/scenario/problems.js';
import { hint } from '../../workloads/scenario/suggest.js';
import { NAMES, SETTINGS, type SettingName, type Settings } from './setting-names.js';

/** The settings in `file` as seen from the folder `here`; a folder in it is relative to the file. Throws a `UsageError` with all that is wrong. */
export function readSettings(file: string, here: string): Settings {
  const shown = relative(here, file);
  const { source, content } = readYaml(textOf(file), shown);
  if (!isMap(content))
    throw new UsageError(`${shown}  error  settings are a set of keys: ${NAMES.join(', ')}`);
  const found: { [name in SettingName]?: string | boolean } = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(content)) {
    const kind = Object.hasOwn(SETTINGS, name) ? SETTINGS[name as SettingName] : undefined;
    const message =
      kind === undefined ? `unknown setting "${name}"${hint(name, NAMES)}` : unwelcome(kind, name, value);
    if (message !== undefined) {
      problems.push(renderProblem(source, { path: [name], message, key: kind === undefined }));
    } else if (kind === 'folder')
      found.results = isAbsolute(String(value))
        ? String(value)
        : relative(here, resolve(dirname(file), String(value))) || '.';
    else found[name as SettingName] = typeof value === 'boolean' ? value : String(value);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return found;
}

function unwelcome(kind: (typeof SETTINGS)[SettingName], name: string, value: unknown): string | undefined {
  switch (kind) {
    case 'text':
      if (typeof value === 'string' && value !== '') return undefined;
      return `a ${name} is text: put it in quotes, "42"`;
    case 'folder':
      return typeof value === 'string' && value !== '' ? undefined : `${name} is the path of a folder`;
    case 'number':
      return Number.isInteger(value) && Number(value) >= 1
        ? undefined
        : `${name} is a whole number from 1 up`;
    case 'switch':
      return typeof value === 'boolean' ? undefined : `${name} is true or false`;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${whyNotRead(error)}`);
  }
}

/** True if the scenario `nameOrPath` has a seed of its own, as all have that ship with restante. One that cannot be read is told of later. */
export function namesSeed(nameOrPath: string): boolean {
  if (!/[\\/]|\.(?:ya?ml|json)$/i.test(nameOrPath)) return true;
  try {
    const { content } = readYaml(readFileSync(nameOrPath, 'utf8'), nameOrPath);
    return typeof content === 'object' && content !== null && 'seed' in content;
  } catch {
    return true;
  }
}
