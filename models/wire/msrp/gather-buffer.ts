/**
 * The small bounded buffer in which a head is gathered that straddles pieces of the stream. It grows to the limit of a head
 * and never beyond.
 */
import { FRAME_LIMITS } from './frame-faults.js';

const FIRST_OCTETS = 512;

export class GatherBuffer {
  buf: Buffer | null = null;
  octets = 0;

  /** Room for `octets`, contents kept; the buffer may be replaced. */
  reserve(octets: number): Buffer {
    const old = this.buf;
    if (old !== null && old.length >= octets) return old;
    let size = old === null ? FIRST_OCTETS : old.length;
    while (size < octets) size *= 2;
    const buf = Buffer.alloc(Math.min(size, Math.max(octets, FRAME_LIMITS.headOctets)));
    if (old !== null) buf.set(old.subarray(0, this.octets), 0);
    this.buf = buf;
    return buf;
  }
}

const MSRP_SP = [77, 83, 82, 80, 32] as const;

/** True if [start, end) is the beginning of `MSRP` SP, or begins with it: told as early as the octets tell it. */
export function couldStart(buf: Buffer, start: number, end: number): boolean {
  for (let i = 0; i < MSRP_SP.length && start + i < end; i++) if (buf[start + i] !== MSRP_SP[i]) return false;
  return true;
}
