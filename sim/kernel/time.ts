/**
 * Virtual time: an integer number of nanoseconds since the start of the run, in a JavaScript number. Integers stay exact up
 * to 2^53 ns, which is 104 days; the kernel refuses anything later rather than round it.
 */

export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

/** The latest instant that is still exact. */
export const LATEST_NS = Number.MAX_SAFE_INTEGER;
