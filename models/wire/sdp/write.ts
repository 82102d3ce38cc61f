/**
 * Session descriptions for MSRP, written (RFC 4975 section 8, RFC 4566 section 5): an offer with one m-line, or an answer
 * that takes one m-line of the offer and rejects the others with port 0 (RFC 3264 section 6). The time is the offer's.
 *
 * Not modelled: bandwidth, keys, time zones.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { OctetWriter } from '../octet-writer.js';
import { DIRECTION_NAMES, DISCARD_PORT, Direction, SETUP_NAMES, Setup } from './constants.js';
import type { SessionDescription } from './description.js';

/** What an endpoint says of itself. All text is ASCII. */
export interface MsrpEndpoint {
  /** User name of the o= line; `-` if there is none. */
  readonly user: string;
  /** Session id and version of the o= line; an unchanged re-offer repeats both. */
  readonly sessionId: number;
  readonly sessionVersion: number;
  /** Host of the own URI, an IPv4 address: c= and o= lines. */
  readonly address: string;
  /** Port of the own (rightmost) URI; `DISCARD_PORT` for an endpoint that only connects (RFC 4145 section 4.1). */
  readonly port: number;
  /** a=path: URIs separated by spaces, each with an explicit port. */
  readonly path: string;
  /** a=accept-types, separated by spaces, or `*`. */
  readonly acceptTypes: string;
  /** a=accept-wrapped-types; empty for none. */
  readonly acceptWrappedTypes: string;
  /** a=setup; RFC 6135 section 4 always has one. */
  readonly setup: Setup;
  /** a=max-size in octets; -1 for none. */
  readonly maxSizeOctets: number;
  readonly direction: Direction;
}

/** Writes an offer. */
export function writeMsrpOffer(w: OctetWriter, endpoint: MsrpEndpoint): void {
  writeSessionLevel(w, endpoint);
  w.ascii('t=0 0\r\n');
  writeMsrpMedia(w, endpoint);
}

/** Writes the answer to `offer` that takes m-line `accepted` for MSRP and rejects each other one; -1 rejects all. */
export function writeMsrpAnswer(
  w: OctetWriter,
  offer: SessionDescription,
  accepted: number,
  endpoint: MsrpEndpoint,
): void {
  writeSessionLevel(w, endpoint);
  w.ascii('t=').span(offer.buf, offer.timeStart, offer.timeEnd).crlf();
  for (let i = 0; i < offer.mediaCount; i++) {
    if (i === accepted) writeMsrpMedia(w, endpoint);
    else {
      const media = offer.media[i];
      w.ascii('m=').span(offer.buf, media.mediaStart, media.mediaEnd).ascii(' 0 ');
      w.span(offer.buf, media.protocolStart, media.protocolEnd).ascii(' ');
      w.span(offer.buf, media.formatStart, media.formatEnd).crlf();
    }
  }
}

function writeSessionLevel(w: OctetWriter, endpoint: MsrpEndpoint): void {
  w.ascii('v=0\r\no=').ascii(endpoint.user).ascii(' ').decimal(endpoint.sessionId).ascii(' ');
  w.decimal(endpoint.sessionVersion).ascii(' IN IP4 ').ascii(endpoint.address);
  w.ascii('\r\ns=-\r\nc=IN IP4 ').ascii(endpoint.address).ascii('\r\n');
}

function writeMsrpMedia(w: OctetWriter, endpoint: MsrpEndpoint): void {
  assert(endpoint.port > 0 && endpoint.port < 65536, 'port of an MSRP endpoint out of range');
  assert(endpoint.setup !== Setup.holdconn, 'holdconn is never sent (RFC 6135 section 4.1)');
  w.ascii('m=message ')
    .decimal(endpoint.port)
    .ascii(' TCP/MSRP *\r\na=accept-types:')
    .ascii(endpoint.acceptTypes);
  if (endpoint.acceptWrappedTypes !== '') {
    w.ascii('\r\na=accept-wrapped-types:').ascii(endpoint.acceptWrappedTypes);
  }
  if (endpoint.maxSizeOctets >= 0) w.ascii('\r\na=max-size:').decimal(endpoint.maxSizeOctets);
  w.ascii('\r\na=path:').ascii(endpoint.path);
  if (endpoint.setup !== Setup.absent) w.ascii('\r\na=setup:').ascii(SETUP_NAMES[endpoint.setup]);
  if (endpoint.direction !== Direction.sendrecv) w.ascii('\r\na=').ascii(DIRECTION_NAMES[endpoint.direction]);
  w.crlf();
}

/** The port that goes into m= and path for this role: an active endpoint says the discard port (RFC 4145 section 4.1). */
export function portFor(setup: Setup, ownPort: number): number {
  return setup === Setup.active ? DISCARD_PORT : ownPort;
}
