/**
 * The little colour that there is: the word of a verdict at the head of its line. The word says the same without it. Each stream decides
 * for itself, by the habits of https://no-color.org and FORCE_COLOR.
 */

/** True if a stream may be coloured. */
export function wantsColour(
  { isTTY }: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return isTTY === true && TERM !== 'dumb';
}

const GOOD = /^(PASSED|IDENTICAL|IMPROVED|REPRODUCED)\b/gm;
const BAD = /^(FAILED|REGRESSED|INCOMPARABLE|NOT REPRODUCED|INTERRUPTED|INCONCLUSIVE)\b/gm;

/** `text` with its verdicts in green and red. */
export function coloured(text: string): string {
  return text.replace(GOOD, '\u001b[32m$1\u001b[39m').replace(BAD, '\u001b[31m$1\u001b[39m');
}
