/**
 * Planted bugs that no fault of a fuzz campaign shows within 200 seeds. Their world needs settings that `fuzz` does not have, or a
 * fault that outlasts its load. Each has its direct test (`test/saboteurs.test.ts`); all others must be found by `fuzz`
 * (`scripts/nightly.mjs`).
 */
import { saboteurs } from '../../models/saboteurs/catalogue.js';

/** A request must stay unanswered for 64 T1, which is longer than the faults of `fuzz` last. */
const SHOWN_BY_LONG_FAULTS = ['never-gives-up'];

/** Their trial has settings of its own, and yet faults show them: whom a partition hits registers again after it. */
const SHOWN_ANYWAY = ['never-tries-again'];

/** Their names, in the order of the catalogue. */
export const NOT_BY_FAULTS: readonly string[] = saboteurs
  .filter(
    ({ name, shownByWaiting, world }) =>
      shownByWaiting === true ||
      (world !== undefined && !SHOWN_ANYWAY.includes(name)) ||
      SHOWN_BY_LONG_FAULTS.includes(name),
  )
  .map(({ name }) => name);
