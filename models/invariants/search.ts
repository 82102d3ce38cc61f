/** Looks for rare octets in a stretch of a large buffer, without running past its end. */

/** Offset of `needle` in octets [start, end) of `buf`; -1 if it is not there. */
export function findIn(buf: Buffer, start: number, end: number, needle: Uint8Array): number {
  const at = buf.subarray(start, end).indexOf(needle);
  return at < 0 ? -1 : start + at;
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
