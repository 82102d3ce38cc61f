/**
 * What leaves on MSRP connections, read once for all invariants that judge it: one {@link SlowMsrpStream} for each connection end.
 * A connection whose first octets are not those of MSRP (SIP over TCP) is nobody's business here.
 */
import { TcpEnd } from '../../../sim/host/ports.js';
import { Observed } from '../../observations.js';
import { Memory } from './memory.js';
import { startsWith } from './search.js';
import { type SlowFrame } from './slow-frame.js';
import { SlowMsrpStream } from './slow-msrp.js';

/** Hears of a stream; the frame is valid during the call. */
export interface StreamListener {
  onFrame(host: number, conn: number, frame: SlowFrame): void;
  onFault?(host: number, conn: number, fault: string): void;
}

const START = 'MSRP ';

export class SentStreams {
  static readonly kinds: readonly number[] = [Observed.streamSent, Observed.streamEnded];
  /** By connection; undefined for one that is not read (any more). */
  private readonly streams = new Map<number, SlowMsrpStream | undefined>();
  private readonly listeners: StreamListener[] = [];
  private readonly memory = new Memory();
  private host = 0;
  private conn = 0;
  private readonly tell = (frame: SlowFrame): void => {
    for (const listener of this.listeners) listener.onFrame(this.host, this.conn, frame);
  };

  listen(listener: StreamListener): void {
    this.listeners.push(listener);
  }

  watch(kind: number, host: number, conn: number, a: number, buf: Buffer, start: number, end: number): void {
    if (kind === Observed.streamSent) this.sent(host, conn, buf, start, end);
    else if (a !== TcpEnd.fin || this.streams.get(conn)?.unfinished !== true) this.streams.delete(conn);
  }

  private sent(host: number, conn: number, buf: Buffer, start: number, end: number): void {
    let stream = this.streams.get(conn);
    if (stream === undefined) {
      if (this.streams.has(conn)) return;
      // The first piece may be a single octet.
      const octets = Math.min(START.length, end - start);
      const mayBe = startsWith(buf, start, end, START.slice(0, octets));
      stream = mayBe ? new SlowMsrpStream(this.memory) : undefined;
      this.streams.set(conn, stream);
      if (stream === undefined) return;
    }
    this.host = host;
    this.conn = conn;
    stream.feed(buf, start, end, this.tell);
    if (stream.fault === undefined) return;
    if (stream.isMsrp) for (const listener of this.listeners) listener.onFault?.(host, conn, stream.fault);
    this.streams.set(conn, undefined);
  }
}
