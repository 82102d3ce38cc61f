/**
 * Pager Mode sending (RFC 3428 sections 4 and 8, rules 2.6 and 4.1): offers wait in the outbox until the sender is registered
 * and nothing else to that recipient is pending, leave as one MESSAGE each, and end with its final answer. Only after a 403, which
 * says that the Core has no binding of hers, a message leaves once more when she is registered again: the same request on another branch,
 * since what a Core handed on before it restarted may have arrived, and is known by Call-ID, From tag and CSeq then (D-064).
 *
 * Not modelled: sending again after another failure (that would be another message), redirection, authentication. A body over
 * {@link PAGER_BODY_LIMIT_OCTETS} is not for here: the fleet sends it as a Large Message.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { SIP_PORT } from '../../addressing.js';
import { Observed } from '../../observations.js';
import { NO_TX } from '../../sip/user.js';
import { NOTIFICATION_LIMIT_OCTETS } from '../../wire/cpim/imdn.js';
import { NONE } from '../client-table.js';
import type { PagerOffer } from '../config.js';
import { TokenKind, tokenOf, type FleetContext } from '../context.js';
import { FORBIDDEN, type BindingDoubts } from '../registration/binding-doubts.js';
import { Content, Outbox } from './outbox.js';
import { PAGER_BODY_LIMIT_OCTETS, PagerWriter } from './pager-writer.js';

const REQUEST_TIMEOUT = 408;
const SERVICE_UNAVAILABLE = 503;

export class PagerSender {
  readonly outbox: Outbox;
  private readonly context: FleetContext;
  private readonly request: PagerWriter;
  private readonly doubts: BindingDoubts;

  constructor(context: FleetContext, doubts: BindingDoubts) {
    this.context = context;
    this.doubts = doubts;
    this.outbox = new Outbox(context.config.subscribers);
    this.request = new PagerWriter(context.ports, context.config);
  }

  /** Takes an offer of the workload. */
  offer(offer: PagerOffer): void {
    const { ports, config, table } = this.context;
    const { sender, recipient } = offer;
    assert(sender >= 0 && sender < config.subscribers, 'an offer of a sender who is no client');
    const limit = offer.notification === undefined ? PAGER_BODY_LIMIT_OCTETS : NOTIFICATION_LIMIT_OCTETS;
    assert(offer.sizeOctets <= limit, 'a body too large for a MESSAGE of 1300 octets');
    ports.observe.emit(Observed.offered, sender, offer.message, recipient, offer.intendedAtNs);
    const slot = this.outbox.add(offer);
    if (slot !== NONE && table.isReady(sender, ports.now())) this.send(slot);
  }

  /** The sender is registered: whatever may leave leaves, in the order in which its queues were opened. */
  flush(sender: number): void {
    const { outbox } = this;
    for (let queue = outbox.firstQueue(sender); queue !== NONE;) {
      // A send may fail at once and close its queue: look ahead first.
      const next = outbox.nextQueue(queue);
      const slot = outbox.ready(queue);
      if (slot !== NONE) this.send(slot);
      queue = next;
    }
  }

  /** Final answer to the MESSAGE of `slot`, unless it is its first 403; 408 and 503 for no answer. The next of its queue may leave. */
  answered(slot: number, status: number): void {
    const { outbox } = this;
    if (status === FORBIDDEN && outbox.putBack(slot)) {
      this.doubts.bindingRefused(outbox.sender[slot]);
      return;
    }
    const next = this.settle(slot, status);
    if (next !== NONE) this.send(next);
  }

  /** Her process ended: nothing of hers waits any more, and what she had sent is over for her, however it ends. */
  onCrash(sender: number): void {
    const { outbox } = this;
    for (let queue = outbox.firstQueue(sender); queue !== NONE; queue = outbox.firstQueue(sender)) {
      const slot = outbox.first(queue);
      if (outbox.ready(queue) !== NONE) outbox.markPending(slot);
      this.settle(slot, REQUEST_TIMEOUT);
    }
  }

  /** Reports the end of `slot`. Returns the offer that may leave now, or `NONE`. */
  private settle(slot: number, status: number): number {
    const { ports, table } = this.context;
    const { outbox } = this;
    const sender = outbox.sender[slot];
    ports.observe.emit(Observed.answered, sender, outbox.message[slot], status, outbox.intendedAtNs[slot]);
    if (outbox.body[slot] !== 0) ports.octets.release(outbox.body[slot]);
    const next = outbox.settle(slot);
    return next !== NONE && table.isReady(sender, ports.now()) ? next : NONE;
  }

  /** Sends the offer of `slot`; if nothing could leave, that is a 503, and the next of its queue has its turn. */
  private send(slot: number): void {
    for (let at = slot; at !== NONE && !this.transmit(at);) at = this.settle(at, SERVICE_UNAVAILABLE);
  }

  /** False if the endpoint is at its limit or has no way to the Core. */
  private transmit(slot: number): boolean {
    const { context, outbox, request } = this;
    const { ports, writer, endpoint, config, leg } = context;
    const sender = outbox.sender[slot];
    outbox.markPending(slot);
    const again = outbox.again[slot] === 1;
    if (!again) outbox.writtenAtMs[slot] = ports.wallClock();
    request.write(context, outbox, slot);
    const { length } = writer;
    const { bodyStart } = request;
    const block = writer.end();
    if (outbox.content[slot] === Content.asking && !again) {
      ports.observe.emit(Observed.notificationAsked, sender, outbox.message[slot], outbox.recipient[slot], 0);
    }
    const kind = again ? Observed.sentAgain : Observed.sent;
    if (ports.observe.wants(kind)) {
      const start = ports.octets.start(block);
      const { buf } = ports.octets;
      const message = outbox.message[slot];
      const recipient = outbox.recipient[slot];
      ports.observe.emitOctets(kind, sender, message, recipient, buf, start, start + length);
    }
    const token = tokenOf(TokenKind.message, slot);
    return endpoint.request(sender, block, length, bodyStart, config.coreIp, SIP_PORT, leg, token) !== NO_TX;
  }
}
