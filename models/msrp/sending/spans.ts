/**
 * A list of spans of arena blocks: what a large body is made of on its way out (multipart prefix, the record's octets,
 * suffix), so that it is never copied (`docs/architecture.md`, "Octets").
 */
import type { Block } from '../../../sim/host/ports.js';
import { emptied } from '../../lists.js';

export class Spans {
  /** Three numbers a span: block, start, end; start and end relative to the block. */
  readonly triples: number[] = [];
  /** Octets of all spans together. */
  octets = 0;

  clear(): this {
    emptied(this.triples);
    this.octets = 0;
    return this;
  }

  /** Appends octets [start, end) of `block`. Takes no hold by itself. */
  add(block: Block, start: number, end: number): this {
    this.triples.push(block, start, end);
    this.octets += end - start;
    return this;
  }

  get count(): number {
    return this.triples.length / 3;
  }
}
