/** Message numbers: one series for all the traffic of a run, in order of intended instants. */
export class Numbers {
  private next = 0;

  take(): number {
    return this.next++;
  }
}
