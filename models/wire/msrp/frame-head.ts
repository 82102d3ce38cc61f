/**
 * Start line and headers of one MSRP frame as spans (RFC 4975 section 9). One object is reused for all frames of a parser.
 */
import { FrameFault } from './frame-faults.js';

export const FrameKind = { send: 0, report: 1, otherRequest: 2, response: 3 } as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** Positions of a value in `FrameHead.buf`; -1, -1 if the header is absent. Reused. */
export class Span {
  start = -1;
  end = -1;

  get present(): boolean {
    return this.start >= 0;
  }

  set(start: number, end: number): void {
    this.start = start;
    this.end = end;
  }
}

export class FrameHead {
  /** All spans lie in it: the piece that was fed, or the parser's own buffer if the head straddled pieces. */
  buf: Buffer;
  kind: FrameKind = FrameKind.send;
  readonly tid = new Span();
  /** The method of a request. */
  readonly method = new Span();
  /** The status code of a response; of a REPORT, the code in its Status header; else 0. */
  status = 0;
  /** The namespace in the Status header of a REPORT; 0 is that of the RFC. */
  namespace = 0;
  readonly toPath = new Span();
  readonly fromPath = new Span();
  readonly messageId = new Span();
  readonly contentType = new Span();
  /** Byte-Range, from 1; -1 stands for `*`. Without the header: 1, -1, -1. */
  hasRange = false;
  readonly range = new Span();
  rangeStart = 1;
  rangeEnd = -1;
  total = -1;
  /** 1 if Success-Report is yes. */
  successReport = 0;
  hasSuccessReport = false;
  /** 0 yes (also if absent), 1 partial, 2 no. */
  failureReport = 0;
  hasFailureReport = false;
  hasStatus = false;
  /** Content-* headers other than Content-Type. */
  mimeHeaders = 0;
  /** Headers that this parser has no name for. */
  otherHeaders = 0;
  /** First header fault, with its position; the frame is delimited all the same. */
  fault: FrameFault = FrameFault.none;
  faultAt = 0;
  /** Heads of one template (not 0) differ in transaction id and Byte-Range alone; see `head-template.ts`. */
  template = 0;

  constructor(buf: Buffer) {
    this.buf = buf;
  }

  reset(buf: Buffer): void {
    this.buf = buf;
    this.kind = FrameKind.send;
    this.status = 0;
    this.namespace = 0;
    this.method.set(-1, -1);
    this.toPath.set(-1, -1);
    this.fromPath.set(-1, -1);
    this.messageId.set(-1, -1);
    this.contentType.set(-1, -1);
    this.range.set(-1, -1);
    this.template = 0;
    this.hasRange = false;
    this.rangeStart = 1;
    this.rangeEnd = -1;
    this.total = -1;
    this.successReport = 0;
    this.hasSuccessReport = false;
    this.failureReport = 0;
    this.hasFailureReport = false;
    this.hasStatus = false;
    this.mimeHeaders = 0;
    this.otherHeaders = 0;
    this.fault = FrameFault.none;
    this.faultAt = 0;
  }

  /** Notes a header fault; the first one counts. */
  blame(fault: FrameFault, at: number): void {
    if (this.fault !== FrameFault.none) return;
    this.fault = fault;
    this.faultAt = at;
  }

  /** Moves all spans by `delta` into `buf`, after the octets were copied there. */
  moveTo(buf: Buffer, delta: number): void {
    this.buf = buf;
    shift(this.tid, delta);
    shift(this.method, delta);
    shift(this.toPath, delta);
    shift(this.fromPath, delta);
    shift(this.messageId, delta);
    shift(this.contentType, delta);
    shift(this.range, delta);
    this.faultAt += delta;
  }

  /** Takes over everything from `other`. */
  copyFrom(other: FrameHead): void {
    this.buf = other.buf;
    this.kind = other.kind;
    this.status = other.status;
    this.namespace = other.namespace;
    this.tid.set(other.tid.start, other.tid.end);
    this.method.set(other.method.start, other.method.end);
    this.toPath.set(other.toPath.start, other.toPath.end);
    this.fromPath.set(other.fromPath.start, other.fromPath.end);
    this.messageId.set(other.messageId.start, other.messageId.end);
    this.contentType.set(other.contentType.start, other.contentType.end);
    this.range.set(other.range.start, other.range.end);
    this.hasRange = other.hasRange;
    this.rangeStart = other.rangeStart;
    this.rangeEnd = other.rangeEnd;
    this.total = other.total;
    this.successReport = other.successReport;
    this.hasSuccessReport = other.hasSuccessReport;
    this.failureReport = other.failureReport;
    this.hasFailureReport = other.hasFailureReport;
    this.hasStatus = other.hasStatus;
    this.mimeHeaders = other.mimeHeaders;
    this.otherHeaders = other.otherHeaders;
    this.fault = other.fault;
    this.faultAt = other.faultAt;
    this.template = other.template;
  }

  /** Moves spans from position 0 to `start` of `buf`; those after `split` by `stretch` more. The range has its place. */
  moveParts(buf: Buffer, start: number, split: number, stretch: number): void {
    this.buf = buf;
    shift(this.tid, start);
    shift(this.method, start);
    shift(this.toPath, this.toPath.start > split ? start + stretch : start);
    shift(this.fromPath, this.fromPath.start > split ? start + stretch : start);
    shift(this.messageId, this.messageId.start > split ? start + stretch : start);
    shift(this.contentType, this.contentType.start > split ? start + stretch : start);
  }
}

function shift(span: Span, delta: number): void {
  if (span.start < 0) return;
  span.start += delta;
  span.end += delta;
}
