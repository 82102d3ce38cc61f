/**
 * How deep a text is nested, looked at before the parser is, which calls itself for each level and ends with the stack or the memory of
 * the process. Brackets and the dashes of lists are counted; what is nested by indentation alone grows with the square of its depth, so
 * no file of the size that is read gets far.
 */

/** What is within each other in one text; a scenario needs ten. */
export const MOST_LEVELS = 100;

/** Quoted texts of a line and comments, which may hold any brackets; brackets; the dashes and question marks before a value. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?<=^|\s)#.*|[[\]{}]|(?:[-?] ){2,}/gm;

/** Where `text` goes deeper than {@link MOST_LEVELS}, counted from 0; undefined if it does not. */
export function tooDeep(text: string): number | undefined {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth = Math.max(0, depth - 1);
    else if (/^[-?] /.test(token) && depth + token.length / 2 > MOST_LEVELS) return index;
    if (depth > MOST_LEVELS) return index;
  }
  return undefined;
}
