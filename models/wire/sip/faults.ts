/**
 * What can be wrong with SIP octets, as numbers, each with the status of RFC 3261 section 21.4 that answers it.
 *
 * A fault is a value, never a throw: the parser returns one of these codes and leaves the offset in `SipMessage.faultOffset`.
 * Whether a fault may be answered at all depends on the message too (a response never is): see `canBeAnswered` in `validate.ts`.
 */

/** Codes of faults; 0 is none. */
export const SipFault = {
  none: 0,
  /** Nothing but line ends, or nothing at all: a keep-alive, dropped in silence. */
  empty: 1,
  /** The first line is neither a request line nor a status line of the grammar. */
  startLine: 2,
  /** The SIP version is not 2.0. */
  version: 3,
  /** A header line without a colon, or with octets in its name that no token has. */
  headerLine: 4,
  /** A lone CR or LF where only CRLF may be. */
  lineEnd: 5,
  /** The header section does not end: no empty line. */
  headerEnd: 6,
  /** Content-Length is not a number of the grammar, or several of them disagree. */
  contentLength: 7,
  /** Content-Length is missing on a stream. */
  contentLengthMissing: 8,
  /** Fewer octets came than Content-Length says. */
  bodyShort: 9,
  /** The header section is larger than the limit. */
  headersTooLarge: 10,
  /** More header fields than the limit. */
  tooManyHeaders: 11,
  /** The body is larger than the limit. */
  bodyTooLarge: 12,
  /** The Request-URI is larger than the limit. */
  uriTooLong: 13,
  /** A header field that every message must have is missing. */
  mandatoryMissing: 14,
  /** A header field occurs twice that may occur once. */
  repeatedOnce: 15,
  /** The value of a header field does not fit its grammar. */
  headerValue: 16,
  /** The method in CSeq is not that of the request line. */
  cseqMethod: 17,
  /** A number is out of its range (CSeq at least 2^31, Max-Forwards above 255, seconds at least 2^32). */
  scalarRange: 18,
  /** The Request-URI does not fit the grammar of its scheme. */
  requestUri: 19,
  /** The scheme of the Request-URI is not one that we serve. */
  scheme: 20,
  /** The top Via cannot be read, so nothing could be sent back. */
  via: 21,
  /** A URI does not fit the grammar. */
  uri: 22,
  /** A quoted string does not end. */
  quote: 23,
  /** A date does not fit RFC 3261 section 25.1 (`SIP-date`), or names another zone than GMT. */
  date: 24,
  /** The media type of the body is not one that we take. */
  mediaType: 25,
  /** An extension in Require or Proxy-Require is not one that we know. */
  extension: 26,
  /** The status code of a response is outside 100 to 699. */
  status: 27,
  /** The method is not one that we know. */
  method: 28,
} as const;
export type SipFault = (typeof SipFault)[keyof typeof SipFault];

/** By code: the status that answers it, and the words for logs and reason phrases. */
const ROWS: readonly (readonly [status: number, words: string])[] = [
  [0, 'none'],
  [0, 'no message'],
  [400, 'bad start line'],
  [505, 'SIP version not supported'],
  [400, 'bad header line'],
  [400, 'bad line end'],
  [400, 'header section does not end'],
  [400, 'bad Content-Length'],
  [400, 'no Content-Length on a stream'],
  [400, 'body shorter than Content-Length'],
  [400, 'header section too large'],
  [400, 'too many header fields'],
  [413, 'body too large'],
  [414, 'Request-URI too long'],
  [400, 'mandatory header field missing'],
  [400, 'header field repeated'],
  [400, 'bad header field value'],
  [400, 'CSeq method differs'],
  [400, 'number out of range'],
  [400, 'bad Request-URI'],
  [416, 'unsupported URI scheme'],
  [400, 'bad Via'],
  [400, 'bad URI'],
  [400, 'unterminated quoted string'],
  [400, 'bad date'],
  [415, 'unsupported media type'],
  [420, 'unsupported extension'],
  [400, 'bad status code'],
  [501, 'method not implemented'],
];

/** The SIP status that answers `fault`; 0 if there is none. */
export function faultStatus(fault: SipFault): number {
  return ROWS[fault][0];
}

/** The fault in a few words, fit for a reason phrase. */
export function faultWords(fault: SipFault): string {
  return ROWS[fault][1];
}
