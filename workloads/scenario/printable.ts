/**
 * Text that a report may write to a terminal as it is: without control characters, other line ends and marks that turn the direction of
 * what follows.
 */
const UNFIT = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

export function isPrintable(text: string): boolean {
  return !UNFIT.test(text);
}
