/**
 * What can be wrong with MSRP octets, and the named limits of the parser (RFC 4975 sections 7.1 and 9).
 *
 * A *framing* fault leaves no way to find the next frame: the connection is of no more use. A *header* fault is found in a
 * frame that is delimited all the same: it can be answered with 400 and the stream goes on.
 */
export const FrameFault = {
  none: 0,
  /** Framing: the octets do not begin with `MSRP` SP. */
  badStart: 1,
  /** Framing: the transaction id is missing, too long or has an octet that no id can have. */
  badTransactionId: 2,
  /** Framing: start line and headers exceed {@link FRAME_LIMITS}.headOctets. */
  headTooLarge: 3,
  /** Framing: a request other than SEND, or a response, has a body over {@link FRAME_LIMITS}.otherBodyOctets. */
  otherBodyTooLarge: 4,
  /** Header: neither a method in capitals nor a status code of three digits follows the transaction id. */
  badMethod: 5,
  /** Header: a line without a colon, or with nothing before it. */
  badLine: 6,
  /** Header: a field that may occur once occurs twice. */
  duplicateHeader: 7,
  /** Header: To-Path or From-Path is missing. */
  missingPath: 8,
  /** Header: Byte-Range is not `start-end/total`, or starts at 0. */
  badByteRange: 9,
  /** Header: Success-Report or Failure-Report has a value of no meaning. */
  badReportValue: 10,
  /** Header: Status is not `nnn nnn`. */
  badStatus: 11,
  /** Header: a REPORT or a SEND with a body has no Message-ID. */
  missingMessageId: 12,
} as const;
export type FrameFault = (typeof FrameFault)[keyof typeof FrameFault];

export const FRAME_LIMITS = {
  /** Start line and headers together. */
  headOctets: 8192,
  /** Body of anything but SEND (RFC 4975 section 7.1). */
  otherBodyOctets: 10240,
  /** A transaction id as we accept it; the grammar allows 32 (we are liberal in what arrives). */
  transactionIdOctets: 64,
} as const;
