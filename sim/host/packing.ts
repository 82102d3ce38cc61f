/**
 * Records that resemble each other, kept as what differs. Most octets of a record are those of one that came before, at nearly the same
 * place: header names, hosts, a route. Two things are looked up for each place: a *dictionary* of earlier records, which were learnt
 * because they packed badly, and the record's own front. Both are searched where a word begins: within random digits nothing is found.
 *
 *     packed record, again and again until all octets are there:
 *       u8   token: 1 bit  same distance as the copy before
 *                   3 bits literals; 7: and as many as the octets that follow say, up to one below 255
 *                   4 bits copied octets - 3; 15: likewise
 *       literals
 *       u16  where to copy from, little-endian, unless at the same distance: dictionary, and behind its room the record itself
 *     After the last literals there is no copy.
 *
 * The dictionary only grows, so that what refers to it stays readable; when it is full nothing more is learnt.
 * Nothing here depends on anything but the records and their order.
 */
import { assert } from '../kernel/assert.js';

/** Room of the dictionary; a place in a window of it and one record fits into 16 bits. */
export const DICTIONARY_OCTETS = 16 * 1024;
/** Longer records are mostly content, of which no two are alike. */
export const PACKED_LIMIT_OCTETS = 2048;
/** Tokens and literals of a record in which nothing is found. */
const OUT_OCTETS = PACKED_LIMIT_OCTETS + 64;

const LITERALS_SHIFT = 4;
const MOST_LITERALS = 7;
const MOST_COPIED = 15;
const SAME_DISTANCE = 128;
/** A copy at the distance of the one before costs one octet, any other three. */
const LEAST_COPY = 3;
const LEAST_SEARCHED = 4;
/** So many octets at the same distance, and nothing else is looked for. */
const ENOUGH = 8;
const MORE = 255;
const TABLE_BITS = 12;
const SPREAD = 0x9e3779b1 | 0;
/** 1 for letters and digits. */
const WORD = Uint8Array.from({ length: 256 }, (_, octet) =>
  /[0-9A-Za-z]/.test(String.fromCharCode(octet)) ? 1 : 0,
);
/** A record that takes more than two fifths of its length is learnt. */
const LEARN_FROM = 0.4;

export class Packer {
  /** The record last packed: the first so many octets that `pack` returned. */
  readonly out = new Uint8Array(OUT_OCTETS);
  /** The dictionary, and the record that is being packed at {@link DICTIONARY_OCTETS}. */
  private readonly window = new Uint8Array(DICTIONARY_OCTETS + PACKED_LIMIT_OCTETS);
  /** One more than the place of four octets by their hash; first in the dictionary, last in a record. 0: none. */
  private readonly learnt = new Uint16Array(1 << TABLE_BITS);
  private readonly own = new Uint16Array(1 << TABLE_BITS);
  private learntOctets = 0;
  private used = 0;

  /** Packs octets [start, start + length) of `buf` into {@link out}; returns the packed length. */
  pack(buf: Buffer, start: number, length: number): number {
    assert(length <= PACKED_LIMIT_OCTETS, 'a record that is too long to be packed');
    const { window } = this;
    buf.copy(window, DICTIONARY_OCTETS, start, start + length);
    this.used = 0;
    const end = DICTIONARY_OCTETS + length;
    let at = DICTIONARY_OCTETS;
    let literals = at;
    // Farther than anything, so that nothing is there.
    let distance = end;
    while (at <= end - LEAST_SEARCHED) {
      let from = at - distance;
      let copied = from < 0 ? 0 : this.alike(from, at, end);
      if (copied < LEAST_COPY) copied = 0;
      if (copied < ENOUGH && (at === literals || !inWord(window, at))) {
        const hash = hashAt(window, at);
        const least = Math.max(LEAST_SEARCHED, copied + LEAST_COPY);
        const ownFrom = this.own[hash] - 1;
        this.own[hash] = at + 1;
        // What an earlier record left in the table is as good, if it is there.
        const ownAlike = ownFrom >= DICTIONARY_OCTETS && ownFrom < at ? this.alike(ownFrom, at, end) : 0;
        const learntFrom = this.learnt[hash] - 1;
        const learntAlike = learntFrom >= 0 ? this.alike(learntFrom, at, end) : 0;
        if (Math.max(ownAlike, learntAlike) >= least) {
          from = ownAlike > learntAlike ? ownFrom : learntFrom;
          copied = Math.max(ownAlike, learntAlike);
        }
      }
      if (copied === 0) at++;
      else {
        this.write(literals, at, from, copied, at - from === distance);
        distance = at - from;
        at += copied;
        literals = at;
      }
    }
    if (literals < end) this.write(literals, end, 0, LEAST_COPY, true);
    if (this.used > length * LEARN_FROM) this.learn(length);
    return this.used;
  }

  /** Writes the record of `length` octets that is packed from `from` on in `buf` to `to` on in `buf`. */
  unpack(buf: Buffer, from: number, to: number, length: number): void {
    const { window } = this;
    const end = to + length;
    let read = from;
    let at = to;
    let distance = 0;
    while (at < end) {
      const token = buf[read++];
      let literals = (token >> LITERALS_SHIFT) & MOST_LITERALS;
      if (literals === MOST_LITERALS) {
        do literals += buf[read];
        while (buf[read++] === MORE);
      }
      let copied = token & MOST_COPIED;
      if (copied === MOST_COPIED) {
        do copied += buf[read];
        while (buf[read++] === MORE);
      }
      for (const until = at + literals; at < until;) buf[at++] = buf[read++];
      if (at === end) return;
      const place = DICTIONARY_OCTETS + at - to;
      if (token < SAME_DISTANCE) {
        distance = place - (buf[read] | (buf[read + 1] << 8));
        read += 2;
      }
      const until = at + copied + LEAST_COPY;
      let source = place - distance;
      if (source < DICTIONARY_OCTETS) while (at < until) buf[at++] = window[source++];
      else while (at < until) buf[at] = buf[at++ - distance];
    }
    assert(at === end, 'a packed record is longer than its record');
  }

  /** Octets from `from` on that are as those from `at` on. */
  private alike(from: number, at: number, end: number): number {
    const { window } = this;
    // A copy stays within the dictionary, or within the record.
    const room = from < DICTIONARY_OCTETS ? this.learntOctets - from : end - at;
    const most = Math.min(room, end - at);
    let count = 0;
    while (count < most && window[from + count] === window[at + count]) count++;
    return count;
  }

  private write(literals: number, at: number, from: number, copied: number, same: boolean): void {
    const { out, window } = this;
    const literalCount = at - literals;
    const more = copied - LEAST_COPY;
    out[this.used++] =
      (same ? SAME_DISTANCE : 0) |
      (Math.min(literalCount, MOST_LITERALS) << LITERALS_SHIFT) |
      Math.min(more, MOST_COPIED);
    if (literalCount >= MOST_LITERALS) this.writeMore(literalCount - MOST_LITERALS);
    if (more >= MOST_COPIED) this.writeMore(more - MOST_COPIED);
    for (let i = literals; i < at; i++) out[this.used++] = window[i];
    if (same) return;
    out[this.used++] = from & 255;
    out[this.used++] = from >>> 8;
  }

  private writeMore(count: number): void {
    let rest = count;
    for (; rest >= MORE; rest -= MORE) this.out[this.used++] = MORE;
    this.out[this.used++] = rest;
  }

  /** Puts the record just packed into the dictionary, if there is room. */
  private learn(length: number): void {
    const { window, learnt, learntOctets } = this;
    const end = learntOctets + length;
    if (end > DICTIONARY_OCTETS) return;
    window.copyWithin(learntOctets, DICTIONARY_OCTETS, DICTIONARY_OCTETS + length);
    this.learntOctets = end;
    for (let at = learntOctets; at <= end - LEAST_SEARCHED; at++) {
      if (inWord(window, at)) continue;
      const hash = hashAt(window, at);
      if (learnt[hash] === 0) learnt[hash] = at + 1;
    }
  }
}

/** True behind a letter or a digit. */
function inWord(octets: Uint8Array, at: number): boolean {
  return at > 0 && WORD[octets[at - 1]] === 1;
}

/** Of the four octets at `at`. */
function hashAt(octets: Uint8Array, at: number): number {
  const word = octets[at] | (octets[at + 1] << 8) | (octets[at + 2] << 16) | (octets[at + 3] << 24);
  return Math.imul(word, SPREAD) >>> (32 - TABLE_BITS);
}
