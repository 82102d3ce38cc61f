/**
 * The witness reads the octets of an observation once, on behalf of all invariants, and keeps the ledger. It is called before
 * them, so that they find what it read.
 */
import { BODY_MARK } from '../marks.js';
import { Observed } from '../observations.js';
import { Fate, Ledger } from './ledger.js';
import { markNumber, Needle } from './search.js';
import { Name, slowDigest, slowNumber, SlowSip } from './slow-sip.js';
import { slowDate } from './slow-date.js';
import { PartType, SlowMultipart } from './slow-multipart.js';

const MARK = new Needle(BODY_MARK);
const ANONYMOUS_HOST = new Needle('@anonymous.invalid');
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
    ledger.contentType[m] = this.digestOf(Name.contentType);
    const date = sip.find(Name.date);
    ledger.dateMs[m] = date < 0 ? -1 : slowDate(buf, sip.valueStart[date], sip.valueEnd[date]);
    const expires = sip.find(Name.expires);
    ledger.expiresS[m] = expires < 0 ? -1 : slowNumber(buf, sip.valueStart[expires], sip.valueEnd[expires]);
    ledger.anonymous[m] = this.asksAnonymity() ? 1 : 0;
  }

  private presented(buf: Buffer, start: number, end: number): void {
    const { multipart, sip, ledger } = this;
    this.m = -1;
    this.fault = multipart.read(buf, start, end) ? undefined : multipart.fault;
    if (this.fault !== undefined) return;
    const fragment = multipart.types[0] === PartType.sipfrag;
    this.fault = sip.read(buf, multipart.bodyStart[0], multipart.bodyEnd[0], fragment)
      ? undefined
      : sip.fault;
    this.m = this.markOf(buf, start, end);
    if (ledger.knows(this.m)) ledger.presented[this.m]++;
  }

  /** The matrix of rules 1.6 for the message just read. */
  private asksAnonymity(): boolean {
    const { sip } = this;
    let values = '';
    for (let i = 0; i < sip.count && sip.countOf(Name.privacy) > 0; i++) {
      if (sip.names[i] === Name.privacy) {
        values += `;${sip.buf.latin1Slice(sip.valueStart[i], sip.valueEnd[i]).toLowerCase()}`;
      }
    }
    const asked = values.split(/[;,\s]+/).filter((value) => value !== '');
    if (asked.some((value) => value === 'id' || value === 'user' || value === 'header')) return true;
    if (asked.includes('none')) return asked.length > 1;
    const from = sip.find(Name.from);
    return from >= 0 && ANONYMOUS_HOST.in(sip.buf, sip.valueStart[from], sip.valueEnd[from]) >= 0;
  }

  /** Digest of the value of the first field `name` of the message just read; 0 if it has none. */
  digestOf(name: number): number {
    const i = this.sip.find(name);
    return i < 0 ? 0 : slowDigest(this.sip.buf, this.sip.valueStart[i], this.sip.valueEnd[i]);
  }

  private markOf(buf: Buffer, start: number, end: number): number {
    const at = MARK.in(buf, start, end);
    return at < 0 ? -1 : markNumber(buf, at + MARK.octets.length, end);
  }
}
