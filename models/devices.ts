/**
 * Users with several devices. The client of user *n*'s first device is client *n*, as if she had no other; further devices are the
 * clients from the number of subscribers on, in the order of their users. A client's address follows from its number
 * (`addressing.ts`).
 *
 * Her devices share what they have shown (as with a message store that they all look into), and she sends from the first of them.
 *
 * Not modelled: devices with features of their own, sending from any of them, a device that several users share.
 */
import { FIRST_CLIENT_IP } from './addressing.js';
import { assert } from '../sim/kernel/assert.js';

/** Most devices of one user. */
export const MOST_DEVICES = 8;

export class Devices {
  /** Clients of all users. */
  readonly clients: number;
  /** User of each client from `subscribers` on. */
  private readonly owners: Int32Array;
  /** First of the further clients of each user, and one entry more; empty if nobody has any. */
  private readonly firsts: Int32Array;

  /** `countOf` gives the devices of a user, from 1 up; everybody has one if it is left out. */
  constructor(
    readonly subscribers: number,
    countOf?: (user: number) => number,
  ) {
    if (countOf === undefined) {
      this.clients = subscribers;
      this.owners = this.firsts = new Int32Array(0);
      return;
    }
    this.firsts = new Int32Array(subscribers + 1);
    let clients = subscribers;
    for (let user = 0; user < subscribers; user++) {
      const count = countOf(user);
      assert(count >= 1 && count <= MOST_DEVICES, 'a user has one device at least, and not too many');
      this.firsts[user] = clients;
      clients += count - 1;
    }
    this.firsts[subscribers] = this.clients = clients;
    this.owners = new Int32Array(clients - subscribers);
    for (let user = 0; user < subscribers; user++) {
      this.owners.fill(user, this.firsts[user] - subscribers, this.firsts[user + 1] - subscribers);
    }
  }

  /** The user of a client. */
  userOf(client: number): number {
    return client < this.subscribers ? client : this.owners[client - this.subscribers];
  }

  /** The user whose client has this address; -1 if it is no client's. */
  userOfIp(ip: number): number {
    const client = ip - FIRST_CLIENT_IP;
    if (client < 0 || client >= this.clients) return -1;
    return client < this.subscribers ? client : this.owners[client - this.subscribers];
  }

  /** True if she has more than one. */
  hasSeveral(user: number): boolean {
    return this.firsts.length > 0 && this.firsts[user + 1] > this.firsts[user];
  }

  /** Calls `visit` with each client of `user`, the first device first. */
  each(user: number, visit: (client: number) => void): void {
    visit(user);
    if (this.firsts.length === 0) return;
    for (let client = this.firsts[user]; client < this.firsts[user + 1]; client++) visit(client);
  }
}
