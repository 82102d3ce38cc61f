/** What can be wrong with an XCAP request, in two lists: its target (RFC 4825 section 6) and its XML (section 8.2.2). */

export const XcapFault = {
  none: 0,
  /** The target is neither a path nor an http URI with one. */
  target: 1,
  /** A percent that is not followed by two hexadecimal digits, or an octet that must not stand there undecoded. */
  percent: 2,
  tooLong: 3,
  /** More steps than {@link XCAP_LIMITS}. */
  tooDeep: 4,
  /** The document selector has no AUID, tree or document. */
  document: 5,
  /** A step that fits no production of section 6.3 but the extension-selector: 404 (section 8). */
  extension: 6,
  /** A prefix that the query does not bind: 400 (section 8). */
  prefix: 7,
  /** The query is no list of xpointer parts. */
  query: 8,
} as const;
export type XcapFault = (typeof XcapFault)[keyof typeof XcapFault];

export const XCAP_LIMITS = { targetOctets: 4096, steps: 8, bindings: 8 } as const;

/** The status that answers a request with this fault. */
export function statusOfXcapFault(fault: XcapFault): number {
  if (fault === XcapFault.extension || fault === XcapFault.document) return 404;
  return fault === XcapFault.tooLong ? 414 : 400;
}

export const XmlFault = {
  none: 0,
  notWellFormed: 1,
  /** Octets that are not UTF-8, or a declaration of another encoding. */
  notUtf8: 2,
  /** Well-formed, and not a document or element of this application usage. */
  schema: 3,
} as const;
export type XmlFault = (typeof XmlFault)[keyof typeof XmlFault];
