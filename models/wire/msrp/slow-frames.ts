/**
 * A second reader of MSRP frames, written to be obviously right: the whole stream in, frames out, by scanning alone. Tests
 * compare the incremental parser with it (RFC 4975 section 9; rules 3.3). Never used in a run.
 */
import { FRAME_LIMITS } from './frame-faults.js';

export interface SlowFrame {
  readonly startLine: string;
  readonly tid: string;
  /** Header lines as text. */
  readonly headers: readonly string[];
  /** The body, one character an octet; null if the frame has none. */
  readonly body: string | null;
  readonly flag: string;
}

export interface SlowFrames {
  readonly frames: readonly SlowFrame[];
  /** Octets after the last whole frame. */
  readonly rest: string;
  /** True if what is left can never become a frame. */
  readonly broken: boolean;
}

/** Reads all whole frames of `stream`, one character an octet. */
export function readSlowFrames(stream: string): SlowFrames {
  const frames: SlowFrame[] = [];
  let rest = stream;
  for (;;) {
    const result = readOne(rest);
    if (result === 'broken') return { frames, rest, broken: true };
    if (result === 'more') return { frames, rest, broken: false };
    frames.push(result.frame);
    rest = rest.slice(result.octets);
  }
}

function readOne(text: string): 'broken' | 'more' | { frame: SlowFrame; octets: number } {
  const start = 'MSRP ';
  if (!text.startsWith(start.slice(0, text.length))) return 'broken';
  const lineEnd = text.indexOf('\r\n');
  if (lineEnd < 0) return text.length > FRAME_LIMITS.headOctets ? 'broken' : 'more';
  if (lineEnd < start.length) return 'broken';
  const startLine = text.slice(0, lineEnd);
  const tid = /^MSRP ([!-~]{1,64})(?: |$)/.exec(startLine)?.[1];
  if (tid === undefined) return 'broken';

  const headers: string[] = [];
  let at = lineEnd + 2;
  for (;;) {
    if (at > FRAME_LIMITS.headOctets) return 'broken';
    const end = text.indexOf('\r\n', at);
    if (end < 0) return text.length > FRAME_LIMITS.headOctets ? 'broken' : 'more';
    const line = text.slice(at, end);
    at = end + 2;
    if (at > FRAME_LIMITS.headOctets) return 'broken';
    for (const flag of ['$', '+', '#']) {
      if (line === `-------${tid}${flag}`)
        return { frame: { startLine, tid, headers, body: null, flag }, octets: at };
    }
    if (line === '') break;
    headers.push(line);
  }

  // The end-line directly after the blank line is the one liberal case; else its CRLF comes first and is not data.
  let best = -1;
  let bestFlag = '';
  for (const flag of ['$', '+', '#']) {
    const endLine = `-------${tid}${flag}\r\n`;
    if (text.startsWith(endLine, at)) {
      return { frame: { startLine, tid, headers, body: '', flag }, octets: at + endLine.length };
    }
    const found = text.indexOf(`\r\n${endLine}`, at);
    if (found >= 0 && (best < 0 || found < best)) {
      best = found;
      bestFlag = flag;
    }
  }
  const bodyEnd = best < 0 ? text.length : best;
  const isSend = / SEND$/.test(startLine);
  if (!isSend && bodyEnd - at > FRAME_LIMITS.otherBodyOctets + (best < 0 ? 80 : 0)) return 'broken';
  if (best < 0) return 'more';
  const frame = { startLine, tid, headers, body: text.slice(at, best), flag: bestFlag };
  return { frame, octets: best + 2 + 7 + tid.length + 1 + 2 };
}
