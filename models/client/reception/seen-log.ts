/**
 * What a client remembers of messages it has already shown, as 64-bit hashes. The newest {@link recentLimit} of each user are in a pool of
 * small pages that belong to a user only once she has received something. What is older goes to a log of her own, which few users ever
 * have: there it is kept for a time that begins when it left the pages, or until many others have come ({@link LogBounds}).
 *
 * Two uses: push Message-IDs (RFC 4975 section 5.4, rule A11: the server repeats them), and Call-ID with From tag of messages
 * delivered live, which the network may defer all the same when the answer was lost (P5 keeps both intact). Such a message is pushed
 * when she can be reached, however many others came meanwhile.
 *
 * It outlives a crash of the client, as what a device has stored does. A hash of 64 bits is taken for the value itself.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { widened } from '../../../sim/kernel/columns.js';
import { HashLog, type LogBounds } from '../../hash-log.js';
import { NONE } from '../client-table.js';

/** Entries of one page; each is two words. */
const PAGE_ENTRIES = 8;
const PAGE_WORDS = PAGE_ENTRIES * 2;
const FIRST_PAGES = 16;

export class SeenLog {
  private readonly pagesLimit: number;
  /** Newest page of each user. */
  private readonly newest: Int32Array;
  private words = new Int32Array(FIRST_PAGES * PAGE_WORDS);
  /** Entries used of a page. */
  private fill = new Uint8Array(FIRST_PAGES);
  /** The next older page of the same user. */
  private older = new Int32Array(FIRST_PAGES);
  private usedPages = 0;
  /** What no longer has room in the pages of a user. */
  private readonly earlier = new Map<number, HashLog>();

  /** Has at least `recentLimit` of the last entries of each of `subscribers` users in its pages, and earlier ones within `bounds`. */
  constructor(
    subscribers: number,
    recentLimit: number,
    private readonly bounds: LogBounds,
  ) {
    assert(recentLimit >= 1, 'a memory of nothing');
    this.pagesLimit = Math.ceil(recentLimit / PAGE_ENTRIES) + 1;
    this.newest = new Int32Array(subscribers).fill(NONE);
  }

  /** True if nothing is remembered of `user`. */
  isEmpty(user: number): boolean {
    return this.newest[user] === NONE;
  }

  has(user: number, hash1: number, hash2: number): boolean {
    const { words } = this;
    for (let page = this.newest[user]; page !== NONE; page = this.older[page]) {
      const first = page * PAGE_WORDS;
      for (let at = first + this.fill[page] * 2 - 2; at >= first; at -= 2) {
        if (words[at] === hash1 && words[at + 1] === hash2) return true;
      }
    }
    const earlier = this.earlier.get(user);
    return earlier !== undefined && earlier.look(hash1, hash2) >= 0;
  }

  /** Remembers an entry; the oldest page of the user is taken again once she has as many as the limit allows. */
  add(user: number, hash1: number, hash2: number, nowNs: number): void {
    let page = this.newest[user];
    if (page === NONE || this.fill[page] === PAGE_ENTRIES) {
      const fresh = this.takePage(user, nowNs);
      this.older[fresh] = this.newest[user];
      this.newest[user] = fresh;
      this.fill[fresh] = 0;
      page = fresh;
    }
    const at = page * PAGE_WORDS + this.fill[page] * 2;
    this.words[at] = hash1;
    this.words[at + 1] = hash2;
    this.fill[page]++;
  }

  /** Pages in use over all users. */
  get pages(): number {
    return this.usedPages;
  }

  private takePage(user: number, nowNs: number): number {
    let count = 0;
    let before = NONE;
    for (let page = this.newest[user]; page !== NONE; page = this.older[page]) {
      if (++count === this.pagesLimit) {
        // The oldest page: everything newer than it covers the limit.
        this.keepEarlier(user, page, nowNs);
        if (before === NONE) this.newest[user] = NONE;
        else this.older[before] = NONE;
        return page;
      }
      before = page;
    }
    if (this.usedPages === this.fill.length) {
      const pages = this.usedPages * 2;
      this.words = widened(this.words, new Int32Array(pages * PAGE_WORDS));
      this.fill = widened(this.fill, new Uint8Array(pages));
      this.older = widened(this.older, new Int32Array(pages));
    }
    return this.usedPages++;
  }

  /** The page is full: its entries make room for others. */
  private keepEarlier(user: number, page: number, nowNs: number): void {
    let log = this.earlier.get(user);
    if (log === undefined) this.earlier.set(user, (log = new HashLog(this.bounds)));
    const first = page * PAGE_WORDS;
    for (let at = first; at < first + PAGE_WORDS; at += 2)
      log.note(this.words[at], this.words[at + 1], 0, nowNs);
  }
}

/** A 64-bit hash of octets, built up span by span. Not cryptographic. Reuse one object. */
export class Hash64 {
  h1 = 0;
  h2 = 0;

  begin(): this {
    this.h1 = 0x811c9dc5 | 0;
    this.h2 = 0x2c1b3c6d;
    return this;
  }

  /** Adds [start, end) and its length, so that two spans are never taken for another division of the same octets. */
  span(buf: Uint8Array, start: number, end: number): this {
    let { h1, h2 } = this;
    for (let i = start; i < end; i++) {
      h1 = Math.imul(h1 ^ buf[i], 0x01000193);
      h2 = Math.imul(h2 ^ buf[i], 0x85ebca6b);
      h2 ^= h2 >>> 13;
    }
    this.h1 = Math.imul(h1 ^ (end - start), 0x27d4eb2f);
    this.h2 = Math.imul(h2 ^ (end - start) ^ (h1 >>> 15), 0xc2b2ae35);
    return this;
  }
}
