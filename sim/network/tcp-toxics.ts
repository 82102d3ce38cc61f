/**
 * What may be done to the TCP streams of a link besides loss and delay, in the words of toxiproxy: `limit-data`, `slicer`,
 * `stall`, `slow-close`, and `reset` of whatever carries data. Sparse: a world without such a fault pays one comparison.
 *
 * A toxic lies on one direction of one access link. A stream passes the sender's link outwards and the receiver's inwards, so
 * two sets of toxics may be on it; the stricter of each counts.
 */
import type { TcpEndpoint } from './tcp-endpoint.js';

export interface Toxic {
  /** The connection is reset once so many octets of this direction arrived, counted from when the toxic began. */
  readonly limitOctets?: number;
  /** Segments are at most so large, and are not joined. */
  readonly sliceOctets?: number;
  /** Nothing is let through, and nothing is lost. */
  readonly stall?: boolean;
  /** FIN is held back for so long. */
  readonly slowCloseNs?: number;
}

/** The strictest of all that lies on a path. */
export interface ToxicSum {
  limitOctets: number;
  sliceOctets: number;
  stall: boolean;
  slowCloseNs: number;
}

/** More local addresses than a host may have. */
const LOCALS = 2 ** 23;

export class TcpToxics {
  /** Toxics in force on any link. */
  inForce = 0;
  private readonly byLink = new Map<number, Toxic[]>();
  private readonly sum: ToxicSum = {
    limitOctets: Infinity,
    sliceOctets: Infinity,
    stall: false,
    slowCloseNs: 0,
  };

  /** Puts `toxic` on the link of (host, local), `out`wards or inwards. */
  add(host: number, local: number, out: boolean, toxic: Toxic): void {
    const key = keyOf(host, local, out);
    const list = this.byLink.get(key);
    if (list === undefined) this.byLink.set(key, [toxic]);
    else list.push(toxic);
    this.inForce++;
  }

  /** Takes it off again. */
  remove(host: number, local: number, out: boolean, toxic: Toxic): void {
    const key = keyOf(host, local, out);
    const left = (this.byLink.get(key) ?? []).filter((one) => one !== toxic);
    if (left.length === 0) this.byLink.delete(key);
    else this.byLink.set(key, left);
    this.inForce--;
  }

  /** What lies on the stream that `from` sends; undefined if nothing does. Valid until the next call. */
  on(from: TcpEndpoint): ToxicSum | undefined {
    const { sum } = this;
    const out = this.byLink.get(keyOf(from.host, from.local, true));
    const into = this.byLink.get(keyOf(from.peerHost, from.peerLocal, false));
    if (out === undefined && into === undefined) return undefined;
    sum.limitOctets = Infinity;
    sum.sliceOctets = Infinity;
    sum.stall = false;
    sum.slowCloseNs = 0;
    if (out !== undefined) this.addUp(out);
    if (into !== undefined) this.addUp(into);
    return sum;
  }

  private addUp(list: readonly Toxic[]): void {
    const { sum } = this;
    for (const toxic of list) {
      sum.limitOctets = Math.min(sum.limitOctets, toxic.limitOctets ?? Infinity);
      sum.sliceOctets = Math.min(sum.sliceOctets, toxic.sliceOctets ?? Infinity);
      sum.stall ||= toxic.stall ?? false;
      sum.slowCloseNs = Math.max(sum.slowCloseNs, toxic.slowCloseNs ?? 0);
    }
  }
}

function keyOf(host: number, local: number, out: boolean): number {
  return (host * LOCALS + local) * 2 + (out ? 1 : 0);
}
