/**
 * Did the sender ask for anonymity? The matrix of rules section 1.6 (A8), which decides S2: P-Asserted-Identity is neither
 * stored nor pushed, and sender-chosen identity goes too.
 *
 * Privacy values come in any case, separated by `;`, in one header field or several. `none` beside another value breaks
 * RFC 3323 section 4.2 and counts as a request. Without Privacy, a From host `anonymous.invalid` counts.
 *
 * Not modelled: values that RFC 3323 does not name; they ask for nothing here, and with `critical` they are unsupported.
 */
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Octet, equalsText, lowerCase } from '../../wire/mime/octets.js';

/** What the sender's signals amount to. */
export const Anonymity = {
  /** Nothing was asked: P-Asserted-Identity may be stored and pushed. */
  none: 0,
  /** Asked for: S2 holds. */
  requested: 1,
  /** `critical` with a level that we do not support: the request is refused with 500 (RFC 3323 section 5). */
  unsupportedCritical: 2,
} as const;
export type Anonymity = (typeof Anonymity)[keyof typeof Anonymity];

/** Bits of the privacy values met. */
const Seen = { none: 1, critical: 2, hides: 4, harmless: 8, unknown: 16 } as const;

const ANONYMOUS_HOST = 'anonymous.invalid';

/** Reads Privacy and From of `message`. A message without either asks for nothing. */
export function anonymityOf(message: SipMessage): Anonymity {
  let index = message.find(Header.privacy);
  if (index < 0) return fromIsAnonymous(message) ? Anonymity.requested : Anonymity.none;
  let seen = 0;
  while (index >= 0) {
    seen |= privacyValues(message.buf, message.valueStart[index], message.valueEnd[index]);
    index = message.find(Header.privacy, index + 1);
  }
  if ((seen & Seen.critical) !== 0 && (seen & Seen.unknown) !== 0) return Anonymity.unsupportedCritical;
  if ((seen & Seen.hides) !== 0) return Anonymity.requested;
  if ((seen & Seen.none) !== 0) return seen === Seen.none ? Anonymity.none : Anonymity.requested;
  return fromIsAnonymous(message) ? Anonymity.requested : Anonymity.none;
}

/** The bits of one Privacy value: priv-values between `;`, white space and folds ignored. */
function privacyValues(buf: Buffer, start: number, end: number): number {
  let seen = 0;
  let at = start;
  while (at < end) {
    while (at < end && isSeparator(buf[at])) at++;
    const valueStart = at;
    while (at < end && !isSeparator(buf[at])) at++;
    if (at > valueStart) seen |= privacyValue(buf, valueStart, at);
  }
  return seen;
}

/** `;` of RFC 3323, white space around it, and the comma that some senders write instead. */
function isSeparator(octet: number): boolean {
  return octet === Octet.semicolon || octet <= Octet.space || octet === 44;
}

function privacyValue(buf: Buffer, start: number, end: number): number {
  switch (lowerCase(buf[start])) {
    case 0x69: // id
      return equalsText(buf, start, end, 'id') ? Seen.hides : Seen.unknown;
    case 0x75: // user
      return equalsText(buf, start, end, 'user') ? Seen.hides : Seen.unknown;
    case 0x68: // header, history
      if (equalsText(buf, start, end, 'header')) return Seen.hides;
      return equalsText(buf, start, end, 'history') ? Seen.harmless : Seen.unknown;
    case 0x73: // session
      return equalsText(buf, start, end, 'session') ? Seen.harmless : Seen.unknown;
    case 0x6e: // none
      return equalsText(buf, start, end, 'none') ? Seen.none : Seen.unknown;
    case 0x63: // critical
      return equalsText(buf, start, end, 'critical') ? Seen.critical : Seen.unknown;
    default:
      return Seen.unknown;
  }
}

/**
 * True if the host of the URI in From is `anonymous.invalid`, whatever the user part (RFC 3323 section 4.1.1.3). Without brackets
 * what follows the first `;` belongs to the header field (RFC 3261 section 20), but who wrote a user part with one meant it, so
 * whatever stands behind an `@` counts there.
 */
function fromIsAnonymous(message: SipMessage): boolean {
  const from = message.from();
  if (from === undefined) return false;
  const { buf } = message;
  const end = from.bracketed ? from.uriEnd : message.valueEnd[message.find(Header.from)];
  let hasUser = false;
  for (let at = from.uriStart; at < end; at++) {
    if (buf[at] !== AT) continue;
    if (isAnonymousHost(buf, at + 1, end)) return true;
    if (at < from.uriEnd) hasUser = true;
  }
  if (hasUser) return false;
  let colon = from.uriStart;
  while (colon < end && buf[colon] !== Octet.colon) colon++;
  return isAnonymousHost(buf, colon + 1, end);
}

/** True if that host begins at `start`, with or without the dot of the root (RFC 3261 section 25.1, `hostname`). */
function isAnonymousHost(buf: Buffer, start: number, end: number): boolean {
  let hostEnd = start + ANONYMOUS_HOST.length;
  if (hostEnd > end || !equalsText(buf, start, hostEnd, ANONYMOUS_HOST)) return false;
  if (hostEnd < end && buf[hostEnd] === Octet.dot) hostEnd++;
  return hostEnd === end || !isHostOctet(buf[hostEnd]);
}

const AT = 64;

/** Letters, digits, `-` and `.`: another one of these would make the host a longer one. */
function isHostOctet(octet: number): boolean {
  const low = lowerCase(octet);
  return (
    (low >= 97 && low <= 122) || (octet >= 48 && octet <= 57) || octet === Octet.dash || octet === Octet.dot
  );
}
