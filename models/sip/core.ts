/**
 * Between the transaction layer and the user: what a response does to its transaction, what the layer asks to be sent (the kept
 * octets again, ACK, 100, CANCEL), and what the user hears.
 */
import { Observed } from '../observations.js';
import type { Block, Ports } from '../../sim/host/ports.js';
import { OctetWriter } from '../wire/octet-writer.js';
import { SipMessage } from '../wire/sip/message.js';
import { Method } from '../wire/sip/head/methods.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { beginResponse, endWithoutBody, reasonOf } from '../wire/sip/response.js';
import type { StreamUser } from './transport/connections.js';
import { writeDerived } from './derived.js';
import { TransactionLayer, type LayerOwner } from './transaction/layer.js';
import { Outbound } from './transport/outbound.js';
import { Flag } from './transaction/records.js';
import { Event, Machine, State } from './transaction/tables.js';
import type { SipEndpointConfig, TransactionUser } from './user.js';

/** Purpose of the addressed draws of To tags. */
const TO_TAG_CHANCE = 0x0510_7a65;

export class Core implements LayerOwner {
  readonly layer: TransactionLayer;
  readonly outbound: Outbound;
  readonly writer: OctetWriter;
  /** The message of the current call. */
  readonly message = new SipMessage();
  private readonly ports: Ports;
  private readonly user: TransactionUser;
  /** The kept request, parsed again. */
  private readonly kept = new SipMessage();

  constructor(ports: Ports, user: TransactionUser, config: SipEndpointConfig, streams: StreamUser) {
    this.ports = ports;
    this.user = user;
    this.writer = new OctetWriter(ports.octets);
    this.layer = new TransactionLayer(ports, this, config.transactionLimit);
    this.outbound = new Outbound(ports, this.layer, config, this.message, streams);
  }

  /** Gives a response to the server transaction `slot` (0: gone). Takes over the hold of `block`. */
  respond(slot: number, block: Block, length: number, bodyStart: number, untilAck: boolean): boolean {
    const { octets } = this.ports;
    const { machine, records } = this.layer;
    const event = slot === 0 ? Event.put1xx : this.eventOf(slot, block);
    if (slot === 0 || event < 0 || !machine.accepts(slot, event as Event)) {
      octets.release(block);
      return false;
    }
    records.releaseResponse(octets, slot);
    if (event === Event.put408) {
      octets.release(block);
    } else {
      records.response[slot] = block;
      records.responseLength[slot] = length;
      records.responseBody[slot] = bodyStart;
    }
    if (untilAck) records.flags[slot] |= Flag.untilAck;
    const tx = machine.nameOf(slot);
    this.layer.feed(slot, event as Event);
    if (machine.slotOf(tx) === 0) return event !== Event.put408;
    const state = machine.stateOf(slot);
    if (state === State.proceeding) return true;
    records.releaseRequest(octets, slot);
    if (state !== State.accepted) return event !== Event.put408;
    if (!untilAck) {
      records.releaseResponse(octets, slot);
    } else if (!machine.awaitsAck(slot)) {
      machine.repeatUntilAck(slot);
      this.layer.drain();
    }
    return true;
  }

  /** The event that a response is; -1 if it may not be sent at all. */
  private eventOf(slot: number, block: Block): Event | -1 {
    const { buf } = this.ports.octets;
    const at = this.ports.octets.start(block) + 8;
    const status = (buf[at] - 48) * 100 + (buf[at + 1] - 48) * 10 + buf[at + 2] - 48;
    const invite = this.layer.machine.machineOf(slot) === Machine.inviteServer;
    if (status < 200) return invite || status === 100 ? Event.put1xx : -1;
    if (status < 300) return Event.put2xx;
    return status === 408 && !invite ? Event.put408 : Event.put3to6;
  }

  requestOf(slot: number): SipMessage {
    const { records } = this.layer;
    const { octets } = this.ports;
    const start = octets.start(records.request[slot]) + records.requestStart[slot];
    parseSip(octets.buf, start, start + records.requestLength[slot], Framing.datagram, this.kept);
    return this.kept;
  }

  /** Writes the whole of a response without body to `request`, from (ip, port), and returns its length; end the writer next. */
  writeBare(
    request: SipMessage,
    status: number,
    reason: string,
    tag: string | number,
    ip: number,
    port: number,
  ): number {
    const { writer } = this;
    writer.begin();
    beginResponse(writer, request, status, reason, tag, ip, port);
    endWithoutBody(writer);
    return writer.length;
  }

  toTag(hash: number): number {
    return this.ports.random.addressed(TO_TAG_CHANCE, hash, this.ports.incarnation);
  }

  // ---- what the layer asks for ----

  transmit(slot: number, ordinal: number): void {
    const { layer, ports } = this;
    const { records } = layer;
    if (ordinal > 0 && ports.observe.wants(Observed.retransmitted)) {
      ports.observe.emit(Observed.retransmitted, ports.hostId, layer.machine.nameOf(slot), ordinal, 0);
    }
    if (layer.machine.machineOf(slot) <= Machine.client) {
      this.outbound.sendRequest(slot);
    } else if (records.response[slot] !== 0) {
      ports.octets.retain(records.response[slot]);
      this.outbound.sendResponse(
        slot,
        records.response[slot],
        records.responseLength[slot],
        records.responseBody[slot],
      );
    }
  }

  /** The ACK takes the place of the INVITE, which nobody needs any more. */
  sendAck(slot: number): void {
    const { records } = this.layer;
    const { writer } = this;
    writer.begin();
    writeDerived(writer, 'ACK', this.requestOf(slot), this.message);
    const length = writer.length;
    const block = writer.end();
    records.releaseRequest(this.ports.octets, slot);
    records.request[slot] = block;
    records.requestLength[slot] = length;
    records.requestBody[slot] = length;
    this.outbound.sendRequest(slot);
  }

  send100(slot: number): void {
    const { records } = this.layer;
    const ip = records.peerIp[slot];
    const length = this.writeBare(this.requestOf(slot), 100, reasonOf(100), '', ip, records.peerPort[slot]);
    records.releaseResponse(this.ports.octets, slot);
    records.response[slot] = this.writer.end();
    records.responseLength[slot] = length;
    records.responseBody[slot] = length;
    this.transmit(slot, 0);
  }

  sendCancel(slot: number): void {
    const { layer, writer } = this;
    const { records, machine } = layer;
    if ((records.flags[slot] & Flag.cancelSent) !== 0) return;
    records.flags[slot] |= Flag.cancelSent;
    machine.startCancelTimer(slot);
    layer.drain();
    const cancel = layer.openClient(
      Method.cancel,
      machine.legOf(slot),
      records.hashA[slot],
      records.hashB[slot],
    );
    if (cancel === 0) return;
    writer.begin();
    const invite = this.requestOf(slot);
    writeDerived(writer, 'CANCEL', invite, invite);
    const length = writer.length;
    const block = writer.end();
    const local = records.local[slot];
    this.outbound.adopt(
      cancel,
      local,
      block,
      length,
      length,
      records.peerIp[slot],
      records.peerPort[slot],
      records.keyLength[slot],
      false,
    );
    records.flags[cancel] |= Flag.internal;
    layer.feed(cancel, Event.start);
  }

  deliver(slot: number): void {
    const { layer, message } = this;
    const { machine, records } = layer;
    if ((records.flags[slot] & Flag.internal) !== 0) return;
    const tx = machine.nameOf(slot);
    if (machine.machineOf(slot) > Machine.client) {
      if (machine.stateOf(slot) === State.accepted) this.user.onAck(message);
      else this.user.onRequest(tx, message);
      return;
    }
    if (message.status < 200 && (records.flags[slot] & Flag.cancelWanted) !== 0) this.sendCancel(slot);
    if (message.status !== 100) this.user.onResponse(tx, message);
    // Only the ACK of a 3xx-6xx is sent again from here on.
    const done = message.status >= 200 && message.status < 300;
    if (done || machine.machineOf(slot) === Machine.client) {
      if (message.status >= 200) records.releaseRequest(this.ports.octets, slot);
    }
  }

  timedOut(slot: number): void {
    const { layer, ports } = this;
    if ((layer.records.flags[slot] & Flag.internal) !== 0) return;
    const tx = layer.machine.nameOf(slot);
    if (ports.observe.wants(Observed.timedOut)) {
      ports.observe.emit(Observed.timedOut, ports.hostId, tx, layer.records.method[slot], 0);
    }
    this.user.onTimeout(tx);
  }

  failed(slot: number): void {
    if ((this.layer.records.flags[slot] & Flag.internal) !== 0) return;
    this.user.onTransportError(this.layer.machine.nameOf(slot));
  }

  noAck(slot: number): void {
    this.user.onNoAck(this.layer.machine.nameOf(slot));
  }

  ended(slot: number): void {
    const { records, machine } = this.layer;
    if (machine.machineOf(slot) <= Machine.client && records.conn[slot] !== 0) this.outbound.unlink(slot);
  }
}
