/** The kill matrix as text: a row for each saboteur, a column for each invariant. */
import { columns } from './format.js';

/** What became of one saboteur. */
export interface KillRow {
  readonly name: string;
  /** Id of the invariant that must catch it. */
  readonly caughtBy: string;
  readonly killed: boolean;
  /** Ids of all invariants that it violated. */
  readonly violated: readonly string[];
}

/** Whether a saboteur was caught, in words: by the invariant that it names, or by another one, which proves nothing of that one. */
export function catchText({ caughtBy, violated }: Pick<KillRow, 'caughtBy' | 'violated'>): string {
  if (violated.includes(caughtBy)) return `caught by ${caughtBy}`;
  const others = violated.length === 0 ? 'nothing was violated' : `only ${violated.join(', ')} violated`;
  return `not caught by ${caughtBy}, which it names: ${others}`;
}

/** `X`: caught by the invariant that it names; `x`: by another one as well; `-`: it should have been, and was not. */
export function killText(rows: readonly KillRow[], ids: readonly string[]): string {
  const mark = ({ caughtBy, violated }: KillRow, id: string): string => {
    if (violated.includes(id)) return id === caughtBy ? 'X' : 'x';
    return id === caughtBy ? '-' : '.';
  };
  const lines = columns([
    ['saboteur', ...ids, ''],
    ...rows.map((row) => [row.name, ...ids.map((id) => mark(row, id)), row.killed ? '' : 'SURVIVED']),
  ]);
  const survivors = rows.filter(({ killed }) => !killed).map(({ name }) => name);
  const verdict =
    survivors.length === 0
      ? `PASSED: ${rows.length === 1 ? `${rows[0].name} was caught` : `all ${rows.length} saboteurs were caught`}`
      : `FAILED: ${survivors.length} of ${rows.length} saboteurs survived: ${survivors.join(', ')}`;
  return `${[...lines, '', verdict].join('\n')}\n`;
}
