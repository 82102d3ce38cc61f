/** Who had the shortest and who the longest delay of a run. */

/** Who had the shortest and who the longest delay; of equal ones, the first. -1 if nobody had any. */
export class Extremes {
  shortest = -1;
  longest = -1;
  private shortestNs = Infinity;
  private longestNs = -1;

  see(who: number, delayNs: number): void {
    if (delayNs < this.shortestNs) {
      this.shortestNs = delayNs;
      this.shortest = who;
    }
    if (delayNs > this.longestNs) {
      this.longestNs = delayNs;
      this.longest = who;
    }
  }
}
