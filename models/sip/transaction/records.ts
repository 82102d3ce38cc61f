/**
 * What the endpoint keeps for each transaction beside its state: addresses, kept octets, timers, keys. Parallel columns by slot,
 * as wide as the interpreter's (`Transactions.capacity`).
 */
import type { Block, Octets } from '../../../sim/host/ports.js';
import { widened } from '../../../sim/kernel/columns.js';

/** Bits of {@link Records.flags}. */
export const Flag = {
  /** A CANCEL of ours: the user hears nothing of it. */
  internal: 1,
  cancelWanted: 2,
  cancelSent: 4,
  /** Size alone made it TCP, so UDP is the way out if TCP is refused. */
  switchedToTcp: 8,
  /** The 2xx of a UAS, kept and repeated until ACK. */
  untilAck: 16,
  /** In the index of merged requests. */
  outOfDialog: 32,
} as const;

export class Records {
  flags = new Uint8Array(0);
  method = new Uint8Array(0);
  token = new Int32Array(0);
  local = new Int32Array(0);
  /** Peer: destination of a request, source of a received one. */
  peerIp = new Int32Array(0);
  /** Port of the destination, or source port. */
  peerPort = new Uint16Array(0);
  /** Where responses go (`reply-address.ts`). Of servers only. */
  replyIp = new Uint32Array(0);
  replyPort = new Uint16Array(0);
  conn = new Float64Array(0);
  /** Kept request: block, first octet relative to it, octets, first octet of the body. */
  request = new Int32Array(0);
  requestStart = new Int32Array(0);
  requestLength = new Int32Array(0);
  requestBody = new Int32Array(0);
  /** Kept response. */
  response = new Int32Array(0);
  responseLength = new Int32Array(0);
  responseBody = new Int32Array(0);
  /** Client: the two halves of the branch. Server: hash of the key, hash for merged requests. */
  hashA = new Int32Array(0);
  hashB = new Int32Array(0);
  /** Client: offset of the transport name in the Via. Server: block, and octets of its two parts. */
  key = new Int32Array(0);
  keyLength = new Int32Array(0);
  mergedLength = new Int32Array(0);
  repeatTimer = new Float64Array(0);
  lifeTimer = new Float64Array(0);
  /** Client transactions of one connection, as a list in both directions. */
  nextOnConn = new Int32Array(0);
  previousOnConn = new Int32Array(0);

  /** Makes room for slots below `slots`. */
  fit(slots: number): void {
    if (slots <= this.flags.length) return;
    const octets = (column: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
      widened(column, new Uint8Array(slots));
    const shorts = (column: Uint16Array<ArrayBuffer>): Uint16Array<ArrayBuffer> =>
      widened(column, new Uint16Array(slots));
    const words = (column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> =>
      widened(column, new Int32Array(slots));
    const numbers = (column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> =>
      widened(column, new Float64Array(slots));
    this.flags = octets(this.flags);
    this.method = octets(this.method);
    this.token = words(this.token);
    this.local = words(this.local);
    this.peerIp = words(this.peerIp);
    this.peerPort = shorts(this.peerPort);
    this.replyIp = widened(this.replyIp, new Uint32Array(slots));
    this.replyPort = shorts(this.replyPort);
    this.conn = numbers(this.conn);
    this.request = words(this.request);
    this.requestStart = words(this.requestStart);
    this.requestLength = words(this.requestLength);
    this.requestBody = words(this.requestBody);
    this.response = words(this.response);
    this.responseLength = words(this.responseLength);
    this.responseBody = words(this.responseBody);
    this.hashA = words(this.hashA);
    this.hashB = words(this.hashB);
    this.key = words(this.key);
    this.keyLength = words(this.keyLength);
    this.mergedLength = words(this.mergedLength);
    this.repeatTimer = numbers(this.repeatTimer);
    this.lifeTimer = numbers(this.lifeTimer);
    this.nextOnConn = words(this.nextOnConn);
    this.previousOnConn = words(this.previousOnConn);
  }

  /** Clears what a new transaction must not inherit. */
  clear(slot: number): void {
    this.flags[slot] = 0;
    this.token[slot] = 0;
    this.conn[slot] = 0;
    this.request[slot] = 0;
    this.response[slot] = 0;
    this.key[slot] = 0;
    this.nextOnConn[slot] = 0;
    this.previousOnConn[slot] = 0;
  }

  releaseRequest(octets: Octets, slot: number): void {
    const block: Block = this.request[slot];
    if (block !== 0) octets.release(block);
    this.request[slot] = 0;
  }

  releaseResponse(octets: Octets, slot: number): void {
    const block: Block = this.response[slot];
    if (block !== 0) octets.release(block);
    this.response[slot] = 0;
  }
}
