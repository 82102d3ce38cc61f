/**
 * In which class each SIP header field is (rules section 4.7): every id of the header table in exactly one. Names match by id, that is
 * after compact forms, case and folding were undone.
 *
 * Not here: what becomes of a class (`header-policy.ts`).
 */
import { assert } from '../../../sim/kernel/assert.js';
import { HEADER_IDS, Header } from '../../wire/sip/head/header-names.js';
import { CHARGING_HEADERS, NETWORK_HEADERS } from '../../wire/sip/head/trust-headers.js';

/** The classes of rules section 4.7, and the operator's own. */
export const HeaderClass = {
  /** Any extension that no table names: kept and, in message/sip, pushed. */
  U: 0,
  /** End to end, the list of P8. */
  E: 1,
  /** P-Asserted-Identity: as E, unless the sender asked for anonymity. */
  Eid: 2,
  /** Describes the body. */
  C: 3,
  /** Mandatory syntax of a whole request (CSeq). */
  Q: 4,
  /** Via and Max-Forwards: stored, pushed only as synthetic values. */
  T: 5,
  /** Other routing and transport. */
  T2: 6,
  /** Charging. */
  X: 7,
  /** Network internal, trust domain. */
  N: 8,
  /** Client identity hints that the edge should have consumed. */
  I: 9,
  /** Identity chosen by the sender: gone if she asked for anonymity. */
  I2: 10,
  /** Credentials and signatures. */
  A: 11,
  /** Lifetime (Expires). */
  L: 12,
  /** Dialog, session set-up, capabilities, events. */
  D: 13,
  /** Belongs to responses or to the registrar; stripped where a request carries it. */
  R: 14,
  /** Unregistered identity or routing, and the names that the operator adds. */
  Ubad: 15,
  /** Privacy: class I2, but kept for anonymous senders too, since it says that they are. */
  Privacy: 16,
} as const;
export type HeaderClass = (typeof HeaderClass)[keyof typeof HeaderClass];

const H = Header;

/** Every id of the header table in exactly one class; rules section 4.7 row by row. */
const MEMBERS: readonly (readonly [HeaderClass, readonly Header[]])[] = [
  [HeaderClass.E, [H.from, H.to, H.date, H.subject, H.priority, H.callId]],
  [HeaderClass.Eid, [H.pAssertedIdentity]],
  [
    HeaderClass.C,
    [
      H.contentType,
      H.contentLength,
      H.contentEncoding,
      H.contentDisposition,
      H.contentLanguage,
      H.contentId,
      H.mimeVersion,
    ],
  ],
  [HeaderClass.Q, [H.cseq]],
  [HeaderClass.T, [H.via, H.maxForwards]],
  [
    HeaderClass.T2,
    [
      H.route,
      H.recordRoute,
      H.path,
      H.serviceRoute,
      H.maxBreadth,
      H.proxyRequire,
      H.flowTimer,
      H.timestamp,
      H.hide,
      H.responseKey,
      H.encryption,
    ],
  ],
  [HeaderClass.X, CHARGING_HEADERS],
  [HeaderClass.N, [H.pAccessNetworkInfo, ...NETWORK_HEADERS]],
  [HeaderClass.I, [H.pPreferredIdentity, H.pPreferredService]],
  [
    HeaderClass.I2,
    [
      H.replyTo,
      H.referredBy,
      H.organization,
      H.callInfo,
      H.inReplyTo,
      H.userAgent,
      H.geolocation,
      H.userToUser,
      H.reason,
    ],
  ],
  [HeaderClass.Privacy, [H.privacy]],
  [
    HeaderClass.A,
    [
      H.authorization,
      H.proxyAuthorization,
      H.securityClient,
      H.securityServer,
      H.securityVerify,
      H.identity,
      H.identityInfo,
    ],
  ],
  [HeaderClass.L, [H.expires]],
  [
    HeaderClass.D,
    [
      H.contact,
      H.allow,
      H.supported,
      H.require,
      H.sessionExpires,
      H.minSe,
      H.rack,
      H.replaces,
      H.join,
      H.targetDialog,
      H.referTo,
      H.referSub,
      H.referEventsAt,
      H.acceptContact,
      H.rejectContact,
      H.requestDisposition,
      H.answerMode,
      H.privAnswerMode,
      H.alertInfo,
      H.event,
      H.allowEvents,
      H.subscriptionState,
      H.sipIfMatch,
      H.suppressIfMatch,
      H.infoPackage,
      H.recvInfo,
      H.accept,
      H.acceptEncoding,
      H.acceptLanguage,
      H.triggerConsent,
      H.policyId,
      H.sessionId,
    ],
  ],
  [
    HeaderClass.R,
    [
      H.wwwAuthenticate,
      H.proxyAuthenticate,
      H.authenticationInfo,
      H.retryAfter,
      H.warning,
      H.errorInfo,
      H.server,
      H.unsupported,
      H.rseq,
      H.minExpires,
      H.sipEtag,
      H.geolocationError,
      H.alertMsgError,
      H.permissionMissing,
      H.policyContact,
      H.reasonPhrase,
    ],
  ],
  [HeaderClass.Ubad, [H.remotePartyId, H.diversion]],
];

/** By header id: its class. */
export const CLASS_OF_ID: Readonly<Uint8Array> = (() => {
  const table = new Uint8Array(HEADER_IDS);
  let members = 0;
  for (const [headerClass, ids] of MEMBERS) {
    for (const id of ids) {
      assert(table[id] === 0, 'a header field stands in two classes');
      table[id] = headerClass;
      members++;
    }
  }
  assert(members === HEADER_IDS - 1, 'a header field stands in no class');
  return table;
})();

/** The class of a header id by the table alone; `Header.unknown` is class U. */
export function classOfHeader(id: Header): HeaderClass {
  return CLASS_OF_ID[id] as HeaderClass;
}
