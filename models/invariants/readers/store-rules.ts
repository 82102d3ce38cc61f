/**
 * What an operator changed of what may be in the store (A3), as the judge of the store reads it: further names that never may, and
 * classes that may. Written from the rules, not from the header policy that it judges.
 *
 * Not known here: the compact form of a name that the operator gave in full, and the other way round.
 */
import { SWITCHABLE_NAMES } from './names.js';

/** As the operator said it. */
export interface StoreRules {
  /** Names never to be stored; all that begin so if one ends in `*`. */
  readonly neverStore: readonly string[];
  /** Classes that are stored after all, if the sender is not anonymous. */
  readonly stored: readonly (keyof typeof SWITCHABLE_NAMES)[];
}

/** The rules, ready to be asked for names in lower case. */
export class StoredNames {
  private readonly never: readonly string[];
  private readonly stored: ReadonlySet<string>;

  constructor({ neverStore, stored }: StoreRules) {
    this.never = neverStore.map((name) => name.toLowerCase());
    this.stored = new Set(stored.flatMap((name) => SWITCHABLE_NAMES[name]));
  }

  /** True if the operator wants no field of this name in the store. */
  isForbidden(name: string): boolean {
    return this.never.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
  }

  /** True if the operator wants this one there, which otherwise never is. */
  isWanted(name: string): boolean {
    return this.stored.has(name);
  }
}
