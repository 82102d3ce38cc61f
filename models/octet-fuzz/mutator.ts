/**
 * Makes hostile octets out of sound ones: a sample is changed in a few places (octets, spans, words of the format, another
 * sample's middle), or random octets stand in its place. The same seed and number give the same octets.
 *
 * Not here: guidance by coverage. What the mutations do not reach in a million inputs, they do not reach.
 */
import { OctetChance } from './chance.js';

/** Longest input, in octets: above the limit of a head, so that the limits are met too. */
export const INPUT_LIMIT_OCTETS = 24_576;
/** What separates, delimits and ends in all the text formats, and what the limits of numbers are. */
const COMMON_WORDS = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  ' ',
  '\t',
  '\r\n ',
  ':',
  ';',
  ',',
  '=',
  '"',
  '\\',
  '<',
  '>',
  '--',
  '-------',
  '/',
  '*',
  '%',
  '%00',
  '\0',
  '\xff',
  '\xc3\xa9',
  '0',
  '-1',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '99999999999999999999999',
] as const;

export class Mutator {
  /** The input; [0, octets) of it, until the next one is made. */
  readonly buf = Buffer.alloc(INPUT_LIMIT_OCTETS);
  octets = 0;
  private readonly chance = new OctetChance();
  private readonly samples: readonly Buffer[];
  private readonly words: readonly Buffer[];
  private readonly spare = Buffer.alloc(INPUT_LIMIT_OCTETS);

  constructor(samples: readonly Buffer[], words: readonly string[]) {
    this.samples = samples;
    this.words = [...COMMON_WORDS, ...words].map((word) => Buffer.from(word, 'latin1'));
  }

  /** Makes input `index` of campaign `seed`. */
  make(seed: number, index: number): void {
    const { chance } = this;
    chance.begin(seed, index);
    if (chance.oneIn(24)) {
      this.random();
      return;
    }
    const sample = this.samples[chance.below(this.samples.length)];
    this.octets = 0;
    this.append(sample, 0, sample.length);
    // One in 32 stays as it is: what is sound must go on being read between the others.
    if (chance.oneIn(32)) return;
    const changes = 1 + chance.below(chance.oneIn(4) ? 12 : 3);
    for (let i = 0; i < changes; i++) this.change();
  }

  private random(): void {
    const { chance, buf } = this;
    this.octets = chance.below(chance.oneIn(16) ? 4_096 : 160);
    for (let i = 0; i < this.octets; i++) {
      // Half of them in the letters and digits of text, so that some lines come about.
      const bits = chance.next();
      buf[i] = (bits & 256) === 0 ? bits & 255 : 32 + (bits & 95);
    }
  }

  private change(): void {
    const { chance, buf } = this;
    const at = chance.below(this.octets);
    const end = at + Math.min(chance.below(chance.oneIn(4) ? 400 : 12), this.octets - at);
    switch (chance.below(9)) {
      case 0:
        if (this.octets > 0) buf[at] = chance.next();
        break;
      case 1:
        if (this.octets > 0) buf[at] ^= 1 << chance.below(8);
        break;
      case 2:
        this.replace(at, end, this.words[0], 0, 0);
        break;
      case 3:
        this.word(at, at);
        break;
      case 4:
        this.word(at, end);
        break;
      case 5: {
        // A span of its own once more.
        const octets = end - at;
        buf.copy(this.spare, 0, at, end);
        this.replace(at, at, this.spare, 0, octets);
        break;
      }
      case 6: {
        const other = this.samples[chance.below(this.samples.length)];
        const from = chance.below(other.length);
        this.replace(at, end, other, from, from + chance.below(other.length - from + 1));
        break;
      }
      case 7:
        this.octets = at;
        break;
      default:
        if (chance.oneIn(32)) this.flood(at);
        else this.digits(at);
    }
  }

  /** Puts a word of the format in the place of [at, end). */
  private word(at: number, end: number): void {
    const word = this.words[this.chance.below(this.words.length)];
    this.replace(at, end, word, 0, word.length);
  }

  /** One word very often: limits, and work that would grow with the square of the octets. */
  private flood(at: number): void {
    const { chance } = this;
    const word = this.words[chance.below(this.words.length)];
    const octets = chance.below(chance.oneIn(8) ? INPUT_LIMIT_OCTETS : 2_048);
    const flood = this.spare;
    let length = 0;
    while (length + word.length <= octets) {
      word.copy(flood, length, 0, word.length);
      length += word.length;
    }
    this.replace(at, at, flood, 0, length);
  }

  /** Changes the next digits after `at`: numbers that lie. */
  private digits(at: number): void {
    const { chance, buf } = this;
    let i = at;
    while (i < this.octets && (buf[i] < 48 || buf[i] > 57)) i++;
    for (; i < this.octets && buf[i] >= 48 && buf[i] <= 57; i++) buf[i] = 48 + chance.below(10);
  }

  private append(from: Buffer, start: number, end: number): void {
    this.replace(this.octets, this.octets, from, start, end);
  }

  /** Puts [start, end) of `from` in the place of [at, until); what does not fit is cut off. */
  private replace(at: number, until: number, from: Buffer, start: number, end: number): void {
    const { buf } = this;
    const room = INPUT_LIMIT_OCTETS - at;
    const octets = Math.min(end - start, room);
    const tail = Math.min(this.octets - until, room - octets);
    buf.copyWithin(at + octets, until, until + tail);
    from.copy(buf, at, start, start + octets);
    this.octets = at + octets + tail;
  }
}
