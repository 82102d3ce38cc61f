/** "Did you mean": the nearest of some known words, if one is near enough to be worth saying. */

/** Edits (insert, delete, replace, swap of neighbours) from `a` to `b`. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

/** The known word nearest to `word`, or undefined if none is within a third of its length (but at least one edit). */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const edits = distance(lower, candidate.toLowerCase());
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return (
    best ??
    (lower.length > 2 ? known.find((candidate) => candidate.toLowerCase().startsWith(lower)) : undefined)
  );
}

/** More than these are not listed: nobody reads them. */
const MOST_LISTED = 40;
const LISTED_OF_MANY = 10;

/** ` — did you mean "x"?`, or else the list of what is known, or of the first of it. */
export function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return ` — did you mean "${near}"?`;
  if (known.length === 0) return '';
  const many = known.length > MOST_LISTED;
  const listed = many ? known.slice(0, LISTED_OF_MANY) : known;
  const more = many ? ` and ${known.length - LISTED_OF_MANY} more` : '';
  return ` — known here: ${listed.join(', ')}${more}`;
}
