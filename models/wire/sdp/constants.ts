/**
 * The words of SDP that MSRP needs (RFC 4566, RFC 4975 section 8, RFC 4145, RFC 6135), as numbers, and why an SDP is refused.
 */

/** a=setup (RFC 4145 section 4). */
export const Setup = {
  /** No such attribute, or a word that RFC 4145 does not have. */
  absent: 0,
  active: 1,
  passive: 2,
  actpass: 3,
  holdconn: 4,
} as const;
export type Setup = (typeof Setup)[keyof typeof Setup];
/** Words by number. */
export const SETUP_NAMES: readonly string[] = ['', 'active', 'passive', 'actpass', 'holdconn'];

/** Direction attribute (RFC 4566 section 6); of the media, else of the session, else sendrecv. */
export const Direction = { sendrecv: 0, sendonly: 1, recvonly: 2, inactive: 3 } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];
/** Words by number. */
export const DIRECTION_NAMES: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** Why an SDP was refused. */
export const SdpFault = {
  none: 0,
  /** The first line is not `v=0`. */
  badVersion: 1,
  /** A line that is not `letter=value`, or a t= line without two fields. */
  badLine: 2,
  /** No o= line before the first m= line, or not six fields in it. */
  badOrigin: 3,
  /** m= line without four fields, or with a port that is not 0 to 65535. */
  badMedia: 4,
  /** c= line without three fields. */
  badConnection: 5,
  /** More m= lines than {@link MEDIA_LIMIT}. */
  tooManyMedia: 6,
  /** a=max-size is not a number. */
  badMaxSize: 7,
  /** An MSRP m-line, port not 0, without a=path (RFC 4975 section 8.2). */
  noPath: 8,
  /** An MSRP m-line, port not 0, without a=accept-types (RFC 4975 section 8.6). */
  noAcceptTypes: 9,
  /** A mandatory s= or t= line is missing. */
  missingLine: 10,
} as const;
export type SdpFault = (typeof SdpFault)[keyof typeof SdpFault];

/** The m= lines that one SDP may have here. */
export const MEDIA_LIMIT = 16;
/** RFC 4145 section 4.1: the port of an endpoint that will not accept connections. */
export const DISCARD_PORT = 9;
