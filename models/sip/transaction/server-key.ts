/**
 * What a request is matched by (RFC 3261 section 17.2.3) and what a merged request is recognised by (section 8.2.2.2), as octets
 * in one small block for each server transaction, with a hash of each part.
 *
 * - Part one: with the cookie, branch and sent-by in lower case. Without it (RFC 2543), Request-URI, From tag, Call-ID, CSeq
 *   number and the whole top Via. The method is compared apart, an extension method's name follows here. The To tag is left out of
 *   the RFC 2543 form: a request of the same Call-ID and From tag with another To tag has another CSeq number.
 * - Part two: From tag, Call-ID and CSeq number, for requests without To tag.
 *
 * The key is built in a spare block of the arena, which a new transaction takes over, so nothing is copied.
 */
import type { Block, Octets } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import type { Via } from '../../wire/sip/values/via.js';

const KEY_OCTETS = 192;
/** Numbers and separators of both parts. */
const FIXED_OCTETS = 32;
/** Separates spans in a key; no token, host or Call-ID has it. */
const GAP = 0;
const SEED = 0x2f0b4a91;

export class ServerKey {
  /** Of part one and of part two; valid until the next build. */
  hash = 0;
  mergedHash = 0;
  length = 0;
  mergedLength = 0;
  /** True if the request has no To tag, so that part two was built. */
  outOfDialog = false;
  private readonly octets: Octets;
  private block: Block = 0;
  private limit = 0;
  private at = 0;
  private running = 0;

  constructor(octets: Octets) {
    this.octets = octets;
  }

  /** Builds both parts for a request that `validate` accepted, part two only if `merged`. */
  build(message: SipMessage, via: Via, merged: boolean): void {
    this.prepare(this.neededOctets(message, via));
    const { buf } = message;
    this.running = SEED;
    if (via.hasCookie) {
      this.span(buf, via.branchStart, via.branchEnd, true);
      this.span(buf, via.hostStart, via.hostEnd, true);
      this.number(via.port < 0 ? 0 : via.port);
    } else {
      this.span(buf, message.uriStart, message.uriEnd, false);
      this.dialogPart(message);
      this.span(buf, via.start, via.end, false);
    }
    if (message.method === Method.unknown) this.span(buf, message.methodStart, message.methodEnd, false);
    this.hash = this.finish();
    this.length = this.at - this.octets.start(this.block);
    this.mergedLength = 0;
    this.outOfDialog = false;
    if (!merged) return;
    const to = message.to();
    if (to === undefined || to.tagEnd > to.tagStart) return;
    this.outOfDialog = true;
    this.running = ~SEED;
    this.dialogPart(message);
    this.mergedHash = this.finish();
    this.mergedLength = this.at - this.octets.start(this.block) - this.length;
  }

  /** True if part one equals that of a transaction whose key block is `other`. */
  equals(other: Block, otherLength: number): boolean {
    return otherLength === this.length && this.same(other, 0, 0, this.length);
  }

  /** True if part two equals that of a transaction. */
  mergedEquals(other: Block, otherLength: number, otherMergedLength: number): boolean {
    return (
      otherMergedLength === this.mergedLength && this.same(other, otherLength, this.length, this.mergedLength)
    );
  }

  /** Gives the block with the key to the caller. */
  take(): Block {
    const block = this.block;
    this.block = 0;
    return block;
  }

  private dialogPart(message: SipMessage): void {
    const { buf } = message;
    const from = message.from();
    const cseq = message.cseq();
    assert(from !== undefined && cseq !== undefined, 'a request without From or CSeq was let through');
    this.span(buf, from.tagStart, from.tagEnd, true);
    const callId = message.find(Header.callId);
    this.span(buf, message.valueStart[callId], message.valueEnd[callId], false);
    this.number(cseq.number);
  }

  private valueOctets(message: SipMessage, id: Header): number {
    const index = message.find(id);
    return message.valueEnd[index] - message.valueStart[index];
  }

  /** An upper bound of the octets of both parts. */
  private neededOctets(message: SipMessage, via: Via): number {
    const shared = this.valueOctets(message, Header.callId) + this.valueOctets(message, Header.from);
    const own = via.hasCookie
      ? via.branchEnd - via.branchStart + via.hostEnd - via.hostStart
      : message.uriEnd - message.uriStart + via.end - via.start + shared;
    return own + shared + message.methodEnd - message.methodStart + FIXED_OCTETS;
  }

  private prepare(neededOctets: number): void {
    if (this.block !== 0 && this.limit < neededOctets) {
      this.octets.release(this.block);
      this.block = 0;
    }
    if (this.block === 0) {
      this.block = this.octets.alloc(Math.max(neededOctets, KEY_OCTETS));
      this.limit = this.octets.capacity(this.block);
    }
    this.at = this.octets.start(this.block);
  }

  private span(from: Uint8Array, start: number, end: number, fold: boolean): void {
    const { buf } = this.octets;
    let { at, running } = this;
    for (let i = start; i < end; i++) {
      let octet = from[i];
      if (fold && octet >= 65 && octet <= 90) octet |= 32;
      buf[at++] = octet;
      running = Math.imul(running ^ octet, 0x01000193);
    }
    buf[at++] = GAP;
    this.at = at;
    this.running = Math.imul(running ^ GAP, 0x01000193);
  }

  private number(value: number): void {
    const { buf } = this.octets;
    for (let shift = 0; shift < 32; shift += 8) buf[this.at++] = value >>> shift;
    this.running = Math.imul(this.running ^ value, 0x85ebca6b);
  }

  /** Spreads the bits: the low ones choose the place in the index. */
  private finish(): number {
    let x = this.running;
    x = Math.imul(x ^ (x >>> 16), 0xc2b2ae35);
    return x ^ (x >>> 15);
  }

  private same(other: Block, otherFrom: number, from: number, length: number): boolean {
    const { buf } = this.octets;
    const a = this.octets.start(this.block) + from;
    const b = this.octets.start(other) + otherFrom;
    for (let i = 0; i < length; i++) if (buf[a + i] !== buf[b + i]) return false;
    return true;
  }
}
