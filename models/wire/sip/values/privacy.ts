/**
 * Privacy (RFC 3323 section 4.2; `id` RFC 3325, `history` RFC 7044). Reads more than the grammar: a repeated header field and
 * commas, because a request for privacy must not get lost over its spelling (rules section 1.6).
 */
import { equalsIgnoringCase } from '../chars.js';
import { Header } from '../head/header-names.js';

/** What is asked of a message here (`SipMessage` has it). */
interface HeaderSpans {
  readonly buf: Uint8Array;
  readonly valueStart: Int32Array;
  readonly valueEnd: Int32Array;
  find(id: Header, from?: number): number;
}

/** Bits of {@link privacyOf}. */
export const PrivacyValue = {
  none: 1,
  header: 2,
  session: 4,
  user: 8,
  id: 16,
  critical: 32,
  history: 64,
  /** A value that is none of these. */
  other: 128,
} as const;

function privacyValue(buf: Uint8Array, start: number, end: number): number {
  if (equalsIgnoringCase(buf, start, end, 'id')) return PrivacyValue.id;
  if (equalsIgnoringCase(buf, start, end, 'none')) return PrivacyValue.none;
  if (equalsIgnoringCase(buf, start, end, 'user')) return PrivacyValue.user;
  if (equalsIgnoringCase(buf, start, end, 'header')) return PrivacyValue.header;
  if (equalsIgnoringCase(buf, start, end, 'session')) return PrivacyValue.session;
  if (equalsIgnoringCase(buf, start, end, 'critical')) return PrivacyValue.critical;
  if (equalsIgnoringCase(buf, start, end, 'history')) return PrivacyValue.history;
  return PrivacyValue.other;
}

/** All values of all Privacy header fields, separated by `;`, `,` or white space, in any case, as bits of {@link PrivacyValue}; 0 if there is none. */
export function privacyOf(message: HeaderSpans): number {
  let bits = 0;
  const { buf } = message;
  for (let i = message.find(Header.privacy); i >= 0; i = message.find(Header.privacy, i + 1)) {
    const end = message.valueEnd[i];
    let p = message.valueStart[i];
    while (p < end) {
      const start = p;
      while (p < end && buf[p] !== 59 && buf[p] !== 44 && buf[p] > 32) p++;
      if (p > start) bits |= privacyValue(buf, start, p);
      p++;
    }
  }
  return bits;
}
