/** Giving the messages of a pair to the MSRP session that is open between them. */
import type { MsrpDriver } from '../../msrp/driver.js';
import { Spans } from '../../msrp/sending/spans.js';
import type { LargeContent } from './large-content.js';
import { LargePhase, type LargePair } from './large-pair.js';
import { failureReportOf, planOf, successReportOf } from './large-plan.js';
import type { LargeSignalling } from './large-signalling.js';

/** Gives the session every message that it does not have yet. */
export function handOver(
  pair: LargePair,
  driver: MsrpDriver,
  content: LargeContent,
  signalling: LargeSignalling,
): void {
  for (const item of pair.items.slice()) {
    // The session may end while it is given something.
    if (pair.phase !== LargePhase.open || pair.msrp < 0) return;
    if (item.handed) continue;
    signalling.report(pair, item);
    const body = new Spans();
    content.message(item, body);
    item.handed = true;
    item.resumed = item.fromOctets > 0;
    driver.send(
      pair.msrp,
      item.offer.message,
      item.messageId,
      item.contentType,
      body,
      failureReportOf(item),
      successReportOf(item),
      planOf(item),
    );
  }
}
