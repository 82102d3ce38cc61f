/**
 * The lines of links that have a rate: until when each is busy with what it took, and the queue before it, in octets.
 *
 * Not modelled: other queue disciplines than drop-tail; a rate that changes under a packet that is being sent.
 */
import type { Kernel } from '../kernel/kernel.js';
import type { DirectionProfile } from './access-profiles.js';

export class LinkLines {
  /** Links that there are, each with a line outwards and one inwards. */
  links = 0;
  /** When each line is free. Made when the first packet needs it. */
  private freeNs = new Float64Array(0);

  constructor(private readonly kernel: Kernel) {}

  get octetsInUse(): number {
    return this.freeNs.byteLength;
  }

  /** When the line is done with these octets; -1 if the queue before it is full and they are `droppable`. */
  queue(profile: DirectionProfile, line: number, octets: number, droppable: boolean): number {
    const { nowNs } = this.kernel;
    const rate = profile.rateBitsPerS;
    if (rate === 0) return nowNs;
    if (this.freeNs.length === 0) this.freeNs = new Float64Array(this.links * 2);
    const startNs = Math.max(nowNs, this.freeNs[line]);
    const waiting = ((startNs - nowNs) * rate) / 8e9;
    if (droppable && waiting + octets > profile.queueOctets + profileSlack(octets, waiting)) return -1;
    const endNs = startNs + Math.ceil((octets * 8e9) / rate);
    this.freeNs[line] = endNs;
    return endNs;
  }

  /** How long the line is busy with what it took; 0 without a rate. */
  backlogNs(line: number): number {
    if (this.freeNs.length === 0) return 0;
    const free = this.freeNs[line];
    return free > this.kernel.nowNs ? free - this.kernel.nowNs : 0;
  }
}

/** An idle line takes a packet of any size: it is being sent, not queued. */
function profileSlack(octets: number, waiting: number): number {
  return waiting === 0 ? octets : 0;
}
