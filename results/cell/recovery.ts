/** What is told of the time after an outage. Exact, and part of `summary.json`; `results/recording/recovery.ts` finds it. */

/** How clients and store came back after the planned outages of clients. In whole seconds. */
export interface Recovery {
  /** When the last clients got their network back. */
  endsAtSecond: number;
  /** Clients that had lost it. */
  clients: number;
  /** From then until 99 % of them were registered again, those apart who had no network then for another reason; absent if that never came. */
  secondsToRegister?: number;
  /** Until 99 % of the backlog was gone; absent if that never came. */
  secondsToDrain?: number;
  /** Until scenario attempts were handled adequately again: at most 0.1 % IHSA in any ten seconds; absent if that never came. */
  secondsToAdequate?: number;
  /** Nobody sent anything after the outage, so nothing can be said of attempts. */
  nothingAttempted?: true;
  /** Most messages in the store since the first had their network back. */
  peakBacklog: number;
  /** Most REGISTER requests of a second, of the clients that had lost their network and were not registered again: sent, and granted. */
  peakRegistersOffered: number;
  peakRegistersOfferedAtSecond: number;
  peakRegistersCarried: number;
  peakRegistersCarriedAtSecond: number;
  /** Peaks of those offered, averaged over five seconds: the first attempts, then each wave of retries. */
  waves: readonly { atSecond: number; perSecond: number }[];
}
