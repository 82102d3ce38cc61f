/**
 * Reads a multipart sample as it stands in the change request, with that text's own slips (rules 1.5), and gives back strict
 * octets. Used only where input may come from such a sample; nothing that arrives on a wire comes here.
 *
 * Survived: curly quotes, an em dash for two hyphens, hard spaces, indentation, lines that end in a bare LF, `Content-Type=`,
 * opening delimiters written like closing ones and closing ones with a hyphen too few, blank runs where lines were deleted,
 * a missing blank line before the start line, a space after the scheme of a URI.
 *
 * Not modelled: binary content, nested multiparts, header fields folded over lines (indentation is a slip here).
 */

/** A sample made strict. */
export interface RevivedSample {
  readonly boundary: string;
  /** multipart/mixed content from the first delimiter to the closing one, without a CRLF after it. */
  readonly octets: Buffer;
}

const HEADER_LINE = /^([A-Za-z][A-Za-z0-9-]*)\s*[:=]\s*(.*)$/;
const BOUNDARY = /boundary\s*=\s*"?([^"\s;]+)"?/i;
const START_LINE = /^(?:[A-Z]+ \S.* SIP\/2\.0|SIP\/2\.0 \d{3}.*|MSRP \S+ SEND)$/;

/** Makes the sample in [start, end) of `buf` (UTF-8) strict; undefined if it names no boundary or has no part. */
export function reviveSample(buf: Buffer, start: number, end: number): RevivedSample | undefined {
  const lines = buf.utf8Slice(start, end).split('\n').map(plainLine);
  const declared = lines.findIndex((line) => /^content-type\s*[:=]/i.test(line) && BOUNDARY.test(line));
  if (declared < 0) return undefined;
  const boundary = BOUNDARY.exec(lines[declared])?.[1] ?? '';
  const delimiters: number[] = [];
  for (let i = declared + 1; i < lines.length; i++) if (isDelimiter(lines[i], boundary)) delimiters.push(i);
  if (delimiters.length < 2) return undefined;
  let text = '';
  for (let i = 0; i + 1 < delimiters.length; i++) {
    text += `--${boundary}\r\n${revivePart(lines.slice(delimiters[i] + 1, delimiters[i + 1]))}\r\n`;
  }
  return { boundary, octets: Buffer.from(text + `--${boundary}--`, 'utf8') };
}

/** One line without typography, indentation, trailing space and CR. */
function plainLine(line: string): string {
  return line
    .replaceAll('\u00a0', ' ')
    .replaceAll(/[\u201c\u201d]/g, '"')
    .replaceAll('\u2014', '--')
    .trim();
}

/** `--boundary` followed by no hyphen, one or two: the samples do not tell opening from closing ones. */
function isDelimiter(line: string, boundary: string): boolean {
  if (!line.startsWith('--' + boundary)) return false;
  return /^-{0,2}$/.test(line.slice(boundary.length + 2));
}

/** Part headers, empty line, then the wrapped message: start line, its headers, and its body if there is one. */
function revivePart(lines: readonly string[]): string {
  const partHeaders: string[] = [];
  const head: string[] = [];
  let describesBody = false;
  let blank = false;
  let at = 0;
  for (; at < lines.length; at++) {
    const line = lines[at];
    if (line === '') {
      blank = true;
      continue;
    }
    if (head.length === 0 && START_LINE.test(line)) {
      head.push(line.replace(/(sips?:) +/, '$1'));
      blank = false;
      continue;
    }
    const header = HEADER_LINE.exec(line);
    if (header === null || (blank && describesBody)) break;
    (head.length === 0 ? partHeaders : head).push(`${header[1]}: ${header[2]}`);
    if (head.length > 0 && /^content-(?:type|length)$/i.test(header[1])) describesBody = true;
    blank = false;
  }
  const body = lines.slice(at);
  while (body.length > 0 && body[body.length - 1] === '') body.pop();
  const content =
    head.map((line) => line + '\r\n').join('') + (body.length > 0 ? '\r\n' + body.join('\r\n') : '');
  return partHeaders.map((line) => line + '\r\n').join('') + '\r\n' + content;
}
