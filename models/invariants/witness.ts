/**
 * The witness reads the octets of an observation once, on behalf of all invariants, and keeps the ledger. It is called before
 * them, so that they find what it read.
 */
import { BODY_MARK } from '../marks.js';
import { Observed } from '../observations.js';
import { Fate, Ledger } from './ledger.js';
import { findIn, markNumber } from './search.js';
import { Name, slowDigest, slowNumber, SlowSip } from './slow-sip.js';
import { slowDate } from './slow-date.js';
import { SlowMultipart } from './slow-multipart.js';

const MARK = Buffer.from(BODY_MARK);
/** Octets before the start line in a stored record (see `models/im-server/record.ts`; a wrong number here fails every test). */
const RECORD_PREFIX_OCTETS = 56;

export class Witness {
  readonly ledger = new Ledger();
  /** The SIP message or fragment of the current observation. */
  readonly sip = new SlowSip();
  readonly multipart = new SlowMultipart();
  /** Its message number by the body mark; -1 if it has none. */
  m = -1;
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
  ];

  watch(
    kind: number,
    entity: number,
    message: number,
    a: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const { ledger } = this;
    switch (kind) {
      case Observed.sent:
        this.sent(entity, message, a, buf, start, end);
        return;
      case Observed.answered:
        ledger.reach(message);
        ledger.answered[message] = a;
        return;
      case Observed.deliveredLive:
        this.fault = this.sip.read(buf, start, end, false) ? undefined : this.sip.fault;
        this.m = this.markOf(buf, start, end);
        if (ledger.knows(this.m)) ledger.live[this.m]++;
        return;
      case Observed.presented:
        this.presented(buf, start, end);
        return;
      case Observed.stored: {
        this.m = this.markOf(buf, start, end);
        const ok = this.sip.read(buf, start + RECORD_PREFIX_OCTETS, end, false);
        this.fault = ok ? undefined : this.sip.fault;
        ledger.nameDm(message, this.m);
        if (!ledger.knows(this.m)) return;
        ledger.storedTimes[this.m]++;
        ledger.fate[this.m] |= Fate.stored;
        ledger.receivedAtNs[this.m] = a;
        return;
      }
      default: {
        this.m = ledger.ofDm(message);
        if (!ledger.knows(this.m)) return;
        if (kind === Observed.settled) ledger.fate[this.m] |= Fate.settled;
        else if (kind === Observed.expired) ledger.fate[this.m] |= Fate.expired;
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
    ledger.subject[m] = this.digestOf(Name.subject);
    ledger.priority[m] = this.digestOf(Name.priority);
    ledger.date[m] = this.digestOf(Name.date);
    ledger.dateMs[m] = ledger.date[m] === 0 ? -1 : slowDate(sip.text(Name.date));
    const expires = sip.find(Name.expires);
    ledger.expiresS[m] = expires < 0 ? -1 : slowNumber(buf, sip.valueStart[expires], sip.valueEnd[expires]);
    ledger.anonymous[m] =
      sip.find(Name.privacy) >= 0 && /\b(id|user|header)\b/i.test(sip.text(Name.privacy)) ? 1 : 0;
  }

  private presented(buf: Buffer, start: number, end: number): void {
    const { multipart, sip, ledger } = this;
    this.m = -1;
    this.fault = multipart.read(buf, start, end) ? undefined : multipart.fault;
    if (this.fault !== undefined) return;
    const fragment = multipart.types[0] === 'message/sipfrag';
    this.fault = sip.read(buf, multipart.bodyStart[0], multipart.bodyEnd[0], fragment)
      ? undefined
      : sip.fault;
    this.m = this.markOf(buf, start, end);
    if (ledger.knows(this.m)) ledger.presented[this.m]++;
  }

  /** Digest of the value of the first field `name` of the message just read; 0 if it has none. */
  digestOf(name: number): number {
    const i = this.sip.find(name);
    return i < 0 ? 0 : slowDigest(this.sip.buf, this.sip.valueStart[i], this.sip.valueEnd[i]);
  }

  private markOf(buf: Buffer, start: number, end: number): number {
    const at = findIn(buf, start, end, MARK);
    return at < 0 ? -1 : markNumber(buf, at + MARK.length, end);
  }
}
