/**
 * message/sipfrag (RFC 3420): part of a SIP message as a MIME part. Start line, header lines and body may each be missing; a
 * body needs the empty line before it.
 *
 * Read here into the columns of `SipMessage` by putting a start line of our own in front where there is none; header values
 * are judged by their own parsers. The body of a fragment is delimited by the MIME part, so Content-Length is compared, not
 * obeyed. Written by `models/im-server/push/wrapper.ts`, line by line from a record.
 *
 * Not modelled: fragments of responses are parsed but nobody asks for them here.
 */
import { SipFault } from '../sip/faults.js';
import type { SipMessage } from '../sip/message.js';
import { Header } from '../sip/head/header-names.js';
import { Framing, parseSip } from '../sip/parse.js';
import { Octet, isTokenOctet } from '../mime/octets.js';

/** Why octets are not a sipfrag. */
export const SipfragFault = {
  none: 0,
  /** The SIP parser refuses start line or header lines: `message.fault` says why. */
  sip: 1,
  /** There is a body, but no Content-Type that describes it (RFC 3420 section 2). */
  undescribedBody: 2,
  /** Content-Length is not the length of the body. */
  bodyLength: 3,
} as const;
export type SipfragFault = (typeof SipfragFault)[keyof typeof SipfragFault];

/** Stands in for an absent start line, so that the SIP parser can read the header lines. */
const STAND_IN = 'MESSAGE sip:absent.invalid SIP/2.0\r\n';

/** A parsed fragment. Reuse one object. */
export class SipFragment {
  fault: SipfragFault = SipfragFault.none;
  faultAt = 0;
  /** True if the fragment begins with a start line. */
  hasStartLine = false;
  /** True if there is an empty line, so that a body (perhaps of no octets) follows. */
  hasBody = false;
  /** Body in the buffer that was parsed; both are the end if there is none. */
  bodyStart = 0;
  bodyEnd = 0;
  /**
   * Start line and header fields. Its spans are positions in `message.buf`, which is the parsed buffer, or a copy if a start
   * line had to stand in or the last line had no CRLF.
   */
  readonly message: SipMessage;

  constructor(message: SipMessage) {
    this.message = message;
  }

  /** Parses the fragment in [start, end) of `buf`. False on a fault; what was read before it is in `message`. */
  parse(buf: Buffer, start: number, end: number): boolean {
    const { message } = this;
    this.fault = SipfragFault.none;
    this.bodyStart = this.bodyEnd = end;
    this.hasStartLine = beginsWithStartLine(buf, start, end);
    const cut = end === start || buf[end - 1] !== Octet.lf;
    if (this.hasStartLine && !(cut && !hasEmptyLine(buf, start, end))) {
      return this.judge(parseSip(buf, start, end, Framing.datagram, message), 0, end);
    }
    const front = this.hasStartLine ? '' : STAND_IN;
    const tail = cut && !hasEmptyLine(buf, start, end) && end > start ? '\r\n' : '';
    const copy = Buffer.concat([Buffer.from(front), buf.subarray(start, end), Buffer.from(tail)]);
    return this.judge(parseSip(copy, 0, copy.length, Framing.datagram, message), start - front.length, end);
  }

  /** `shift`: what to add to a position in the parsed octets to have one in the caller's. */
  private judge(fault: SipFault, shift: number, end: number): boolean {
    const { message } = this;
    if (fault === SipFault.headerEnd && message.faultOffset + shift >= end) {
      // No empty line: a fragment may end after any header line, or after the start line.
      this.hasBody = false;
      return true;
    }
    this.hasBody = message.bodyStart > message.headersStart;
    // The head of a faulty fragment may end in the CRLF that was put behind it.
    this.bodyStart = Math.min(message.bodyStart + shift, end);
    this.bodyEnd = end;
    if (fault === SipFault.bodyShort) return this.fail(SipfragFault.bodyLength, this.bodyStart);
    if (fault !== SipFault.none)
      return this.fail(SipfragFault.sip, Math.min(message.faultOffset + shift, end));
    if (message.contentLength >= 0 && message.contentLength !== end - this.bodyStart) {
      return this.fail(SipfragFault.bodyLength, this.bodyStart);
    }
    if (end > this.bodyStart && !message.has(Header.contentType)) {
      return this.fail(SipfragFault.undescribedBody, this.bodyStart);
    }
    return true;
  }

  private fail(fault: SipfragFault, at: number): boolean {
    this.fault = fault;
    this.faultAt = at;
    return false;
  }
}

/** True unless the first line is a header line or empty: a token, then perhaps spaces, then a colon is a header. */
function beginsWithStartLine(buf: Buffer, start: number, end: number): boolean {
  if (start === end || buf[start] === Octet.cr) return false;
  let at = start;
  while (at < end && isTokenOctet(buf[at])) at++;
  while (at < end && (buf[at] === Octet.space || buf[at] === Octet.tab)) at++;
  return at >= end || buf[at] !== Octet.colon;
}

function hasEmptyLine(buf: Buffer, start: number, end: number): boolean {
  return buf.subarray(start, end).indexOf('\r\n\r\n', 0, 'latin1') >= 0;
}
