/** How a Large Message ends at its sender, as a status, and which answers to its INVITE are not the last word. */

export const OK = 200;
export const WRITTEN = 202;
export const ABORTED = 487;
export const TIMED_OUT = 408;
export const UNAVAILABLE = 503;
/** Answers to INVITE after which another attempt makes sense. */
export const PASSING: readonly number[] = [TIMED_OUT, 486, 491, 500, UNAVAILABLE, 504];
