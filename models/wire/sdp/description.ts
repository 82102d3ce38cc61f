/**
 * A session description, read (RFC 4566 section 5): session level and m= lines, with the attributes of MSRP as spans.
 *
 * Lines end in CRLF; a bare LF is accepted, as RFC 4566 asks of parsers. Unknown lines and attributes are skipped. a=setup,
 * the direction and c= stand at session level for every m= line that has none of its own. Attribute names compare with case,
 * as RFC 4566 has it.
 *
 * Not modelled: b=, k=, z=, r= lines and repeat times (skipped); several c= lines for one medium (the last one counts).
 */
import {
  Octet,
  decimalOf,
  equalsText,
  indexOfOctet,
  skipSpace,
  startsWith,
  trimSpace,
} from '../mime/octets.js';
import { DIRECTION_NAMES, Direction, MEDIA_LIMIT, SETUP_NAMES, SdpFault, Setup } from './constants.js';

/** One m= line with its attributes. Spans are empty (start = end = 0) where the attribute is absent. */
export class SdpMedia {
  /** The m= line after `m=`, without its line end. */
  lineStart = 0;
  lineEnd = 0;
  mediaStart = 0;
  mediaEnd = 0;
  /** 0: the stream is rejected. */
  port = 0;
  protocolStart = 0;
  protocolEnd = 0;
  formatStart = 0;
  formatEnd = 0;
  /** `message` over `TCP/MSRP` or `TCP/TLS/MSRP`. */
  isMsrp = false;
  isTls = false;
  setup: Setup = Setup.absent;
  direction: Direction = Direction.sendrecv;
  /** a=max-size in octets; -1 if absent. */
  maxSizeOctets = -1;
  /** a=path: the list of URIs, separated by spaces. */
  pathStart = 0;
  pathEnd = 0;
  acceptTypesStart = 0;
  acceptTypesEnd = 0;
  acceptWrappedStart = 0;
  acceptWrappedEnd = 0;
  /** Address of the c= line that holds for this medium. */
  addressStart = 0;
  addressEnd = 0;
  /** a=msrp-cema (RFC 6714). */
  cema = false;

  /** Copies what the session level gives to each medium. */
  reset(session: SdpMedia | undefined): void {
    this.lineStart = this.lineEnd = this.mediaStart = this.mediaEnd = 0;
    this.port = 0;
    this.protocolStart = this.protocolEnd = this.formatStart = this.formatEnd = 0;
    this.isMsrp = this.isTls = this.cema = false;
    this.maxSizeOctets = -1;
    this.pathStart = this.pathEnd = 0;
    this.acceptTypesStart = this.acceptTypesEnd = 0;
    this.acceptWrappedStart = this.acceptWrappedEnd = 0;
    this.setup = session === undefined ? Setup.absent : session.setup;
    this.direction = session === undefined ? Direction.sendrecv : session.direction;
    this.addressStart = session === undefined ? 0 : session.addressStart;
    this.addressEnd = session === undefined ? 0 : session.addressEnd;
  }
}

/** A parsed session description. Reuse one object; the spans are valid for `buf`. */
export class SessionDescription {
  buf: Buffer = Buffer.alloc(0);
  fault: SdpFault = SdpFault.none;
  faultAt = 0;
  /** The o= line after `o=`: equal octets in a re-offer mean that nothing changed (RFC 4975 section 8.4). */
  originStart = 0;
  originEnd = 0;
  /** The first t= line after `t=`, which an answer repeats (RFC 3264 section 6). */
  timeStart = 0;
  timeEnd = 0;
  /** The first `mediaCount` are valid. */
  readonly media: SdpMedia[] = [];
  mediaCount = 0;
  private readonly session = new SdpMedia();

  /** Parses [start, end) of `buf`. False on a fault; what was read before it stays readable. */
  parse(buf: Buffer, start: number, end: number): boolean {
    this.buf = buf;
    this.fault = SdpFault.none;
    this.faultAt = start;
    this.mediaCount = 0;
    this.originStart = this.originEnd = this.timeStart = this.timeEnd = 0;
    this.session.reset(undefined);
    let current = this.session;
    let mandatory = 0;
    let at = start;
    for (let first = true; at < end; first = false) {
      const lineStart = at;
      at = indexOfOctet(buf, Octet.lf, at, end);
      let lineEnd = at;
      if (at < end) at++;
      while (lineEnd > lineStart && buf[lineEnd - 1] === Octet.cr) lineEnd--;
      if (first) {
        if (lineEnd - lineStart !== 3 || !startsWith(buf, lineStart, lineEnd, 'v=0')) {
          return this.fail(SdpFault.badVersion, lineStart);
        }
        continue;
      }
      if (lineEnd === lineStart) {
        if (at >= end) break; // an empty line at the very end is harmless
        return this.fail(SdpFault.badLine, lineStart);
      }
      if (lineEnd - lineStart < 2 || buf[lineStart + 1] !== Octet.equals) {
        return this.fail(SdpFault.badLine, lineStart);
      }
      const value = lineStart + 2;
      switch (buf[lineStart]) {
        case 0x61: // a
          if (!this.attribute(current, value, lineEnd)) return false;
          break;
        case 0x6d: // m
          if (mandatory !== 7) return this.fail(SdpFault.missingLine, lineStart);
          if (this.mediaCount === MEDIA_LIMIT) return this.fail(SdpFault.tooManyMedia, lineStart);
          current = this.nextMedia();
          if (!this.mediaLine(current, value, lineEnd)) return false;
          break;
        case 0x63: // c
          if (!this.connection(current, value, lineEnd)) return false;
          break;
        case 0x6f: // o
          if (fieldCount(buf, value, lineEnd) !== 6) return this.fail(SdpFault.badOrigin, lineStart);
          this.originStart = value;
          this.originEnd = lineEnd;
          mandatory |= 1;
          break;
        case 0x73: // s
          mandatory |= 2;
          break;
        case 0x74: // t
          if (fieldCount(buf, value, lineEnd) !== 2) return this.fail(SdpFault.badLine, lineStart);
          if ((mandatory & 4) === 0) {
            this.timeStart = value;
            this.timeEnd = lineEnd;
          }
          mandatory |= 4;
          break;
        default:
          break;
      }
    }
    if (start === end) return this.fail(SdpFault.badVersion, start);
    if (mandatory !== 7) {
      return this.fail((mandatory & 1) === 0 ? SdpFault.badOrigin : SdpFault.missingLine, end);
    }
    return true;
  }

  /**
   * Index of the first MSRP m-line over plain TCP that is not rejected; -1 if there is none, or if it lacks path or accept-types
   * (then `fault` says which). One over TLS, which is not modelled, is passed over: its answer would have to be TLS too.
   */
  msrpMedia(): number {
    for (let i = 0; i < this.mediaCount; i++) {
      const media = this.media[i];
      if (!media.isMsrp || media.isTls || media.port === 0) continue;
      if (media.pathEnd === media.pathStart) {
        this.fail(SdpFault.noPath, media.lineStart);
        return -1;
      }
      if (media.acceptTypesEnd === media.acceptTypesStart) {
        this.fail(SdpFault.noAcceptTypes, media.lineStart);
        return -1;
      }
      return i;
    }
    return -1;
  }

  private nextMedia(): SdpMedia {
    let media = this.media[this.mediaCount];
    if (media === undefined) this.media.push((media = new SdpMedia()));
    this.mediaCount++;
    media.reset(this.session);
    return media;
  }

  private mediaLine(media: SdpMedia, start: number, end: number): boolean {
    const { buf } = this;
    media.lineStart = media.mediaStart = start;
    media.lineEnd = end;
    media.mediaEnd = indexOfOctet(buf, Octet.space, start, end);
    const portStart = Math.min(media.mediaEnd + 1, end);
    const portEnd = indexOfOctet(buf, Octet.space, portStart, end);
    const slash = indexOfOctet(buf, Octet.slash, portStart, portEnd);
    media.port = decimalOf(buf, portStart, slash);
    media.protocolStart = Math.min(portEnd + 1, end);
    media.protocolEnd = indexOfOctet(buf, Octet.space, media.protocolStart, end);
    media.formatStart = Math.min(media.protocolEnd + 1, end);
    media.formatEnd = end;
    if (media.port < 0 || media.port > 65535 || media.formatEnd === media.formatStart) {
      return this.fail(SdpFault.badMedia, start - 2);
    }
    media.isTls = equalsText(buf, media.protocolStart, media.protocolEnd, 'tcp/tls/msrp');
    media.isMsrp =
      equalsText(buf, media.mediaStart, media.mediaEnd, 'message') &&
      (media.isTls || equalsText(buf, media.protocolStart, media.protocolEnd, 'tcp/msrp'));
    return true;
  }

  private connection(into: SdpMedia, start: number, end: number): boolean {
    const { buf } = this;
    const first = indexOfOctet(buf, Octet.space, start, end);
    const second = indexOfOctet(buf, Octet.space, first + 1, end);
    if (second + 1 >= end) return this.fail(SdpFault.badConnection, start - 2);
    into.addressStart = second + 1;
    into.addressEnd = end;
    return true;
  }

  private attribute(into: SdpMedia, start: number, end: number): boolean {
    const { buf } = this;
    const colon = indexOfOctet(buf, Octet.colon, start, end);
    const valueStart = skipSpace(buf, Math.min(colon + 1, end), end);
    const valueEnd = trimSpace(buf, valueStart, end);
    switch (colon - start) {
      case 4:
        if (startsWith(buf, start, colon, 'path')) {
          into.pathStart = valueStart;
          into.pathEnd = valueEnd;
        }
        break;
      case 5:
        if (startsWith(buf, start, colon, 'setup')) into.setup = setupOf(buf, valueStart, valueEnd);
        break;
      case 8:
        if (startsWith(buf, start, colon, 'max-size')) {
          into.maxSizeOctets = decimalOf(buf, valueStart, valueEnd);
          if (into.maxSizeOctets < 0) return this.fail(SdpFault.badMaxSize, start);
          break;
        }
        this.directionWord(into, start, colon);
        break;
      case 9:
        if (startsWith(buf, start, colon, 'msrp-cema')) into.cema = true;
        break;
      case 12:
        if (startsWith(buf, start, colon, 'accept-types')) {
          into.acceptTypesStart = valueStart;
          into.acceptTypesEnd = valueEnd;
        }
        break;
      case 20:
        if (startsWith(buf, start, colon, 'accept-wrapped-types')) {
          into.acceptWrappedStart = valueStart;
          into.acceptWrappedEnd = valueEnd;
        }
        break;
      default:
        break;
    }
    return true;
  }

  private directionWord(into: SdpMedia, start: number, end: number): void {
    for (let i = 0; i < DIRECTION_NAMES.length; i++) {
      if (startsWith(this.buf, start, end, DIRECTION_NAMES[i])) into.direction = i as Direction;
    }
  }

  private fail(fault: SdpFault, at: number): boolean {
    this.fault = fault;
    this.faultAt = at;
    return false;
  }
}

function setupOf(buf: Buffer, start: number, end: number): Setup {
  for (let i = 1; i < SETUP_NAMES.length; i++) {
    if (equalsText(buf, start, end, SETUP_NAMES[i])) return i as Setup;
  }
  return Setup.absent;
}

/** Fields separated by single spaces; 0 if one is empty. */
function fieldCount(buf: Buffer, start: number, end: number): number {
  if (start === end || buf[start] === Octet.space || buf[end - 1] === Octet.space) return 0;
  let count = 1;
  for (let at = start; at < end; at++) {
    if (buf[at] !== Octet.space) continue;
    if (buf[at + 1] === Octet.space) return 0;
    count++;
  }
  return count;
}
