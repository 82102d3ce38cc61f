/**
 * A reader of octets that peers send, made ready for hostile input: samples to start from, the words of its format, and how its
 * whole result is looked at.
 */
import type { Seen } from './seen.js';

export interface OctetTarget {
  readonly name: string;
  /** Sound octets, and samples with known faults. */
  readonly samples: readonly Buffer[];
  /** Words that the format gives a meaning to. */
  readonly words: readonly string[];
  /**
   * Reads [start, end) of `buf` and shows all that was found. A reader of a stream gets the same octets in pieces as well: `cuts`
   * says at how many octets from `start` the pieces end, ascending; without cuts, the octets come at once.
   */
  read(buf: Buffer, start: number, end: number, cuts: readonly number[], seen: Seen): void;
  /** True if the reader takes pieces. */
  readonly streams: boolean;
  /** Octets of memory that the reader holds now, and the most that its limits allow. */
  heldOctets(): number;
  readonly heldLimitOctets: number;
}
