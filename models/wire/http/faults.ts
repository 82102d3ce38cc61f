/** Why octets are not an HTTP/1.1 message that we take (RFC 2616, as RFC 4825 refers to it), and the limits of one. */

/** A fault of framing or of the start line: the connection that brought it cannot be read on. */
export const HttpFault = {
  none: 0,
  /** The start line does not fit its grammar. */
  startLine: 1,
  /** Another major version than 1. */
  version: 2,
  /** A header line without a colon or with a bad name, a folded one, a lone CR or LF, or NUL. */
  header: 3,
  headTooLong: 4,
  tooManyHeaders: 5,
  /** Content-Length is malformed or contradicts itself, or a response that has a body has none. */
  length: 6,
  /** A transfer coding: none is implemented, chunked included. */
  transferCoding: 7,
  bodyTooLong: 8,
  /** An HTTP/1.1 request without Host, or with two (RFC 2616 section 14.23). */
  host: 9,
} as const;
export type HttpFault = (typeof HttpFault)[keyof typeof HttpFault];

/** Limits of one message. What is gathered for a message that is not complete never exceeds head and body together. */
export const HTTP_LIMITS = {
  headOctets: 8192,
  headers: 64,
  requestBodyOctets: 262_144,
  /** A list of deferred messages may be long. */
  responseBodyOctets: 16 * 1_048_576,
} as const;

/** The status that answers a request with this fault. */
export function statusOfFault(fault: HttpFault): number {
  switch (fault) {
    case HttpFault.version:
      return 505;
    case HttpFault.headTooLong:
    case HttpFault.tooManyHeaders:
      return 431;
    case HttpFault.transferCoding:
      return 501;
    case HttpFault.bodyTooLong:
      return 413;
    default:
      return 400;
  }
}
