/**
 * I3: an anonymous sender's asserted identity is neither stored nor shown; that of any other sender is pushed (S2, A8, P8). Nor does it
 * reach the IM XDMS, in `auth-id` or anywhere else: every octet that comes there is searched for it, however TCP cuts the stream.
 *
 * Nor is kept or pushed what an anonymous sender's client says of her in headers of its own choice, as User-Agent, Organization or
 * Reply-To (rules 1.6 and 4.7, class I2). Live it may pass: `Privacy: id` asks the network to hide no more than what it asserts
 * (RFC 3325 section 9.3; docs/decisions.md, D-090), and the value of none is judged.
 */
import { TcpEnd } from '../../sim/host/ports.js';
import { userUri } from '../addressing.js';
import { NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './readers/names.js';
import { Needle } from './readers/search.js';
import type { Witness } from './ledger/witness.js';

const CANARY = new Needle(NEVER_CANARY);
const ANONYMOUS = new Needle('@anonymous.invalid');
const ASSERTED = /^P-Asserted-Identity[ \t]*:.*?sip:u(\d+)@/im;
const CALL_ID = /^(?:Call-ID|i)[ \t]*:[ \t]*(\S+)/im;
/** Octets of a piece that may be the beginning of what the next one completes. */
const OVERLAP = NEVER_CANARY.length - 1;

export class AnonymityHolds extends Invariant {
  readonly id = 'I3';
  readonly title = 'an anonymous sender stays unknown, and any other one is shown as asserted';
  readonly clause = '12.2.2.3 item 2; RFC 3323, RFC 3325';
  readonly kinds = [
    Observed.sent,
    Observed.largeRetried,
    Observed.datagramDelivered,
    Observed.stored,
    Observed.presented,
    Observed.deliveredLive,
    Observed.largeLive,
    Observed.streamDelivered,
    Observed.streamEnded,
  ];
  /** By connection to the IM XDMS: the last octets that came, and how many. */
  private readonly tails = new Map<number, Buffer>();
  private readonly join = Buffer.alloc(2 * OVERLAP);
  /** Call-IDs of the sessions in which an anonymous sender's Large Messages go. */
  private readonly hiddenCalls = new Set<string>();

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(
    kind: number,
    user: number,
    message: number,
    a: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (kind === Observed.streamDelivered || kind === Observed.streamEnded) {
      if (user !== this.context.xdmsHost) return;
      if (kind === Observed.streamDelivered) this.scan(message, buf, start, end);
      else if (a !== TcpEnd.fin) this.tails.delete(message);
      return;
    }
    if (kind === Observed.datagramDelivered) {
      if (user === this.context.clientHost && this.hiddenCalls.size > 0) this.inDialog(buf, start, end);
      return;
    }
    const { sip, ledger, m, fault } = this.witness;
    if (kind === Observed.sent || kind === Observed.largeRetried) {
      if (ledger.anonymous[m] === 1 && ledger.large.of(m) !== undefined) {
        this.hiddenCalls.add(sip.text(Name.callId));
      }
      return;
    }
    if (fault !== undefined || !ledger.knows(m)) return;
    this.checked++;
    const asserted = sip.find(Name.asserted);
    if (ledger.anonymous[m] === 1) {
      if (asserted >= 0) {
        const where = kind === Observed.stored ? 'is stored with' : 'reached its recipient with';
        this.violate(`anonymous message ${m} ${where} P-Asserted-Identity (user ${user})`);
      }
      const chosen = sip.find(Name.chosen);
      if (chosen >= 0 && (kind === Observed.stored || kind === Observed.presented)) {
        const where = kind === Observed.stored ? 'is stored with' : 'was pushed with';
        this.violate(`anonymous message ${m} ${where} ${sip.nameText(chosen)} (user ${user})`);
      }
    } else if (kind === Observed.presented) {
      const wanted = userUri(ledger.sender[m]);
      if (asserted < 0) this.violate(`message ${m} was pushed without the identity that the network asserts`);
      else if (!sip.text(Name.asserted).includes(wanted)) {
        this.violate(`message ${m} was pushed with another identity than ${wanted}`);
      }
    }
  }

  /** A datagram for a client: a request of an anonymous sender in her session, BYE as well as INVITE, asserts nobody. */
  private inDialog(buf: Buffer, start: number, end: number): void {
    if (ANONYMOUS.in(buf, start, end) < 0) return;
    const text = buf.latin1Slice(start, end);
    if (text.startsWith('SIP/2.0 ') || !this.hiddenCalls.has(CALL_ID.exec(text)?.[1] ?? '')) return;
    if (!/^(?:From|f)[ \t]*:.*@anonymous\.invalid/im.test(text)) return;
    this.checked++;
    const asserted = ASSERTED.exec(text);
    if (asserted === null) return;
    const method = text.slice(0, text.indexOf(' '));
    this.violate(`a ${method} showed its recipient that the anonymous sender is user ${asserted[1]}`);
  }

  /** Octets that reached the IM XDMS on connection `conn`. */
  private scan(conn: number, buf: Buffer, start: number, end: number): void {
    this.checked++;
    const { join } = this;
    let tail = this.tails.get(conn);
    if (tail === undefined) this.tails.set(conn, (tail = Buffer.alloc(OVERLAP)));
    join.set(tail, 0);
    const head = Math.min(OVERLAP, end - start);
    buf.copy(join, OVERLAP, start, start + head);
    if (CANARY.in(join, 0, OVERLAP + head) >= 0 || CANARY.in(buf, start, end) >= 0) {
      this.violate('the hidden identity of an anonymous sender reached the IM XDMS');
    }
    // The last octets of the two together.
    if (head === OVERLAP) buf.copy(tail, 0, end - OVERLAP, end);
    else join.copy(tail, 0, head, head + OVERLAP);
  }
}
