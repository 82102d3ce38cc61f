/**
 * Where a response goes (RFC 3261 section 18.2.2, RFC 3581 section 4), in one object that is filled again for each request.
 *
 * Over UDP: to `maddr` and the port of sent-by if the top Via has one; else to the source address, and to the source port if `rport`
 * asks for it, or the port of sent-by. Over TCP the connection of the request comes first, and this is where another one is
 * opened if it is gone: source address and port of sent-by, which is what `received` says.
 *
 * Not modelled: multicast and names in `maddr`, which count as absent; what section 5 of RFC 3263 would find where that fails.
 */
import { parseIpv4 } from '../../wire/sip/values/host.js';
import { type Via, ViaTransport } from '../../wire/sip/values/via.js';
import { Transport } from '../legs.js';

const DEFAULT_PORT = 5060;
/** The first address of the block of multicast groups, and of what is above it. */
const FIRST_GROUP_IP = 0xe000_0000;

export class ReplyAddress {
  ip = 0;
  port = DEFAULT_PORT;
  transport: Transport = Transport.udp;

  /** For a response without a transaction, by what stands in the Via that it goes to. False if no address can be read there. */
  byVia(buf: Uint8Array, via: Via): boolean {
    const stamped = via.receivedEnd > via.receivedStart;
    const start = stamped ? via.receivedStart : via.hostStart;
    const ip = parseIpv4(buf, start, stamped ? via.receivedEnd : via.hostEnd);
    const transport = via.transport === ViaTransport.tcp ? Transport.tcp : Transport.udp;
    const sentBy = via.port >= 0 ? via.port : DEFAULT_PORT;
    this.of(buf, via, transport, ip, via.rport > 0 ? via.rport : sentBy);
    return ip >= 0;
  }

  /** For a request with the top Via `via` that came from `fromIp`:`fromPort`. */
  of(buf: Uint8Array, via: Via, transport: Transport, fromIp: number, fromPort: number): this {
    const udp = transport === Transport.udp;
    this.transport = transport;
    const maddr = udp && via.maddrEnd > via.maddrStart ? parseIpv4(buf, via.maddrStart, via.maddrEnd) : -1;
    const elsewhere = maddr >= 0 && maddr < FIRST_GROUP_IP;
    this.ip = elsewhere ? maddr : fromIp;
    if (udp && via.rport >= 0 && !elsewhere) this.port = fromPort;
    else this.port = via.port >= 0 ? via.port : DEFAULT_PORT;
    return this;
  }
}
