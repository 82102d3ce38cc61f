/**
 * From what the workload asks of a Large Message to how MSRP sends it: chunks (R5, R12, R15), reports (rules 3.5), and what the
 * peer's answer rules out (A19).
 */
import { FailureReport, MsrpStatus } from '../msrp/codes.js';
import type { SendPlan } from '../msrp/outgoing.js';
import type { SdpMedia } from '../wire/sdp/description.js';
import { acceptsRoot } from '../wire/sdp/negotiate.js';
import { LargeReports, type LargeOffer, type PagerOffer } from './config.js';
import type { LargeItem } from './large-pair.js';

/** Longest chunk of a message that may not be interrupted (R5). */
const FIXED_CHUNK_OCTETS = 2048;

/** By {@link LargeReports}. */
const FAILURE_REPORT: readonly FailureReport[] = [
  FailureReport.yes,
  FailureReport.yes,
  FailureReport.partial,
  FailureReport.partial,
  FailureReport.no,
  FailureReport.no,
];
const SUCCESS_REPORT: readonly boolean[] = [false, true, false, true, false, true];

/**
 * The Large Message that a text becomes which is too much for a MESSAGE (RFC 3428 section 8): plain chunks, a 200 for each. It has no
 * Expires (S6c) and asks for no notification.
 */
export function largeOfferOf({
  sender,
  recipient,
  message,
  sizeOctets,
  intendedAtNs,
  anonymous,
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
    reports: LargeReports.responses,
    abortAfterOctets: -1,
    resume: true,
  };
}

export function failureReportOf({ offer }: LargeItem): FailureReport {
  return FAILURE_REPORT[offer.reports];
}

/** A resumed message always asks for a success REPORT. */
export function successReportOf({ offer, resumed }: LargeItem): boolean {
  return SUCCESS_REPORT[offer.reports] || resumed;
}

/** True if the peer was asked to confirm the message in any way. */
export function confirmed({ offer, resumed }: LargeItem): boolean {
  const { reports } = offer;
  return resumed || (reports !== LargeReports.failuresOnly && reports !== LargeReports.nothing);
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
export function refusalOf({ offer }: LargeItem, buf: Buffer, media: SdpMedia): number {
  const [type] = offer.contentType.split(';');
  if (!acceptsRoot(buf, media, type.trim().toLowerCase())) return MsrpStatus.unsupportedType;
  const { maxSizeOctets } = media;
  return maxSizeOctets >= 0 && offer.sizeOctets > maxSizeOctets ? MsrpStatus.stopSending : 0;
}
