/** A ladder as SVG: one file without scripts, fonts or references, the same octets for the same ladder. */
import { secondsText, stepsOf, type Ladder, type LadderArrow, type LadderNote } from './ladder.js';

const LANE_WIDTH = 230;
const LEFT = 110;
const TOP = 70;
const ROW_HEIGHT = 26;
const LINE_HEIGHT = 13;
const STYLE = `.paper{fill:#fff}text{font:12px monospace;fill:#222}.time{fill:#777}.name{font-weight:bold}.rail{stroke:#bbb}
.arrow{stroke:#236;stroke-width:1.3;fill:none}.lost{stroke:#c22;stroke-dasharray:5 3}.tip{fill:#236}.tip.lost{fill:#c22}
.struck{fill:#a33;text-decoration:line-through;font-size:10px}.band{fill:#e70;fill-opacity:.12}.fault{fill:#a50}
.note{fill:#eef3e6;stroke:#7a5}
@media (prefers-color-scheme:dark){.paper{fill:#171b1f}text{fill:#e8eaec}.time{fill:#a3abb3}.rail{stroke:#4a525a}.arrow{stroke:#8fc1ee}
.tip{fill:#8fc1ee}.lost{stroke:#ff8f86}.tip.lost{fill:#ff8f86}.struck{fill:#ff9a90}.fault{fill:#ffb169}.note{fill:#22301f;stroke:#6d9a5f}}`;

/** The ladder as an SVG document. */
export function ladderSvg(ladder: Ladder): string {
  const parts: string[] = [];
  const bands: string[] = [];
  const open = new Map<unknown, number>();
  const right = LEFT + ladder.lanes.length * LANE_WIDTH;
  let y = TOP;
  for (const step of stepsOf(ladder)) {
    y += ROW_HEIGHT;
    if (step.kind === 'row') {
      const { row } = step;
      parts.push(text(8, y + 4, secondsText(row.atNs), 'time', 'start'));
      if (row.kind === 'note') parts.push(...note(row, y));
      else {
        parts.push(...arrow(row, y));
        row.stripped.forEach((name, i) => {
          parts.push(
            text((x(row.from) + x(row.to)) / 2, y + LINE_HEIGHT * (i + 1), name, 'struck', 'middle'),
          );
        });
        y += LINE_HEIGHT * row.stripped.length;
      }
    } else if (step.kind === 'begin') {
      open.set(step.band, y);
      parts.push(text(LEFT, y + 4, `fault: ${step.band.text}`, 'fault', 'start'));
    } else {
      const from = open.get(step.band) ?? TOP;
      open.delete(step.band);
      bands.push(band(from, y, right));
      parts.push(text(LEFT, y + 4, `fault ends: ${step.band.text}`, 'fault', 'start'));
    }
  }
  const bottom = y + ROW_HEIGHT;
  for (const from of open.values()) bands.push(band(from, bottom, right));
  const heads = ladder.lanes.flatMap((name, i) => [
    text(x(i), TOP - 10, name, 'name', 'middle'),
    `<line class="rail" x1="${x(i)}" y1="${TOP}" x2="${x(i)}" y2="${bottom}"/>`,
  ]);
  const more =
    ladder.omitted > 0
      ? [text(LEFT, bottom + 14, `${ladder.omitted} more rows are left out`, 'time', 'start')]
      : [];
  const height = bottom + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${right + 20}" height="${height}" viewBox="0 0 ${right + 20} ${height}">`,
    `<title>${escaped(ladder.title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    text(8, 24, ladder.title, 'name', 'start'),
    ...bands,
    ...heads,
    ...parts,
    ...more,
    '</svg>',
    '',
  ].join('\n');
}

function arrow({ from, to, label, lost }: LadderArrow, y: number): string[] {
  const way = to > from ? 1 : -1;
  // A lost one ends before it arrives.
  const end = lost ? x(from) + (x(to) - x(from)) * 0.7 : x(to) - way;
  const kind = lost ? ' lost' : '';
  const tip = lost
    ? `<path class="arrow lost" d="M${end - 5} ${y - 5}L${end + 5} ${y + 5}M${end - 5} ${y + 5}L${end + 5} ${y - 5}"/>`
    : `<path class="tip" d="M${end} ${y}L${end - way * 9} ${y - 4}L${end - way * 9} ${y + 4}Z"/>`;
  return [
    `<line class="arrow${kind}" x1="${x(from)}" y1="${y}" x2="${end}" y2="${y}"/>`,
    tip,
    text((x(from) + x(to)) / 2, y - 4, label, 'label', 'middle'),
  ];
}

function note({ lane, text: words }: LadderNote, y: number): string[] {
  const width = words.length * 7.3 + 12;
  const left = x(lane) - width / 2;
  return [
    `<rect class="note" x="${left.toFixed(1)}" y="${y - 10}" width="${width.toFixed(1)}" height="20" rx="4"/>`,
    text(x(lane), y + 4, words, 'label', 'middle'),
  ];
}

function band(from: number, to: number, right: number): string {
  return `<rect class="band" x="${LEFT}" y="${from - 10}" width="${right - LEFT}" height="${to - from + 16}"/>`;
}

function text(atX: number, atY: number, words: string, kind: string, anchor: string): string {
  return `<text class="${kind}" x="${atX}" y="${atY}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function x(lane: number): number {
  return LEFT + LANE_WIDTH / 2 + lane * LANE_WIDTH;
}
