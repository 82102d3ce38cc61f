/**
 * Measuring: each candidate does rounds of work in turn, interleaved with the others, after a warm-up; what is reported is the
 * median over rounds of work per second of CPU time. Machines are shared and noisy: compare within one run, by ratio.
 */

export interface Candidate {
  readonly name: string;
  /** What one unit of work is, in the plural. */
  readonly unit: string;
  /** Does one round of work; returns how many units it did. */
  round(): number;
}

export interface Measured {
  readonly name: string;
  readonly unit: string;
  /** Median, least and most units per second of CPU time. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

/** Runs every candidate `rounds` times, in turn, after `warmUps` rounds that do not count. */
export function measure(candidates: readonly Candidate[], rounds: number, warmUps: number): Measured[] {
  const rates: number[][] = candidates.map(() => []);
  for (let round = -warmUps; round < rounds; round++) {
    for (const [index, candidate] of candidates.entries()) {
      const before = process.cpuUsage();
      const units = candidate.round();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) rates[index].push((units / Math.max(1, user + system)) * 1e6);
    }
  }
  return candidates.map(({ name, unit }, index) => {
    const sorted = rates[index].toSorted((a, b) => a - b);
    return {
      name,
      unit,
      median: sorted[sorted.length >> 1],
      least: sorted[0],
      most: sorted[sorted.length - 1],
      rounds,
    };
  });
}
