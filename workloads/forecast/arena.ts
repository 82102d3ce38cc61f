/** How much memory a world will need: octets of address space for its arena, from what the scenario offers. */
import { figuresOf } from '../load/plan-load.js';
import type { Scenario } from '../scenario/scenario.js';
import { meanLargeOctets } from './forecast-parts.js';

const OCTETS_OF_A_GIB = 1_073_741_824;
/** Requests and responses that the transactions of one deferred message keep for half a minute, and its record. */
const OCTETS_OF_A_MESSAGE = 3072;
/** A Large Message has its octets in its record, while it is put together there and while it is put together at the recipient. */
const PLACES_OF_A_LARGE_MESSAGE = 2;

/** Address space of a world in which next to nothing happens: scratch, a pattern for Large Messages, and some room. */
const OCTETS_OF_A_WORLD = 2 * 1_048_576;

/**
 * Octets of address space to reserve for a world of this size. In a large one what is not used is never touched, and costs nothing; up
 * to 32 MiB the C library hands out memory that was used before, which is cleared for each world. It grows when that is too
 * little, and then is copied.
 */
export function arenaOctets(scenario: Scenario): number {
  const { pager, large } = scenario.traffic;
  const offered = figuresOf(pager, scenario.duration).expected;
  const larges = large === undefined ? 0 : figuresOf(large, scenario.duration).expected;
  const largeOctets = larges * PLACES_OF_A_LARGE_MESSAGE * meanLargeOctets(scenario);
  return Math.min(
    OCTETS_OF_A_GIB,
    OCTETS_OF_A_WORLD +
      Math.ceil(scenario.population.subscribers * 1024 + offered * OCTETS_OF_A_MESSAGE + largeOctets),
  );
}
