/**
 * Runs made-up octets through a target and says what went wrong. Each input is read three times, in two surroundings and, by a reader of
 * streams, in pieces too: all readings must be equal. That finds what a throw alone would not: octets read beyond the end, and decisions
 * that depend on how TCP cut the stream.
 *
 * A throw is a finding whatever it is: readers give typed faults. Time is not measured here; who runs the campaign may watch it.
 */
import { OctetChance } from './chance.js';
import { INPUT_LIMIT_OCTETS, Mutator } from './mutator.js';
import { Seen } from './seen.js';
import type { OctetTarget } from './target.js';

/** Octets around the input: look-alikes that complete what the input leaves open, and others. */
const FRONT = 64;
const BACK = 128;
const AFTER =
  '\r\n\r\n-------a786hjs2$\r\n--bnd7f3a--\r\n"\'>0123456789;tag=x/>]]>?>-->\r\nContent-Length: 9\r\n\r\n';
const CUTS = 6;

/** What went wrong with an input. */
export interface OctetFinding {
  readonly target: string;
  readonly index: number;
  readonly what: string;
  /** The input, in hexadecimal digits. */
  readonly input: string;
}

export class OctetCampaign {
  readonly seen = new Seen();
  inputs = 0;
  octets = 0;
  private readonly mutator: Mutator;
  private readonly plain = Buffer.alloc(INPUT_LIMIT_OCTETS + FRONT + BACK);
  private readonly tricky = Buffer.alloc(INPUT_LIMIT_OCTETS + FRONT + BACK);
  private readonly after = Buffer.from(AFTER.slice(0, BACK), 'latin1');
  private readonly chance = new OctetChance();
  private readonly cuts: number[] = [];

  constructor(
    private readonly target: OctetTarget,
    private readonly seed: number,
  ) {
    this.mutator = new Mutator(target.samples, target.words);
  }

  /** Reads input `index`; what went wrong, or undefined. */
  run(index: number): OctetFinding | undefined {
    const { mutator, target, plain, tricky } = this;
    mutator.make(this.seed, index);
    const { octets } = mutator;
    this.inputs++;
    this.octets += octets;
    mutator.buf.copy(plain, FRONT, 0, octets);
    plain.fill(0, FRONT + octets, FRONT + octets + BACK);
    // Another place, so that a position from the start of the buffer shows.
    const start = 7;
    mutator.buf.copy(tricky, start, 0, octets);
    this.after.copy(tricky, start + octets, 0, this.after.length);
    this.cuts.length = 0;
    try {
      const first = this.reading(plain, FRONT, FRONT + octets);
      if (this.reading(tricky, start, start + octets) !== first)
        return this.finding(index, 'depends on octets around it');
      if (target.streams) {
        this.cut(index, octets);
        if (this.reading(tricky, start, start + octets) !== first) {
          return this.finding(index, `depends on where it is cut: ${this.cuts.join(', ')}`);
        }
      }
    } catch (thrown) {
      return this.finding(index, `threw ${String(thrown)}`);
    }
    const held = target.heldOctets();
    return held > target.heldLimitOctets ? this.finding(index, `holds ${held} octets`) : undefined;
  }

  private reading(buf: Buffer, start: number, end: number): number {
    this.seen.begin(start, end);
    this.target.read(buf, start, end, this.cuts, this.seen);
    return this.seen.hash;
  }

  /** Up to six pieces, often of one octet. */
  private cut(index: number, octets: number): void {
    const { chance, cuts } = this;
    chance.begin(this.seed ^ 0x5bd1e995, index);
    for (let i = 1 + chance.below(CUTS), at = 0; i > 0 && at < octets; i--) {
      at += 1 + chance.below(chance.oneIn(3) ? 1 : Math.ceil((octets - at) / i));
      if (at < octets) cuts.push(at);
    }
  }

  private finding(index: number, what: string): OctetFinding {
    const { mutator } = this;
    const input = mutator.buf.toString('hex', 0, mutator.octets);
    return { target: this.target.name, index, what, input };
  }
}
