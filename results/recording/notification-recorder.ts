/** What is counted of disposition notifications (IMDN, RFC 5438). They are messages too, and counted among those as well. */
import { Observed } from '../../models/observations.js';
import type { NotificationCounts } from '../cell/counts.js';
import type { ObservationSource } from './observation-source.js';

/** Numbers of `ImdnStatus` (`models/wire/cpim`). */
const DELIVERED = 0;
const FAILED = 1;
const DISPLAYED = 4;

export class NotificationRecorder {
  private readonly count: NotificationCounts = {
    asked: 0,
    sent: 0,
    received: 0,
    failuresTold: 0,
    failuresReceived: 0,
  };

  constructor(source: ObservationSource) {
    const { count } = this;
    source.subscribe(Observed.notificationAsked, () => void count.asked++);
    source.subscribe(Observed.notificationSent, (_kind, _user, _message, _a, status) => {
      if (status === DISPLAYED) count.displayedSent = (count.displayedSent ?? 0) + 1;
      else count.sent++;
    });
    source.subscribe(Observed.failureNotified, () => void count.failuresTold++);
    source.subscribe(Observed.noticeDropped, (_kind, _user, _dm, _why, as) => {
      if (as === Observed.failureNotified) count.failuresUntold = (count.failuresUntold ?? 0) + 1;
    });
    source.subscribe(Observed.notificationReceived, (_kind, _user, _ordinal, status) => {
      if (status === DELIVERED) count.received++;
      else if (status === FAILED) count.failuresReceived++;
      else if (status === DISPLAYED) count.displayedReceived = (count.displayedReceived ?? 0) + 1;
    });
  }

  /** The counts so far; undefined if nobody asked. */
  figures(): NotificationCounts | undefined {
    return this.count.asked === 0 ? undefined : { ...this.count };
  }
}
