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
import { CORE_HOST, DOMAIN, aliasUri } from '../../addressing.js';
import type { Devices } from '../../devices.js';
import { Feature, IM_TAG, LARGE_TAG } from '../../feature-tags.js';
import { Observed } from '../../observations.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import type { Tx } from '../../sip/user.js';
import { octetsOf, type OctetWriter } from '../../wire/octet-writer.js';
import { parseAddress, parseContact, SipAddress, SipContact } from '../../wire/sip/values/address.js';
import { DateLine } from '../../wire/sip/values/date.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { endWithoutBody } from '../../wire/sip/response.js';
import { ListCursor } from '../../wire/sip/values/list.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { ParamCursor } from '../../wire/sip/values/params.js';
import { CSeq, parseCSeq, parseSeconds } from '../../wire/sip/values/scalars.js';
import { mustBeCut, writeTargetUri } from '../../wire/sip/values/target-uri.js';
import { parseUri, SipUri, uriEquals, UriScheme } from '../../wire/sip/values/uri.js';
import { retryAfterSeconds, TokenBucket } from './admission.js';
import { digest32, type Binding, type Bindings } from './bindings.js';
import type { SipCoreConfig } from '../config.js';
import { IdentityReader, NOT_OUR_DOMAIN, sameText } from '../identity.js';
import { KNOWN_OPTIONS } from '../own-requests.js';
import { flowTimerSeconds, Removal, type Liveness } from './liveness.js';
import { writeUnsupported } from '../../sip/option-tags.js';
import type { Source } from '../source.js';
import type { ThirdPartyRegistration } from './third-party.js';

/** Longest Contact element that is kept. */
const CONTACT_LIMIT_OCTETS = 2048;
/** Only requests for less than an hour may be answered 423. */
const BRIEF_LIMIT_S = 3600;
/** `SipContact.expiresSeconds` of a parameter that cannot be read, and what it counts as (RFC 3261 section 20.10). */
const MALFORMED = -2;
const MALFORMED_EXPIRES_S = 3600;
const RETRY_CHANCE = 0x7c02;

const CONTACT = octetsOf('Contact: ');
const EXPIRES = octetsOf(';expires=');
const ASSOCIATED = octetsOf('P-Associated-URI: <sip:u');
const AT_DOMAIN = octetsOf(`@${DOMAIN}>`);

export class Registrar {
  private readonly ports: Ports;
  private readonly config: SipCoreConfig;
  private readonly endpoint: SipEndpoint;
  private readonly writer: OctetWriter;
  private readonly bindings: Bindings;
  private readonly liveness: Liveness;
  private readonly thirdParty: ThirdPartyRegistration;
  private readonly devices: Devices;
  private readonly identity: IdentityReader;
  private readonly bucket: TokenBucket;
  private readonly grantedS: number;
  private readonly minS: number;
  private readonly outboundLines: string;
  private refused = 0;

  private readonly dateLine = new DateLine();
  private readonly list = new ListCursor();
  private readonly params = new ParamCursor();
  private readonly contact = new SipContact();
  private readonly to = new SipAddress();
  private readonly uri = new SipUri();
  private readonly toUri = new SipUri();
  private readonly boundUri = new SipUri();
  private readonly cseq = new CSeq();
  /** Of the REGISTER in hand. */
  private callIdHigh = 0;
  private callIdLow = 0;
  private expiresHeaderS = -1;
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
    this.writer = writer;
    this.bindings = bindings;
    this.liveness = liveness;
    this.thirdParty = thirdParty;
    this.devices = devices;
    this.identity = new IdentityReader(config.subscribers);
    this.bucket = new TokenBucket(config.registersPerSecond);
    this.grantedS = Math.max(1, Math.floor(config.registerExpiresNs / NS_PER_S));
    this.minS = Math.ceil(config.minExpiresNs / NS_PER_S);
    this.outboundLines = `Require: outbound\r\nFlow-Timer: ${flowTimerSeconds(config.flowTimeoutNs)}\r\n`;
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
      this.accept(tx, message, user, tell);
    }
  }

  private reject(tx: Tx, message: SipMessage, status: number, lines: string): void {
    this.endpoint.answer(tx, message, status, lines);
  }

  /** Steps 1 to 7 of RFC 3261 section 10.3 without any change: the status that refuses the request, or 0. */
  private judge(message: SipMessage, user: number): number {
    if (user < 0) return 403;
    const { buf } = message;
    if (parseUri(buf, message.uriStart, message.uriEnd, this.uri) !== 0) return 400;
    if (this.uri.scheme !== UriScheme.sip) return 416;
    if (!this.readTo(message)) return 400;
    const { hostStart, hostEnd } = this.uri;
    if (!sameText(buf, hostStart, hostEnd, DOMAIN) && !sameText(buf, hostStart, hostEnd, CORE_HOST))
      return 404;
    if (message.has(Header.require) && writeUnsupported(message, Header.require, KNOWN_OPTIONS) !== '')
      return 420;
    const addressed = this.identity.userOf(buf, this.toUri);
    if (addressed === NOT_OUR_DOMAIN || addressed < 0) return 404;
    if (addressed !== user) return 403;
    return this.readScalars(message) ? this.judgeContacts(message, user) : 400;
  }

  /** Reads the address-of-record in To, which must be a SIP or SIPS URI (RFC 3261 section 10.2; RFC 4475 section 3.3.4). */
  private readTo(message: SipMessage): boolean {
    const { buf } = message;
    const { to, toUri } = this;
    const at = message.find(Header.to);
    if (at < 0 || parseAddress(buf, message.valueStart[at], message.valueEnd[at], to) !== 0) return false;
    if (parseUri(buf, to.uriStart, to.uriEnd, toUri) !== 0) return false;
    return toUri.scheme === UriScheme.sip || toUri.scheme === UriScheme.sips;
  }

  private readScalars(message: SipMessage): boolean {
    const { buf } = message;
    const cseq = message.find(Header.cseq);
    const callId = message.find(Header.callId);
    if (cseq < 0 || callId < 0) return false;
    if (parseCSeq(buf, message.valueStart[cseq], message.valueEnd[cseq], this.cseq) !== 0) return false;
    this.callIdHigh = digest32(buf, message.valueStart[callId], message.valueEnd[callId], 0);
    this.callIdLow = digest32(buf, message.valueStart[callId], message.valueEnd[callId], 1);
    const expires = message.find(Header.expires);
    // A malformed Expires counts as absent.
    this.expiresHeaderS =
      expires < 0 ? -1 : parseSeconds(buf, message.valueStart[expires], message.valueEnd[expires]);
    this.outbound = false;
    return true;
  }

  private judgeContacts(message: SipMessage, user: number): number {
    let stars = 0;
    let others = 0;
    let outboundContacts = 0;
    let added = 0;
    let brief = false;
    let stale = false;
    this.list.open(message, Header.contact);
    while (this.list.next()) {
      if (parseContact(message.buf, this.list.start, this.list.end, this.contact) !== 0) return 400;
      if (this.contact.star) {
        stars++;
        continue;
      }
      others++;
      if (this.list.end - this.list.start > CONTACT_LIMIT_OCTETS) return 400;
      if (parseUri(message.buf, this.contact.uriStart, this.contact.uriEnd, this.uri) !== 0) return 400;
      const requestedS = this.requestedS();
      if (requestedS > 0) added++;
      if (requestedS > 0 && this.regIdOf() >= 0) outboundContacts++;
      if (requestedS > 0 && requestedS < BRIEF_LIMIT_S && requestedS < this.minS) brief = true;
      const binding = this.find(message.buf, user);
      if (binding !== 0 && this.isStale(binding)) stale = true;
    }
    if (stars > 0) {
      if (stars > 1 || others > 0 || this.expiresHeaderS !== 0) return 400;
      for (let b = this.bindings.firstOf(user); b !== 0; b = this.bindings.next(b))
        if (this.isStale(b)) return 500;
      return 0;
    }
    // RFC 5626 section 6: one flow is registered at a time.
    if (outboundContacts > 0 && added > 1) return 400;
    this.outbound = outboundContacts > 0;
    return brief ? 423 : stale ? 500 : 0;
  }

  /** The lifetime that the Contact in hand asks for, in seconds. */
  private requestedS(): number {
    if (this.contact.expiresSeconds >= 0) return this.contact.expiresSeconds;
    if (this.contact.expiresSeconds === MALFORMED) return MALFORMED_EXPIRES_S;
    return this.expiresHeaderS >= 0 ? this.expiresHeaderS : this.grantedS;
  }

  /** `reg-id` of the Contact in hand, ignored without an instance (RFC 5626 section 6). */
  private regIdOf(): number {
    return this.contact.instanceEnd > this.contact.instanceStart ? this.contact.regId : -1;
  }

  private isStale(binding: Binding): boolean {
    const { bindings } = this;
    const sameCall =
      bindings.callIdHigh[binding] === this.callIdHigh && bindings.callIdLow[binding] === this.callIdLow;
    return sameCall && this.cseq.number <= bindings.cseq[binding];
  }

  /** The binding of `user` that the Contact in hand names, whose URI is parsed in `uri`; 0 if there is none. */
  private find(buf: Buffer, user: number): Binding {
    const { bindings, contact } = this;
    const arena = this.ports.octets.buf;
    const regId = this.regIdOf();
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
      if (uriEquals(buf, this.uri, arena, this.boundUri)) return b;
    }
    return 0;
  }

  /**
   * Makes the changes that were judged. True if the IM Server is to hear of the bindings that there are now: the set of them is another
   * one, or the operator tells of refreshes too. That none is left, `Liveness` tells.
   */
  private commit(message: SipMessage, user: number, source: Source): boolean {
    let changed = false;
    let refreshed = false;
    this.list.open(message, Header.contact);
    while (this.list.next()) {
      parseContact(message.buf, this.list.start, this.list.end, this.contact);
      if (this.contact.star) {
        while (this.bindings.firstOf(user) !== 0)
          this.liveness.drop(this.bindings.firstOf(user), Removal.unregistered);
        continue;
      }
      parseUri(message.buf, this.contact.uriStart, this.contact.uriEnd, this.uri);
      const requestedS = this.requestedS();
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
    const { bindings, contact } = this;
    const now = this.ports.now();
    const { writer } = this;
    writer.begin();
    // The element without `expires`, which each listing computes anew (step 8).
    writer.span(message.buf, this.list.start, contact.paramsStart);
    this.params.open(message.buf, contact.paramsStart, contact.paramsEnd);
    let instanceAt = 0;
    let features = 0;
    while (this.params.next()) {
      const { nameStart, nameEnd, valueStart, valueEnd } = this.params;
      if (this.params.is(IM_TAG)) features |= Feature.im;
      else if (this.params.is(LARGE_TAG)) features |= Feature.large;
      if (sameText(message.buf, nameStart, nameEnd, 'expires')) continue;
      writer.octet(0x3b).span(message.buf, nameStart, nameEnd);
      if (!this.params.hasValue) continue;
      writer.octet(0x3d);
      const delta = contact.instanceStart - valueStart;
      if (contact.instanceStart > valueStart && contact.instanceEnd < valueEnd)
        instanceAt = writer.length + delta;
      writer.span(message.buf, valueStart, valueEnd);
    }
    const { length } = writer;
    const cut = mustBeCut(message.buf, this.uri, this.params);
    if (cut) writeTargetUri(writer, message.buf, this.uri, this.params);
    const octets = writer.length;
    const block = writer.end();
    const binding = found === 0 ? bindings.add(user, block) : found;
    if (found !== 0) bindings.setContact(binding, block);
    bindings.contactLength[binding] = length;
    bindings.uriStart[binding] = contact.uriStart - this.list.start;
    bindings.uriEnd[binding] = contact.uriEnd - this.list.start;
    bindings.targetStart[binding] = cut ? length : bindings.uriStart[binding];
    bindings.targetEnd[binding] = cut ? octets : bindings.uriEnd[binding];
    bindings.instanceStart[binding] = instanceAt;
    bindings.instanceEnd[binding] = instanceAt + contact.instanceEnd - contact.instanceStart;
    bindings.features[binding] = features;
    bindings.regId[binding] = this.regIdOf();
    bindings.callIdHigh[binding] = this.callIdHigh;
    bindings.callIdLow[binding] = this.callIdLow;
    bindings.cseq[binding] = this.cseq.number;
    bindings.expiresAtNs[binding] = now + seconds * NS_PER_S;
    bindings.touch(binding, now);
    bindings.setFlow(binding, source.ip, source.port, source.conn, source.leg);
    this.liveness.watch(binding, found === 0);
    this.ports.observe.emit(Observed.bindingAdded, user, 0, seconds, bindings.countOf(user));
  }

  /** Step 8: the 200 with all bindings. With `tell` the IM Server gets it too. */
  private accept(tx: Tx, message: SipMessage, user: number, tell: boolean): void {
    const { writer, bindings, endpoint } = this;
    const now = this.ports.now();
    endpoint.beginResponse(writer, tx, message, 200);
    const { octets } = this.ports;
    for (let b = bindings.firstOf(user); b !== 0; b = bindings.next(b)) {
      const from = octets.start(bindings.contact[b]);
      writer.constant(CONTACT).span(octets.buf, from, from + bindings.contactLength[b]);
      writer.constant(EXPIRES).decimal(bindings.remainingS(b, now)).crlf();
    }
    this.dateLine.write(writer, this.ports.wallClock());
    writer.constant(ASSOCIATED).decimal(user).constant(AT_DOMAIN);
    // The alias is a canary that no octets towards a client may hold: with canaries on she knows it without being told.
    if (!this.config.canaries) writer.ascii(`, <${aliasUri(user)}>`);
    writer.crlf();
    // RFC 5626 section 6: Flow-Timer stands beside this option tag alone.
    if (this.outbound && this.supportsOutbound(message)) writer.ascii(this.outboundLines);
    endWithoutBody(writer);
    const { length } = writer;
    const block = writer.end();
    // The answer is its sender's, and may be gone with it.
    if (tell) octets.retain(block);
    endpoint.respond(tx, block, length, length);
    if (!tell) return;
    this.thirdParty.registered(user, block, length);
    octets.release(block);
  }

  private supportsOutbound(message: SipMessage): boolean {
    this.list.open(message, Header.supported);
    while (this.list.next())
      if (sameText(message.buf, this.list.start, this.list.end, 'outbound')) return true;
    return false;
  }
}

function sameOctets(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}
