/**
 * Composes what the proxy sends on: the received request or response with the edits of its border crossing (RFC 3261 sections
 * 16.6 items 1 to 9 and 16.7 items 3 and 9), in one pass over its octets.
 *
 * On top of a request: own Via with a `loop` parameter (what item 8 asks for as part of the branch: a hash of what decided the
 * route), Record-Route for INVITE, what is left of Route. At its end, from a client: the asserted identity and, inside the trust
 * domain, charging (RFC 7315 sections 4.5 and 4.6). To the IM Server for a served user: Route and P-Served-User (RFC 5502).
 *
 * Not modelled: term-ioi and charging in responses, several charging functions.
 */
import type { Block, Ports } from '../../../sim/host/ports.js';
import { CORE_HOST, DOMAIN, SIP_PORT, aliasUri, instanceOf, ipText } from '../../addressing.js';
import { mark, MARK_OCTETS, NEVER_CANARY } from '../../marks.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import type { Leg } from '../../sip/legs.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { copyHeaders, endForwarded, writeRequestLine, writeStartLine } from '../../wire/sip/forward.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { ListCursor } from '../../wire/sip/values/list.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import { ParamCursor } from '../../wire/sip/values/params.js';
import { PrivacyValue, privacyOf } from '../../wire/sip/values/privacy.js';
import { parseUri, SipUri } from '../../wire/sip/values/uri.js';
import { parseVia, Via } from '../../wire/sip/values/via.js';
import type { Binding, Bindings } from '../registrar/bindings.js';
import type { SipCoreConfig } from '../config.js';
import { Crossing, requestEdits, responseEdits } from './edge.js';
import { IdentityReader, sameText } from '../identity.js';
import type { RoutePlan } from './routing.js';

const HIDING = PrivacyValue.id | PrivacyValue.user | PrivacyValue.header;
const ICID_DIGITS = MARK_OCTETS - NEVER_CANARY.length;

export class Forwarder {
  /** Of the message composed last. */
  length = 0;
  bodyStart = 0;
  private readonly ports: Ports;
  private readonly endpoint: SipEndpoint;
  private readonly writer: OctetWriter;
  private readonly bindings: Bindings;
  private readonly identity: IdentityReader;
  private readonly requestEdits;
  private readonly responseEdits;
  private readonly list = new ListCursor();
  private readonly via = new Via();
  private readonly params = new ParamCursor();
  private readonly uri = new SipUri();
  private readonly sentBy: string;
  private readonly ownIp: string;
  private readonly icidPrefix: string;
  private readonly chargingTail: string;
  /** The Route line to the IM Server of each instance. */
  private readonly serverRoutes: readonly string[];
  private icids = 0;

  constructor(
    ports: Ports,
    config: SipCoreConfig,
    endpoint: SipEndpoint,
    writer: OctetWriter,
    bindings: Bindings,
    serverHosts: readonly string[],
  ) {
    this.ports = ports;
    this.endpoint = endpoint;
    this.writer = writer;
    this.bindings = bindings;
    this.identity = new IdentityReader(config.subscribers);
    this.requestEdits = requestEdits();
    this.serverRoutes = serverHosts.map((host) => `Route: <sip:${host};lr>\r\n`);
    this.responseEdits = responseEdits();
    this.ownIp = ipText(ports.ipOf(0));
    this.sentBy = `${this.ownIp}:${SIP_PORT}`;
    const host = config.canaries ? `${mark(NEVER_CANARY, ports.incarnation)}.${DOMAIN}` : `ccf.${DOMAIN}`;
    this.icidPrefix = `P-Charging-Vector: icid-value=${config.canaries ? NEVER_CANARY : `c${ports.incarnation}-`}`;
    this.chargingTail = `;icid-generated-at=${this.ownIp}\r\nP-Charging-Function-Addresses: ccf=${host}\r\n`;
  }

  /**
   * A hash of what decides the route of `message` (item 8): Request-URI and Route as received. The asserted source is part of
   * it too, so that a request that comes back from the IM Server is a spiral.
   */
  loopHash(message: SipMessage, fromIp: number): number {
    let hash = Math.imul(fromIp ^ 0x5bd1e995, 0x01000193);
    const { buf } = message;
    for (let i = message.uriStart; i < message.uriEnd; i++) hash = Math.imul(hash ^ buf[i], 0x01000193);
    for (let line = message.find(Header.route); line >= 0; line = message.find(Header.route, line + 1)) {
      const end = message.valueEnd[line];
      for (let i = message.valueStart[line]; i < end; i++) hash = Math.imul(hash ^ buf[i], 0x01000193);
    }
    return hash;
  }

  /** Section 16.3 item 4: true if a Via of ours in `message` carries the hash that it would get now. */
  hasLooped(message: SipMessage, fromIp: number): boolean {
    if (!this.passedHere(message)) return false;
    const hash = this.loopHash(message, fromIp) >>> 0;
    const { buf } = message;
    const { list, via, params } = this;
    list.open(message, Header.via);
    while (list.next()) {
      if (parseVia(buf, list.start, list.end, via) !== 0 || (via.port !== SIP_PORT && via.port !== -1))
        continue;
      if (!sameText(buf, via.hostStart, via.hostEnd, this.ownIp)) continue;
      if (!params.open(buf, via.paramsStart, via.paramsEnd).find('loop')) continue;
      if (hexOf(buf, params.valueStart, params.valueEnd) === hash) return true;
    }
    return false;
  }

  /** A cheap look for our sent-by in the Via lines; almost no request has it. */
  private passedHere(message: SipMessage): boolean {
    const { buf } = message;
    const { sentBy } = this;
    for (let line = message.find(Header.via); line >= 0; line = message.find(Header.via, line + 1)) {
      const last = message.valueEnd[line] - sentBy.length;
      for (let i = message.valueStart[line]; i <= last; i++) {
        if (buf[i] === 0x31 && sameText(buf, i, i + sentBy.length, sentBy)) return true;
      }
    }
    return false;
  }

  /**
   * Composes `message`, which came from `fromIp`:`fromPort`, to be sent as `plan` says on `leg`; `binding` not 0 makes its
   * Contact the Request-URI. `sender` is the user at whose edge it came in, -1 inside the trust domain. `toClient`: it leaves the
   * trust domain. `served` not -1: to the IM Server on behalf of that user. The caller has the block; `length` and `bodyStart` tell of it.
   */
  request(
    message: SipMessage,
    plan: RoutePlan,
    leg: Leg,
    binding: Binding,
    sender: number,
    toClient: boolean,
    served: number,
    fromIp: number,
    fromPort: number,
  ): Block {
    const { writer } = this;
    const { buf } = message;
    const isPrivate = toClient && this.asksPrivacy(message);
    const crossing =
      (sender >= 0 ? Crossing.fromClient : 0) |
      (toClient ? Crossing.toClient : 0) |
      (isPrivate ? Crossing.private : 0);
    const edits = this.requestEdits[crossing];
    edits.fromIp = fromIp;
    edits.fromPort = fromPort;
    writer.begin();
    if (binding !== 0) {
      const { octets } = this.ports;
      const base = octets.start(this.bindings.contact[binding]);
      const { targetStart, targetEnd } = this.bindings;
      writeRequestLine(writer, message, octets.buf, base + targetStart[binding], base + targetEnd[binding]);
    } else if (plan.stripped) this.writeStripped(message, plan);
    else writeRequestLine(writer, message, buf, plan.uriStart, plan.uriEnd);
    this.writeVia(leg, message, this.loopHash(message, fromIp));
    if (message.method === Method.invite) writer.ascii(`Record-Route: <sip:${CORE_HOST};lr>\r\n`);
    if (served >= 0) writer.ascii(this.serverRoutes[instanceOf(served, this.serverRoutes.length)]);
    for (let i = plan.first; i < plan.count; i++) {
      writer.ascii('Route: ').span(buf, plan.routeStart[i], plan.routeEnd[i]).crlf();
    }
    if (plan.lastEnd > plan.lastStart) {
      writer.ascii('Route: <').span(buf, plan.lastStart, plan.lastEnd).ascii('>\r\n');
    }
    copyHeaders(writer, message, edits);
    // Nothing is asserted of what has no transaction: an ACK, or a CANCEL, which must stay the same each time it comes (section 16.11).
    const asserts = message.method !== Method.ack && message.method !== Method.cancel;
    if (sender >= 0 && asserts) {
      if (!isPrivate) this.writeAsserted(message, sender);
      if (!toClient) this.writeCharging();
    }
    if (served >= 0) {
      writer
        .ascii('P-Served-User: <sip:u')
        .decimal(served)
        .ascii(`@${DOMAIN}>;sescase=term;regstate=`)
        .ascii(this.bindings.firstOf(served) === 0 ? 'unreg\r\n' : 'reg\r\n');
    }
    this.bodyStart = endForwarded(writer, message, edits);
    this.length = writer.length;
    return writer.end();
  }

  /** Composes the response `message` for the server transaction's peer: our Via is gone, and what its border crossing takes. */
  response(message: SipMessage, fromClient: boolean, toClient: boolean): Block {
    const { writer } = this;
    const crossing =
      (fromClient ? Crossing.fromClient : 0) |
      (toClient ? Crossing.toClient : 0) |
      (toClient && this.asksPrivacy(message) ? Crossing.private : 0);
    const edits = this.responseEdits[crossing];
    writer.begin();
    writeStartLine(writer, message);
    copyHeaders(writer, message, edits);
    this.bodyStart = endForwarded(writer, message, edits);
    this.length = writer.length;
    return writer.end();
  }

  private asksPrivacy(message: SipMessage): boolean {
    return message.has(Header.privacy) && (privacyOf(message) & HIDING) !== 0;
  }

  /** The request line without what led here in its URI (section 16.4). */
  private writeStripped({ buf, methodStart, methodEnd }: SipMessage, plan: RoutePlan): void {
    const { writer, uri, params } = this;
    parseUri(buf, plan.uriStart, plan.uriEnd, uri);
    writer.span(buf, methodStart, methodEnd).octet(0x20).span(buf, uri.start, uri.paramsStart);
    params.open(buf, uri.paramsStart, uri.paramsEnd);
    while (params.next()) {
      const { nameStart, nameEnd, valueStart, valueEnd } = params;
      if (params.is('maddr')) continue;
      if (params.is('transport') && !sameText(buf, valueStart, valueEnd, 'udp')) continue;
      writer.octet(0x3b).span(buf, nameStart, params.hasValue ? valueEnd : nameEnd);
    }
    writer.ascii(' SIP/2.0\r\n');
  }

  /** Our Via, then `;loop=` and the hash in place of its line end. */
  private writeVia(leg: Leg, message: SipMessage, hash: number): void {
    const { writer, endpoint } = this;
    // A CANCEL that comes as far as here is forwarded statelessly (section 16.10).
    if (message.method === Method.cancel) endpoint.stateless.writeVia(writer, 0, leg, message);
    else endpoint.writeVia(writer, 0, leg);
    const end = writer.startAt + writer.length;
    const { buffer } = writer;
    buffer[end - 2] = 0x3b;
    buffer[end - 1] = 0x6c;
    writer.ascii('oop=').hex32(hash).crlf();
  }

  private writeAsserted(message: SipMessage, sender: number): void {
    const { writer } = this;
    if (this.identity.prefersAlias(message, sender)) {
      writer.ascii(`P-Asserted-Identity: <${aliasUri(sender)}>\r\n`);
    } else writer.ascii('P-Asserted-Identity: <sip:u').decimal(sender).ascii(`@${DOMAIN}>\r\n`);
  }

  private writeCharging(): void {
    const { writer } = this;
    writer.ascii(this.icidPrefix);
    let rest = this.icids++;
    let scale = 36 * 36 * 36 * 36 * 36 * 36 * 36;
    for (let i = 0; i < ICID_DIGITS; i++) {
      const digit = Math.floor(rest / scale);
      writer.octet(digit < 10 ? 48 + digit : 87 + digit);
      rest -= digit * scale;
      scale /= 36;
    }
    writer.ascii(this.chargingTail);
  }
}

/** Eight hexadecimal digits as an unsigned integer; -1 if it is anything else. */
function hexOf(buf: Uint8Array, start: number, end: number): number {
  if (end - start !== 8) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const c = buf[i];
    const digit = c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
