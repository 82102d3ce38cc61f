/** A ladder: one message's life as arrows between the parties, with what happened to it on the way. */

/** A message on its way from one lane to another. */
export interface LadderArrow {
  readonly kind: 'arrow';
  readonly atNs: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  lost: boolean;
  /** Names of header fields that the sender of this arrow had received and did not pass on. */
  readonly stripped: readonly string[];
}

/** Something that happened at one party. */
export interface LadderNote {
  readonly kind: 'note';
  readonly atNs: number;
  readonly lane: number;
  readonly text: string;
}

/** A fault that hits one of the parties. */
export interface LadderBand {
  readonly fromNs: number;
  /** Infinity: to the end. */
  readonly untilNs: number;
  readonly text: string;
}

export type LadderRow = LadderArrow | LadderNote;

export interface Ladder {
  readonly title: string;
  readonly lanes: readonly string[];
  /** In order of time. */
  readonly rows: readonly LadderRow[];
  readonly bands: readonly LadderBand[];
  /** Rows that were left out at the end. */
  readonly omitted: number;
}

/** Row or edge of a band, in the order in which it is drawn. */
export type LadderStep =
  | { readonly kind: 'row'; readonly row: LadderRow }
  | { readonly kind: 'begin' | 'end'; readonly atNs: number; readonly band: LadderBand };

/** Rows with the edges of bands between them; a band that lies outside of all rows is left out, one that begins earlier is cut. */
export function stepsOf({ rows, bands }: Ladder): LadderStep[] {
  const first = rows[0]?.atNs ?? 0;
  const last = rows.at(-1)?.atNs ?? 0;
  const seen = bands.filter(({ fromNs, untilNs }) => fromNs <= last && untilNs >= first);
  const keyed: { readonly atNs: number; readonly order: number; readonly step: LadderStep }[] = [];
  for (const row of rows) keyed.push({ atNs: row.atNs, order: 1, step: { kind: 'row', row } });
  for (const band of seen) {
    const begin = Math.max(band.fromNs, first);
    keyed.push({ atNs: begin, order: 0, step: { kind: 'begin', atNs: band.fromNs, band } });
    if (band.untilNs <= last) {
      keyed.push({ atNs: band.untilNs, order: 2, step: { kind: 'end', atNs: band.untilNs, band } });
    }
  }
  // The sort is stable, so rows of one instant keep their order.
  return keyed.sort((a, b) => a.atNs - b.atNs || a.order - b.order).map(({ step }) => step);
}

/** Virtual seconds with microseconds. */
export function secondsText(ns: number): string {
  return (ns / 1e9).toFixed(6);
}
