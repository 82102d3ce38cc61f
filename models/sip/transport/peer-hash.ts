/** A hash of (local index, peer address, port) for tables of connections and flows: 32 bits, as a signed integer. */
export function mixPeer(local: number, peerIp: number, peerPort: number): number {
  let x = Math.imul(local ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 15) ^ peerIp, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 13) ^ peerPort, 0x27d4eb2f);
  return x ^ (x >>> 16);
}
