/**
 * A complete message as the owner receives it: octets in arena blocks, nothing decoded.
 */
import type { Block } from '../../../sim/host/ports.js';
import type { Spans } from '../sending/spans.js';

/**
 * The body is octets [0, length) of `block`; asking for `block` copies the body into one block if it has several
 * segments, so an owner that copies it somewhere itself asks for `spans` instead. `label` holds the few header values that outlive the frames, as spans relative
 * to its start. Both blocks stay held by the endpoint until the message is answered; retain to keep them longer. The object
 * itself is reused after the answer.
 */
export interface ReceivedMessage {
  /** Names the message towards `answer`. */
  readonly handle: number;
  readonly block: Block;
  /** The body in order, without a copy; valid until the next look at `block` or `spans` of any message. */
  readonly spans: Spans;
  readonly length: number;
  readonly label: Block;
  /** Message-ID, exactly as it came. */
  readonly idStart: number;
  readonly idEnd: number;
  /** Content-Type value of the first SEND (the earliest to arrive whose range starts at 1, A13), or if that tells none, of one before it. */
  readonly typeStart: number;
  readonly typeEnd: number;
  /** Transaction id of the first SEND (A13). */
  readonly tidStart: number;
  readonly tidEnd: number;
  /** Chunks that arrived for it, duplicates included. */
  readonly chunks: number;
  /** Content-Disposition and other MIME headers that S3-msrp drops: how many came (A14). */
  readonly droppedContentHeaders: number;
  /** When the first chunk began to arrive, in nanoseconds. */
  readonly firstChunkNs: number;
}
