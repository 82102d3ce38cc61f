/**
 * Frames that we emit again and again with other numbers: the chunks of one message differ in transaction id and Byte-Range, the 200s
 * to them in the transaction id. From the third on they are made of the octets of the one before, moved by words, with no more than
 * what differs written anew (RFC 4975 section 9). The slow twin is `write-frames.ts`; a test compares both.
 *
 * Not here: chunks of a size that is not known beforehand, whose end-line is written when they end.
 */
import type { Block, Octets } from '../../../sim/host/ports.js';
import type { OctetWriter } from '../octet-writer.js';
import { type SendText, writeEndLine, writeOk, writeSendHead } from './write-frames.js';

/** Where the transaction id begins: after `MSRP `. */
const TID_AT = 5;
/** Flag and CRLF end a frame. */
const AFTER_TID_OCTETS = 3;

/** Octets of a frame, in memory that can be moved by words into a block. */
class Pattern {
  octets: Uint8Array = new Uint8Array(0);
  private words: Int32Array = new Int32Array(0);

  /** Takes over octets [start, start + length) of `from`. */
  keep(from: Buffer, start: number, length: number): void {
    const size = (length + 3) & -4;
    if (this.octets.length < size) {
      const memory = new ArrayBuffer(size);
      this.octets = new Uint8Array(memory);
      this.words = new Int32Array(memory);
    }
    for (let i = 0; i < length; i++) this.octets[i] = from[start + i];
  }

  /** A new block with the first `length` octets. */
  copy(arena: Octets, length: number): Block {
    const block = arena.alloc(length);
    const { words } = this;
    const to = arena.words;
    const at = arena.start(block) >>> 2;
    // Blocks are whole granules, so the last word may be written as a whole.
    for (let i = (length + 3) >> 2; --i >= 0;) to[at + i] = words[i];
    return block;
  }
}

/** The frames around the chunks of one message: head and end-line in one block, between which the body is written. */
export class ChunkFrames {
  /** Octets of the head, and of both, of the frame that was made last. */
  headOctets = 0;
  octets = 0;
  private frames = 0;
  private pattern: Pattern | null = null;
  private first = 0;
  private last = 0;
  private firstDigits = 0;
  private lastDigits = 0;

  constructor(
    private readonly text: SendText,
    private readonly total: number,
  ) {}

  /** The frame of a chunk of positions `first` to `last`; its end-line begins with the CRLF after the body. */
  next(w: OctetWriter, arena: Octets, tid: Uint8Array, first: number, last: number, flag: number): Block {
    const { pattern } = this;
    const again =
      pattern !== null && digitsOf(first) === this.firstDigits && digitsOf(last) === this.lastDigits;
    if (!again) return this.compose(w, arena, tid, first, last, flag);
    const { octets } = pattern;
    const { headOctets } = this;
    const tidAgain = headOctets + 9;
    for (let i = 0; i < tid.length; i++) octets[TID_AT + i] = octets[tidAgain + i] = tid[i];
    writeDigits(octets, this.first, this.firstDigits, first);
    writeDigits(octets, this.last, this.lastDigits, last);
    octets[this.octets - AFTER_TID_OCTETS] = flag;
    return pattern.copy(arena, this.octets);
  }

  private compose(
    w: OctetWriter,
    arena: Octets,
    tid: Uint8Array,
    first: number,
    last: number,
    flag: number,
  ): Block {
    w.begin();
    writeSendHead(w, tid, this.text, first, last, this.total);
    this.headOctets = w.length;
    writeEndLine(w, tid, flag, true);
    this.octets = w.length;
    const block = w.end();
    // Most messages have one chunk.
    if (++this.frames > 1) {
      this.firstDigits = digitsOf(first);
      this.lastDigits = digitsOf(last);
      this.first = TID_AT + tid.length + this.text.beforeRange.length;
      this.last = this.first + this.firstDigits + 1;
      this.pattern ??= new Pattern();
      this.pattern.keep(arena.buf, arena.start(block), this.octets);
    }
    return block;
  }
}

/** The 200s of one connection to chunk after chunk of one message. */
export class OkFrames {
  /** Octets of the frame that was made last. */
  octets = 0;
  private text = '';
  private tidOctets = 0;
  private readonly pattern = new Pattern();

  /** The 200 with the transaction id in octets [start, end) of `request`; `text` is what `okText` gave. */
  next(w: OctetWriter, arena: Octets, request: Uint8Array, start: number, end: number, text: string): Block {
    const tidOctets = end - start;
    const { octets } = this.pattern;
    if (text === this.text && tidOctets === this.tidOctets) {
      const tidAgain = this.octets - AFTER_TID_OCTETS - tidOctets;
      for (let i = 0; i < tidOctets; i++) octets[TID_AT + i] = octets[tidAgain + i] = request[start + i];
      return this.pattern.copy(arena, this.octets);
    }
    w.begin();
    writeOk(w, request, start, end, text);
    this.octets = w.length;
    const block = w.end();
    this.text = text;
    this.tidOctets = tidOctets;
    this.pattern.keep(arena.buf, arena.start(block), this.octets);
    return block;
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}

function writeDigits(to: Uint8Array, at: number, digits: number, value: number): void {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tens = Math.floor(rest / 10);
    to[i] = 48 + rest - tens * 10;
    rest = tens;
  }
}
