/** A ladder as plain text: a column for each party, an arrow for each message, struck-through header fields as ~~name~~. */
import { secondsText, stepsOf, type Ladder, type LadderArrow, type LadderRow } from './ladder.js';

const TIME_WIDTH = 14;
const LANE_WIDTH = 28;

/** The ladder as lines of ASCII. */
export function ladderText(ladder: Ladder): string {
  const { lanes, omitted } = ladder;
  const lines = [ladder.title, ''];
  lines.push(
    overlaid(
      ' '.repeat(width(lanes.length)),
      lanes.map((name, i) => [centre(i), name] as const),
    ),
  );
  for (const step of stepsOf(ladder)) {
    if (step.kind === 'row') lines.push(...rowLines(step.row, lanes.length));
    else {
      const word = step.kind === 'begin' ? 'begins' : 'ends';
      const text = ` fault ${word}: ${step.band.text} `;
      const rule = '='.repeat(4);
      lines.push(`${secondsText(step.atNs).padStart(TIME_WIDTH - 2)}  ${rule}${text}${rule}`);
    }
  }
  if (omitted > 0) lines.push('', `${omitted} more rows are left out`);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function rowLines(row: LadderRow, lanes: number): string[] {
  const bare = rails(lanes);
  const time = secondsText(row.atNs).padStart(TIME_WIDTH - 2);
  if (row.kind === 'note')
    return [time + overlaid(bare, [[centre(row.lane), `[${row.text}]`]]).slice(time.length)];
  const line = time + arrow(bare, row).slice(time.length);
  const middle = (centre(row.from) + centre(row.to)) / 2;
  return [line, ...row.stripped.map((name) => overlaid(bare, [[middle, `~~${name}~~`]]))];
}

function arrow(bare: string, { from, to, label, lost }: LadderArrow): string {
  const left = Math.min(centre(from), centre(to)) + 1;
  const right = Math.max(centre(from), centre(to));
  const inner = right - left;
  const shaft = '-'.repeat(inner - 1);
  const tip = lost ? 'X' : to > from ? '>' : '<';
  const drawn = to > from ? shaft + tip : tip + shaft;
  const text = label.length > inner - 4 ? `${label.slice(0, inner - 5)}.` : label;
  const withLabel = overlaid(drawn, [[Math.floor(inner / 2), ` ${text} `]]);
  return bare.slice(0, left) + withLabel + bare.slice(right);
}

/** `text` with each word written over it, centred at its place. */
function overlaid(text: string, words: readonly (readonly [number, string])[]): string {
  let result = text;
  for (const [at, word] of words) {
    const start = Math.max(0, Math.floor(at - word.length / 2));
    result = result.slice(0, start).padEnd(start) + word + result.slice(start + word.length);
  }
  return result;
}

function rails(lanes: number): string {
  return overlaid(
    ' '.repeat(width(lanes)),
    Array.from({ length: lanes }, (_, i) => [centre(i) + 0.5, '|'] as const),
  );
}

function centre(lane: number): number {
  return TIME_WIDTH + LANE_WIDTH / 2 + lane * LANE_WIDTH;
}

function width(lanes: number): number {
  return TIME_WIDTH + lanes * LANE_WIDTH;
}
