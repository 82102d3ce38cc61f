/**
 * The witness reads the octets of an observation once, on behalf of all invariants, and keeps the ledger. It is called before
 * them, so that they find what it read.
 */
import { BODY_MARK } from '../../marks.js';
import { Observed } from '../../observations.js';
import { Fate, Ledger } from './ledger.js';
import { LargeReader, lineDigest, RECORD_PREFIX_OCTETS } from './large-reader.js';
import { markNumber, Needle } from '../readers/search.js';
import { Name, slowDigest, slowNumber, SlowSip } from '../readers/slow-sip.js';
import { NO_DATE, slowDate } from '../readers/slow-date.js';
import { PartType, SlowMultipart } from '../readers/slow-multipart.js';

const MARK = new Needle(BODY_MARK);
const ANONYMOUS_HOST = new Needle('@anonymous.invalid');

export class Witness {
  readonly ledger = new Ledger();
  /** The SIP message or fragment of the current observation. */
  readonly sip = new SlowSip();
  readonly multipart = new SlowMultipart();
  /** What of the current observation is a Large Message's own. */
  readonly large = new LargeReader();
  /** True if the current observation is of a Large Message. */
  isLarge = false;
  /** Its message number by the body mark; -1 if it has none. */
  m = -1;
  private liveInvite: Buffer = Buffer.alloc(0);
  /** What is wrong with the octets of the current observation; undefined if they read. */
  fault: string | undefined;

  static readonly kinds: readonly number[] = [
    Observed.sent,
    Observed.answered,
    Observed.deliveredLive,
    Observed.presented,
    Observed.stored,
    Observed.settled,
    Observed.expired,
    Observed.deadLettered,
    Observed.discarded,
    Observed.largeOffered,
    Observed.largeRetried,
    Observed.largeContent,
    Observed.largeLabel,
    Observed.largeLiveInvite,
    Observed.largeLive,
  ];

  watch(
    kind: number,
    entity: number,
    message: number,
    a: number,
    b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const { ledger } = this;
    switch (kind) {
      case Observed.sent:
        if (ledger.large.of(message) === undefined) this.sent(entity, message, a, buf, start, end);
        else this.sentLarge(entity, message, a, buf, start, end);
        return;
      case Observed.largeOffered:
        ledger.reach(message);
        ledger.large.offered(message, b);
        return;
      case Observed.largeRetried:
        this.sentLarge(entity, message, a, buf, start, end);
        return;
      case Observed.largeContent:
      case Observed.largeLabel:
        this.largeContent(kind, message, a, buf, start, end);
        return;
      case Observed.largeLiveInvite:
        // The next observation needs it, when its octets are no longer valid.
        this.liveInvite = Buffer.from(buf.subarray(start, end));
        return;
      case Observed.largeLive:
        this.largeLive(buf, start, end);
        return;
      case Observed.answered:
        ledger.reach(message);
        ledger.answered[message] = a;
        return;
      case Observed.deliveredLive:
        this.isLarge = false;
        this.fault = this.sip.read(buf, start, end, false) ? undefined : this.sip.fault;
        this.m = this.markOf(buf, start, end);
        if (ledger.knows(this.m)) ledger.live[this.m]++;
        return;
      case Observed.presented:
        this.presented(buf, start, end);
        return;
      case Observed.stored: {
        this.isLarge = LargeReader.isLarge(buf, start, end);
        if (this.isLarge) this.storedLarge(buf, start, end);
        else {
          this.m = this.markOf(buf, start, end);
          const ok = this.sip.read(buf, start + RECORD_PREFIX_OCTETS, end, false);
          this.fault = ok ? undefined : this.sip.fault;
        }
        ledger.nameDm(message, this.m, a);
        if (!ledger.knows(this.m)) return;
        ledger.storedTimes[this.m]++;
        ledger.fate[this.m] |= Fate.stored;
        ledger.receivedAtNs[this.m] = a;
        if (this.isLarge) ledger.large.stored(this.m, this.digestOf(Name.callId), a);
        return;
      }
      default: {
        this.m = ledger.ofDm(message);
        if (!ledger.knows(this.m)) return;
        if (kind === Observed.settled) ledger.fate[this.m] |= Fate.settled;
        else if (kind === Observed.expired) ledger.fate[this.m] |= Fate.expired;
        else if (kind === Observed.discarded) ledger.fate[this.m] |= Fate.discarded;
        else ledger.fate[this.m] |= Fate.deadLettered;
      }
    }
  }

  private sent(sender: number, m: number, recipient: number, buf: Buffer, start: number, end: number): void {
    const { ledger, sip } = this;
    ledger.reach(m);
    this.m = m;
    this.fault = sip.read(buf, start, end, false) ? undefined : sip.fault;
    ledger.sender[m] = sender;
    ledger.recipient[m] = recipient;
    ledger.body[m] = slowDigest(buf, sip.bodyStart, sip.bodyEnd);
    ledger.callId[m] = this.digestOf(Name.callId);
    ledger.from[m] = this.digestOf(Name.from);
    ledger.to[m] = this.digestOf(Name.to);
    ledger.noteRare(ledger.subject, m, this.digestOf(Name.subject));
    ledger.noteRare(ledger.priority, m, this.digestOf(Name.priority));
    ledger.date[m] = this.digestOf(Name.date);
    ledger.contentType[m] = this.digestOf(Name.contentType);
    const date = sip.find(Name.date);
    ledger.dateMs[m] = date < 0 ? NO_DATE : slowDate(buf, sip.valueStart[date], sip.valueEnd[date]);
    const expires = sip.find(Name.expires);
    const expiresS = expires < 0 ? -1 : slowNumber(buf, sip.valueStart[expires], sip.valueEnd[expires]);
    ledger.noteRare(ledger.expiresPlusOneS, m, expiresS + 1);
    ledger.anonymous[m] = this.asksAnonymity() ? 1 : 0;
  }

  private presented(buf: Buffer, start: number, end: number): void {
    const { multipart, sip, ledger } = this;
    this.m = -1;
    this.fault = multipart.read(buf, start, end) ? undefined : multipart.fault;
    if (this.fault !== undefined) return;
    this.isLarge = multipart.parts === 2;
    const fragment = multipart.types[0] === PartType.sipfrag;
    this.fault = sip.read(buf, multipart.bodyStart[0], multipart.bodyEnd[0], fragment)
      ? undefined
      : sip.fault;
    if (this.isLarge) {
      if (multipart.types[1] !== PartType.msrpfrag) this.fault ??= 'a second part that is no msrpfrag';
      this.fault ??= this.large.pushed(buf, multipart.bodyStart[1], multipart.bodyEnd[1]);
      this.m = this.markOf(buf, this.large.bodyStart, this.large.bodyEnd);
      ledger.large.select(ledger, this.m, this.digestOf(Name.callId));
    } else this.m = this.markOf(buf, start, end);
    if (ledger.knows(this.m)) ledger.presented[this.m]++;
  }

  /** The sender's own idea of a Large Message, before it leaves. */
  private largeContent(
    kind: number,
    m: number,
    offset: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const row = this.ledger.large.of(m);
    if (row === undefined) return;
    if (kind === Observed.largeLabel) {
      row.messageId = lineDigest(buf, start, end, 'Message-ID');
      row.contentType = lineDigest(buf, start, end, 'Content-Type');
      row.anonymous = lineDigest(buf, start, end, 'Privacy') !== 0;
    } else if (this.large.content(offset, buf, start, end) === row.octets) {
      row.body = this.large.contentDigest;
    }
  }

  private sentLarge(
    sender: number,
    m: number,
    recipient: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const { ledger } = this;
    const row = ledger.large.of(m);
    this.sent(sender, m, recipient, buf, start, end);
    if (row === undefined) return;
    // S6c: the Expires of the INVITE is not that of the message; nor is its body, which is an SDP offer.
    ledger.noteRare(ledger.expiresPlusOneS, m, 0);
    ledger.body[m] = row.body;
    ledger.contentType[m] = row.contentType;
    ledger.anonymous[m] = row.anonymous ? 1 : 0;
    ledger.large.attempt(ledger, m, {
      callId: ledger.callId[m],
      from: ledger.from[m],
      to: ledger.to[m],
      subject: ledger.subject[m],
      priority: ledger.priority[m],
      date: ledger.date[m],
      dateMs: ledger.dateMs[m],
      receivedAtNs: 0,
    });
  }

  private storedLarge(buf: Buffer, start: number, end: number): void {
    const { sip, large, ledger } = this;
    this.m = -1;
    this.fault = large.record(buf, start, end);
    if (this.fault !== undefined) return;
    const ok = sip.read(buf, start + RECORD_PREFIX_OCTETS, large.headEnd, false);
    this.fault = ok ? undefined : sip.fault;
    this.m = this.markOf(buf, large.bodyStart, large.bodyEnd);
    ledger.large.select(ledger, this.m, this.digestOf(Name.callId));
  }

  private largeLive(buf: Buffer, start: number, end: number): void {
    const { sip, ledger, liveInvite } = this;
    this.isLarge = true;
    this.fault = sip.read(liveInvite, 0, liveInvite.length, false) ? undefined : sip.fault;
    this.large.live(start, end);
    this.m = this.markOf(buf, start, end);
    ledger.large.select(ledger, this.m, this.digestOf(Name.callId));
    if (ledger.knows(this.m)) ledger.live[this.m]++;
  }

  /** Digest of the body of the current observation, as the ledger has that of what was sent. */
  bodyDigest(buf: Buffer): number {
    return this.isLarge ? this.large.bodyDigest(buf) : slowDigest(buf, this.sip.bodyStart, this.sip.bodyEnd);
  }

  /** Digest of the Content-Type of its body; undefined if it was not to be seen. */
  contentTypeDigest(kind: number): number | undefined {
    if (!this.isLarge) return this.digestOf(Name.contentType);
    return kind === Observed.largeLive ? undefined : this.large.fragment.type;
  }

  /** The matrix of rules 1.6 for the message just read. */
  private asksAnonymity(): boolean {
    const { sip } = this;
    if (sip.countOf(Name.privacy) > 0) {
      const asked = this.privacyValues();
      if (asked.some((value) => value === 'id' || value === 'user' || value === 'header')) return true;
      if (asked.includes('none')) return asked.length > 1;
    }
    const from = sip.find(Name.from);
    return from >= 0 && ANONYMOUS_HOST.in(sip.buf, sip.valueStart[from], sip.valueEnd[from]) >= 0;
  }

  /** The priv-values of all Privacy fields (RFC 3323 section 4.2), in lower case. */
  private privacyValues(): string[] {
    const { sip } = this;
    let values = '';
    for (let i = 0; i < sip.count; i++) {
      if (sip.names[i] === Name.privacy) {
        values += `;${sip.buf.latin1Slice(sip.valueStart[i], sip.valueEnd[i]).toLowerCase()}`;
      }
    }
    return values.split(/[;,\s]+/).filter((value) => value !== '');
  }

  /** Digest of the value of the first field `name` of the message just read; 0 if it has none. */
  digestOf(name: number): number {
    const i = this.sip.find(name);
    return i < 0 ? 0 : slowDigest(this.sip.buf, this.sip.valueStart[i], this.sip.valueEnd[i]);
  }

  /**
   * The user who says in the From of the message just read that it is hers, or who sent something with its Call-ID, since octets of somebody
   * anonymous may have been altered too, the mark among them. -1 if that is nobody. For a message that nobody sent: may look at all.
   */
  supposedSender(): number {
    const { ledger, sip } = this;
    const named = /\bu(\d+)@/.exec(sip.text(Name.from))?.[1];
    if (named !== undefined) return Number(named);
    const callId = this.digestOf(Name.callId);
    if (callId === 0) return -1;
    const large = ledger.large.ofCall(callId);
    const m = large >= 0 ? large : ledger.callId.subarray(0, ledger.size).indexOf(callId);
    return ledger.knows(m) ? ledger.sender[m] : -1;
  }

  /**
   * True for a Large Message without the mark that tells messages apart. Chunks of a hostile user may lie over each other, the mark with
   * them, and what she sends is her own affair.
   */
  get lostItsMark(): boolean {
    return this.isLarge && this.m < 0;
  }

  private markOf(buf: Buffer, start: number, end: number): number {
    const at = MARK.in(buf, start, end);
    return at < 0 ? -1 : markNumber(buf, at + MARK.octets.length, end);
  }
}
