/**
 * Finding the end-line of one frame: `CRLF ------- tid flag CRLF` (RFC 4975 sections 7.1 and 9, hazards of rules 3.3), in a
 * stretch of octets or across several.
 *
 * The pattern has CR only at its beginning and after the flag. So after a mismatch nothing but a fresh CR can begin another
 * match, and what was held back is known without having been kept: it is the pattern itself.
 */
const CR = 13;
const LF = 10;
const HYPHEN = 45;
const PLUS = 43;
const DOLLAR = 36;
const HASH = 35;

/** CRLF and seven hyphens come before the transaction id. */
const HYPHENS = 7;
const PREFIX_OCTETS = 2 + HYPHENS;
/** Flag and CRLF come after it. */
const SUFFIX_OCTETS = 3;

function isFlag(octet: number): boolean {
  return octet === DOLLAR || octet === PLUS || octet === HASH;
}

export class EndLine {
  /** The whole end-line; flag included once it was matched. */
  readonly pattern: Buffer;
  /** Octets of the pattern in all. */
  octets = 0;
  /** Octets of the pattern that ended the last piece and are held back, of which the first `heldFrom` were no body octets. */
  held = 0;
  heldFrom = 0;
  /** After `resume`: the whole end-line was matched. */
  complete = false;
  /** After `resume`: pattern octets [heldFrom, spilled) turned out to be body; 0 if none. */
  spilled = 0;
  private flagAt = 0;

  constructor(tidOctets: number) {
    this.pattern = Buffer.alloc(PREFIX_OCTETS + tidOctets + SUFFIX_OCTETS);
    this.pattern[0] = CR;
    this.pattern[1] = LF;
    this.pattern.fill(HYPHEN, 2, PREFIX_OCTETS);
  }

  /** Looks for the end-line of transaction id [start, end) of `buf` from now on. */
  set(buf: Buffer, start: number, end: number): void {
    const { pattern } = this;
    const flagAt = PREFIX_OCTETS + end - start;
    for (let i = PREFIX_OCTETS; i < flagAt; i++) pattern[i] = buf[start + i - PREFIX_OCTETS];
    this.flagAt = flagAt;
    this.octets = flagAt + SUFFIX_OCTETS;
    pattern[flagAt + 1] = CR;
    pattern[flagAt + 2] = LF;
    this.held = 0;
  }

  /** The flag of an end-line that begins at `at`. */
  flagOf(buf: Buffer, at: number): number {
    return buf[at + this.flagAt];
  }

  /** The flag that `resume` matched. */
  get heldFlag(): number {
    return this.pattern[this.flagAt];
  }

  /** True if the line [start, cr) is `------- tid flag`. */
  isLine(buf: Buffer, start: number, cr: number): boolean {
    const { pattern, flagAt } = this;
    if (cr - start !== flagAt - 1 || !isFlag(buf[cr - 1])) return false;
    for (let i = 2; i < flagAt; i++) if (buf[start + i - 2] !== pattern[i]) return false;
    return true;
  }

  /** True if a whole end-line begins at `at`; it must lie inside the octets that are there. */
  isAt(buf: Buffer, at: number): boolean {
    const { pattern, flagAt } = this;
    if (buf[at] !== CR || buf[at + 1] !== LF) return false;
    if (!isFlag(buf[at + flagAt]) || buf[at + flagAt + 1] !== CR || buf[at + flagAt + 2] !== LF) return false;
    for (let i = flagAt - 1; i >= 2; i--) if (buf[at + i] !== pattern[i]) return false;
    return true;
  }

  /**
   * Position of the first end-line in octets [from, end) of `buf`, or -1. `promised` is where Byte-Range says that it is, or -1: if it
   * is there, only an earlier one could come before it, which ends with the CRLF there at the latest.
   */
  find(buf: Buffer, from: number, end: number, promised: number): number {
    const { octets } = this;
    const sure = promised >= from && promised + octets <= end && this.isAt(buf, promised);
    const until = sure ? promised : end;
    // Of seven hyphens side by side one is at every seventh place, so the others need no look.
    for (let at = from + PREFIX_OCTETS - 1; at < until; at += HYPHENS) {
      // Three places at once take half of the time.
      while (
        at + 2 * HYPHENS < until &&
        buf[at] !== HYPHEN &&
        buf[at + HYPHENS] !== HYPHEN &&
        buf[at + 2 * HYPHENS] !== HYPHEN
      )
        at += 3 * HYPHENS;
      if (at >= until) break;
      if (buf[at] !== HYPHEN) continue;
      let run = at;
      while (run > from + 2 && buf[run - 1] === HYPHEN) run--;
      // A transaction id may begin with hyphens for all that this file knows, but CRLF comes right before the first one.
      if (run - 2 + octets <= end && this.isAt(buf, run - 2)) return run - 2;
      while (at + 1 < until && buf[at + 1] === HYPHEN) at++;
    }
    return sure ? promised : -1;
  }

  /** Holds back the end of [from, end) that could begin an end-line; returns where it starts, or `end`. */
  hold(buf: Buffer, from: number, end: number): number {
    const { pattern, flagAt } = this;
    for (let at = Math.max(from, end - this.octets + 1); at < end; at++) {
      if (buf[at] !== CR) continue;
      let matched = 1;
      while (at + matched < end) {
        const octet = buf[at + matched];
        if (matched === flagAt ? !isFlag(octet) : octet !== pattern[matched]) break;
        matched++;
      }
      if (at + matched < end) continue;
      if (matched > flagAt) pattern[flagAt] = buf[at + flagAt];
      this.held = matched;
      this.heldFrom = 0;
      return at;
    }
    return end;
  }

  /** The CRLF of the blank line may be that of an end-line: the one liberal case (rules 3.3). */
  holdBlankLine(): void {
    this.held = 2;
    this.heldFrom = 2;
  }

  /** Goes on with what is held, in [at, end) of `buf`; returns how far it matched. See `complete`, `spilled` and `held`. */
  resume(buf: Buffer, at: number, end: number): number {
    const { pattern, flagAt, octets } = this;
    let { held } = this;
    this.complete = false;
    this.spilled = 0;
    for (; at < end; at++) {
      const octet = buf[at];
      if (held === flagAt ? !isFlag(octet) : octet !== pattern[held]) {
        if (held > this.heldFrom) this.spilled = held;
        this.held = 0;
        return at;
      }
      pattern[held++] = octet;
      if (held < octets) continue;
      this.held = 0;
      this.complete = true;
      return at + 1;
    }
    this.held = held;
    return at;
  }
}
