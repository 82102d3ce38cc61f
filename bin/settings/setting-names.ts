/** Which settings there are; where they come from is in `settings.ts`. */

/** Every setting and what it is: a text, a number from 1 up, a folder, or a switch. */
export const SETTINGS = {
  seed: 'text',
  jobs: 'number',
  results: 'folder',
  quiet: 'switch',
  cache: 'switch',
  report: 'switch',
  drawings: 'switch',
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [name in SettingName]?: string | boolean };

export const NAMES = Object.keys(SETTINGS) as SettingName[];
