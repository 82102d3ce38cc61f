/**
 * Where a request goes: Route preprocessing, targets and next hop of a proxy (RFC 3261 sections 16.4, 16.5 and 16.6 items 6, 7).
 *
 * Own values at the front of Route are popped. What is left of Route decides; else the Request-URI: a subscriber of the domain
 * is *served* (her bindings, or the IM Server), the IM Server by name, a client or the IM Server by address. A Request-URI that names
 * the Core or its domain and no user is meant for the Core itself. A strict router before or behind the Core is tolerated in both
 * directions.
 *
 * Not modelled: DNS (only the names of `models/addressing.ts` resolve), sips and tel targets (416).
 */
import { CORE_HOST, CORE_IP, DOMAIN, imServerIp, ipText, SIP_PORT } from '../../addressing.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { parseAddress, SipAddress } from '../../wire/sip/values/address.js';
import { parseIpv4 } from '../../wire/sip/values/host.js';
import { ListCursor } from '../../wire/sip/values/list.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import { ParamCursor } from '../../wire/sip/values/params.js';
import { parseUri, SipUri, UriScheme } from '../../wire/sip/values/uri.js';
import type { Devices } from '../../devices.js';
import type { ImServers } from '../im-servers.js';
import { IdentityReader, NOT_OUR_DOMAIN, sameText } from '../identity.js';

/** Most Route values that are looked at; more are answered 400. */
const ROUTES_LIMIT = 32;
const CORE_IP_TEXT = ipText(CORE_IP);

/** What `Router.plan` found. All spans lie in `message.buf`. Reused. */
export class RoutePlan {
  /** The subscriber whose bindings are the targets; -1 if the next hop is fixed. */
  servedUser = -1;
  /** The Core itself is meant: nothing is to be forwarded. */
  own = false;
  toIp = 0;
  toPort = SIP_PORT;
  /** The next hop asked for TCP. */
  tcp = false;
  /** The Request-URI to send, unless a binding replaces it. */
  uriStart = 0;
  uriEnd = 0;
  /** `maddr` and a transport that is not the default go from it: they led here (section 16.4). */
  stripped = false;
  /** Route values that go on with the request: [first, count) of the spans. */
  first = 0;
  count = 0;
  readonly routeStart = new Int32Array(ROUTES_LIMIT);
  readonly routeEnd = new Int32Array(ROUTES_LIMIT);
  /** A Request-URI that a strict router gets as the last Route value; empty: none. */
  lastStart = 0;
  lastEnd = 0;
}

export class Router {
  readonly plan = new RoutePlan();
  private readonly devices: Devices;
  private readonly imServers: ImServers;
  private readonly identity: IdentityReader;
  private readonly uri = new SipUri();
  private readonly address = new SipAddress();
  private readonly list = new ListCursor();
  private readonly params = new ParamCursor();

  constructor(subscribers: number, imServers: ImServers, devices: Devices) {
    this.devices = devices;
    this.imServers = imServers;
    this.identity = new IdentityReader(subscribers);
  }

  /** Fills `plan` for `message`. Returns 0, or the status that answers a request that cannot be routed. */
  route(message: SipMessage): number {
    const { plan, uri } = this;
    const { buf } = message;
    plan.servedUser = -1;
    plan.own = plan.stripped = false;
    plan.first = plan.count = 0;
    plan.lastStart = plan.lastEnd = 0;
    plan.tcp = false;
    plan.uriStart = message.uriStart;
    plan.uriEnd = message.uriEnd;
    if (message.has(Header.route) && !this.collectRoutes(message)) return 400;
    if (parseUri(buf, plan.uriStart, plan.uriEnd, uri) !== 0) return 400;
    if (uri.scheme !== UriScheme.sip) return 416;
    if (plan.count > 0) {
      if (this.isOurRecordRoute(buf, uri) && !this.takeLastRoute(buf)) return 400;
      while (plan.first < plan.count && this.routeIsOurs(buf, plan.first)) plan.first++;
      if (plan.first < plan.count) return this.followRoute(message);
      if (parseUri(buf, plan.uriStart, plan.uriEnd, uri) !== 0) return 400;
      if (uri.scheme !== UriScheme.sip) return 416;
    }
    return this.followUri(buf);
  }

  /** Section 16.3 item 3: with no hop left an OPTIONS may be answered by whom it has reached. True if so; `plan` says it then. */
  endsHere(message: SipMessage): boolean {
    this.plan.own = message.method === Method.options;
    return this.plan.own;
  }

  private collectRoutes(message: SipMessage): boolean {
    const { plan, list } = this;
    list.open(message, Header.route);
    while (list.next()) {
      if (plan.count === ROUTES_LIMIT) return false;
      plan.routeStart[plan.count] = list.start;
      plan.routeEnd[plan.count++] = list.end;
    }
    return true;
  }

  private isCore(buf: Uint8Array, uri: SipUri): boolean {
    if (uri.scheme !== UriScheme.sip || (uri.port !== -1 && uri.port !== SIP_PORT)) return false;
    return this.isCoreHost(buf, uri.hostStart, uri.hostEnd);
  }

  private isCoreHost(buf: Uint8Array, start: number, end: number): boolean {
    return sameText(buf, start, end, CORE_HOST) || sameText(buf, start, end, CORE_IP_TEXT);
  }

  /** The Core, or the domain that it is the server of. */
  private isOwnHost(buf: Uint8Array, start: number, end: number): boolean {
    return this.isCoreHost(buf, start, end) || sameText(buf, start, end, DOMAIN);
  }

  private hasLr(buf: Uint8Array, uri: SipUri): boolean {
    return this.params.open(buf, uri.paramsStart, uri.paramsEnd).find('lr');
  }

  /** Section 16.4: a strict router has put our Record-Route value into the Request-URI. */
  private isOurRecordRoute(buf: Uint8Array, uri: SipUri): boolean {
    return !uri.hasUser && this.isCore(buf, uri) && this.hasLr(buf, uri);
  }

  /** The last Route value becomes the Request-URI. */
  private takeLastRoute(buf: Uint8Array): boolean {
    const { plan, address } = this;
    plan.count--;
    if (parseAddress(buf, plan.routeStart[plan.count], plan.routeEnd[plan.count], address) !== 0)
      return false;
    plan.uriStart = address.uriStart;
    plan.uriEnd = address.uriEnd;
    return true;
  }

  private parseRoute(buf: Uint8Array, index: number): boolean {
    const { plan, address, uri } = this;
    if (parseAddress(buf, plan.routeStart[index], plan.routeEnd[index], address) !== 0) return false;
    return parseUri(buf, address.uriStart, address.uriEnd, uri) === 0;
  }

  private routeIsOurs(buf: Uint8Array, index: number): boolean {
    return this.parseRoute(buf, index) && this.isCore(buf, this.uri);
  }

  private followRoute(message: SipMessage): number {
    const { plan, uri } = this;
    const { buf } = message;
    if (!this.parseRoute(buf, plan.first)) return 400;
    if (uri.scheme !== UriScheme.sip) return 416;
    const loose = this.hasLr(buf, uri);
    const found = this.resolve(buf, uri);
    if (!loose) {
      // Section 16.6 item 6: a strict router wants its own URI as Request-URI, and ours last in Route.
      plan.lastStart = plan.uriStart;
      plan.lastEnd = plan.uriEnd;
      plan.uriStart = this.address.uriStart;
      plan.uriEnd = this.address.uriEnd;
      plan.first++;
    }
    return found ? 0 : 404;
  }

  private followUri(buf: Uint8Array): number {
    const { plan, uri, params } = this;
    const ownPort = uri.port === -1 || uri.port === SIP_PORT;
    if (params.open(buf, uri.paramsStart, uri.paramsEnd).find('maddr')) {
      // Section 16.5: of anybody else it is the only target.
      if (!this.isOwnHost(buf, params.valueStart, params.valueEnd)) return this.resolve(buf, uri) ? 0 : 404;
      if (!ownPort) return 404;
      plan.stripped = true;
    }
    if (!uri.hasUser && ownPort && this.isOwnHost(buf, uri.hostStart, uri.hostEnd)) {
      plan.own = true;
      return 0;
    }
    const user = this.identity.userOf(buf, uri);
    if (user >= 0) {
      plan.servedUser = user;
      return 0;
    }
    return user === NOT_OUR_DOMAIN && this.resolve(buf, uri) ? 0 : 404;
  }

  /** Sets the next hop from `maddr` or the host of `uri` (section 19.1.1); false if nobody we know is there, or it is the Core itself. */
  private resolve(buf: Uint8Array, uri: SipUri): boolean {
    const { plan, params } = this;
    let { hostStart, hostEnd } = uri;
    plan.toPort = uri.port === -1 ? SIP_PORT : uri.port;
    params.open(buf, uri.paramsStart, uri.paramsEnd);
    while (params.next()) {
      if (params.is('transport')) plan.tcp = sameText(buf, params.valueStart, params.valueEnd, 'tcp');
      else if (params.is('maddr')) {
        hostStart = params.valueStart;
        hostEnd = params.valueEnd;
      }
    }
    const { hosts } = this.imServers;
    for (let instance = 0; instance < hosts.length; instance++) {
      if (!sameText(buf, hostStart, hostEnd, hosts[instance])) continue;
      plan.toIp = imServerIp(instance);
      return true;
    }
    const ip = parseIpv4(buf, hostStart, hostEnd);
    plan.toIp = ip;
    return this.imServers.has(ip) || this.devices.userOfIp(ip) >= 0;
  }
}
