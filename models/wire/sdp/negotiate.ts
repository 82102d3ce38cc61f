/**
 * What an MSRP endpoint concludes from the peer's SDP: who connects (RFC 6135, RFC 4145 section 4.1, rules 3.4), and whether
 * content of a type may be sent (RFC 4975 section 8.6, A19).
 *
 * Not modelled: a=connection (RFC 6135 section 4 never sends it), CEMA (RFC 6714).
 */
import { Octet, equalsText, indexOfOctet, lowerCase } from '../mime/octets.js';
import { Direction, Setup } from './constants.js';
import type { SdpMedia } from './description.js';

/**
 * The a=setup that answers an offered one. `preferred` decides where the offer leaves the choice (`actpass`): the IM Server
 * says passive, our client active.
 *
 * offered active or absent => passive; actpass => `preferred`; passive (which RFC 6135 forbids) => active; holdconn is
 * ignored, that is treated as absent.
 */
export function answerSetup(offered: Setup, preferred: typeof Setup.active | typeof Setup.passive): Setup {
  switch (offered) {
    case Setup.passive:
      return Setup.active;
    case Setup.actpass:
      return preferred;
    default:
      return Setup.passive;
  }
}

/**
 * True if the offerer opens the connection, given the answer: unless the answerer says `active` and the offer allowed it,
 * the default direction of RFC 4975 section 5.4 holds (answer passive, holdconn or none).
 */
export function offererConnects(offered: Setup, answered: Setup): boolean {
  return !(answered === Setup.active && (offered === Setup.actpass || offered === Setup.passive));
}

/** The direction that answers an offered one (RFC 3264 section 6.1) if the answerer itself wants to send and receive. */
export function answerDirection(offered: Direction): Direction {
  switch (offered) {
    case Direction.sendonly:
      return Direction.recvonly;
    case Direction.recvonly:
      return Direction.sendonly;
    default:
      return offered;
  }
}

/** True if who said this direction takes SENDs with content (RFC 4975 section 8.9). */
export function takesContent(direction: Direction): boolean {
  return direction === Direction.sendrecv || direction === Direction.recvonly;
}

/**
 * True if the format list [start, end) (a=accept-types and the like) has an entry for `type`, which is `type/subtype` in
 * lower case: the same, `type/*` or `*`. Parameters of entries are ignored.
 */
function listAccepts(buf: Buffer, start: number, end: number, type: string): boolean {
  let at = start;
  while (at < end) {
    let entryEnd = at;
    let quoted = false;
    while (entryEnd < end && (quoted || buf[entryEnd] !== Octet.space)) {
      if (buf[entryEnd] === Octet.quote) quoted = !quoted;
      entryEnd++;
    }
    if (entryMatches(buf, at, indexOfOctet(buf, Octet.semicolon, at, entryEnd), type)) return true;
    at = entryEnd + 1;
  }
  return false;
}

function entryMatches(buf: Buffer, start: number, end: number, type: string): boolean {
  if (end - start === 1 && buf[start] === Octet.star) return true;
  if (end - start >= 3 && buf[end - 1] === Octet.star && buf[end - 2] === Octet.slash) {
    const slash = end - 1 - start;
    if (type.length < slash) return false;
    for (let i = 0; i < slash; i++) if (lowerCase(buf[start + i]) !== type.charCodeAt(i)) return false;
    return true;
  }
  return equalsText(buf, start, end, type);
}

/** True if the peer of `media` takes `type` (lower case) as the root of a message. */
export function acceptsRoot(buf: Buffer, media: SdpMedia, type: string): boolean {
  return listAccepts(buf, media.acceptTypesStart, media.acceptTypesEnd, type);
}

/** True if the peer of `media` takes `type` (lower case) inside a container. */
export function acceptsNested(buf: Buffer, media: SdpMedia, type: string): boolean {
  return (
    acceptsRoot(buf, media, type) || listAccepts(buf, media.acceptWrappedStart, media.acceptWrappedEnd, type)
  );
}
