/**
 * From what the workload asks of a Large Message to how MSRP sends it: chunks (R5, R12, R15), reports (rules 3.5), and what the
 * peer's answer rules out (A19).
 */
import { MsrpStatus, type FailureReport } from '../../msrp/codes.js';
import type { SendPlan } from '../../msrp/sending/outgoing.js';
import {
  failureReportIn,
  isUnconfirmed,
  ReportChoice,
  successReportIn,
} from '../../msrp/sending/report-choice.js';
import type { SdpMedia } from '../../wire/sdp/description.js';
import { acceptsNested, acceptsRoot } from '../../wire/sdp/negotiate.js';
import type { LargeOffer, PagerOffer } from '../config.js';
import type { LargeItem } from './large-pair.js';

/** Longest chunk of a message that may not be interrupted (R5). */
const FIXED_CHUNK_OCTETS = 2048;

/**
 * The Large Message that a text becomes which is too much for a MESSAGE (RFC 3428 section 8): plain chunks, a 200 for each. It has no
 * Expires (S6c), and asks for notifications if the text does.
 */
export function largeOfferOf({
  sender,
  recipient,
  message,
  sizeOctets,
  intendedAtNs,
  anonymous,
  asksNotification,
}: PagerOffer): LargeOffer {
  return {
    sender,
    recipient,
    message,
    sizeOctets,
    contentType: 'text/plain',
    intendedAtNs,
    anonymous,
    chunkOctets: FIXED_CHUNK_OCTETS,
    interruptible: false,
    interleave: false,
    reports: ReportChoice.responses,
    abortAfterOctets: -1,
    resume: true,
    asksNotification,
  };
}

export function failureReportOf({ offer }: LargeItem): FailureReport {
  return failureReportIn(offer.reports);
}

/** A resumed message always asks for a success REPORT. */
export function successReportOf({ offer, resumed }: LargeItem): boolean {
  return successReportIn(offer.reports) || resumed;
}

/** True if the peer was asked to confirm the message in any way. */
export function confirmed({ offer, resumed }: LargeItem): boolean {
  return resumed || !isUnconfirmed(offer.reports);
}

/** How the message is cut. */
export function planOf({ offer, fromOctets }: LargeItem): SendPlan {
  const { chunkOctets, interruptible, interleave, abortAfterOctets } = offer;
  return {
    chunkOctets: interruptible ? chunkOctets : Math.min(chunkOctets, FIXED_CHUNK_OCTETS),
    interleave,
    fromOctets,
    abortAfterOctets: abortAfterOctets >= 0 ? abortAfterOctets : Infinity,
  };
}

/** The status that refuses the message before it is sent, by the answer in `buf`: 415, 413, or 0 if it may go. */
export function refusalOf(item: LargeItem, buf: Buffer, media: SdpMedia): number {
  const { contentType, offer, octets, headOctets } = item;
  if (!acceptsRoot(buf, media, typeIn(contentType))) return MsrpStatus.unsupportedType;
  if (headOctets > 0 && !acceptsNested(buf, media, typeIn(offer.contentType)))
    return MsrpStatus.unsupportedType;
  const { maxSizeOctets } = media;
  return maxSizeOctets >= 0 && octets > maxSizeOctets ? MsrpStatus.stopSending : 0;
}

/** The media type in a value of Content-Type, without its parameters. */
function typeIn(contentType: string): string {
  return contentType.split(';')[0].trim().toLowerCase();
}

/** A session failed under `item`, of which the peer has so many octets. */
export function noteFailure(item: LargeItem, acceptedOctets: number): void {
  item.failures++;
  item.writtenNs = -1;
  item.fromOctets = item.offer.resume ? Math.min(acceptedOctets, item.octets - 1) : 0;
}
