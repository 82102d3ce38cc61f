/**
 * MSRP URIs: `scheme://[userinfo@]host[:port][/session-id];transport*(;param)` (RFC 4975 sections 6, 6.1 and 9).
 *
 * Compared as section 6.1 says: scheme, host and transport without case, the host by value if it is an IP address, the port
 * exactly (present or absent too), the session-id with case, userinfo and parameters not at all; unreserved characters of
 * the authority are percent-decoded first. Path lists are read by `nextUri`.
 */

/** One parsed URI; reused. Text fields are normalised for comparison. */
export class MsrpUri {
  /** `msrp` or `msrps`. */
  scheme = '';
  /** Lower case, percent-decoded, IP addresses in one canonical form. */
  host = '';
  /** -1 if absent. */
  port = -1;
  /** '' with `hasSessionId` false if absent. */
  sessionId = '';
  hasSessionId = false;
  /** Lower case. */
  transport = '';

  /** Parses `text`; false if it is not an MSRP URI, and then the fields are void. */
  parse(text: string): boolean {
    const match = URI.exec(text);
    if (match === null) return false;
    const authority = decodeUnreserved(match[2]);
    const hostPort = HOST_PORT.exec(authority.slice(authority.lastIndexOf('@') + 1));
    if (hostPort === null) return false;
    const host = canonicalHost(hostPort[1]);
    if (host === '') return false;
    this.scheme = match[1].toLowerCase();
    this.host = host;
    this.port = hostPort[2] === undefined ? -1 : Number(hostPort[2]);
    if (this.port > 65535) return false;
    this.hasSessionId = match[3] !== undefined;
    this.sessionId = match[3] ?? '';
    this.transport = match[4].toLowerCase();
    return true;
  }

  /** RFC 4975 section 6.1. */
  equals(other: MsrpUri): boolean {
    return (
      this.scheme === other.scheme &&
      this.host === other.host &&
      this.port === other.port &&
      this.hasSessionId === other.hasSessionId &&
      this.sessionId === other.sessionId &&
      this.transport === other.transport
    );
  }
}

/**
 * Reads the first URI of a path list, which is the next hop, into `uri`; false if it is none or asks for more than plain TCP: an
 * `msrps` connection MUST use TLS (RFC 4975 section 6), which is not modelled.
 */
export function readNextHop(path: string, uri: MsrpUri): boolean {
  const blank = path.indexOf(' ');
  if (!uri.parse(blank < 0 ? path : path.slice(0, blank))) return false;
  return uri.scheme === 'msrp' && uri.transport === 'tcp';
}

const URI =
  /^(msrps?):\/\/([^/;\s]+)(?:\/([A-Za-z0-9\-._~+=/]+))?;([A-Za-z0-9]+)(?:;[!#-'*+\-.0-9A-Z^-~]+(?:=[!#-'*+\-.0-9A-Z^-~]+)?)*$/i;
const HOST_PORT = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~%!$&'()*+,=]+)(?::([0-9]{1,5}))?$/;
const IPV4 = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$/;

/** Decodes `%XX` where it stands for a letter, a digit or `- . _ ~`. */
function decodeUnreserved(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (whole: string, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : whole;
  });
}

function canonicalHost(host: string): string {
  if (host.startsWith('[')) {
    const groups = ipv6Groups(host.slice(1, -1));
    return groups === null ? '' : `[${groups.map((group) => group.toString(16)).join(':')}]`;
  }
  const v4 = IPV4.exec(host);
  if (v4 === null) return host.toLowerCase();
  const octets = [Number(v4[1]), Number(v4[2]), Number(v4[3]), Number(v4[4])];
  return octets.every((octet) => octet <= 255) ? octets.join('.') : '';
}

/** The eight groups of an IPv6 address, or null. */
function ipv6Groups(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const left = groupsOf(halves[0]);
  const right = halves.length === 2 ? groupsOf(halves[1]) : [];
  if (left === null || right === null) return null;
  if (halves.length === 1) return left.length === 8 ? left : null;
  const missing = 8 - left.length - right.length;
  if (missing < 1) return null;
  return [...left, ...Array.from({ length: missing }, () => 0), ...right];
}

function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const v4 = i === parts.length - 1 ? IPV4.exec(part) : null;
    if (v4 !== null) {
      const octets = [Number(v4[1]), Number(v4[2]), Number(v4[3]), Number(v4[4])];
      if (octets.some((octet) => octet > 255)) return null;
      groups.push(octets[0] * 256 + octets[1], octets[2] * 256 + octets[3]);
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return null;
      groups.push(parseInt(part, 16));
    }
  }
  return groups;
}

/** End of the URI that begins at `at` in a path list; URIs are separated by blanks. */
export function uriEnd(buf: Uint8Array, at: number, end: number): number {
  let to = at;
  while (to < end && buf[to] !== 32 && buf[to] !== 9) to++;
  return to;
}

/** Start of the next URI of a path list after one that ended at `at`; `end` if there is none. */
export function nextUri(buf: Uint8Array, at: number, end: number): number {
  let from = at;
  while (from < end && (buf[from] === 32 || buf[from] === 9)) from++;
  return from;
}
