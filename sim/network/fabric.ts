/**
 * The fabric: which host has an address. Hosts own contiguous ranges, so a fleet of a million clients is one row here and its
 * `local` is a subtraction.
 *
 * Not modelled: routing tables, subnets, NAT; every address reaches every other.
 */
import { assert } from '../kernel/assert.js';
import type { NetworkHost } from './network-host.js';

/** Addresses are below this, so that they stay small integers. */
export const IP_LIMIT = 2 ** 31;

export class Fabric {
  /** By host id. */
  readonly hosts: NetworkHost[] = [];
  /** Rows of the ranges, ascending: first address, address after the last, host id. */
  private readonly firsts: number[] = [];
  private readonly ends: number[] = [];
  private readonly ids: number[] = [];

  /** Adds a host; its id must be the next. Overlapping ranges are an assertion. */
  add(host: NetworkHost): void {
    assert(host.id === this.hosts.length, 'hosts are added in order of their ids');
    assert(host.addresses >= 1 && host.firstIp > 0, 'a host has at least one address, above 0');
    assert(host.firstIp + host.addresses <= IP_LIMIT, 'addresses stay below 128.0.0.0');
    this.hosts.push(host);
    let at = this.firsts.length;
    while (at > 0 && this.firsts[at - 1] > host.firstIp) at--;
    const end = host.firstIp + host.addresses;
    assert(at === 0 || this.ends[at - 1] <= host.firstIp, 'address ranges of two hosts overlap');
    assert(at === this.firsts.length || end <= this.firsts[at], 'address ranges of two hosts overlap');
    this.firsts.splice(at, 0, host.firstIp);
    this.ends.splice(at, 0, end);
    this.ids.splice(at, 0, host.id);
  }

  /** Id of the host that owns `ip`; -1 if nobody does. */
  hostOf(ip: number): number {
    const { firsts } = this;
    let low = 0;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle] <= ip) low = middle + 1;
      else high = middle;
    }
    return low > 0 && ip < this.ends[low - 1] ? this.ids[low - 1] : -1;
  }
}
