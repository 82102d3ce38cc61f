/**
 * What an actor sends outside of any transaction: the ACK of a 2xx (RFC 3261 section 13.2.2.4), and what a proxy passes on without state
 * (section 16.11), requests with a branch that is the same each time and the stray responses that come back for them.
 *
 * Nothing is sent again, and nobody hears of what could not be sent.
 */
import type { Block, Ports } from '../../sim/host/ports.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import { SipFault } from '../wire/sip/faults.js';
import { Header } from '../wire/sip/head/header-names.js';
import type { SipMessage } from '../wire/sip/message.js';
import { ListCursor } from '../wire/sip/values/list.js';
import { parseVia, Via } from '../wire/sip/values/via.js';
import type { Inbound } from './inbound.js';
import { legOf, type Leg } from './legs.js';
import { ReplyAddress } from './transport/reply-address.js';
import type { SipEndpointConfig } from './user.js';

export class Stateless {
  private readonly list = new ListCursor();
  private readonly via = new Via();
  private readonly address = new ReplyAddress();

  constructor(
    private readonly ports: Ports,
    private readonly config: SipEndpointConfig,
    private readonly inbound: Inbound,
  ) {}

  /** As `SipEndpoint.writeVia`, for `message` that is passed on without a transaction: the same branch each time. */
  writeVia(writer: OctetWriter, local: number, leg: Leg, message: SipMessage): void {
    this.inbound.branches.writeStateless(writer, local, leg, message);
  }

  /** Sends a request: the ACK of a 2xx, or what has a stateless Via. As `SipEndpoint.request` otherwise. */
  send(
    local: number,
    block: Block,
    length: number,
    bodyStart: number,
    toIp: number,
    toPort: number,
    leg: Leg,
  ): void {
    const { branches, core } = this.inbound;
    const { outbound } = core;
    const actual = outbound.legFor(leg, length, toIp);
    if (actual !== leg) outbound.patchTransport(block, branches.transportAt, actual);
    if (!outbound.send(local, block, length, bodyStart, toIp, toPort, actual, undefined)) {
      this.ports.octets.release(block);
    }
  }

  /** Where the stray response of the current call goes, if its request was sent on with a stateless Via; undefined for any other. */
  replyTo(message: SipMessage): ReplyAddress | undefined {
    const { list, via, address } = this;
    list.open(message, Header.via);
    if (!list.next() || !list.next()) return undefined;
    if (parseVia(message.buf, list.start, list.end, via) !== SipFault.none) return undefined;
    if (!this.inbound.branches.isStateless(message, via)) return undefined;
    return address.byVia(message.buf, via) ? address : undefined;
  }

  /** Sends what was composed of a stray response. Takes over the hold. */
  reply(local: number, block: Block, length: number, bodyStart: number, to: ReplyAddress): void {
    const leg = legOf(to.transport, this.config.profileFor(to.ip));
    if (!this.inbound.core.outbound.send(local, block, length, bodyStart, to.ip, to.port, leg, undefined)) {
      this.ports.octets.release(block);
    }
  }
}
