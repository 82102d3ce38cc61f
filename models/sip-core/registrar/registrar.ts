/**
 * The registrar (RFC 3261 section 10.3, RFC 5626 section 6; rules 4.4): judges a REGISTER as a whole, then commits all its Contacts
 * or none, and answers with every binding.
 *
 * Status, in this order: 503 over the rate, 403 not from a client, 416, 400 (To is no SIP URI), 404 not our domain, 420, 404 no such user, 403 another's address,
 * 400 (Contact, `*`, CSeq malformed), 423, 500 (an old CSeq: "the update MUST be aborted and the request fails"), 200.
 *
 * A binding is named by instance and reg-id if both are there, else by its URI. Lifetimes are cut to what the operator grants.
 *
 * Not modelled: authentication, Path and Service-Route, GRUU, 439 (the first hop is the registrar itself), redirects.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { CORE_HOST, DOMAIN } from '../../addressing.js';
import type { Devices } from '../../devices.js';
import { Observed } from '../../observations.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import { writeUnsupported } from '../../sip/option-tags.js';
import type { Tx } from '../../sip/user.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { parseContact } from '../../wire/sip/values/address.js';
import { parseUri, SipUri, uriEquals, UriScheme } from '../../wire/sip/values/uri.js';
import type { SipCoreConfig } from '../config.js';
import { IdentityReader, NOT_OUR_DOMAIN, sameText } from '../identity.js';
import { KNOWN_OPTIONS } from '../own-requests.js';
import type { Source } from '../source.js';
import { retryAfterSeconds, TokenBucket } from './admission.js';
import { BindingWriter } from './binding-writer.js';
import type { Binding, Bindings } from './bindings.js';
import { Removal, type Liveness } from './liveness.js';
import { RegisterAnswer } from './register-answer.js';
import { RegisterRequest } from './register-request.js';
import type { ThirdPartyRegistration } from './third-party.js';

/** Longest Contact element that is kept. */
const CONTACT_LIMIT_OCTETS = 2048;
/** Only requests for less than an hour may be answered 423. */
const BRIEF_LIMIT_S = 3600;
const RETRY_CHANCE = 0x7c02;

export class Registrar {
  private readonly ports: Ports;
  private readonly config: SipCoreConfig;
  private readonly endpoint: SipEndpoint;
  private readonly bindings: Bindings;
  private readonly liveness: Liveness;
  private readonly devices: Devices;
  private readonly identity: IdentityReader;
  private readonly bucket: TokenBucket;
  private readonly grantedS: number;
  private readonly minS: number;
  private refused = 0;

  /** The REGISTER in hand. */
  private readonly request: RegisterRequest;
  private readonly binder: BindingWriter;
  private readonly answer: RegisterAnswer;
  private readonly boundUri = new SipUri();
  private outbound = false;

  constructor(
    ports: Ports,
    config: SipCoreConfig,
    endpoint: SipEndpoint,
    writer: OctetWriter,
    bindings: Bindings,
    liveness: Liveness,
    thirdParty: ThirdPartyRegistration,
    devices: Devices,
  ) {
    this.ports = ports;
    this.config = config;
    this.endpoint = endpoint;
    this.bindings = bindings;
    this.liveness = liveness;
    this.devices = devices;
    this.identity = new IdentityReader(config.subscribers);
    this.bucket = new TokenBucket(config.registersPerSecond);
    this.grantedS = Math.max(1, Math.floor(config.registerExpiresNs / NS_PER_S));
    this.minS = Math.ceil(config.minExpiresNs / NS_PER_S);
    this.request = new RegisterRequest(this.grantedS);
    this.binder = new BindingWriter(ports, writer, bindings, this.request);
    this.answer = new RegisterAnswer(ports, config, endpoint, writer, bindings, thirdParty);
  }

  /** Answers the REGISTER `tx` that came from `source`. */
  onRegister(tx: Tx, message: SipMessage, source: Source): void {
    const user = this.devices.userOfIp(source.ip);
    if (!this.bucket.take(this.ports.now())) {
      const random = this.ports.random.addressed(RETRY_CHANCE, source.ip, this.refused++);
      this.reject(tx, message, 503, `Retry-After: ${retryAfterSeconds(random)}\r\n`);
      return;
    }
    const refusal = this.judge(message, user);
    if (refusal === 423) this.reject(tx, message, 423, `Min-Expires: ${this.minS}\r\n`);
    else if (refusal === 420)
      this.reject(tx, message, 420, writeUnsupported(message, Header.require, KNOWN_OPTIONS));
    else if (refusal !== 0) this.reject(tx, message, refusal, '');
    else {
      const tell = this.commit(message, user, source);
      this.answer.send(tx, message, user, this.outbound, tell);
    }
  }

  private reject(tx: Tx, message: SipMessage, status: number, lines: string): void {
    this.endpoint.answer(tx, message, status, lines);
  }

  /** Steps 1 to 7 of RFC 3261 section 10.3 without any change: the status that refuses the request, or 0. */
  private judge(message: SipMessage, user: number): number {
    if (user < 0) return 403;
    const { buf } = message;
    const { request } = this;
    const { uri } = request;
    if (parseUri(buf, message.uriStart, message.uriEnd, uri) !== 0) return 400;
    if (uri.scheme !== UriScheme.sip) return 416;
    if (!request.readTo(message)) return 400;
    const { hostStart, hostEnd } = uri;
    if (!sameText(buf, hostStart, hostEnd, DOMAIN) && !sameText(buf, hostStart, hostEnd, CORE_HOST))
      return 404;
    if (message.has(Header.require) && writeUnsupported(message, Header.require, KNOWN_OPTIONS) !== '')
      return 420;
    const addressed = this.identity.userOf(buf, request.toUri);
    if (addressed === NOT_OUR_DOMAIN || addressed < 0) return 404;
    if (addressed !== user) return 403;
    return request.readScalars(message) ? this.judgeContacts(message, user) : 400;
  }

  private judgeContacts(message: SipMessage, user: number): number {
    const { request } = this;
    const { list, contact, uri } = request;
    this.outbound = false;
    let stars = 0;
    let others = 0;
    let outboundContacts = 0;
    let added = 0;
    let brief = false;
    let stale = false;
    list.open(message, Header.contact);
    while (list.next()) {
      if (parseContact(message.buf, list.start, list.end, contact) !== 0) return 400;
      if (contact.star) {
        stars++;
        continue;
      }
      others++;
      if (list.end - list.start > CONTACT_LIMIT_OCTETS) return 400;
      if (parseUri(message.buf, contact.uriStart, contact.uriEnd, uri) !== 0) return 400;
      const requestedS = request.requestedS();
      if (requestedS > 0) added++;
      if (requestedS > 0 && request.regId() >= 0) outboundContacts++;
      if (requestedS > 0 && requestedS < BRIEF_LIMIT_S && requestedS < this.minS) brief = true;
      const binding = this.find(message.buf, user);
      if (binding !== 0 && this.isStale(binding)) stale = true;
    }
    if (stars > 0) {
      if (stars > 1 || others > 0 || request.expiresHeaderS !== 0) return 400;
      for (let b = this.bindings.firstOf(user); b !== 0; b = this.bindings.next(b))
        if (this.isStale(b)) return 500;
      return 0;
    }
    // RFC 5626 section 6: one flow is registered at a time.
    if (outboundContacts > 0 && added > 1) return 400;
    this.outbound = outboundContacts > 0;
    return brief ? 423 : stale ? 500 : 0;
  }

  private isStale(binding: Binding): boolean {
    const { bindings, request } = this;
    const sameCall =
      bindings.callIdHigh[binding] === request.callIdHigh &&
      bindings.callIdLow[binding] === request.callIdLow;
    return sameCall && request.cseq.number <= bindings.cseq[binding];
  }

  /** The binding of `user` that the Contact in hand names, whose URI is parsed in `uri`; 0 if there is none. */
  private find(buf: Buffer, user: number): Binding {
    const { bindings, request } = this;
    const { contact } = request;
    const arena = this.ports.octets.buf;
    const regId = request.regId();
    for (let b = bindings.firstOf(user); b !== 0; b = bindings.next(b)) {
      const base = this.ports.octets.start(bindings.contact[b]);
      if (bindings.regId[b] !== regId) continue;
      if (regId >= 0) {
        const length = contact.instanceEnd - contact.instanceStart;
        const from = base + bindings.instanceStart[b];
        if (bindings.instanceEnd[b] - bindings.instanceStart[b] !== length) continue;
        if (sameOctets(buf, contact.instanceStart, arena, from, length)) return b;
        continue;
      }
      const start = base + bindings.uriStart[b];
      const end = base + bindings.uriEnd[b];
      if (parseUri(arena, start, end, this.boundUri) !== 0) continue;
      if (uriEquals(buf, request.uri, arena, this.boundUri)) return b;
    }
    return 0;
  }

  /**
   * Makes the changes that were judged. True if the IM Server is to hear of the bindings that there are now: the set of them is another
   * one, or the operator tells of refreshes too. That none is left, `Liveness` tells.
   */
  private commit(message: SipMessage, user: number, source: Source): boolean {
    const { request } = this;
    const { list, contact, uri } = request;
    let changed = false;
    let refreshed = false;
    list.open(message, Header.contact);
    while (list.next()) {
      parseContact(message.buf, list.start, list.end, contact);
      if (contact.star) {
        while (this.bindings.firstOf(user) !== 0)
          this.liveness.drop(this.bindings.firstOf(user), Removal.unregistered);
        continue;
      }
      parseUri(message.buf, contact.uriStart, contact.uriEnd, uri);
      const requestedS = request.requestedS();
      const binding = this.find(message.buf, user);
      if (requestedS > 0) {
        this.bind(message, user, binding, Math.min(requestedS, this.grantedS), source);
        if (binding === 0) changed = true;
        else refreshed = true;
      } else if (binding !== 0) {
        this.liveness.drop(binding, Removal.unregistered);
        changed = true;
      }
    }
    if (this.bindings.firstOf(user) === 0) return false;
    return changed || (refreshed && this.config.thirdPartyOnRefresh);
  }

  private bind(message: SipMessage, user: number, found: Binding, seconds: number, source: Source): void {
    const binding = this.binder.write(message, user, found, seconds, source);
    this.liveness.watch(binding, found === 0);
    this.ports.observe.emit(Observed.bindingAdded, user, 0, seconds, this.bindings.countOf(user));
  }
}

function sameOctets(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}
