/**
 * STUN Binding requests and their responses, as much as SIP keep-alives over UDP need (RFC 5626 section 3.5.2, RFC 5389
 * sections 6, 7 and 15.2).
 *
 * A message is a header of 20 octets (type, length of what follows, magic cookie, transaction id of 96 bits) and attributes.
 * The response carries XOR-MAPPED-ADDRESS, by which a client notices that its flow was moved. The top two bits of the first
 * octet are 00 in STUN; SIP messages begin with a token or, as keep-alive, with CR.
 *
 * Not modelled: IPv6 addresses, credentials, FINGERPRINT, retransmission by STUN's own RTO (the keep-alive interval repeats),
 * error responses other than 420 (a request with no attribute can fail in no other way).
 */
import type { Block, Octets } from '../../../sim/host/ports.js';

export const STUN_HEADER_OCTETS = 20;
/** A header alone; and with XOR-MAPPED-ADDRESS for IPv4. */
export const BINDING_REQUEST_OCTETS = 20;
export const BINDING_SUCCESS_OCTETS = 32;
export const STUN_MAGIC_COOKIE = 0x2112a442;

/** The message types that are used here. */
export const StunType = { bindingRequest: 0x0001, bindingSuccess: 0x0101, bindingError: 0x0111 } as const;
export type StunType = (typeof StunType)[keyof typeof StunType];

/** Why octets are not a STUN message that we know. */
export const StunFault = {
  none: 0,
  /** Fewer than 20 octets, or fewer than the length field says. */
  short: 1,
  /** The first two bits are not 00. */
  notStun: 2,
  badCookie: 3,
  /** The length is no multiple of 4, differs from the datagram's, or an attribute leaves the message. */
  badLength: 4,
  /** No Binding request, nor a response to one. */
  otherType: 5,
  /** A success response without a usable XOR-MAPPED-ADDRESS. */
  noAddress: 6,
  /**
   * Comprehension-required attributes that are not known, which {@link StunMessage.unknown} has (RFC 5389 section 7.3.1: such a request gets
   * error 420). Type and transaction id are read.
   */
  unknownAttribute: 7,
} as const;
export type StunFault = (typeof StunFault)[keyof typeof StunFault];

/** What a datagram on the SIP port holds, by its first octet (RFC 5626 section 8, RFC 5389 section 8). */
export const DatagramKind = { empty: 0, stun: 1, keepAlive: 2, sip: 3 } as const;
export type DatagramKind = (typeof DatagramKind)[keyof typeof DatagramKind];

/** Tells STUN from SIP by the first octet of [start, end); line ends alone are the CRLF keep-alive. */
export function datagramKind(buf: Buffer, start: number, end: number): DatagramKind {
  if (start >= end) return DatagramKind.empty;
  const first = buf[start];
  if (first === 13 || first === 10) {
    return skipLineEnds(buf, start, end) === end ? DatagramKind.keepAlive : DatagramKind.sip;
  }
  // All methods of STUN that exist have a first octet of 0 or 1; a method of SIP may begin with any token character, `!` for one.
  return first < 32 ? DatagramKind.stun : DatagramKind.sip;
}

/** The first octet that is no line end: a keep-alive may stand before a message, which it does not change (RFC 3261 section 7.5). */
export function skipLineEnds(buf: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (buf[at] === 13 || buf[at] === 10)) at++;
  return at;
}

const XOR_MAPPED_ADDRESS = 0x0020;
const MESSAGE_INTEGRITY = 0x0008;
const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
const FAMILY_IPV4 = 1;
/** What ERROR-CODE says of an attribute that is not known (RFC 5389 section 15.6): class 4, number 20, and a phrase. */
const REFUSED_ATTRIBUTE = Buffer.from('\0\0\x04\x14Unknown Attribute', 'latin1');
/** Attributes below this number must be understood. */
const COMPREHENSION_OPTIONAL = 0x8000;
/** MAPPED-ADDRESS, USERNAME, MESSAGE-INTEGRITY, ERROR-CODE, ...: known by name, of no use here. */
const KNOWN_UNUSED = [0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0015];

/** A parsed STUN message. Reuse one object. */
export class StunMessage {
  fault: StunFault = StunFault.none;
  faultAt = 0;
  type: StunType = StunType.bindingRequest;
  /** The transaction id as three 32-bit signed integers. */
  id0 = 0;
  id1 = 0;
  id2 = 0;
  /** XOR-MAPPED-ADDRESS of a success response: IPv4 as an unsigned integer, and port; 0 if there is none. */
  mappedIp = 0;
  mappedPort = 0;
  /** Types of the comprehension-required attributes that are not known. */
  readonly unknown: number[] = [];

  /** Parses a whole datagram [start, end). False on a fault. */
  parse(buf: Buffer, start: number, end: number): boolean {
    this.fault = StunFault.none;
    this.mappedIp = this.mappedPort = 0;
    this.unknown.length = 0;
    if (end - start < STUN_HEADER_OCTETS) return this.fail(StunFault.short, start);
    if (buf[start] >= 64) return this.fail(StunFault.notStun, start);
    const length = (buf[start + 2] << 8) | buf[start + 3];
    if (start + STUN_HEADER_OCTETS + length > end) return this.fail(StunFault.short, start + 2);
    if ((length & 3) !== 0 || start + STUN_HEADER_OCTETS + length !== end) {
      return this.fail(StunFault.badLength, start + 2);
    }
    if (word(buf, start + 4) !== STUN_MAGIC_COOKIE) return this.fail(StunFault.badCookie, start + 4);
    const type = (buf[start] << 8) | buf[start + 1];
    switch (type) {
      case StunType.bindingRequest:
      case StunType.bindingSuccess:
      case StunType.bindingError:
        this.type = type;
        break;
      default:
        return this.fail(StunFault.otherType, start);
    }
    this.id0 = word(buf, start + 8);
    this.id1 = word(buf, start + 12);
    this.id2 = word(buf, start + 16);
    return this.parseAttributes(buf, start + STUN_HEADER_OCTETS, end);
  }

  private parseAttributes(buf: Buffer, at: number, end: number): boolean {
    const wantsAddress = this.type === StunType.bindingSuccess;
    let unknownAt = 0;
    let isOver = false;
    while (at < end) {
      if (at + 4 > end) return this.fail(StunFault.badLength, at);
      const attribute = (buf[at] << 8) | buf[at + 1];
      const length = (buf[at + 2] << 8) | buf[at + 3];
      const next = at + 4 + padded(length);
      if (next > end) return this.fail(StunFault.badLength, at);
      // What follows MESSAGE-INTEGRITY is ignored (section 15.4), and of several attributes the first counts (section 15).
      if (isOver) {
        at = next;
        continue;
      }
      isOver = attribute === MESSAGE_INTEGRITY;
      if (attribute === XOR_MAPPED_ADDRESS) {
        if (wantsAddress && this.mappedPort === 0) {
          if (length !== 8 || buf[at + 5] !== FAMILY_IPV4) return this.fail(StunFault.noAddress, at);
          this.mappedPort = ((buf[at + 6] << 8) | buf[at + 7]) ^ (STUN_MAGIC_COOKIE >>> 16);
          this.mappedIp = (word(buf, at + 8) ^ STUN_MAGIC_COOKIE) >>> 0;
        }
      } else if (attribute < COMPREHENSION_OPTIONAL && !KNOWN_UNUSED.includes(attribute)) {
        if (this.unknown.length === 0) unknownAt = at;
        this.unknown.push(attribute);
      }
      at = next;
    }
    if (this.unknown.length > 0) return this.fail(StunFault.unknownAttribute, unknownAt);
    if (wantsAddress && this.mappedPort === 0) return this.fail(StunFault.noAddress, at);
    return true;
  }

  private fail(fault: StunFault, at: number): boolean {
    this.fault = fault;
    this.faultAt = at;
    return false;
  }
}

/** A Binding request in a block of its own, 20 octets, with the transaction id of three 32-bit integers. */
export function bindingRequest(octets: Octets, id0: number, id1: number, id2: number): Block {
  return composed(octets, BINDING_REQUEST_OCTETS, StunType.bindingRequest, id0, id1, id2);
}

/** The success response to `request` that came from `ip`:`port`, in a block of its own; 32 octets. */
export function bindingSuccess(octets: Octets, request: StunMessage, ip: number, port: number): Block {
  const { id0, id1, id2 } = request;
  const block = composed(octets, BINDING_SUCCESS_OCTETS, StunType.bindingSuccess, id0, id1, id2);
  const { words } = octets;
  const at = octets.start(block) >>> 2;
  words[at + 5] = swapped((XOR_MAPPED_ADDRESS << 16) | 8);
  words[at + 6] = swapped((FAMILY_IPV4 << 16) | (port ^ (STUN_MAGIC_COOKIE >>> 16)));
  words[at + 7] = swapped(ip ^ STUN_MAGIC_COOKIE);
  return block;
}

/** Octets of the response of {@link bindingRefused}. */
export function bindingRefusedOctets({ unknown }: StunMessage): number {
  return STUN_HEADER_OCTETS + 4 + padded(REFUSED_ATTRIBUTE.length) + 4 + padded(2 * unknown.length);
}

/** The error response 420 to `request`, which has attributes that are not known, in a block of its own (RFC 5389 sections 7.3.1 and 15.9). */
export function bindingRefused(octets: Octets, request: StunMessage): Block {
  const { id0, id1, id2, unknown } = request;
  const sizeOctets = bindingRefusedOctets(request);
  const block = composed(octets, sizeOctets, StunType.bindingError, id0, id1, id2);
  const { buf } = octets;
  let at = octets.start(block);
  buf.fill(0, at + STUN_HEADER_OCTETS, at + sizeOctets);
  at = buf.writeUInt16BE(ERROR_CODE, at + STUN_HEADER_OCTETS);
  at = buf.writeUInt16BE(REFUSED_ATTRIBUTE.length, at);
  buf.set(REFUSED_ATTRIBUTE, at);
  at = buf.writeUInt16BE(UNKNOWN_ATTRIBUTES, at + padded(REFUSED_ATTRIBUTE.length));
  at = buf.writeUInt16BE(2 * unknown.length, at);
  for (const attribute of unknown) at = buf.writeUInt16BE(attribute, at);
  return block;
}

/** The next multiple of 4, to which attributes are padded. */
function padded(octets: number): number {
  return (octets + 3) & ~3;
}

/** Blocks begin at whole words, so a message of whole words needs no store for each octet. */
function composed(
  octets: Octets,
  sizeOctets: number,
  type: StunType,
  id0: number,
  id1: number,
  id2: number,
): Block {
  const block = octets.alloc(sizeOctets);
  const { words } = octets;
  const at = octets.start(block) >>> 2;
  words[at] = swapped((type << 16) | (sizeOctets - STUN_HEADER_OCTETS));
  words[at + 1] = swapped(STUN_MAGIC_COOKIE);
  words[at + 2] = swapped(id0);
  words[at + 3] = swapped(id1);
  words[at + 4] = swapped(id2);
  return block;
}

/** Network order for the arena's words, which are little-endian. */
function swapped(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

/** The signed 32-bit integer at `at`. */
function word(buf: Buffer, at: number): number {
  return (buf[at] << 24) | (buf[at + 1] << 16) | (buf[at + 2] << 8) | buf[at + 3];
}
