/**
 * Octets to a SIP message (RFC 3261 sections 7 and 18.3): a first draft of the signatures; see `frame.ts` for streams.
 */
import { SipFault } from './faults.js';
import { SipMessage } from './message.js';

/** How the octets came (RFC 3261 section 18.3). */
export const Framing = {
  /** A datagram: Content-Length may be missing (the rest is the body), surplus octets are ignored, a shortage is a 400. */
  datagram: 0,
  /** The octets of one message cut from a stream by `StreamFramer`: Content-Length must be there. */
  stream: 1,
} as const;
export type Framing = (typeof Framing)[keyof typeof Framing];

/** Limits of one message; a message over a limit is a fault, never an allocation. */
export const SIP_LIMITS = {
  headerSectionOctets: 65_536,
  headers: 512,
  bodyOctets: 8 * 1024 * 1024,
  uriOctets: 8_192,
} as const;

/**
 * Reads one message from octets [start, end) of `buf` into `out`, skipping line ends before it.
 *
 * Returns the first fault (0 if none; also in `out.fault` with `out.faultOffset`). All that could be read is in `out` even then,
 * so that a 400 can be built from it. Never throws, allocates nothing once the columns are wide enough. Header values are not
 * read, except Content-Length: see `validate` for the checks of a UAS or proxy.
 */
export function parseSip(
  buf: Buffer,
  start: number,
  end: number,
  framing: Framing,
  out: SipMessage,
): SipFault {
  void framing;
  out.reset(buf, start);
  out.note(SipFault.empty, end);
  return out.fault;
}
