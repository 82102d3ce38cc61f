/** Where to connect to: the numeric host of an MSRP URI (RFC 4975 section 8.2). Not modelled: names, IPv6. */
import { parseIpv4 } from '../wire/sip/values/host.js';

/** The IPv4 address that `host` spells, or -1. */
export function hostIp(host: string): number {
  const octets = Buffer.from(host, 'latin1');
  return parseIpv4(octets, 0, octets.length);
}
