/**
 * Octets to a SIP message (RFC 3261 sections 7 and 18.3). Lazy and layered: the start line, the spans of the header fields and
 * the extent of the body; a message that frames parses even if some header value is malformed.
 *
 * Not here: cutting a stream (`frame.ts`), judging header values (`validate.ts` and the value parsers).
 */
import { SipFault } from './faults.js';
import { nextControl, scanHeaders } from './head/header-scan.js';
import type { SipMessage } from './message.js';
import { parseStartLine } from './head/start-line.js';

const CR = 13;
const LF = 10;

/** How the octets came (RFC 3261 section 18.3). */
export const Framing = {
  /** A datagram: Content-Length may be missing (the rest is the body), surplus octets are ignored, a shortage is a 400. */
  datagram: 0,
  /** The octets of one message cut from a stream by `StreamFramer`: Content-Length must be there. */
  stream: 1,
} as const;
export type Framing = (typeof Framing)[keyof typeof Framing];

/** Limits of one message; a message over a limit is a fault, never an allocation. */
export interface SipLimits {
  readonly headerSectionOctets: number;
  readonly headers: number;
  readonly bodyOctets: number;
  readonly uriOctets: number;
}

export const SIP_LIMITS: SipLimits = {
  headerSectionOctets: 65_536,
  headers: 512,
  bodyOctets: 8 * 1024 * 1024,
  uriOctets: 8_192,
};

/** Fills `out` with the start line and the header fields of the message at `at`. Returns the first octet of the body, or `end` after a fault. */
function parseHead(buf: Buffer, at: number, end: number, limits: SipLimits, out: SipMessage): number {
  const view = out.viewOf(buf);
  const headLimit = at + limits.headerSectionOctets;
  const headEnd = headLimit < end ? headLimit : end;
  let lineEnd = nextControl(view, buf, at, headEnd);
  while (lineEnd < headEnd && buf[lineEnd] !== CR && buf[lineEnd] !== LF) {
    lineEnd = nextControl(view, buf, lineEnd + 1, headEnd);
  }
  parseStartLine(buf, at, lineEnd, limits.uriOctets, out);
  let p = lineEnd;
  if (lineEnd + 1 < headEnd && buf[lineEnd] === CR && buf[lineEnd + 1] === LF) p += 2;
  else if (lineEnd < headEnd) {
    out.note(SipFault.lineEnd, lineEnd);
    p++;
  }
  out.headersStart = p;
  const bodyStart = scanHeaders(view, buf, p, headEnd, limits.headers, out);
  if (out.fault === SipFault.headerEnd && headEnd < end) {
    out.fault = SipFault.headersTooLarge;
  }
  return bodyStart;
}

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
  limits: SipLimits = SIP_LIMITS,
): SipFault {
  let at = start;
  while (at < end && (buf[at] === CR || buf[at] === LF)) at++;
  out.reset(buf, at);
  if (at === end) {
    out.note(SipFault.empty, end);
    return out.fault;
  }
  const bodyStart = parseHead(buf, at, end, limits, out);
  const rest = end - bodyStart;
  let bodyOctets = out.contentLength;
  if (bodyOctets < 0) {
    // Without an end of the header section there is a worse fault already.
    if (framing === Framing.stream) out.note(SipFault.contentLengthMissing, bodyStart);
    bodyOctets = rest;
  } else if (bodyOctets > rest) {
    if (bodyOctets > limits.bodyOctets) out.note(SipFault.bodyTooLarge, bodyStart);
    out.note(SipFault.bodyShort, end);
    bodyOctets = rest;
  }
  if (bodyOctets > limits.bodyOctets) out.note(SipFault.bodyTooLarge, bodyStart);
  out.bodyStart = bodyStart;
  out.bodyEnd = out.end = bodyStart + bodyOctets;
  return out.fault;
}
