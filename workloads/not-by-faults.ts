/**
 * Planted bugs that no fault of a fuzz campaign shows within 200 seeds: their world needs settings that `fuzz` does not have. Each
 * has its direct test (`test/saboteurs.test.ts`); all others must be found by `fuzz` (`scripts/nightly.mjs`).
 */
import { saboteurs } from '../models/saboteurs/catalogue.js';

/** Their names, in the order of the catalogue. */
export const NOT_BY_FAULTS: readonly string[] = saboteurs
  .filter(({ shownByWaiting, world }) => shownByWaiting === true || world !== undefined)
  .map(({ name }) => name);
