/** The stations of a run as rows of text, the same in the terminal and in the page. */
import type { Summary } from '../cell-result.js';
import { durationOfUs, thousands } from './format.js';

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 2 : 1)} %`;

/** Name, servers, busy under load, busiest second, most jobs, time, service, jobs, refused; of each station that had work. */
export function stationRows({ stations }: Summary): string[][] {
  return (stations ?? [])
    .filter(({ completed }) => completed > 0)
    .map((station) => [
      station.name,
      String(station.servers),
      percent(station.loadUtilisation),
      percent(station.peakUtilisation),
      thousands(station.maxPresent),
      durationOfUs(Math.round(station.meanTimeUs)),
      durationOfUs(Math.round(station.meanServiceUs)),
      thousands(station.completed),
      thousands(station.refused),
    ]);
}
