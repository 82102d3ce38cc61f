/**
 * Header names as the invariants know them, in a table of their own: canonical name, compact form and what rules section 4.7
 * says of it. Written from the rules, not from the header policy that it judges.
 *
 * A name is recognised by a hash of its lower-case octets; the test proves that no two names of the table collide.
 */

/** Numbers of the names that invariants read. */
export const Name = {
  other: 0,
  from: 1,
  to: 2,
  callId: 3,
  subject: 4,
  date: 5,
  priority: 6,
  asserted: 7,
  via: 8,
  cseq: 9,
  expires: 10,
  privacy: 11,
  contentLength: 12,
  contentType: 13,
  never: 14,
  content: 15,
  /** Routing, set-up and response headers: kept in the store perhaps, but not for a client. */
  hop: 16,
  /** What a sender chooses to say of herself (class I2; not Privacy). */
  chosen: 17,
} as const;

const NETWORK_NAMES =
  'p-access-network-info p-visited-network-id p-served-user p-user-database p-profile-key ' +
  'p-private-network-indication p-asserted-service p-called-party-id p-associated-uri p-early-media ' +
  'p-media-authorization p-answer-state p-dcs-trace-party-id p-dcs-osps p-dcs-laes p-dcs-redirect ' +
  'p-refused-uri-list history-info resource-priority accept-resource-priority feature-caps restoration-info ' +
  'service-interact-info cellular-network-info response-source attestation-info origination-id ' +
  'additional-identity priority-verstat priority-share resource-share dc-info geolocation-routing';

const HINT_NAMES = 'p-preferred-identity p-preferred-service';

/** y and n are the compact forms of Identity and Identity-Info. */
const CREDENTIAL_NAMES =
  'authorization proxy-authorization security-client security-server security-verify identity identity-info y n';

/** The classes that A3 lets an operator store: N network and trust domain, I client identity hints, A credentials and signatures. */
export const SWITCHABLE_NAMES = {
  network: NETWORK_NAMES.split(' '),
  hints: HINT_NAMES.split(' '),
  credentials: CREDENTIAL_NAMES.split(' '),
} as const;

const NEVER_NAMES =
  // X charging
  'p-charging-vector p-charging-function-addresses p-charge-info p-dcs-billing-info relayed-charge ' +
  `${NETWORK_NAMES} ${HINT_NAMES} ${CREDENTIAL_NAMES} ` +
  // unregistered
  'remote-party-id diversion';

const HOP_NAMES =
  // T2 routing and transport
  'route record-route path service-route max-breadth proxy-require flow-timer timestamp hide response-key encryption ' +
  // D dialog, session set-up, capability, events, with their compact forms
  'contact m allow supported k require session-expires x min-se rack replaces join target-dialog refer-to r refer-sub ' +
  'refer-events-at accept-contact a reject-contact j request-disposition d answer-mode priv-answer-mode alert-info ' +
  'event o allow-events u subscription-state sip-if-match suppress-if-match info-package recv-info accept ' +
  'accept-encoding accept-language trigger-consent policy-id session-id ' +
  // R of responses and the registrar
  'www-authenticate proxy-authenticate authentication-info retry-after warning error-info server unsupported rseq ' +
  'min-expires sip-etag geolocation-error alertmsg-error permission-missing policy-contact reason-phrase';

const CHOSEN_NAMES =
  'reply-to referred-by b organization call-info in-reply-to user-agent geolocation user-to-user reason';

const READ_NAMES: readonly (readonly [string, number])[] = [
  ['from', Name.from],
  ['f', Name.from],
  ['to', Name.to],
  ['t', Name.to],
  ['call-id', Name.callId],
  ['i', Name.callId],
  ['subject', Name.subject],
  ['s', Name.subject],
  ['date', Name.date],
  ['priority', Name.priority],
  ['p-asserted-identity', Name.asserted],
  ['via', Name.via],
  ['v', Name.via],
  ['cseq', Name.cseq],
  ['expires', Name.expires],
  ['privacy', Name.privacy],
  ['content-length', Name.contentLength],
  ['l', Name.contentLength],
  ['content-type', Name.contentType],
  ['c', Name.contentType],
  ['content-encoding', Name.content],
  ['e', Name.content],
  ['content-disposition', Name.content],
  ['content-language', Name.content],
  ['content-id', Name.content],
  ['mime-version', Name.content],
];

/** Starts a name's hash; then {@link hashOctet} for each octet. */
export const HASH_START = 0x811c9dc5 | 0;

/** Mixes one octet, letters without case. */
export function hashOctet(hash: number, octet: number): number {
  const lower = octet >= 65 && octet <= 90 ? octet | 32 : octet;
  return Math.imul(hash ^ lower, 0x01000193);
}

export function hashName(name: string): number {
  let hash = HASH_START;
  for (let i = 0; i < name.length; i++) hash = hashOctet(hash, name.charCodeAt(i));
  return hash;
}

/** All names of the table, for its own test. */
export const TABLE_NAMES: readonly string[] = [
  ...NEVER_NAMES.split(' '),
  ...HOP_NAMES.split(' '),
  ...CHOSEN_NAMES.split(' '),
  ...READ_NAMES.map(([name]) => name),
];

/** Hash of a name to its number; a plain open table, built once and never changed. */
const SLOTS = 512;
const KEYS = new Int32Array(SLOTS);
const VALUES = new Uint8Array(SLOTS);

function put(name: string, value: number): void {
  const hash = hashName(name);
  let at = hash & (SLOTS - 1);
  while (VALUES[at] !== 0) at = (at + 1) & (SLOTS - 1);
  KEYS[at] = hash;
  VALUES[at] = value;
}

for (const name of NEVER_NAMES.split(' ')) put(name, Name.never);
for (const name of HOP_NAMES.split(' ')) put(name, Name.hop);
for (const name of CHOSEN_NAMES.split(' ')) put(name, Name.chosen);
for (const [name, value] of READ_NAMES) put(name, value);

/** The number of the name with this hash; `Name.other` if the table does not have it. */
export function nameOf(hash: number): number {
  let at = hash & (SLOTS - 1);
  while (VALUES[at] !== 0) {
    if (KEYS[at] === hash) return VALUES[at];
    at = (at + 1) & (SLOTS - 1);
  }
  return Name.other;
}

/** True if a pushed sipfrag may hold the name: the list of P8, and what describes a body (A6). */
export function mayBeInFragment(name: number): boolean {
  return (
    (name >= Name.from && name <= Name.asserted) ||
    name === Name.contentLength ||
    name === Name.contentType ||
    name === Name.content
  );
}
