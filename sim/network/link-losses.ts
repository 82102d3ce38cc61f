/**
 * Losses of single packets by number: those that a plan demands, and what chance took, told so that it can be put into a plan. Numbers are
 * kept by link and direction (`link * 2`, one more inwards). All of it is sparse.
 *
 * Not here: chance itself (`link-chance.ts`), and the numbering of packets (`link.ts`).
 */

/**
 * Sees each packet that chance took, so that the loss can be put into a plan: which link, and its number among the packets of
 * this instant on it, counted from 0.
 */
export type LossWatch = (
  host: number,
  local: number,
  direction: 'out' | 'in',
  ordinal: number,
  packets: number,
) => void;

export class LinkLosses {
  /** Packets to be lost. */
  private readonly planned = new Map<number, number[]>();
  /** For the loss watch: the present instant, and the number of its first packet. */
  private readonly instants = new Map<number, { ns: number; first: number }>();

  /** True if any packet is to be lost. */
  get any(): boolean {
    return this.planned.size > 0;
  }

  /** Loses the packet of this number; gives how to take that back. */
  drop(entity: number, ordinal: number): () => void {
    const ordinals = this.planned.get(entity) ?? [];
    ordinals.push(ordinal);
    this.planned.set(entity, ordinals);
    return () => {
      ordinals.splice(ordinals.indexOf(ordinal), 1);
      if (ordinals.length === 0) this.planned.delete(entity);
    };
  }

  /** True if one of packets [ordinal, ordinal + packets) is to be lost. */
  takes(entity: number, ordinal: number, packets: number): boolean {
    const drops = this.planned.get(entity);
    return drops?.some((one) => one >= ordinal && one < ordinal + packets) === true;
  }

  /** For the loss watch: the packet of this number is offered at `nowNs`. */
  noteInstant(entity: number, ordinal: number, nowNs: number): void {
    if (this.instants.get(entity)?.ns !== nowNs) this.instants.set(entity, { ns: nowNs, first: ordinal });
  }

  /** Number of this packet among those of the instant that was noted last. */
  sinceInstant(entity: number, ordinal: number): number {
    return ordinal - (this.instants.get(entity)?.first ?? 0);
  }
}
