/**
 * Chunks as octets (RFC 4975 sections 7.1 and 7.1.1): the transaction id, the head, the body as spans of the message, the end-line.
 * Of a chunk whose size is known beforehand head and end-line are made together, and written before and after the body.
 */
import type { Block } from '../../../sim/host/ports.js';
import { ChunkFrames } from '../../wire/msrp/frame-again.js';
import { Flag, SendText, writeEndLine, writeSendHead } from '../../wire/msrp/write-frames.js';
import { FailureReport } from '../codes.js';
import type { Context } from '../context.js';
import { drawIdent, randomIdent, TID_CHARS } from '../ident.js';
import { SpanSearch, type OutgoingMessage } from './outgoing.js';
import { Out } from '../outputs.js';
import type { Connection } from '../session.js';

export class ChunkWriter {
  private readonly ctx: Context;
  private readonly search: SpanSearch;
  /** Head and end-line of the chunk that is being written as a whole. */
  private frame: Block = 0;
  private frameHeadOctets = 0;
  private frameOctets = 0;

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.search = new SpanSearch(ctx.octets);
  }

  /** Looks a message through before its first chunk. */
  lookThrough(message: OutgoingMessage): void {
    message.hyphensAt = this.search.hyphensIn(message.triples);
  }

  /** Draws a transaction id whose end-line is not in the next `size` octets. */
  chooseTid(message: OutgoingMessage, size: number, tid: Uint8Array): void {
    drawIdent(this.ctx.random, tid);
    while (this.search.hasEndLine(message, size, tid)) {
      this.ctx.counters.tidsRedrawn++;
      drawIdent(this.ctx.random, tid);
    }
  }

  /** A SEND without body, of a Message-ID of its own. */
  bodiless(connection: Connection, paths: string, tid: Uint8Array): void {
    const { writer, random } = this.ctx;
    drawIdent(random, tid);
    const text = new SendText(paths, randomIdent(random, TID_CHARS), FailureReport.yes, false, '');
    writer.begin();
    writeSendHead(writer, tid, text, 1, 0, 0);
    writeEndLine(writer, tid, Flag.complete, false);
    this.written(connection);
  }

  /** The head of a chunk that ends at `until`; {@link endWhole} must follow, with this flag. */
  beginWhole(
    connection: Connection,
    message: OutgoingMessage,
    paths: string,
    tid: Uint8Array,
    until: number,
    flag: number,
  ): void {
    const { writer, octets, out } = this.ctx;
    const frames = (message.frames ??= new ChunkFrames(textOf(message, paths), message.octets));
    this.frame = frames.next(writer, octets, tid, message.offset + 1, until, flag);
    this.frameHeadOctets = frames.headOctets;
    this.frameOctets = frames.octets;
    octets.retain(this.frame);
    out.push(Out.write, connection.conn, this.frame, 0, this.frameHeadOctets, 0);
  }

  endWhole(connection: Connection): void {
    this.ctx.out.push(Out.write, connection.conn, this.frame, this.frameHeadOctets, this.frameOctets, 0);
  }

  /** The head of a chunk whose end is not known. */
  beginOpen(connection: Connection, message: OutgoingMessage, paths: string, tid: Uint8Array): void {
    const { writer } = this.ctx;
    writer.begin();
    writeSendHead(writer, tid, textOf(message, paths), message.offset + 1, -1, message.octets);
    this.written(connection);
  }

  endOpen(connection: Connection, tid: Uint8Array, flag: number): void {
    const { writer } = this.ctx;
    writer.begin();
    writeEndLine(writer, tid, flag, true);
    this.written(connection);
  }

  /** Writes out what the writer holds. */
  private written(connection: Connection): void {
    const { writer, out } = this.ctx;
    const { length } = writer;
    out.push(Out.write, connection.conn, writer.end(), 0, length, 0);
  }

  /** Writes the next `octets` of the message as spans. */
  body(connection: Connection, message: OutgoingMessage, octets: number): void {
    const { triples } = message;
    let left = octets;
    while (left > 0) {
      const at = message.spanAt;
      const block = triples[at];
      const start = triples[at + 1] + message.spanUsed;
      const size = Math.min(left, triples[at + 2] - start);
      if (size > 0) {
        this.ctx.octets.retain(block);
        this.ctx.out.push(Out.write, connection.conn, block, start, start + size, 1);
        left -= size;
        message.spanUsed += size;
      }
      if (start + size === triples[at + 2]) {
        message.spanAt += 3;
        message.spanUsed = 0;
      }
    }
    message.offset += octets;
  }
}

/** What the heads of the chunks of a message have in common. */
function textOf(message: OutgoingMessage, paths: string): SendText {
  const { messageId, failureReport, successReport, contentType } = message;
  return (message.text ??= new SendText(paths, messageId, failureReport, successReport, contentType));
}
