/**
 * A dialog made by INVITE, as one of its two ends sees it (RFC 3261 sections 12 and 13): for the push session and the Large
 * Message session. It keeps the lines that its requests begin with, composed once, in one block of the arena; recognises what
 * belongs to it; and counts CSeq.
 *
 * Use: `dialogOfUac(octets, response)` with a 2xx, or `dialogOfUas(octets, invite, toTag)` after answering 2xx; then
 * `begin(writer, endpoint, 'ACK' | 'BYE', local, leg)`, further header lines, `endWithoutBody(writer)`, and `endpoint.stateless.send`
 * (ACK) or `endpoint.request` (BYE). `release()` gives the block back.
 *
 * Not modelled: early dialogs, target refresh by re-INVITE.
 */
import type { Block, Octets } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { OctetWriter } from '../wire/octet-writer.js';
import { parseAddress, SipAddress } from '../wire/sip/values/address.js';
import { SipFault } from '../wire/sip/faults.js';
import { Header } from '../wire/sip/head/header-names.js';
import { ListCursor } from '../wire/sip/values/list.js';
import type { SipMessage } from '../wire/sip/message.js';
import { ParamCursor } from '../wire/sip/values/params.js';
import { CSeq, parseCSeq } from '../wire/sip/values/scalars.js';
import { mustBeCut, writeTargetUri } from '../wire/sip/values/target-uri.js';
import { parseUri, SipUri, UriScheme } from '../wire/sip/values/uri.js';
import type { SipEndpoint } from './endpoint.js';
import type { Leg } from './legs.js';

/** A stretch of the dialog's block, relative to its start. */
interface Span {
  start: number;
  end: number;
}

const ignoreCase = (octet: number): number => (octet >= 65 && octet <= 90 ? octet | 32 : octet);

export class Dialog {
  /** CSeq number of the last request that we sent, and of the INVITE that made the dialog. */
  localCSeq = 0;
  inviteCSeq = 0;
  /** The highest CSeq number of the peer's requests; -1 before the first. */
  remoteCSeq = -1;
  private block: Block = 0;
  readonly target: Span = { start: 0, end: 0 };
  readonly routes: Span = { start: 0, end: 0 };
  /** From, To and Call-ID lines of our requests. */
  readonly lines: Span = { start: 0, end: 0 };
  readonly localTag: Span = { start: 0, end: 0 };
  readonly remoteTag: Span = { start: 0, end: 0 };
  readonly callId: Span = { start: 0, end: 0 };
  private readonly octets: Octets;

  constructor(octets: Octets) {
    this.octets = octets;
  }

  /** Gives the octets back; nothing may be asked afterwards. */
  release(): void {
    assert(this.block !== 0, 'a dialog is released twice');
    this.octets.release(this.block);
    this.block = 0;
  }

  /**
   * Starts a request within the dialog (section 12.2.1.1): request line, our Via, Max-Forwards, Route, From, To, Call-ID, CSeq.
   * ACK takes the number of the INVITE (section 13.2.2.4), everything else the next one.
   */
  begin(writer: OctetWriter, endpoint: SipEndpoint, method: string, local: number, leg: Leg): void {
    assert(this.block !== 0, 'a dialog is used after its release');
    const { octets } = this;
    const base = octets.start(this.block);
    const number = method === 'ACK' ? this.inviteCSeq : ++this.localCSeq;
    writer.begin();
    writer
      .ascii(method)
      .octet(32)
      .span(octets.buf, base + this.target.start, base + this.target.end);
    writer.ascii(' SIP/2.0\r\n');
    endpoint.writeVia(writer, local, leg);
    writer.ascii('Max-Forwards: 70\r\n');
    writer.span(octets.buf, base + this.routes.start, base + this.routes.end);
    writer.span(octets.buf, base + this.lines.start, base + this.lines.end);
    writer.ascii('CSeq: ').decimal(number).octet(32).ascii(method).crlf();
  }

  /** True if the request or response of the current call belongs to this dialog: Call-ID and both tags (section 12). */
  matches(message: SipMessage): boolean {
    const callId = message.find(Header.callId);
    if (callId < 0) return false;
    if (!this.same(message, message.valueStart[callId], message.valueEnd[callId], this.callId, false))
      return false;
    const [ours, theirs] = message.isRequest ? [Header.to, Header.from] : [Header.from, Header.to];
    return this.hasTag(message, ours, this.localTag) && this.hasTag(message, theirs, this.remoteTag);
  }

  /** Section 12.2.2: false if a request of the peer is out of order, to be answered 500. Not for ACK. */
  acceptsCSeq(message: SipMessage): boolean {
    const number = cseqOf(message);
    if (number <= this.remoteCSeq) return false;
    this.remoteCSeq = number;
    return true;
  }

  /** For the two makers below: keeps what `writer` composed. */
  keep(writer: OctetWriter): void {
    this.block = writer.end();
  }

  private hasTag(message: SipMessage, id: Header, tag: Span): boolean {
    const address = readAddress(message, id);
    return address !== undefined && this.same(message, address.tagStart, address.tagEnd, tag, true);
  }

  private same(message: SipMessage, start: number, end: number, span: Span, fold: boolean): boolean {
    const length = end - start;
    if (length !== span.end - span.start) return false;
    const at = this.octets.start(this.block) + span.start;
    const { buf } = this.octets;
    for (let i = 0; i < length; i++) {
      const a = message.buf[start + i];
      const b = buf[at + i];
      if (a !== b && (!fold || ignoreCase(a) !== ignoreCase(b))) return false;
    }
    return true;
  }
}

/** The dialog of a UAC, from a 2xx to its INVITE (section 12.1.2). Undefined if To tag or Contact are missing or of no use. */
export function dialogOfUac(octets: Octets, response: SipMessage): Dialog | undefined {
  const from = readAddress(response, Header.from);
  const to = readAddress(response, Header.to);
  const target = readTarget(response);
  if (from === undefined || to === undefined || target === undefined) return undefined;
  if (to.tagEnd === to.tagStart) return undefined;
  const dialog = new Dialog(octets);
  dialog.inviteCSeq = dialog.localCSeq = cseqOf(response);
  const writer = new OctetWriter(octets);
  writer.begin();
  writeWay(writer, dialog, response, target, true);
  dialog.lines.start = writer.length;
  writeParty(writer, 'From: ', response, Header.from, from, dialog.localTag);
  writer.crlf();
  writeParty(writer, 'To: ', response, Header.to, to, dialog.remoteTag);
  writer.crlf();
  writeCallId(writer, dialog, response);
  dialog.keep(writer);
  return dialog;
}

/** The dialog of a UAS that answered `invite` 2xx with this To tag (section 12.1.1; `SipEndpoint.toTagOf`). Undefined as above. */
export function dialogOfUas(octets: Octets, invite: SipMessage, toTag: number): Dialog | undefined {
  const from = readAddress(invite, Header.from);
  const to = readAddress(invite, Header.to);
  const target = readTarget(invite);
  if (from === undefined || to === undefined || target === undefined) return undefined;
  const dialog = new Dialog(octets);
  dialog.remoteCSeq = dialog.inviteCSeq = cseqOf(invite);
  const writer = new OctetWriter(octets);
  writer.begin();
  writeWay(writer, dialog, invite, target, false);
  dialog.lines.start = writer.length;
  writeParty(writer, 'From: ', invite, Header.to, to, dialog.localTag);
  writer.ascii(';tag=');
  dialog.localTag.start = writer.length;
  writer.hex32(toTag);
  dialog.localTag.end = writer.length;
  writer.crlf();
  writeParty(writer, 'To: ', invite, Header.from, from, dialog.remoteTag);
  writer.crlf();
  writeCallId(writer, dialog, invite);
  dialog.keep(writer);
  return dialog;
}

function cseqOf(message: SipMessage): number {
  const cseq = new CSeq();
  const at = message.find(Header.cseq);
  if (at >= 0) parseCSeq(message.buf, message.valueStart[at], message.valueEnd[at], cseq);
  return cseq.number;
}

function readAddress(message: SipMessage, id: Header): SipAddress | undefined {
  const at = message.find(id);
  if (at < 0) return undefined;
  const address = new SipAddress();
  const fault = parseAddress(message.buf, message.valueStart[at], message.valueEnd[at], address);
  return fault === SipFault.none ? address : undefined;
}

/** The URI of the first Contact, which must be a SIP or SIPS URI (sections 12.1.1 and 12.1.2): it is what our requests are addressed to. */
function readTarget(message: SipMessage): SipAddress | undefined {
  const { buf } = message;
  const cursor = new ListCursor().open(message, Header.contact);
  if (!cursor.next()) return undefined;
  const address = new SipAddress();
  const uri = new SipUri();
  if (parseAddress(buf, cursor.start, cursor.end, address) !== SipFault.none) return undefined;
  if (parseUri(buf, address.uriStart, address.uriEnd, uri) !== SipFault.none) return undefined;
  return uri.scheme === UriScheme.sip || uri.scheme === UriScheme.sips ? address : undefined;
}

/**
 * Request-URI and Route lines (section 12.2.1.1), of the remote target and of Record-Route: in order for a UAS, backwards for a UAC. A strict
 * router at the front takes the place of the remote target, which goes to the end.
 */
function writeWay(
  writer: OctetWriter,
  dialog: Dialog,
  message: SipMessage,
  target: SipAddress,
  backwards: boolean,
): void {
  const { buf } = message;
  const routes: (readonly [start: number, end: number])[] = [];
  const cursor = new ListCursor().open(message, Header.recordRoute);
  while (cursor.next()) routes.push([cursor.start, cursor.end]);
  if (backwards) routes.reverse();
  const strict = routes.length > 0 ? strictRouter(buf, ...routes[0]) : undefined;
  dialog.target.start = writer.length;
  writeUri(writer, buf, strict ?? target);
  dialog.target.end = dialog.routes.start = writer.length;
  for (const [start, end] of strict === undefined ? routes : routes.slice(1)) {
    writer.ascii('Route: ').span(buf, start, end).crlf();
  }
  if (strict !== undefined) {
    writer.ascii('Route: <');
    writeUri(writer, buf, target);
    writer.ascii('>\r\n');
  }
  dialog.routes.end = writer.length;
}

/** The address [start, end) of a route set if its URI can be read and has no `lr`. */
function strictRouter(buf: Buffer, start: number, end: number): SipAddress | undefined {
  const address = new SipAddress();
  const uri = new SipUri();
  if (parseAddress(buf, start, end, address) !== SipFault.none) return undefined;
  if (parseUri(buf, address.uriStart, address.uriEnd, uri) !== SipFault.none) return undefined;
  return new ParamCursor().open(buf, uri.paramsStart, uri.paramsEnd).find('lr') ? undefined : address;
}

/** The URI of `address` without what a Request-URI may not have. */
function writeUri(writer: OctetWriter, buf: Buffer, address: SipAddress): void {
  const uri = new SipUri();
  const params = new ParamCursor();
  const fault = parseUri(buf, address.uriStart, address.uriEnd, uri);
  if (fault === SipFault.none && mustBeCut(buf, uri, params)) writeTargetUri(writer, buf, uri, params);
  else writer.span(buf, address.uriStart, address.uriEnd);
}

/** Copies a From or To value under another name, and notes where its tag lies. */
function writeParty(
  writer: OctetWriter,
  name: string,
  message: SipMessage,
  id: Header,
  address: SipAddress,
  tag: Span,
): void {
  const at = message.find(id);
  writer.ascii(name);
  const shift = writer.length - message.valueStart[at];
  writer.span(message.buf, message.valueStart[at], message.valueEnd[at]);
  tag.start = address.tagStart + shift;
  tag.end = address.tagEnd + shift;
}

function writeCallId(writer: OctetWriter, dialog: Dialog, message: SipMessage): void {
  const at = message.find(Header.callId);
  writer.ascii('Call-ID: ');
  dialog.callId.start = writer.length;
  writer.span(message.buf, message.valueStart[at], message.valueEnd[at]);
  dialog.callId.end = writer.length;
  writer.crlf();
  dialog.lines.end = writer.length;
}
