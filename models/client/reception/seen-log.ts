/**
 * What a client remembers of messages it has already shown: 64-bit hashes, the newest {@link entriesLimit} of each user, in a
 * pool of small pages that belong to a user only once she has received something.
 *
 * Two uses: push Message-IDs (RFC 4975 section 5.4, rule A11: the server repeats them), and Call-ID with From tag of messages
 * delivered live, which the network may defer all the same when the answer was lost (P5 keeps both intact).
 *
 * Not modelled: a memory that survives a restart of the device. A hash of 64 bits is taken for the value itself.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { NONE } from '../client-table.js';
import { widened } from '../../../sim/kernel/columns.js';

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

  /** Remembers at least `entriesLimit` of the last entries of each of `subscribers` users. */
  constructor(subscribers: number, entriesLimit: number) {
    assert(entriesLimit >= 1, 'a memory of nothing');
    this.pagesLimit = Math.ceil(entriesLimit / PAGE_ENTRIES) + 1;
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
    return false;
  }

  /** Remembers an entry; the oldest page of the user is taken again once she has as many as the limit allows. */
  add(user: number, hash1: number, hash2: number): void {
    let page = this.newest[user];
    if (page === NONE || this.fill[page] === PAGE_ENTRIES) {
      const fresh = this.takePage(user);
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

  private takePage(user: number): number {
    let count = 0;
    let before = NONE;
    for (let page = this.newest[user]; page !== NONE; page = this.older[page]) {
      if (++count === this.pagesLimit) {
        // The oldest page: everything newer than it covers the limit.
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
