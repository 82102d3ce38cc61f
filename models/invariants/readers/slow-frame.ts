/**
 * A frame of MSRP as the invariants' own reader sees it (`slow-msrp.ts`): the lines of its head, and of its body the length.
 */
import { startsWith } from './search.js';
import { slowDigest } from './slow-sip.js';

const LINES = 24;
const COLON = 58;

/** `kind` of requests; a response has its status. */
export const FrameKind = { send: 1, report: 2, other: 3 } as const;

/** A frame: spans of `octets`, its head, valid while it is told. One object for each stream. */
export class SlowFrame {
  octets: Buffer = Buffer.alloc(0);
  /** {@link FrameKind}, or the status of a response (100 and above). */
  kind = 0;
  tidStart = 0;
  tidEnd = 0;
  /** Octets of the body, which are passed over and not kept. */
  bodyOctets = 0;
  /** The octet of `$`, `+` or `#`. */
  flag = 0;
  lines = 0;
  readonly lineStart = new Int32Array(LINES);
  readonly lineEnd = new Int32Array(LINES);
  /** Lines of Byte-Range and Message-ID; -1 where there is none. */
  byteRange = -1;
  messageId = -1;
  /** The first two lines are To-Path and From-Path; the last one is Content-Type. */
  pathsFirst = false;
  typeLast = false;

  /** The transaction id as a number. */
  get tid(): number {
    return slowDigest(this.octets, this.tidStart, this.tidEnd);
  }

  /** Index of the first header line `name`; -1 if there is none. */
  find(name: string): number {
    for (let i = 0; i < this.lines; i++) {
      const start = this.lineStart[i];
      if (
        this.octets[start + name.length] === COLON &&
        startsWith(this.octets, start, this.lineEnd[i], name)
      ) {
        return i;
      }
    }
    return -1;
  }

  /** The head is complete: looks where its lines are. */
  look(): void {
    this.byteRange = this.find('Byte-Range');
    this.messageId = this.find('Message-ID');
    this.pathsFirst = this.find('To-Path') === 0 && this.find('From-Path') === 1;
    this.typeLast = this.find('Content-Type') === this.lines - 1;
  }

  /** Value of the first header `name` as text; '' if there is none. */
  text(name: string): string {
    const i = this.find(name);
    return i < 0 ? '' : this.octets.latin1Slice(this.lineStart[i] + name.length + 2, this.lineEnd[i]);
  }
}
