/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words, as IPv4 (RFC 791), UDP
 * (RFC 768) and TCP (RFC 9293) use it.
 */

/** Adds octets [start, end) of `buf` to `sum`; an odd last octet counts as the high half of its word. */
export function sumOctets(sum: number, buf: Uint8Array, start: number, end: number): number {
  let total = sum;
  const even = end - ((end - start) & 1);
  for (let i = start; i < even; i += 2) total += (buf[i] << 8) | buf[i + 1];
  if (even < end) total += buf[even] << 8;
  return total;
}

/** Folds a sum to 16 bits and complements it. */
export function checksumOf(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 65_536);
  return ~folded & 0xffff;
}
