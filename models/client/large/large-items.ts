/**
 * Makes of an offer of the workload the message that goes through its sessions: its Message-ID, which stays the same in all of them
 * (R15), and the head of its message/cpim, if it asks for notifications. Both are settled when the message is offered, since a
 * Message-ID names one exact content (RFC 4975 section 7.1.1).
 *
 * RFC 5438 leaves notifications in MSRP to others (section 13): there the recipient renders what comes at once. A deferred message
 * waits, and so we take the CPIM headers of Pager Mode for it (our decision, D-073).
 */
import { randomIdent } from '../../msrp/ident.js';
import { AskingHead } from './asking-head.js';
import { AddressedStream, Draw } from '../chance.js';
import type { LargeOffer } from '../config.js';
import type { FleetContext } from '../context.js';
import { LargeItem } from './large-pair.js';

/** Characters of a Message-ID: 95 bits (R2). */
const MESSAGE_ID_CHARS = 16;

export class LargeItems {
  private readonly idChance: AddressedStream;
  private readonly asking: AskingHead;

  constructor(private readonly context: FleetContext) {
    const { ports, config } = context;
    this.idChance = new AddressedStream(ports.random, Draw.largeMessageId);
    this.asking = new AskingHead(ports.random, config.displayDelayNs !== undefined);
  }

  /** The message of `offer`. Its head is held until the message is settled. */
  of(offer: LargeOffer): LargeItem {
    const { sender, recipient, message, contentType } = offer;
    const ident = randomIdent(this.idChance.at(sender, message * MESSAGE_ID_CHARS), MESSAGE_ID_CHARS);
    if (offer.asksNotification !== true) return new LargeItem(offer, ident);
    const { writer, ports } = this.context;
    writer.begin();
    this.asking.write(writer, sender, recipient, message, ports.wallClock(), contentType);
    const { length } = writer;
    return new LargeItem(offer, ident, writer.end(), length);
  }
}
