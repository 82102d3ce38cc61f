/** Message numbers: one series for all the traffic of a run, in order of intended instants. */
export class Numbers {
  private next = 0;
  private readonly notifications = new Set<number>();

  take(): number {
    return this.next++;
  }

  /** A number for a notification that a client sends by itself (RFC 5438). */
  takeForNotification(): number {
    this.notifications.add(this.next);
    return this.next++;
  }

  /** True if the workload did not ask for the message of this number. */
  isNotification(message: number): boolean {
    return this.notifications.has(message);
  }
}
