/**
 * An HTTP message as spans of the octets it came in. One object is filled again for each message; nothing is copied.
 *
 * All positions are offsets into `buf`, ends exclusive, valid until the stream is asked for the next message or fed again.
 * Not here: comma lists, comments, quality values, dates.
 */
import { HTTP_LIMITS } from './faults.js';

const EMPTY = Buffer.alloc(0);

/** Methods that a server here tells apart. */
export const HttpMethod = { other: 0, get: 1, put: 2, delete: 3, post: 4, head: 5, options: 6 } as const;
export type HttpMethod = (typeof HttpMethod)[keyof typeof HttpMethod];

/** Header fields that are known by number; every other one has `other`. */
export const HttpHeader = {
  other: 0,
  host: 1,
  contentLength: 2,
  contentType: 3,
  transferEncoding: 4,
  connection: 5,
  etag: 6,
  ifMatch: 7,
  ifNoneMatch: 8,
  retryAfter: 9,
  expect: 10,
} as const;
export type HttpHeader = (typeof HttpHeader)[keyof typeof HttpHeader];

export class HttpMessage {
  buf: Buffer = EMPTY;
  start = 0;
  end = 0;
  /** {@link HttpMethod} of a request. */
  method: HttpMethod = HttpMethod.other;
  /** Request-URI as it came. */
  targetStart = 0;
  targetEnd = 0;
  /** Status of a response, 0 in a request. */
  status = 0;
  /** The connection goes on after this message (RFC 2616 section 8.1). */
  keepAlive = true;
  headerCount = 0;
  readonly ids = new Uint8Array(HTTP_LIMITS.headers);
  readonly nameStart = new Int32Array(HTTP_LIMITS.headers);
  readonly nameEnd = new Int32Array(HTTP_LIMITS.headers);
  /** The value without white space around it. */
  readonly valueStart = new Int32Array(HTTP_LIMITS.headers);
  readonly valueEnd = new Int32Array(HTTP_LIMITS.headers);
  bodyStart = 0;
  bodyEnd = 0;

  /** Index of the first header field `id` at or after `from`; -1 if there is none. */
  find(id: HttpHeader, from = 0): number {
    for (let i = from; i < this.headerCount; i++) if (this.ids[i] === id) return i;
    return -1;
  }

  /** The first value of `id` as text, undefined if there is none. */
  textOf(id: HttpHeader): string | undefined {
    const i = this.find(id);
    return i < 0 ? undefined : this.buf.latin1Slice(this.valueStart[i], this.valueEnd[i]);
  }

  /** True if the value of header `id` is `text`, parameters after `;` aside, without regard to case. `text` is lower case. */
  valueIs(id: HttpHeader, text: string): boolean {
    const i = this.find(id);
    if (i < 0) return false;
    const { buf } = this;
    const start = this.valueStart[i];
    const end = this.valueEnd[i];
    if (end - start < text.length) return false;
    for (let k = 0; k < text.length; k++) {
      const octet = buf[start + k];
      if ((octet >= 65 && octet <= 90 ? octet | 32 : octet) !== text.charCodeAt(k)) return false;
    }
    const after = start + text.length;
    return after === end || buf[after] === 0x3b || buf[after] === 0x20;
  }
}
