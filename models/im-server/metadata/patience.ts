/**
 * How long a connection to the IM XDMS may stay silent before it is given up: the configured time at first, twice as long after each
 * silence, up to a limit. With a fixed time an answer that takes longer would never be read: the IM XDMS carries out the same
 * requests at each attempt, and everything behind them waits for good.
 *
 * Quick answers in a row bring the patience back, so that a long outage does not make the server slow to see the next one. One alone
 * says little: a request that is sent again and was carried out already changes nothing, and is answered at once.
 */

/** Answers that take less than this share of the patience show that less of it will do. */
const QUICK = 1 / 4;
/** So many of them in a row halve it. */
const QUICK_ROW = 8;

export class Patience {
  /** How long silence is borne now. */
  ns: number;
  private readonly mostNs: number;
  /** Since when nothing came. */
  private sinceNs = 0;
  private quickRow = 0;
  /** What was sent first is not answered: the time that its answer takes is that of a whole exchange. */
  private wholeExchange = false;

  /** It begins with `leastNs`, and doubles up to `mostNs` if that is more. */
  constructor(
    private readonly leastNs: number,
    mostNs: number,
  ) {
    this.ns = leastNs;
    this.mostNs = Math.max(leastNs, mostNs);
  }

  /** Requests leave, and none was under way. */
  asked(nowNs: number): void {
    this.sinceNs = nowNs;
    this.wholeExchange = true;
  }

  /** Something came. */
  heard(nowNs: number): void {
    if (this.wholeExchange) this.learn(this.silentNs(nowNs));
    this.sinceNs = nowNs;
    this.wholeExchange = false;
  }

  /** Nothing came in time. */
  lost(): void {
    this.ns = Math.min(this.mostNs, this.ns * 2);
    this.quickRow = 0;
  }

  silentNs(nowNs: number): number {
    return nowNs - this.sinceNs;
  }

  private learn(tookNs: number): void {
    this.quickRow = tookNs < this.ns * QUICK ? this.quickRow + 1 : 0;
    if (this.quickRow < QUICK_ROW) return;
    this.quickRow = 0;
    this.ns = Math.max(this.leastNs, this.ns / 2);
  }
}
