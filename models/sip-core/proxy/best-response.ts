/**
 * Which final response is the best (RFC 3261 section 16.7 item 6), and which mean that a client is not there (rules 2.1).
 */

/** True for answers of a client that mean that it is not there (rules 2.1; 430 by RFC 5626 section 11.5). */
export function meansAbsent(status: number): boolean {
  return status === 408 || status === 430 || status === 480 || status === 503;
}

/**
 * Section 16.7 item 6: a smaller rank is the better answer. The lowest class counts first; within 4xx what tells how to ask again, then
 * what a device refused, then that one is not there. 503 is the last of all: it says nothing of the other devices.
 */
export function rank(status: number): number {
  if (status >= 600) return 0;
  if (status === 503) return 10_000;
  const telling = status === 401 || status === 407 || status === 415 || status === 420 || status === 484;
  return Math.floor(status / 100) * 1000 + (telling ? 0 : meansAbsent(status) ? 2 : 1);
}
