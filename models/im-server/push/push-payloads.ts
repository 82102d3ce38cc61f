/**
 * What goes into a SEND: the record of a deferred message, wrapped as the client's answer allows (P3 to P8, A1, A18, A19).
 *
 * A client may refuse a wrapper with 415; a Pager Mode message is then tried once in the other one, in the next session whose
 * answer takes that, and never again in the one that was refused.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { IM_SERVER_HOST } from '../../addressing.js';
import { Spans } from '../../msrp/sending/spans.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { type AcceptJudge, SKIP } from './accept-judge.js';
import type { ImServerConfig } from '../config.js';
import type { DeferredIndex } from '../store/deferred-index.js';
import type { HeaderPolicy } from '../store/header-policy.js';
import { RecordFault, RecordMode, StoredRecord } from '../store/record.js';
import type { DeferredStore } from '../store/store.js';
import { NestedTypes } from './nested-types.js';
import { PushWrapper, Wrapper } from './wrapper.js';

const NO_ROW = -1;

export class PushPayloads {
  /** The payload last composed: its spans (one hold each goes to whoever sends them) and the values of its SEND. */
  readonly spans = new Spans();
  messageId = '';
  contentType = '';
  private readonly record = new StoredRecord();
  /** The row that `record` shows since `choose`, until something else is asked for. */
  private chosenRow = NO_ROW;
  private readonly wrapper: PushWrapper;
  private readonly nested = new NestedTypes();
  private readonly preferred: Wrapper;

  constructor(
    private readonly ports: Ports,
    config: ImServerConfig,
    private readonly index: DeferredIndex,
    private readonly store: DeferredStore,
    writer: OctetWriter,
    policy: HeaderPolicy,
  ) {
    this.preferred = config.push.wrapper === 'sip' ? Wrapper.sip : Wrapper.sipfrag;
    this.wrapper = new PushWrapper(ports.octets, writer, policy, IM_SERVER_HOST);
  }

  /** The wrapper under which the row may go to this client; {@link SKIP} if under none. */
  choose(accepts: AcceptJudge, row: number): Wrapper | typeof SKIP {
    this.read(row);
    this.chosenRow = row;
    const { record } = this;
    if (accepts.asksLeaf && !this.isTaken(accepts, record)) return SKIP;
    return accepts.wrapperFor(record, this.preferred, this.index.wrappersRefused[row]);
  }

  /**
   * Composes the payload of the row. False if it is larger than the answer's max-size (A19), or if the record cannot be wrapped,
   * which a sane store never shows.
   */
  compose(accepts: AcceptJudge, row: number, kind: Wrapper): boolean {
    const { wrapper, record } = this;
    // As a rule it was read a moment ago, to choose the wrapper.
    const block = row === this.chosenRow ? this.store.blockOf(row) : this.read(row);
    this.chosenRow = NO_ROW;
    if (!wrapper.wrap(record, kind)) return false;
    if (!accepts.hasRoom(wrapper.payloadOctets)) {
      this.ports.octets.release(wrapper.block);
      return false;
    }
    wrapper.addTo(this.spans.clear(), block);
    this.messageId = record.pushMessageId(kind);
    this.contentType = wrapper.contentType;
    return true;
  }

  /** The client refused the row under `kind` with 415. True if another wrapper is left to try, which it is once (A18). */
  refuse(row: number, kind: Wrapper): boolean {
    this.read(row);
    const { wrappersRefused } = this.index;
    if (this.record.mode === RecordMode.large || wrappersRefused[row] !== 0) return false;
    wrappersRefused[row] = 1 << kind;
    this.store.rememberRefused(row);
    return true;
  }

  /** True if the answer takes the type of the message's own body, and what that carries. */
  private isTaken(accepts: AcceptJudge, record: StoredRecord): boolean {
    const { wrapper, nested } = this;
    const leaf = wrapper.leafType(record);
    // What has no body has no type that could be refused; a body without a type is plain text.
    if (leaf === '' && record.bodyOctets === 0) return true;
    if (!accepts.takesLeaf(leaf)) return false;
    if (leaf === '') return true;
    nested.read(this.ports.octets.buf, wrapper.leaf, record.bodyStart, record.bodyEnd);
    return nested.complete && nested.types.every((type) => accepts.takesLeaf(type));
  }

  private read(row: number): number {
    this.chosenRow = NO_ROW;
    const { ports, store, index, record } = this;
    const block = store.blockOf(row);
    const start = ports.octets.start(block);
    const fault = record.read(ports.octets.buf, start, start + index.octets[row]);
    assert(fault === RecordFault.none, 'a stored record does not read');
    return block;
  }
}
