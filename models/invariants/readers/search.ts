/**
 * Looks for rare octets in a stretch of a large buffer, without running past its end and without an object for each search.
 */

/** Something to look for: Horspool's algorithm, which looks at one octet in as many as the needle has where nothing fits. */
/** Beyond so many octets an object for the search costs less than a loop. */
const LARGE_OCTETS = 4096;

export class Needle {
  readonly octets: Buffer;
  /** How far to go on when the window ends with this octet. */
  private readonly skip = new Uint8Array(256);

  /** `text`: latin1, 1 to 255 octets. */
  constructor(text: string) {
    this.octets = Buffer.from(text, 'latin1');
    const last = this.octets.length - 1;
    this.skip.fill(this.octets.length);
    for (let i = 0; i < last; i++) this.skip[this.octets[i]] = last - i;
  }

  /** Offset of the needle in octets [start, end) of `buf`; -1 if it is not there. */
  in(buf: Buffer, start: number, end: number): number {
    const { octets, skip } = this;
    if (end - start > LARGE_OCTETS) {
      const found = buf.subarray(start, end).indexOf(octets);
      return found < 0 ? -1 : start + found;
    }
    const last = octets.length - 1;
    const final = octets[last];
    for (let at = start + last; at < end;) {
      const octet = buf[at];
      if (octet === final) {
        let i = 0;
        while (i < last && buf[at - last + i] === octets[i]) i++;
        if (i === last) return at - last;
      }
      at += skip[octet];
    }
    return -1;
  }
}

/** Reads the number of a mark: base 36 in eight octets from `at`; -1 if it is none. */
export function markNumber(buf: Uint8Array, at: number, end: number): number {
  if (at + 8 > end) return -1;
  let number = 0;
  for (let i = at; i < at + 8; i++) {
    const c = buf[i];
    const digit = c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 122 ? c - 87 : -1;
    if (digit < 0) return -1;
    number = number * 36 + digit;
  }
  return number;
}

/** True if octets [start, end) are `text`, letters without case; `text` is in lower case. */
export function equalsLower(buf: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    const octet = buf[start + i];
    if ((octet >= 65 && octet <= 90 ? octet | 32 : octet) !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** True if octets from `start` begin with exactly `text`, before `end`. */
export function startsWith(buf: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i++) if (buf[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
