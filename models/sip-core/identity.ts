/**
 * Who is meant by a URI, and who sent a request: the identities of the subscribers (`models/addressing.ts`), read from octets.
 *
 * A client's source address is her proof of identity (rules 4.4: the edge asserts it from the registration; authentication is
 * not modelled). Each user has two public identities: her own and the alias for anonymous requests.
 *
 * Not modelled: tel URIs of subscribers, wildcarded identities, several domains.
 */
import { DOMAIN, userOfEscapedPart } from '../addressing.js';
import { Header } from '../wire/sip/head/header-names.js';
import { parseAddress, SipAddress } from '../wire/sip/values/address.js';
import { ListCursor } from '../wire/sip/values/list.js';
import type { SipMessage } from '../wire/sip/message.js';
import { parseUri, SipUri, UriScheme } from '../wire/sip/values/uri.js';

/** True if octets [start, end) are `text` (lower case) in any case. */
export function sameText(buf: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    const c = buf[start + i];
    if ((c >= 65 && c <= 90 ? c + 32 : c) !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** Answers of {@link IdentityReader.userOf} beside a user. */
export const NOT_OUR_DOMAIN = -2;
const NO_SUCH_USER = -1;

/** Reads identities. One for each actor: it holds the scratch objects. */
export class IdentityReader {
  readonly uri = new SipUri();
  readonly address = new SipAddress();
  private readonly list = new ListCursor();
  private readonly subscribers: number;

  constructor(subscribers: number) {
    this.subscribers = subscribers;
  }

  /**
   * The user that a parsed URI names: escapes undone, parameters ignored (the canonical form of RFC 3261 section 10.3 step 5).
   * {@link NOT_OUR_DOMAIN} or {@link NO_SUCH_USER} otherwise.
   */
  userOf(buf: Uint8Array, uri: SipUri): number {
    if (uri.scheme !== UriScheme.sip || !sameText(buf, uri.hostStart, uri.hostEnd, DOMAIN))
      return NOT_OUR_DOMAIN;
    const user = userOfEscapedPart(buf, uri.userStart, uri.userEnd);
    return user >= 0 && user < this.subscribers ? user : NO_SUCH_USER;
  }

  /** True if the name-addr or addr-spec [start, end) is an identity of `user`; afterwards `usesAlias` says which. */
  isIdentityOf(user: number, buf: Uint8Array, start: number, end: number): boolean {
    if (parseAddress(buf, start, end, this.address) !== 0) return false;
    if (parseUri(buf, this.address.uriStart, this.address.uriEnd, this.uri) !== 0) return false;
    return this.userOf(buf, this.uri) === user;
  }

  /** After `userOf` or `isIdentityOf` found a user: true if the alias was named. Her own identity starts with `u`. */
  usesAlias(buf: Uint8Array): boolean {
    const first = buf[this.uri.userStart];
    return first !== 0x75 && first !== 0x25;
  }

  /**
   * RFC 3325 section 5: true if P-Preferred-Identity picks the alias among the identities of `user`. A hint that is not hers,
   * or none at all, leaves the default, her own public identity.
   */
  prefersAlias(message: SipMessage, user: number): boolean {
    if (!message.has(Header.pPreferredIdentity)) return false;
    this.list.open(message, Header.pPreferredIdentity);
    while (this.list.next()) {
      if (this.isIdentityOf(user, message.buf, this.list.start, this.list.end))
        return this.usesAlias(message.buf);
    }
    return false;
  }
}
