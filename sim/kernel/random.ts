/**
 * Chance. Three kinds, so that a changed draw in one place never shifts another (`docs/architecture.md`, "Time and chance"):
 *
 * - *Streams*, named by (purpose, entity, incarnation): for statistics, where many draws are made in order. An alea generator of
 *   `seedrandom`, imported nowhere else. A restarted host asks with its next incarnation and gets a fresh stream.
 * - *Addressed* decisions: a hash of (seed, purpose, entity, ordinal), for the loss of a packet and the like. No state.
 * - *Plan data*: discrete faults, expanded before the run; not here.
 */
import seedrandom from 'seedrandom';
import type { RandomStream } from '../host/ports.js';
import { hashText, mix32 } from './mix.js';

class AleaStream implements RandomStream {
  private readonly prng: seedrandom.PRNG;

  constructor(name: string) {
    this.prng = seedrandom.alea(name);
  }

  uniform(): number {
    return this.prng();
  }

  below(bound: number): number {
    return Math.floor(this.prng() * bound);
  }

  int32(): number {
    return this.prng.int32();
  }
}

/** All chance of one run, from its seed, which is text. */
export class Chance {
  readonly seed: string;
  private readonly low: number;
  private readonly high: number;

  constructor(seed: string) {
    this.seed = seed;
    this.low = hashText(seed, 0x5eed);
    this.high = hashText(seed, 0x1dea);
  }

  /** The stream of this name; asking twice gives two equal streams, so a caller keeps it. */
  stream(purpose: string, entity: number, incarnation: number): RandomStream {
    return new AleaStream(`${this.seed}\n${purpose}\n${entity}\n${incarnation}`);
  }

  /** 32 bits from the address alone, as a signed integer. */
  addressed(purpose: number, entity: number, ordinal: number): number {
    return mix32(ordinal | 0, mix32(entity | 0, mix32(purpose | 0, this.low) ^ this.high));
  }
}

/** A number in [0, 1) from 32 bits. */
export function unit(bits: number): number {
  return (bits >>> 0) / 4294967296;
}
