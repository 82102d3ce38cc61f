/**
 * What messages over TCP cost the Core's CPU. They are charged once they are whole. A request waits as the transaction that it
 * opened; what belongs to a transaction that was paid for, and every response, is handled at once and charged all the same.
 */
import type { Ports } from '../../sim/host/ports.js';
import type { SipEndpoint } from '../sip/endpoint.js';
import type { Tx } from '../sip/user.js';
import { Method } from '../wire/sip/head/methods.js';
import type { SipMessage } from '../wire/sip/message.js';
import { CoreWork } from './config.js';
import type { WaitingWork } from './work.js';

/** Token of CPU work after which nothing is to be done. */
export const NOTHING_FOLLOWS = 0;

export class StreamWork {
  constructor(
    private readonly ports: Ports,
    private readonly endpoint: SipEndpoint,
    private readonly work: WaitingWork,
  ) {}

  /** Charges the message in hand, if it came by a stream. It is handled at once. */
  charge(kind: number): void {
    const { arrival } = this.endpoint;
    if (arrival.conn !== 0) this.ports.cpu.spend(kind, arrival.length, NOTHING_FOLLOWS);
  }

  /** Queues the request in hand, which opened `tx`. False if the queue is full. */
  submit(tx: Tx, message: SipMessage): boolean {
    const { work } = this;
    const { arrival } = this.endpoint;
    const slot = work.open();
    work.kind[slot] = message.method === Method.register ? CoreWork.register : CoreWork.request;
    work.fromIp[slot] = arrival.fromIp;
    work.fromPort[slot] = arrival.fromPort;
    work.conn[slot] = arrival.conn;
    work.block[slot] = 0;
    work.tx[slot] = tx;
    return work.submit(slot, arrival.length);
  }
}
