/**
 * The MESSAGE requests that the server itself sends to users: one at a time to each URI, as RFC 3428 section 8 demands of a UAC (O15),
 * the others behind it in the order in which they came up. The next one leaves once the one before is answered, or never will be.
 *
 * What waits is held as it will be sent, but for start line and Via: the record that it speaks of may be gone by then. So it is bounded,
 * for each user and in all; what finds no room is not sent, and observed. A crash forgets what waits as it forgets what is under way
 * (D-145). Pools of columns with a free list; a user has an entry while something is under way to her.
 *
 * Not modelled: sending again what got no 2xx.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { widened } from '../../../sim/kernel/columns.js';
import { CORE_HOST, SERVER_IDENTITY, SIP_PORT, userUri } from '../../addressing.js';
import { Observed } from '../../observations.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import { legOf, Transport, type Leg } from '../../sip/legs.js';
import { NO_TX } from '../../sip/user.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import type { ImServerConfig } from '../config.js';
import { tokenOfNotice } from '../tokens.js';

/** Requests that wait for one user, and for all of them: at most 1300 octets each. */
export const WAITING_FOR_USER_LIMIT = 256;
const WAITING_LIMIT = 16_384;
const FIRST_SLOTS = 64;
const NONE = -1;

/** Why a request was not sent. */
export const NotSent = { tooLong: 0, tooMany: 1, noTransaction: 2 } as const;
export type NotSent = (typeof NotSent)[keyof typeof NotSent];

export class NoticeDesk {
  private readonly leg: Leg;
  /** Of each user to whom a request is under way: the last one that waits behind it, or `NONE`. */
  private readonly last = new Map<number, number>();
  /** Of a request that waits. The last of a user leads back to her first. */
  private next = new Int32Array(FIRST_SLOTS);
  private block = new Int32Array(FIRST_SLOTS);
  private octets = new Int32Array(FIRST_SLOTS);
  private bodyAt = new Int32Array(FIRST_SLOTS);
  private kind = new Uint8Array(FIRST_SLOTS);
  private message = new Float64Array(FIRST_SLOTS);
  private detail = new Float64Array(FIRST_SLOTS);
  /** Of a user's last one: how many wait. */
  private count = new Int32Array(FIRST_SLOTS);
  private used = 0;
  private free = NONE;
  /** Requests that wait. */
  waiting = 0;

  constructor(
    private readonly ports: Ports,
    private readonly config: ImServerConfig,
    private readonly endpoint: SipEndpoint,
    private readonly writer: OctetWriter,
  ) {
    this.leg = legOf(Transport.udp, config.timers);
  }

  /** Starts a request to `user`, up to the value of its From tag. The caller appends that and the rest, and then calls `send`. */
  begin(user: number): void {
    const { writer } = this;
    writer.begin();
    if (!this.last.has(user)) this.writeHead(user);
    writer.ascii(`Max-Forwards: 70\r\nRoute: <sip:${CORE_HOST};lr>\r\nFrom: <${SERVER_IDENTITY}>;tag=`);
  }

  /**
   * Ends the request, whose body begins at octet `bodyAt`; it leaves now or when its turn comes, and is observed then as `kind` with
   * `message` and `detail`.
   */
  send(user: number, bodyAt: number, kind: Observed, message: number, detail: number): void {
    const { writer, last } = this;
    const { length } = writer;
    const tail = last.get(user);
    if (tail === undefined) {
      last.set(user, NONE);
      if (!this.request(user, bodyAt, kind, message, detail)) this.settled(user);
      return;
    }
    const count = tail === NONE ? 0 : this.count[tail];
    if (count >= WAITING_FOR_USER_LIMIT || this.waiting >= WAITING_LIMIT) {
      writer.discard();
      this.notSent(user, kind, message, NotSent.tooMany);
      return;
    }
    const slot = this.take();
    this.block[slot] = writer.end();
    this.octets[slot] = length;
    this.bodyAt[slot] = bodyAt;
    this.kind[slot] = kind;
    this.message[slot] = message;
    this.detail[slot] = detail;
    this.count[slot] = count + 1;
    this.next[slot] = slot;
    if (tail !== NONE) {
      this.next[slot] = this.next[tail];
      this.next[tail] = slot;
    }
    last.set(user, slot);
  }

  /** A request that would have been observed as `kind` is not sent. */
  notSent(user: number, kind: Observed, message: number, why: NotSent): void {
    this.ports.observe.emit(Observed.noticeDropped, user, message, why, kind);
  }

  /** The request under way to `user` is answered, or never will be: the next one leaves. */
  settled(user: number): void {
    const { last, writer, ports } = this;
    for (;;) {
      const tail = last.get(user);
      assert(tail !== undefined, 'an answer to a notice that nobody sent');
      if (tail === NONE) {
        last.delete(user);
        return;
      }
      const slot = this.next[tail];
      if (slot === tail) last.set(user, NONE);
      else {
        this.next[tail] = this.next[slot];
        this.count[tail]--;
      }
      writer.begin();
      this.writeHead(user);
      const bodyAt = writer.length + this.bodyAt[slot];
      const start = ports.octets.start(this.block[slot]);
      writer.span(ports.octets.buf, start, start + this.octets[slot]);
      ports.octets.release(this.block[slot]);
      const kind = this.kind[slot] as Observed;
      this.next[slot] = this.free;
      this.free = slot;
      this.waiting--;
      if (this.request(user, bodyAt, kind, this.message[slot], this.detail[slot])) return;
    }
  }

  private writeHead(user: number): void {
    this.writer.ascii(`MESSAGE ${userUri(user)} SIP/2.0\r\n`);
    this.endpoint.writeVia(this.writer, 0, this.leg);
  }

  /** False if there is no transaction for it, and nothing was sent. */
  private request(user: number, bodyAt: number, kind: Observed, message: number, detail: number): boolean {
    const { writer, endpoint, config, ports, leg } = this;
    const { length } = writer;
    const token = tokenOfNotice(user);
    const tx = endpoint.request(0, writer.end(), length, bodyAt, config.coreIp, SIP_PORT, leg, token);
    if (tx === NO_TX) this.notSent(user, kind, message, NotSent.noTransaction);
    else ports.observe.emit(kind, user, message, detail, 0);
    return tx !== NO_TX;
  }

  private take(): number {
    this.waiting++;
    const slot = this.free;
    if (slot !== NONE) {
      this.free = this.next[slot];
      return slot;
    }
    if (this.used === this.next.length) this.enlarge();
    return this.used++;
  }

  private enlarge(): void {
    const length = this.next.length * 2;
    this.next = widened(this.next, new Int32Array(length));
    this.block = widened(this.block, new Int32Array(length));
    this.octets = widened(this.octets, new Int32Array(length));
    this.bodyAt = widened(this.bodyAt, new Int32Array(length));
    this.kind = widened(this.kind, new Uint8Array(length));
    this.message = widened(this.message, new Float64Array(length));
    this.detail = widened(this.detail, new Float64Array(length));
    this.count = widened(this.count, new Int32Array(length));
  }
}
