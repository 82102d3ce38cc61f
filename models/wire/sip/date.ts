/**
 * Date (RFC 3261 section 20.17: RFC 1123 format, GMT only) to and from integer milliseconds since 1970.
 */

/** Milliseconds since 1970 of the date in [start, end); -1 if it does not fit the grammar, is before 1970 or names another zone than GMT. A wrong weekday is let pass. */
export function parseDate(buf: Uint8Array, start: number, end: number): number {
  (void buf, void start, void end);
  return -1;
}

/** `Thu, 21 Feb 2002 13:02:03 GMT` for integer milliseconds since 1970, fractions of a second cut off. */
export function formatDate(milliseconds: number): string {
  void milliseconds;
  return '';
}
