/**
 * Passes a received message on with edits, as a proxy does (RFC 3261 sections 16.6 and 16.7). What is not edited is copied in
 * long spans.
 *
 *     writer.begin();
 *     writeStartLine(writer, message);                    // or writeRequestLine with another Request-URI
 *     writer.ascii('Via: SIP/2.0/UDP ...').crlf();        // lines to put first, in order
 *     copyHeaders(writer, message, edits);
 *     writer.ascii('P-Charging-Vector: ...').crlf();      // lines to put last
 *     const bodyAt = endForwarded(writer, message, edits);
 *     const block = writer.end();
 */
import type { OctetWriter } from '../octet-writer.js';
import { HEADER_IDS, type Header } from './header-names.js';
import type { SipMessage } from './message.js';

/** What `copyHeaders` changes. Reusable: set it up once for a kind of forwarding, or `reset` it. */
export class HeaderEdits {
  /** 1 for ids whose header lines are all left out. */
  readonly dropped = new Uint8Array(HEADER_IDS);
  /** Leave out the first Via element (a proxy passing a response on). */
  popVia = false;
  /** How many Route elements to leave out from the front. */
  popRoutes = 0;
  /** Write Max-Forwards one lower (a value of 0 stays 0); if it is absent, write 70. */
  decrementMaxForwards = false;
  /** Stamp the top Via with received and rport as if it came from here; -1: do not. */
  fromIp = -1;
  fromPort = 0;

  reset(): this {
    this.dropped.fill(0);
    this.popVia = false;
    this.popRoutes = 0;
    this.decrementMaxForwards = false;
    this.fromIp = -1;
    this.fromPort = 0;
    return this;
  }

  drop(id: Header): this {
    this.dropped[id] = 1;
    return this;
  }

  keep(id: Header): this {
    this.dropped[id] = 0;
    return this;
  }
}

/** Writes the start line as it came. */
export function writeStartLine(writer: OctetWriter, message: SipMessage): void {
  (void writer, void message);
}

/** Writes the request line with octets [uriStart, uriEnd) of `uri` as Request-URI. */
export function writeRequestLine(
  writer: OctetWriter,
  message: SipMessage,
  uri: Uint8Array,
  uriStart: number,
  uriEnd: number,
): void {
  (void writer, void message, void uri, void uriStart, void uriEnd);
}

/** Copies the header fields with `edits`. A Content-Length that is not exactly right is left out too. */
export function copyHeaders(writer: OctetWriter, message: SipMessage, edits: HeaderEdits): void {
  (void writer, void message, void edits);
}

/** Writes Content-Length if `copyHeaders` left none, the empty line and the body. Returns the body's offset from the start of the message. */
export function endForwarded(writer: OctetWriter, message: SipMessage, edits: HeaderEdits): number {
  (void writer, void message, void edits);
  return 0;
}
