/**
 * HTTP/1.1 messages cut from one direction of a TCP stream, incrementally and over any segmentation (RFC 2616 sections 4.4
 * and 8.1): pipelined messages come out in order, bodies are delimited by Content-Length.
 *
 * A message that lies whole in what was fed is read in place; one that straddles is gathered, never beyond the limits of
 * `faults.ts`. Not modelled: chunked coding (refused with 501), bodies that end with the connection, responses to HEAD.
 *
 *     stream.feed(buf, start, end);
 *     while (stream.next()) use(stream.message);
 *     if (stream.fault !== HttpFault.none) ...answer and close
 */
import { HTTP_LIMITS, HttpFault } from './faults.js';
import { HEAD_INCOMPLETE, HeadResult, parseHead } from './head.js';
import { HttpMessage } from './message.js';

const CR = 13;
const LF = 10;
const EMPTY = Buffer.alloc(0);
const FIRST_OCTETS = 1024;

/** What a stream carries. */
export const HttpSide = { requests: 0, responses: 1 } as const;
export type HttpSide = (typeof HttpSide)[keyof typeof HttpSide];

export class HttpStream {
  readonly message = new HttpMessage();
  /** Once it is set, no message follows. */
  fault: HttpFault = HttpFault.none;
  /**
   * After `next` gave false: the request that has begun asks for 100 before its body, and none of that has come (RFC 9110 section 10.1.1).
   * Said once, until the next `feed`.
   */
  awaitsContinue = false;
  private readonly head = new HeadResult();
  private readonly bodyLimit: number;
  /** What is read: the octets fed last, or `kept` with them at its end. */
  private view: Buffer = EMPTY;
  private at = 0;
  /** Octets of an incomplete message, at the front. */
  private kept: Buffer = EMPTY;
  private keptOctets = 0;
  /** Octets that the message being gathered needs at least: spares reading its head again. */
  private needed = 0;
  /** What was fed last completes no line of a head being gathered, so that need not be read again. */
  private noLine = false;

  constructor(
    private readonly side: HttpSide,
    bodyLimit: number = side === HttpSide.requests
      ? HTTP_LIMITS.requestBodyOctets
      : HTTP_LIMITS.responseBodyOctets,
  ) {
    this.bodyLimit = bodyLimit;
  }

  /** Octets of a message that has begun and is not complete. */
  get pendingOctets(): number {
    return this.keptOctets;
  }

  /** Takes the next octets [start, end) of `buf`, which must stay as they are until `next` gave false. */
  feed(buf: Buffer, start: number, end: number): void {
    if (this.fault !== HttpFault.none) return;
    const octets = end - start;
    const piece = buf.subarray(start, end);
    this.noLine = false;
    this.awaitsContinue = false;
    if (this.keptOctets === 0) this.view = piece;
    else {
      this.noLine =
        this.needed === 0 &&
        this.kept[this.keptOctets - 1] !== CR &&
        piece.indexOf(LF) < 0 &&
        piece.indexOf(CR) < 0;
      const kept = this.room(this.keptOctets + octets);
      kept.set(piece, this.keptOctets);
      this.keptOctets += octets;
      this.view = kept.subarray(0, this.keptOctets);
    }
    this.at = 0;
  }

  /** Reads the next complete message into `message`; false if there is none, and then feed more or look at `fault`. */
  next(): boolean {
    if (this.fault !== HttpFault.none) return false;
    const { view, message, head } = this;
    // Empty lines before a start line are ignored (RFC 2616 section 4.1).
    while (
      this.needed === 0 &&
      view.length - this.at >= 2 &&
      view[this.at] === CR &&
      view[this.at + 1] === LF
    )
      this.at += 2;
    const { at } = this;
    if (at === view.length || view.length - at < this.needed) return this.keep();
    const bodyStart = this.noLine
      ? HEAD_INCOMPLETE
      : parseHead(view, at, this.side === HttpSide.requests, message, head);
    if (bodyStart === HEAD_INCOMPLETE) {
      if (view.length - at > HTTP_LIMITS.headOctets) return this.fail(HttpFault.headTooLong);
      return this.keep();
    }
    if (bodyStart === 0) return this.fail(head.fault);
    const bodyOctets = this.bodyOctets();
    if (bodyOctets < 0) return this.fail(HttpFault.length);
    if (bodyOctets > this.bodyLimit) return this.fail(HttpFault.bodyTooLong);
    if (view.length - bodyStart < bodyOctets) {
      this.needed = bodyStart - at + bodyOctets;
      this.awaitsContinue = head.expectsContinue && view.length === bodyStart;
      return this.keep();
    }
    this.needed = 0;
    message.bodyStart = bodyStart;
    message.bodyEnd = message.end = bodyStart + bodyOctets;
    this.at = message.end;
    return true;
  }

  /** RFC 2616 section 4.4; -1 if a response does not tell the length of its body. */
  private bodyOctets(): number {
    const { status } = this.message;
    if (status !== 0 && (status < 200 || status === 204 || status === 304)) return 0;
    const { contentLength } = this.head;
    if (contentLength >= 0) return contentLength;
    return status === 0 ? 0 : -1;
  }

  /** Keeps what is left for the next `feed`. */
  private keep(): false {
    const { view, at } = this;
    const left = view.length - at;
    if (this.keptOctets > 0) {
      if (at > 0) this.kept.copyWithin(0, at, this.keptOctets);
    } else if (left > 0) {
      const kept = this.room(left);
      kept.set(view.subarray(at), 0);
    }
    this.keptOctets = left;
    if (left === 0 && this.kept.length > HTTP_LIMITS.headOctets) this.kept = EMPTY;
    this.view = EMPTY;
    this.at = 0;
    return false;
  }

  private fail(fault: HttpFault): false {
    this.fault = fault;
    this.kept = EMPTY;
    this.view = EMPTY;
    this.keptOctets = 0;
    return false;
  }

  /** The gathering buffer with room for `octets`, contents kept. */
  private room(octets: number): Buffer {
    const old = this.kept;
    if (old.length >= octets) return old;
    let size = Math.max(old.length, FIRST_OCTETS);
    while (size < octets) size *= 2;
    const kept = Buffer.alloc(size);
    kept.set(old.subarray(0, this.keptOctets), 0);
    this.kept = kept;
    return kept;
  }
}
