/**
 * Our Via: writing it with a new branch, and recognising it in a response (RFC 3261 sections 8.1.1.7, 18.1.1 and 18.1.2).
 *
 * A branch is the magic cookie, the configured tag and 64 random bits in hexadecimal, so a response is matched by two integers
 * and not by text. The octets of the transport have the same length for UDP and TCP, and can be changed in place when the size
 * of a finished request decides for TCP. A request that is forwarded without a transaction has an `s` before its 64 bits, which
 * come from the request itself (`stateless-branch.ts`).
 */
import type { Ports, RandomStream } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { octetsOf, type OctetWriter } from '../../wire/octet-writer.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { parseIpv4 } from '../../wire/sip/values/host.js';
import type { Via } from '../../wire/sip/values/via.js';
import { Transport, transportOf, type Leg } from '../legs.js';
import { StatelessBranch } from './stateless-branch.js';

const COOKIE = 'z9hG4bK';
const TAG_LIMIT = 48;
const STATELESS = 's';
const VIA = 'Via: SIP/2.0/';
const VIA_UDP = octetsOf(`${VIA}UDP `);
const VIA_TCP = octetsOf(`${VIA}TCP `);

function hexDigit(octet: number): number {
  if (octet >= 48 && octet <= 57) return octet - 48;
  const letter = octet | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

export class Branches {
  /** The 64 bits of the branch that was written, or read, last. */
  hi = 0;
  lo = 0;
  /** Offset of the transport name in the message under way, from `write`. */
  transportAt = 0;
  private readonly ports: Ports;
  private readonly stream: RandomStream;
  private readonly host: string | null;
  private readonly port: number;
  private readonly prefix: string;
  /** What stands between host and bits of the branch; as octets, since it is written into every request. */
  private readonly middle: Uint8Array;
  private readonly stateless = new StatelessBranch();

  constructor(ports: Ports, host: string | null, port: number, tag: string) {
    assert(tag.length <= TAG_LIMIT, 'branch tag too long');
    this.ports = ports;
    this.stream = ports.random.stream('sip-branch');
    this.host = host;
    this.port = port;
    this.prefix = COOKIE + tag;
    this.middle = octetsOf(`:${port};rport;branch=${COOKIE}${tag}`);
  }

  /** Writes a Via line of ours with a new branch. */
  write(writer: OctetWriter, local: number, leg: Leg): void {
    this.hi = this.stream.int32();
    this.lo = this.stream.int32();
    this.writeHead(writer, local, leg);
    writer.hex32(this.hi).hex32(this.lo).crlf();
  }

  /** Writes the Via line of `message`, which is being forwarded without a transaction: each time the same. */
  writeStateless(writer: OctetWriter, local: number, leg: Leg, message: SipMessage): void {
    const via = message.topVia();
    assert(via !== undefined, 'a request without Via is forwarded');
    const { hi, lo } = this.stateless.of(message, via);
    this.writeHead(writer, local, leg);
    writer.ascii(STATELESS).hex32(hi).hex32(lo).crlf();
  }

  private writeHead(writer: OctetWriter, local: number, leg: Leg): void {
    this.transportAt = writer.length + VIA.length;
    writer.constant(transportOf(leg) === Transport.tcp ? VIA_TCP : VIA_UDP);
    if (this.host === null) writer.dotted(this.ports.ipOf(local));
    else writer.ascii(this.host);
    writer.constant(this.middle);
  }

  /** True if a branch is of our form; `hi` and `lo` are its bits then. */
  read(buf: Uint8Array, start: number, end: number): boolean {
    return this.readAfter(this.prefix, buf, start, end);
  }

  /** True if our Via in the response `message` is the one that was written when its request was forwarded without a transaction. */
  isStateless(message: SipMessage, next: Via): boolean {
    const own = message.topVia();
    if (own === undefined) return false;
    if (!this.readAfter(this.prefix + STATELESS, message.buf, own.branchStart, own.branchEnd)) return false;
    const { hi, lo } = this.stateless.of(message, next);
    return this.hi === hi && this.lo === lo;
  }

  private readAfter(prefix: string, buf: Uint8Array, start: number, end: number): boolean {
    const digits = start + prefix.length;
    if (end - digits !== 16) return false;
    for (let i = 0; i < prefix.length; i++) {
      const octet = buf[start + i];
      const wanted = prefix.charCodeAt(i);
      if (octet !== wanted && (octet | 32) !== (wanted | 32)) return false;
    }
    let hi = 0;
    let lo = 0;
    for (let i = 0; i < 8; i++) {
      const high = hexDigit(buf[digits + i]);
      const low = hexDigit(buf[digits + 8 + i]);
      if (high < 0 || low < 0) return false;
      hi = (hi << 4) | high;
      lo = (lo << 4) | low;
    }
    this.hi = hi;
    this.lo = lo;
    return true;
  }

  /** True if the sent-by of `via` is one that we insert into requests from `local` (RFC 3261 section 18.1.2). */
  isOurs(buf: Uint8Array, via: Via, local: number): boolean {
    if ((via.port < 0 ? 5060 : via.port) !== this.port) return false;
    const { host } = this;
    if (host === null) return parseIpv4(buf, via.hostStart, via.hostEnd) === this.ports.ipOf(local);
    if (via.hostEnd - via.hostStart !== host.length) return false;
    for (let i = 0; i < host.length; i++) {
      const octet = buf[via.hostStart + i];
      if (octet !== host.charCodeAt(i) && (octet | 32) !== (host.charCodeAt(i) | 32)) return false;
    }
    return true;
  }
}
