/**
 * The bodies of Large Messages: a function of (seed, message number, offset), so that a thousand messages of 10 MiB need no 10 GiB
 * (measured: what a run keeps is one block, and some 300 octets for each message on its way that asks for notifications, whose head
 * stands before all else). A body begins with its mark; then comes, in one message of four, a stretch that looks
 * like MSRP framing (rules 3.3); then slices of one block of pseudo-random octets, from a place that depends on the message.
 *
 * The pattern has every octet but `q`, with which marks and canaries begin: a search for them runs at memory speed.
 *
 * Not modelled: real content of the type that the message says.
 */
import type { Block, Octets } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { BODY_MARK, mark, MARK_OCTETS } from '../../marks.js';
import type { Spans } from '../../msrp/sending/spans.js';
import type { LargeItem } from './large-pair.js';

/** Octets of the pattern block. */
export const PATTERN_OCTETS = 1 << 20;
/** Places where a body may enter the pattern: every sixteenth octet. */
const PLACES = PATTERN_OCTETS / 16;
/** A frame within the body: start line, end-lines with all flags, a delimiter, hyphens; 256 octets with the padding. */
const LOOK_ALIKE = [
  'MSRP dkei38sd SEND',
  'Message-ID: 456',
  'Content-Type: text/plain',
  '',
  'Hi',
  '-------dkei38sd$',
  '-------dkei38sd+',
  '-------dkei38sd#',
  '--boundary42--',
  '-------',
  '',
]
  .join('\r\n')
  .padEnd(254, '-')
  .concat('\r\n');
const LETTER_Q = 0x71;
/** One octet of the pattern is the high part of the next state of this generator. */
const FACTOR = 1664525;
const TERM = 1013904223;
/** The pattern is made a page at a time. */
const PAGE_BITS = 14;
const PAGE_OCTETS = 1 << PAGE_BITS;
const PAGES = PATTERN_OCTETS / PAGE_OCTETS;
/** The generator's step over a whole page: one step, doubled so many times. */
const [PAGE_FACTOR, PAGE_TERM] = pageStep();

function pageStep(): readonly [factor: number, term: number] {
  let factor = FACTOR;
  let term = TERM;
  for (let bit = 0; bit < PAGE_BITS; bit++) {
    term = (Math.imul(factor, term) + term) | 0;
    factor = Math.imul(factor, factor);
  }
  return [factor, term];
}

export class LargeContent {
  private readonly octets: Octets;
  private readonly seed: number;
  private pattern: Block = 0;
  private lookAlike: Block = 0;
  /** State of the generator before each page, and which pages are there. */
  private readonly states = new Int32Array(PAGES);
  private readonly filled = new Uint8Array(PAGES);

  constructor(octets: Octets, seed: number) {
    this.octets = octets;
    this.seed = seed | 0;
  }

  /** Adds all octets of `item` to `body`; one hold of each span's block goes with it. */
  message(item: LargeItem, body: Spans): void {
    this.add(body, item.head, 0, item.headOctets);
    this.spans(item.offer.message, item.offer.sizeOctets, body);
  }

  /** Adds the `sizeOctets` octets of message `m`, at least a mark. */
  spans(m: number, sizeOctets: number, body: Spans): void {
    assert(sizeOctets >= MARK_OCTETS, 'a body is at least as long as its mark');
    const { octets } = this;
    this.prepare();
    const head = octets.alloc(MARK_OCTETS);
    octets.buf.latin1Write(mark(BODY_MARK, m), octets.start(head), MARK_OCTETS);
    body.add(head, 0, MARK_OCTETS);
    let left = sizeOctets - MARK_OCTETS;
    if ((m & 3) === 3) left -= this.add(body, this.lookAlike, 0, Math.min(left, LOOK_ALIKE.length));
    let at = ((Math.imul(m, 0x9e3779b1) >>> 8) % PLACES) * 16;
    while (left > 0) {
      const size = Math.min(left, PATTERN_OCTETS - at);
      this.fill(at, at + size);
      left -= this.add(body, this.pattern, at, size);
      at = 0;
    }
  }

  private add(body: Spans, block: Block, at: number, size: number): number {
    if (size === 0) return 0;
    this.octets.retain(block);
    body.add(block, at, at + size);
    return size;
  }

  /** Makes the shared blocks when the first message needs them. */
  private prepare(): void {
    if (this.pattern !== 0) return;
    const { octets } = this;
    this.pattern = octets.alloc(PATTERN_OCTETS);
    this.lookAlike = octets.alloc(LOOK_ALIKE.length);
    octets.buf.latin1Write(LOOK_ALIKE, octets.start(this.lookAlike), LOOK_ALIKE.length);
    let state = this.seed;
    for (let page = 0; page < PAGES; page++) {
      this.states[page] = state;
      state = (Math.imul(state, PAGE_FACTOR) + PAGE_TERM) | 0;
    }
  }

  /** Fills the pages of the pattern that hold its octets [from, to) and were not needed before: a small world needs few. */
  private fill(from: number, to: number): void {
    const { octets, states, filled } = this;
    for (let page = Math.floor(from / PAGE_OCTETS); page * PAGE_OCTETS < to; page++) {
      if (filled[page] === 1) continue;
      filled[page] = 1;
      const { buf } = octets;
      const start = octets.start(this.pattern) + page * PAGE_OCTETS;
      let state = states[page];
      for (let i = 0; i < PAGE_OCTETS; i++) {
        state = (Math.imul(state, FACTOR) + TERM) | 0;
        const octet = state >>> 24;
        buf[start + i] = octet === LETTER_Q ? 0 : octet;
      }
    }
  }
}
