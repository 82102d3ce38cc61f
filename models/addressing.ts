/**
 * Who has which address: the conventions of `docs/architecture.md`, section "Conventions on the wire", in one place.
 *
 * IPv4 addresses are integers below 2^31. Not modelled: DNS, IPv6 addressing of hosts, several domains.
 */
import { mark, NEVER_CANARY } from './marks.js';

export const DOMAIN = 'ims.example';
export const CORE_HOST = 'core.ims.example';
export const IM_SERVER_HOST = 'im.ims.example';
export const XDMS_HOST = 'xdms.ims.example';
/** Who the IM Server is when it speaks for itself: From of push sessions and notices. */
export const SERVER_IDENTITY = `sip:deferred@${IM_SERVER_HOST}`;

/** 10.a.b.c as an integer. */
export function ip10(a: number, b: number, c: number): number {
  return (10 << 24) + (a << 16) + (b << 8) + c;
}

export const CORE_IP = ip10(0, 0, 1);
export const IM_SERVER_IP = ip10(0, 0, 2);
export const XDMS_IP = ip10(0, 0, 3);
/** Most IM Servers of a cluster. */
export const MOST_INSTANCES = 16;

/** Address of IM Server `instance` of a cluster, counted from 0; the first is that of a deployment with one. */
export function imServerIp(instance: number): number {
  return instance === 0 ? IM_SERVER_IP : ip10(0, 1, instance - 1);
}

/** Name of that host: `im.ims.example`, `im2.ims.example`, ... */
export function imServerHost(instance: number): string {
  return instance === 0 ? IM_SERVER_HOST : `im${instance + 1}.${DOMAIN}`;
}

/** True if `ip` is that of an IM Server in a cluster of so many. */
export function isImServerIp(ip: number, instances: number): boolean {
  return ip === IM_SERVER_IP || (ip >= imServerIp(1) && ip < imServerIp(1) + instances - 1);
}

/** The instance that serves `user` in a cluster of so many: a hash, so that neighbours are spread. */
export function instanceOf(user: number, instances: number): number {
  if (instances === 1) return 0;
  let h = Math.imul(user ^ 0x2545f491, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) % instances;
}

/** Client of user n: this plus n. */
export const FIRST_CLIENT_IP = ip10(16, 0, 0);

export const SIP_PORT = 5060;
export const MSRP_PORT = 2855;
export const HTTP_PORT = 80;

/** Dotted form. */
export function ipText(ip: number): string {
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
}

/** Public identity of a user. */
export function userUri(user: number): string {
  return `sip:u${user}@${DOMAIN}`;
}

/** The identity that a user hides when she asks for anonymity: a canary of its own, so that a leak shows in the octets. */
export function aliasUri(user: number): string {
  return `sip:${mark(NEVER_CANARY, user)}@${DOMAIN}`;
}

/**
 * The user that the user part [start, end) of a URI names: `u` and a decimal number, or an alias; -1 if it is neither.
 * Leading zeros are refused, so that one user has one spelling.
 */
export function userOfUserPart(buf: Uint8Array, start: number, end: number): number {
  if (end - start >= 2 && buf[start] === 0x75) {
    let user = 0;
    if (buf[start + 1] === 0x30 && end - start > 2) return -1;
    for (let i = start + 1; i < end; i++) {
      const digit = buf[i] - 48;
      if (digit < 0 || digit > 9) return -1;
      user = user * 10 + digit;
      if (user > 0xffffff) return -1;
    }
    return user;
  }
  if (end - start !== NEVER_CANARY.length + 8) return -1;
  for (let i = 0; i < NEVER_CANARY.length; i++) if (buf[start + i] !== NEVER_CANARY.charCodeAt(i)) return -1;
  let user = 0;
  for (let i = start + NEVER_CANARY.length; i < end; i++) {
    const c = buf[i];
    const digit = c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 122 ? c - 87 : -1;
    if (digit < 0) return -1;
    user = user * 36 + digit;
  }
  return user <= 0xffffff ? user : -1;
}

/** Longest user part that is read with its escapes undone; no identity here is as long. */
const ESCAPED_LIMIT = 64;

/**
 * As {@link userOfUserPart}, the escapes of the user part undone first: `sip:u%37@...` and `sip:u7@...` are one URI (RFC 3261 section
 * 19.1.4). -1 for a broken escape.
 */
export function userOfEscapedPart(buf: Uint8Array, start: number, end: number): number {
  let escaped = false;
  for (let i = start; i < end; i++) if (buf[i] === 0x25) escaped = true;
  if (!escaped) return userOfUserPart(buf, start, end);
  const plain = new Uint8Array(ESCAPED_LIMIT);
  let length = 0;
  for (let i = start; i < end; i++) {
    if (length === ESCAPED_LIMIT) return -1;
    let octet = buf[i];
    if (octet === 0x25) {
      const high = i + 2 < end ? hexDigit(buf[i + 1]) : -1;
      const low = i + 2 < end ? hexDigit(buf[i + 2]) : -1;
      if (high < 0 || low < 0) return -1;
      octet = high * 16 + low;
      i += 2;
    }
    plain[length++] = octet;
  }
  return userOfUserPart(plain, 0, length);
}

function hexDigit(octet: number): number {
  if (octet >= 48 && octet <= 57) return octet - 48;
  const lower = octet | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
