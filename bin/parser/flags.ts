/** Values of flags, as the parser gives them, in the form that commands take. */
import { UsageError } from '../../results/exit-codes.js';

/** A flag that may stand once and needs a value. */
export function single(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) throw new UsageError(`--${name} is given twice`);
  if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} is missing its value`);
  return value;
}

/** The seed: what a scenario would take, since `plan.yaml` of the run has to read back. */
export function seedText(value: unknown): string | undefined {
  const seed = single('seed', value);
  if (seed !== undefined && seed.length > 200)
    throw new UsageError('--seed: a seed is a text of at most 200 characters');
  return seed;
}

/** A flag that may stand several times. */
export function several(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((entry) => typeof entry === 'string');
}

/** A flag with a whole number from 1 up. */
export function counted(name: string, value: unknown): number | undefined {
  const text = single(name, value);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new UsageError(`--${name} ${text}: a whole number from 1 up is needed`);
  return Number(text);
}

/** A message by its number. */
export function messageNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--ladder ${text}: the number of a message is needed`);
  return Number(text);
}
