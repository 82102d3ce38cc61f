/**
 * Constant pieces of requests, encoded once and kept in the arena, so that writing one is a move inside the arena and no
 * string is touched for a packet.
 */
import type { Block, Octets } from '../../sim/host/ports.js';
import type { OctetWriter } from '../wire/octet-writer.js';

/** Names one piece. */
export type Piece = number;

export class Templates {
  private readonly octets: Octets;
  private readonly blocks: Block[] = [];
  private readonly lengths: number[] = [];

  constructor(octets: Octets) {
    this.octets = octets;
  }

  /** Keeps `text` (one octet a character) for ever. */
  add(text: string): Piece {
    const block = this.octets.alloc(text.length);
    this.octets.buf.latin1Write(text, this.octets.start(block), text.length);
    this.lengths.push(text.length);
    return this.blocks.push(block) - 1;
  }

  write(writer: OctetWriter, piece: Piece): void {
    const start = this.octets.start(this.blocks[piece]);
    writer.span(this.octets.buf, start, start + this.lengths[piece]);
  }
}

/** Writes `number` as a mark does (`models/marks.ts`): lower-case base 36, padded to eight digits. */
export function writeMarkNumber(writer: OctetWriter, number: number): void {
  let scale = MARK_SCALE;
  let rest = number;
  while (scale >= 1) {
    const digit = Math.floor(rest / scale);
    rest -= digit * scale;
    writer.octet(digit < 10 ? 48 + digit : 87 + digit);
    scale /= 36;
  }
}

/** 36 to the seventh: the weight of the first of eight digits. */
const MARK_SCALE = 36 ** 7;
