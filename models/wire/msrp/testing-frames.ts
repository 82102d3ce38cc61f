/** For tests of the frame parser only: frames as text, and what the parser gives of them, however they are cut. */
import { FrameKind, type Span } from './frame-head.js';
import { FrameEvent, FrameParser } from './frame-parser.js';

/** What a parser gave. */
export interface Read {
  frames: { startLine: string; tid: string; body: string | null; flag: string; fault: number }[];
  failed: number;
}

/** Feeds `pieces` one after the other, each as a stretch inside a larger buffer full of look-alikes. */
export function readPieces(pieces: readonly Buffer[], parser = new FrameParser()): Read {
  const read: Read = { frames: [], failed: 0 };
  let body: Buffer[] = [];
  let octets = 0;
  let current = { startLine: '', tid: '', fault: 0 };
  for (const piece of pieces) {
    const padded = Buffer.concat([Buffer.from('\r\n\r\n'), piece, Buffer.from('\r\n-------tid1$\r\n')]);
    parser.feed(padded, 4, 4 + piece.length);
    for (let event = parser.next(); event !== FrameEvent.more; event = parser.next()) {
      if (event === FrameEvent.head) {
        const { head } = parser;
        const text = (span: Span): string => (span.present ? head.buf.latin1Slice(span.start, span.end) : '');
        const third = head.kind === FrameKind.response ? String(head.status) : text(head.method);
        current = { startLine: `MSRP ${text(head.tid)} ${third}`, tid: text(head.tid), fault: head.fault };
        body = [];
        octets = 0;
      } else if (event === FrameEvent.body) {
        if (parser.spanOffset !== octets) throw new Error(`span at ${parser.spanOffset}, expected ${octets}`);
        octets += parser.spanEnd - parser.spanStart;
        body.push(Buffer.from(parser.spanBuf.subarray(parser.spanStart, parser.spanEnd)));
      } else if (event === FrameEvent.end) {
        const whole = Buffer.concat(body);
        if (parser.bodyOctets !== whole.length)
          throw new Error(`${parser.bodyOctets} octets of body, expected ${whole.length}`);
        read.frames.push({
          ...current,
          body: parser.hasBody ? whole.toString('latin1') : null,
          flag: String.fromCharCode(parser.flag),
        });
        body = [];
      } else {
        read.failed = parser.fault;
        return read;
      }
    }
  }
  return read;
}

export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

export function send(
  body: string | null,
  options: { tid?: string; range?: string; flag?: string; type?: boolean } = {},
): string {
  const { tid = 'tid1', flag = '$' } = options;
  const range = options.range === undefined ? '' : `Byte-Range: ${options.range}\r\n`;
  const head = `MSRP ${tid} SEND\r\nTo-Path: msrp://b.example:1/x;tcp\r\nFrom-Path: msrp://a.example:2/y;tcp\r\nMessage-ID: m123\r\n${range}`;
  if (body === null) return `${head}-------${tid}${flag}\r\n`;
  return `${head}Content-Type: text/plain\r\n\r\n${body}\r\n-------${tid}${flag}\r\n`;
}

export function bodies(read: Read): (string | null)[] {
  return read.frames.map((frame) => frame.body);
}
