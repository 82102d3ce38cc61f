/**
 * MESSAGE requests that were accepted, for as long as they may come again on another branch (rules I8; RFC 3261 sections 8.2.2.2
 * and 17.2.3). A client repeats her request for 64 T1 of her own leg. If the Core loses its transactions meanwhile, what comes
 * next is a new transaction to it and to us, though it is the same request: Call-ID, From tag and CSeq number say so, as they do for
 * a merged request. It is answered 202 again. What a user sends anew has a CSeq or Call-ID of its own, and is a new message.
 *
 * A request is known by 64 bits that grow from those values, the served user and words that nobody outside knows, so no sender can
 * make a request that is taken for another one's. Two generations: entries go to the younger one, and the older one is dropped
 * when the younger is as old as an entry must become, or when it is full ({@link LIMITS}). So an entry costs one write, is never
 * removed by itself, and memory is bounded; beyond the limit of entries they are kept for less long.
 *
 * Volatile, like transactions. After a crash the generation is filled from the records, which have what is needed.
 *
 * Not covered: a message that was delivered and deleted before a crash, whose 202 never arrived. It is stored again; the client
 * knows it by its Message key and shows it once. Refused requests are not noted: they are refused again.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { PROFILE_TIMES } from '../../sip/transaction/timers.js';
import { TimerProfile } from '../../sip/legs.js';
import { Observed } from '../../observations.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { SipFault } from '../../wire/sip/faults.js';
import { SipMessage } from '../../wire/sip/message.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { RecordMode, type StoredRecord } from '../store/record.js';

export const LIMITS = {
  /** Entries of one generation: 12 MiB. */
  entries: 1 << 19,
} as const;

/** Words of an entry: two of the digest, and one more than the number of the deferred message, so that 0 is a free place. */
const WORDS = 3;
const FEWEST_PLACES = 256;

/** One generation: open addressing, at most three quarters full, no removal. */
class Generation {
  size = 0;
  private words = new Int32Array(FEWEST_PLACES * WORDS);
  private places = FEWEST_PLACES;

  /** The number of the deferred message noted under the digest; -1 if there is none. */
  find(word0: number, word1: number): number {
    const { words } = this;
    const mask = this.places - 1;
    for (let place = word0 & mask; words[place * WORDS + 2] !== 0; place = (place + 1) & mask) {
      const at = place * WORDS;
      if (words[at] === word0 && words[at + 1] === word1) return (words[at + 2] - 1) >>> 0;
    }
    return -1;
  }

  add(word0: number, word1: number, dm: number): void {
    if (this.size * 4 >= this.places * 3) this.grow();
    this.place(word0, word1, dm + 1);
    this.size++;
  }

  clear(): void {
    if (this.size > 0) this.words.fill(0);
    this.size = 0;
  }

  private place(word0: number, word1: number, number: number): void {
    const { words } = this;
    const mask = this.places - 1;
    let place = word0 & mask;
    while (words[place * WORDS + 2] !== 0) place = (place + 1) & mask;
    const at = place * WORDS;
    words[at] = word0;
    words[at + 1] = word1;
    words[at + 2] = number;
  }

  private grow(): void {
    const { words } = this;
    this.places *= 2;
    this.words = new Int32Array(this.places * WORDS);
    for (let at = 0; at < words.length; at += WORDS) {
      if (words[at + 2] !== 0) this.place(words[at], words[at + 1], words[at + 2]);
    }
  }
}

export class AcceptedRequests {
  /** Digest of the request that was looked for last. */
  word0 = 0;
  word1 = 0;
  private young = new Generation();
  private old = new Generation();
  private youngSinceNs = 0;
  private readonly seed0: number;
  private readonly seed1: number;
  private readonly lifetimeNs: number;
  private readonly inner = new SipMessage();

  /**
   * `profile` is that of the leg to the Core. A client's own may be the slower one of the air interface, which is not told to us; and what
   * she repeated last may be under way from the Core for 64 T1 of this leg more.
   */
  constructor(
    private readonly ports: Pick<Ports, 'now' | 'observe' | 'random'>,
    profile: TimerProfile,
    private readonly mostEntries: number = LIMITS.entries,
  ) {
    const random = ports.random.stream('im-server/accepted');
    this.seed0 = random.int32();
    this.seed1 = random.int32();
    this.lifetimeNs = 64 * (PROFILE_TIMES[TimerProfile.ims].t1Ns + PROFILE_TIMES[profile].t1Ns);
  }

  /** Notes the message of a record found at recovery, at `nowNs`; older ones and Large Messages are left out. */
  recall(record: StoredRecord, buf: Buffer, nowNs: number): void {
    if (record.mode !== RecordMode.pager || record.receivedAtNs + this.lifetimeNs <= nowNs) return;
    const { inner } = this;
    if (parseSip(buf, record.headStart, record.bodyEnd, Framing.datagram, inner) !== SipFault.none) return;
    this.digest(inner, record.user);
    this.add(this.word0, this.word1, record.dm);
  }

  /** The request with this digest is durable as the deferred message `dm`. */
  add(word0: number, word1: number, dm: number): void {
    const nowNs = this.ports.now();
    this.turn(nowNs);
    if (this.young.size >= this.mostEntries) this.begin(nowNs);
    this.young.add(word0, word1, dm);
  }

  /**
   * True if `message` for `user` is stored already, so that 202 answers it; that is observed here. Leaves its digest in `word0`
   * and `word1`.
   */
  isKnown(message: SipMessage, user: number): boolean {
    this.digest(message, user);
    const nowNs = this.ports.now();
    this.turn(nowNs);
    const { word0, word1 } = this;
    let dm = this.young.find(word0, word1);
    if (dm < 0 && this.old.size > 0) dm = this.old.find(word0, word1);
    if (dm < 0) return false;
    this.ports.observe.emit(Observed.storeAnswered, user, dm, 202, nowNs);
    return true;
  }

  private turn(nowNs: number): void {
    const ageNs = nowNs - this.youngSinceNs;
    if (ageNs < this.lifetimeNs) return;
    if (ageNs >= 2 * this.lifetimeNs) this.young.clear();
    this.begin(nowNs);
  }

  /** The young generation becomes the old one. */
  private begin(nowNs: number): void {
    const { old } = this;
    old.clear();
    this.old = this.young;
    this.young = old;
    this.youngSinceNs = nowNs;
  }

  /** Call-ID, From tag and CSeq number as they came, and for whom: equal in a repetition, on whatever branch it comes. */
  private digest(message: SipMessage, user: number): void {
    const { buf } = message;
    const callId = message.find(Header.callId);
    const from = message.from();
    this.word0 = this.seed0 ^ user;
    this.word1 = (this.seed1 + (message.cseq()?.number ?? 0)) | 0;
    if (callId >= 0) this.mix(buf, message.valueStart[callId], message.valueEnd[callId]);
    if (from !== undefined) this.mix(buf, from.tagStart, from.tagEnd);
    // The low bits choose the place, so the high ones must reach them.
    let { word0, word1 } = this;
    word0 = Math.imul(word0 ^ (word1 >>> 16), 0x7feb352d);
    word1 = Math.imul(word1 ^ (word0 >>> 15), 0x846ca68b);
    this.word0 = word0 ^ (word1 >>> 16);
    this.word1 = word1 ^ (word0 >>> 15);
  }

  /** Four octets at a time; the length ends a span, so that no two spans can share an octet. */
  private mix(buf: Uint8Array, start: number, end: number): void {
    let { word0, word1 } = this;
    for (let at = start; at < end; at += 4) {
      // Beyond the end of the span lies the rest of its line.
      const left = end - at;
      let four = buf[at];
      if (left > 1) four |= buf[at + 1] << 8;
      if (left > 2) four |= buf[at + 2] << 16;
      if (left > 3) four |= buf[at + 3] << 24;
      word0 = Math.imul(word0 ^ four, 0x9e3779b1);
      word0 ^= word0 >>> 15;
      word1 = Math.imul((word1 << 13) | (word1 >>> 19), 0x85ebca77) ^ four;
    }
    this.word0 = word0 ^ (end - start);
    this.word1 = Math.imul(word1 + (end - start), 0xc2b2ae3d);
  }
}
