/**
 * I2: nothing of routing, charging, the trust domain or session set-up reaches a client with a deferred message, and no
 * octet of a forbidden value reaches a client at all (M1, M2, M3, S1a, P8).
 *
 * Names are judged in the parsed header section of the pushed part, values by canaries in the raw octets; a text body that
 * says `Via:` is nobody's business. Raw streams are scanned with the tail of the last piece, so that a cut hides nothing.
 *
 * Whoever passes on a header by a name that was altered on the way cannot know what it was. So a value is excused in the very line that
 * was altered, and nowhere else.
 */
import { BODY_MARK, HOP_CANARY, MARK_OCTETS, NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { PartType } from './readers/slow-multipart.js';
import { mayBeInFragment, Name } from './readers/names.js';
import { markNumber, Needle } from './readers/search.js';
import type { Witness } from './ledger/witness.js';

const NEVER = new Needle(NEVER_CANARY);
const HOP = new Needle(HOP_CANARY);
const BODY = new Needle(BODY_MARK);
const CRLF = '\r\n';
const AT_SIGN = 64;
/** A needle across a cut has at most so many octets on either side. */
const SIDE = NEVER.octets.length - 1;

/** The last octets of a stream. */
class Tail {
  private readonly octets = Buffer.alloc(2 * SIDE);
  private length = 0;

  /** True if a forbidden value crosses into the next piece, [start, end) of `buf`, which then is the end of the stream. */
  holdsWith(buf: Buffer, start: number, end: number): boolean {
    const { octets } = this;
    const next = Math.min(SIDE, end - start);
    // Few octets: loops cost less than calls into the engine.
    for (let i = 0; i < next; i++) octets[this.length + i] = buf[start + i];
    const all = this.length + next;
    const found = NEVER.in(octets, 0, all) >= 0;
    if (end - start >= SIDE) {
      for (let i = 0; i < SIDE; i++) octets[i] = buf[end - SIDE + i];
      this.length = SIDE;
    } else {
      const kept = Math.min(SIDE, all);
      octets.copyWithin(0, all - kept, all);
      this.length = kept;
    }
    return found;
  }
}

export class ClientSeesNoNetwork extends Invariant {
  readonly id = 'I2';
  readonly title = 'no routing, charging, network or set-up header or value reaches a client';
  readonly clause = '12.2.2.5; rules 4.7; M1 to M3';
  readonly kinds = [
    Observed.presented,
    Observed.deliveredLive,
    Observed.largeLive,
    Observed.datagramDelivered,
    Observed.streamDelivered,
    Observed.streamEnded,
  ];
  /** The last octets of each stream towards a client, by connection. */
  private readonly tails = new Map<number, Tail>();

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(
    kind: number,
    entity: number,
    message: number,
    a: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    switch (kind) {
      case Observed.presented:
        this.presented(entity, buf, start, end);
        return;
      case Observed.deliveredLive:
      case Observed.largeLive:
        this.live(entity);
        return;
      case Observed.datagramDelivered:
        if (entity === this.context.clientHost) this.raw(message, buf, start, end, 'a datagram');
        return;
      case Observed.streamDelivered:
        if (entity === this.context.clientHost) this.stream(message, a, buf, start, end);
        return;
      default:
        this.tails.delete(message);
    }
  }

  private presented(user: number, buf: Buffer, start: number, end: number): void {
    this.checked++;
    const { sip, fault, multipart, m } = this.witness;
    if (fault !== undefined) {
      this.violate(`what user ${user} got does not read: ${fault}`, m);
      return;
    }
    const whole = multipart.types[0] === PartType.sip;
    for (let i = 0; i < sip.count; i++) {
      const name = sip.names[i];
      const allowed = whole ? name !== Name.never && name !== Name.hop : mayBeInFragment(name);
      if (!allowed) this.violate(`user ${user} was pushed a message with ${sip.nameText(i)}`, m);
    }
    if (HOP.in(buf, start, end) >= 0) {
      this.violate(`user ${user} was pushed a message with a routing value of another hop`, m);
    }
  }

  private live(user: number): void {
    const { sip, fault, m } = this.witness;
    if (fault !== undefined) return;
    const index = sip.find(Name.never);
    // P-Called-Party-ID and the like are for the UE; the Core of this product adds none.
    if (index >= 0) this.violate(`user ${user} got a live message with ${sip.nameText(index)}`, m);
  }

  private stream(conn: number, client: number, buf: Buffer, start: number, end: number): void {
    this.raw(client, buf, start, end, 'a stream');
    let tail = this.tails.get(conn);
    if (tail === undefined) this.tails.set(conn, (tail = new Tail()));
    if (tail.holdsWith(buf, start, end)) {
      this.violate(
        `user ${this.userOf(client)} received a forbidden value across a cut of a stream${this.deviceOf(client)}`,
      );
    }
  }

  private raw(client: number, buf: Buffer, start: number, end: number, what: string): void {
    const user = this.userOf(client);
    let at = NEVER.in(buf, start, end);
    while (at >= 0) {
      const after = at + MARK_OCTETS;
      // Her own alias may come back to her: the 200 to her REGISTER lists her identities.
      const own =
        after < end && buf[after] === AT_SIGN && markNumber(buf, at + NEVER.octets.length, end) === user;
      if (!own && !this.faults.altered.lines.has(lineAt(buf, start, at, end))) {
        this.violate(
          `user ${user} received a forbidden value in ${what}${this.deviceOf(client)}`,
          messageIn(buf, start, end),
        );
        return;
      }
      if (!own) this.excuse('a header line was altered on the way (corrupt with escape)');
      at = NEVER.in(buf, after, end);
    }
  }

  private userOf(client: number): number {
    return this.context.devices?.userOf(client) ?? client;
  }

  /** Which of her devices it was, if it was not the first. */
  private deviceOf(client: number): string {
    return client < this.context.subscribers ? '' : `, at client ${client}`;
  }
}

/** The message whose body begins in octets [start, end), by its mark; negative if there is none. */
function messageIn(buf: Buffer, start: number, end: number): number {
  const at = BODY.in(buf, start, end);
  return at < 0 ? -1 : markNumber(buf, at + BODY.octets.length, end);
}

/** The line of octets [start, end) that is around `at`. */
function lineAt(buf: Buffer, start: number, at: number, end: number): string {
  const text = buf.latin1Slice(start, end);
  const from = text.lastIndexOf(CRLF, at - start);
  const to = text.indexOf(CRLF, at - start);
  return text.slice(from < 0 ? 0 : from + CRLF.length, to < 0 ? text.length : to);
}
