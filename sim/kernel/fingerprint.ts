/**
 * The fingerprint: 64 bits over all octets emitted and all observations of a run, with a checkpoint for each virtual second.
 * Golden files, baselines and run folders go by it. Two runs of one cell that differ anywhere differ here; the first differing
 * checkpoint says in which second.
 *
 * Octets are taken as little-endian 32-bit words by four independent lanes, so that the multiplications overlap; the result
 * does not depend on where in the arena the octets lie. Not cryptographic.
 */
import { highWord, mix32 } from './mix.js';
import { NS_PER_S } from './time.js';

const A = 0x9e3779b1;
const B = 0x85ebca77;
const C = 0xc2b2ae3d;
const D = 0x27d4eb2f;

export class Fingerprint {
  private low = 0x243f6a88;
  private high = 0x13198a2e;
  private nextCheckpointNs = NS_PER_S;
  private readonly marks: number[] = [];

  /** Closes every second that ended before `nowNs`. Call before mixing what happens at `nowNs`. */
  advance(nowNs: number): void {
    while (nowNs >= this.nextCheckpointNs) {
      this.marks.push(this.low, this.high);
      this.nextCheckpointNs += NS_PER_S;
    }
  }

  /** Mixes one 32-bit word. */
  word(value: number): void {
    this.low = Math.imul((this.low << 5) ^ (this.low >>> 27) ^ value, A);
    this.high = Math.imul((this.high ^ value ^ this.low) + C, B);
  }

  /** Mixes an integer of up to 53 bits. */
  integer(value: number): void {
    this.word(value | 0);
    this.word(highWord(value));
  }

  /** Mixes octets [start, end) of the arena, given as 32-bit words. */
  octets(words: Int32Array, start: number, end: number): void {
    const length = end - start;
    let a = this.low ^ length;
    let b = this.high;
    let c = A;
    let d = B;
    let at = start >>> 2;
    const shift = (start & 3) << 3;
    const whole = length >>> 2;
    let left = whole;
    if (shift === 0) {
      for (; left >= 4; left -= 4, at += 4) {
        a = Math.imul(a ^ words[at], A);
        b = Math.imul(b ^ words[at + 1], B);
        c = Math.imul(c ^ words[at + 2], C);
        d = Math.imul(d ^ words[at + 3], D);
        a ^= a >>> 15;
        b ^= b >>> 13;
        c ^= c >>> 14;
        d ^= d >>> 16;
      }
      for (; left > 0; left--, at++) {
        a = Math.imul(a ^ words[at], A);
        a ^= a >>> 15;
      }
    } else {
      const up = 32 - shift;
      for (; left >= 4; left -= 4, at += 4) {
        const w1 = words[at + 1];
        const w2 = words[at + 2];
        const w3 = words[at + 3];
        a = Math.imul(a ^ ((words[at] >>> shift) | (w1 << up)), A);
        b = Math.imul(b ^ ((w1 >>> shift) | (w2 << up)), B);
        c = Math.imul(c ^ ((w2 >>> shift) | (w3 << up)), C);
        d = Math.imul(d ^ ((w3 >>> shift) | (words[at + 4] << up)), D);
        a ^= a >>> 15;
        b ^= b >>> 13;
        c ^= c >>> 14;
        d ^= d >>> 16;
      }
      for (; left > 0; left--, at++) {
        a = Math.imul(a ^ ((words[at] >>> shift) | (words[at + 1] << up)), A);
        a ^= a >>> 15;
      }
    }
    let tail = 0;
    for (let i = start + (whole << 2), bits = 0; i < end; i++, bits += 8) {
      tail |= ((words[i >>> 2] >>> ((i & 3) << 3)) & 0xff) << bits;
    }
    this.low = mix32(a ^ tail, c);
    this.high = mix32(b ^ this.low, d);
  }

  /** The fingerprint so far, as 16 hexadecimal digits. */
  hex(): string {
    return hex64(this.low, this.high);
  }

  /** The checkpoints so far, one for each whole virtual second, as 16 hexadecimal digits each. */
  checkpoints(): string[] {
    const out: string[] = [];
    for (let i = 0; i < this.marks.length; i += 2) out.push(hex64(this.marks[i], this.marks[i + 1]));
    return out;
  }
}

function hex64(low: number, high: number): string {
  const text = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
  return text(mix32(high, low)) + text(mix32(low, high ^ D));
}
