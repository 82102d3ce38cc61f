/**
 * The deferral decision: may this MESSAGE be stored for this user, and if not, with which answer is it refused? Rules 2.1, 2.2
 * and 2.6, A8 and A9; RFC 3261 section 8.2 for what any UAS checks.
 *
 * Not here: the storing itself (`store.ts`) and capacity that only storage knows (storage-full is answered by `pager-deferral.ts`).
 */
import { DOMAIN, userOfEscapedPart } from '../../addressing.js';
import { writeUnsupported } from '../../sip/option-tags.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { NO_DATE, parseDate } from '../../wire/sip/values/date.js';
import { SipFault } from '../../wire/sip/faults.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { parseSeconds } from '../../wire/sip/values/scalars.js';
import { parseUri, SipUri, UriScheme } from '../../wire/sip/values/uri.js';
import { equalsText } from '../../wire/mime/octets.js';
import { Anonymity, anonymityOf } from './anonymity.js';
import { CRITICAL_PRIVACY } from './answer-lines.js';
import { ServiceSetting, type ImServerConfig } from '../config.js';
import type { DeferredIndex } from '../store/deferred-index.js';
import type { ServiceSettings } from '../settings.js';
import { DO_NOT_STORE, expiryInstant, NEVER, NO_EXPIRES } from '../store/expiry.js';

/** Accepted: store it and answer 202 after the commit. */
export const ACCEPTED = 0;

/** The verdict on one request; reused for each. */
export class Deferral {
  /** {@link ACCEPTED}, or the SIP status that refuses it. */
  status = ACCEPTED;
  /** Header lines of the refusal, each with its CRLF. */
  headers = '';
  /** The served user; -1 if there is none of that name. */
  user = -1;
  anonymous = false;
  expiresAtNs = NEVER;
  /** The sender's Date in milliseconds since 1970; `NO_DATE` if there is none or it is not valid. */
  dateMs = NO_DATE;
  /** Digest of the request (`accepted-requests.ts`), to be noted once it is stored; set by `pager-deferral.ts`. */
  request0 = 0;
  request1 = 0;
}

export class DeferralJudge {
  private readonly config: ImServerConfig;
  private readonly index: DeferredIndex;
  private readonly settings: ServiceSettings;
  private readonly uri = new SipUri();
  private readonly verdict = new Deferral();

  constructor(config: ImServerConfig, index: DeferredIndex, settings: ServiceSettings) {
    this.config = config;
    this.index = index;
    this.settings = settings;
  }

  /** The user of this domain that octets [start, end) name as a SIP URI; -1 if none. */
  userOf(buf: Buffer, start: number, end: number): number {
    const { uri } = this;
    if (parseUri(buf, start, end, uri) !== SipFault.none) return -1;
    if (uri.scheme !== UriScheme.sip && uri.scheme !== UriScheme.sips) return -1;
    if (!equalsText(buf, uri.hostStart, uri.hostEnd, DOMAIN)) return -1;
    const user = userOfEscapedPart(buf, uri.userStart, uri.userEnd);
    return user < this.config.subscribers ? user : -1;
  }

  /**
   * Judges a MESSAGE, or with `large` the INVITE of a Large Message session, that came for an offline user. The result is valid
   * until the next call. Of a Large Message only the room for one more is judged; its size is not known yet.
   */
  judge(message: SipMessage, receivedAtNs: number, receivedMs: number, large = false): Deferral {
    const { verdict, config, index } = this;
    verdict.status = ACCEPTED;
    verdict.headers = '';
    verdict.expiresAtNs = NEVER;
    const user = this.userOf(message.buf, message.uriStart, message.uriEnd);
    verdict.user = user;
    if (user < 0) return refuse(verdict, 404);
    if (message.has(Header.require)) {
      const lines = writeUnsupported(message, Header.require, []);
      if (lines !== '') return refuse(verdict, 420, lines);
    }
    // RFC 3261 section 20.15: it says what a body is, and what is pushed must say so too (A6).
    if (!large && message.bodyOctets > 0 && !message.has(Header.contentType)) return refuse(verdict, 400);
    const anonymity = anonymityOf(message);
    if (anonymity === Anonymity.unsupportedCritical) return refuse(verdict, 500, CRITICAL_PRIVACY);
    verdict.anonymous = anonymity === Anonymity.requested;
    if (this.settings.of(user) === ServiceSetting.reject) return refuse(verdict, 480);
    const { quota } = config;
    const octets = large ? 0 : message.end - message.start;
    if (quota.messageOctets > 0 && octets > quota.messageOctets) return refuse(verdict, 413);
    const overCount = quota.messagesPerUser > 0 && index.claimed(user) >= quota.messagesPerUser;
    const overOctets = quota.octetsPerUser > 0 && index.claimedOctets(user) + octets > quota.octetsPerUser;
    if (overCount || overOctets) {
      return refuse(verdict, 480, 'Warning: 399 im.ims.example "deferred message quota reached"\r\n');
    }
    // S6c: the Expires of an INVITE speaks of the session, never of the message.
    const expires = large ? -1 : message.find(Header.expires);
    const expiresS =
      expires < 0
        ? NO_EXPIRES
        : parseSeconds(message.buf, message.valueStart[expires], message.valueEnd[expires]);
    const date = message.find(Header.date);
    const dateMs =
      date < 0 ? NO_DATE : parseDate(message.buf, message.valueStart[date], message.valueEnd[date]);
    verdict.dateMs = dateMs;
    const baseMs = large ? NO_DATE : dateMs;
    verdict.expiresAtNs = expiryInstant(config.expiry, expiresS, baseMs, receivedMs, receivedAtNs);
    return verdict.expiresAtNs === DO_NOT_STORE ? refuse(verdict, 480) : verdict;
  }

  /** Lifetime of a Large Message received now: the operator's default (S6c). */
  defaultExpiry(nowNs: number): number {
    return expiryInstant(this.config.expiry, NO_EXPIRES, NO_DATE, 0, nowNs);
  }

  /** True if a Large Message of so many octets finds room in the user's account (rules 2.6). */
  hasRoom(user: number, octets: number): boolean {
    const { quota } = this.config;
    if (quota.messageOctets > 0 && octets > quota.messageOctets) return false;
    if (quota.messagesPerUser > 0 && this.index.claimed(user) >= quota.messagesPerUser) return false;
    return quota.octetsPerUser === 0 || this.index.claimedOctets(user) + octets <= quota.octetsPerUser;
  }

  /** A Large Message of so many octets waits for the station: its room is taken from now on (D-017). */
  holdRoom(user: number, octets: number): void {
    this.index.promise(user, octets);
  }

  /** It waits no more: its record claims the room now, or nobody does. */
  giveRoomBack(user: number, octets: number): void {
    this.index.unpromise(user, octets);
  }
}

function refuse(verdict: Deferral, status: number, headers = ''): Deferral {
  verdict.status = status;
  verdict.headers = headers;
  return verdict;
}
