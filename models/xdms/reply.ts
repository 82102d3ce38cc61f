/**
 * The replies to what one delivery of a connection brought: composed one after the other in memory of their own (records are
 * written in the arena's scratch region meanwhile) and cut into blocks of the arena.
 */
import type { Block, Octets, Ports } from '../../sim/host/ports.js';
import { unreachable } from '../../sim/kernel/assert.js';
import { CONTINUE, writeLengthAndEnd, writeStatusLine } from '../wire/http/write.js';
import { OctetWriter } from '../wire/octet-writer.js';
import { DateLine } from '../wire/sip/values/date.js';
import { XDMS_LIMITS } from './config.js';

/** Above the size at which a piece is cut: room for one more element with every octet escaped. */
const MARGIN_OCTETS = 262_144;

const NOT_MODIFIED = 304;

/** Memory that only has a scratch region. */
class OwnScratch implements Octets {
  readonly buf: Buffer = Buffer.alloc(XDMS_LIMITS.pieceOctets + MARGIN_OCTETS);
  readonly words = new Int32Array(0);
  readonly scratchStart = 0;
  readonly scratchEnd = this.buf.length;
  readonly heldOctets = 0;

  alloc(): Block {
    return unreachable('a block of a scratch region');
  }

  start(): number {
    return unreachable('a block of a scratch region');
  }

  capacity(): number {
    return unreachable('a block of a scratch region');
  }

  retain(): void {
    unreachable('a block of a scratch region');
  }

  release(): void {
    unreachable('a block of a scratch region');
  }
}

export class ReplyWriter {
  readonly w = new OctetWriter(new OwnScratch());
  /** Where pieces go: block and length in turn. */
  private pieces: number[] = [];
  /** The connection ends after the next reply, which says so (RFC 9112 section 9.6). */
  closes = false;
  private readonly dateLine = new DateLine();

  constructor(private readonly ports: Ports) {}

  /** Starts the replies of a delivery; they end in `pieces`. */
  begin(pieces: number[]): void {
    this.pieces = pieces;
    this.w.begin();
  }

  /** Ends them: what is left becomes the last piece. */
  end(): void {
    this.cut();
    this.w.discard();
  }

  /** Cuts a piece if there is enough for one; between two elements of a long list. */
  breathe(): void {
    if (this.w.length < XDMS_LIMITS.pieceOctets) return;
    this.cut();
    this.w.discard();
    this.w.begin();
  }

  /** A reply without a body. `change` is the entity tag, 0 for none. */
  plain(status: number, change: number, headers = ''): void {
    this.head(status, change, headers);
    // A 304 never has a body, and a length in it would be that of the document (RFC 2616 sections 4.3 and 14.13).
    if (status === NOT_MODIFIED) this.w.crlf();
    else writeLengthAndEnd(this.w, 0);
    this.breathe();
  }

  /** 100: the body of the request that has begun is wanted. */
  goOn(): void {
    this.w.ascii(CONTINUE);
    this.breathe();
  }

  /** 200 to HEAD. The length that GET would have had is left out, since it is known only once the body is made (RFC 9110 section 9.3.2). */
  headOnly(change: number, headers: string): void {
    this.head(200, change, headers);
    this.w.crlf();
    this.breathe();
  }

  /** Status line, Date (RFC 9110 section 6.6.1), ETag and `headers`. */
  head(status: number, change: number, headers = ''): void {
    const { w } = this;
    writeStatusLine(w, status);
    this.dateLine.write(w, this.ports.wallClock());
    if (this.closes) w.ascii('Connection: close\r\n');
    if (change !== 0) w.ascii('ETag: "').decimal(change).ascii('"\r\n');
    if (headers !== '') w.ascii(headers);
  }

  /** 409 with a detailed conflict report (RFC 4825 section 11): `element` is the name of the error element, `content` what is in it. */
  conflict(element: string, content: string): void {
    const error = content === '' ? `<${element}/>` : `<${element}>${content}</${element}>`;
    const report = `<?xml version="1.0" encoding="UTF-8"?><xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error">${error}</xcap-error>`;
    this.head(409, 0, 'Content-Type: application/xcap-error+xml\r\n');
    writeLengthAndEnd(this.w, report.length);
    this.w.ascii(report);
    this.breathe();
  }

  private cut(): void {
    const { w } = this;
    const { octets } = this.ports;
    const { length } = w;
    if (length === 0) return;
    const block = octets.alloc(length);
    octets.buf.set(w.buffer.subarray(0, length), octets.start(block));
    this.pieces.push(block, length);
  }
}
