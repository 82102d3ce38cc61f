/**
 * The header section read plainly, character by character, with regular expressions: the twin that `header-scan.ts` must agree
 * with on any octets. For tests and for whoever wants to know what the fast one does.
 */
import { headerIdOfName } from './header-names.js';

export interface PlainHeader {
  readonly id: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly lineEnd: number;
  readonly folded: number;
}

export interface PlainHead {
  readonly headers: readonly PlainHeader[];
  /** First octet of the body; the length of the text if the header section does not end. */
  readonly bodyStart: number;
  readonly ended: boolean;
  /** Offsets of lone CR and LF. */
  readonly loneEnds: readonly number[];
  /** Offsets of lines that are no header fields. */
  readonly badLines: readonly number[];
}

function headerOf(
  text: string,
  start: number,
  end: number,
  lineEnd: number,
  folded: boolean,
): PlainHeader | undefined {
  const match = /^([A-Za-z0-9\-.!%*_+`'~]+)[ \t]*:[ \t\r\n]*/.exec(text.slice(start, end));
  if (match === null) return undefined;
  const valueStart = start + match[0].length;
  const value = text.slice(valueStart, end).replace(/[ \t\r\n]+$/, '');
  return {
    id: headerIdOfName(match[1]),
    nameStart: start,
    nameEnd: start + match[1].length,
    valueStart,
    valueEnd: valueStart + value.length,
    lineEnd,
    folded: folded ? 1 : 0,
  };
}

/** Reads header lines of `text` (one character an octet) from `at` to the empty line. */
export function readHeadPlainly(text: string, at: number): PlainHead {
  const headers: PlainHeader[] = [];
  const loneEnds: number[] = [];
  const badLines: number[] = [];
  let start = at;
  while (start < text.length) {
    if (text.startsWith('\r\n', start))
      return { headers, bodyStart: start + 2, ended: true, loneEnds, badLines };
    if (text[start] === '\n') {
      loneEnds.push(start);
      return { headers, bodyStart: start + 1, ended: true, loneEnds, badLines };
    }
    let p = start;
    let folded = false;
    let lineEnd = -1;
    let end = -1;
    while (lineEnd < 0 && p < text.length) {
      const isCrlf = text.startsWith('\r\n', p);
      const isLf = text[p] === '\n';
      if (isCrlf || isLf) {
        if (isLf) loneEnds.push(p);
        const next = p + (isCrlf ? 2 : 1);
        if (text[next] === ' ' || text[next] === '\t') {
          folded = true;
          p = next + 1;
        } else {
          end = p;
          lineEnd = next;
        }
      } else {
        if (text[p] === '\r') loneEnds.push(p);
        p++;
      }
    }
    if (lineEnd < 0) break;
    const header = headerOf(text, start, end, lineEnd, folded);
    if (header === undefined) badLines.push(start);
    else headers.push(header);
    start = lineEnd;
  }
  return { headers, bodyStart: text.length, ended: false, loneEnds, badLines };
}
