/** What a kind of fault is: a function that puts it in force and answers how to take it back. */
import type { Host } from '../../host/host.js';
import { type Links, LinkBits } from '../../network/link.js';
import type { TcpFaults } from '../../network/tcp-faults.js';
import type { ExpandedFault, FaultDirection, FaultKindName } from '../plan.js';

/** What faults work on. */
export interface FaultContext {
  readonly links: Links;
  readonly tcp: TcpFaults;
  /** Everything that is in force heals then; Infinity for never. What a fault leaves to the links may not outlast it. */
  readonly healAtNs: number;
  /** Virtual time now. */
  readonly now: () => number;
  /** Addressed chance of the fault: 32 bits for a member. */
  readonly chance: (fault: ExpandedFault, member: number) => number;
  /** The host of this name; unknown names are assertions. */
  readonly hostOf: (name: string) => Host;
  /** Does something later, or when everything is healed, if that is earlier. */
  readonly later: (delayNs: number, action: () => void) => void;
}

/** The end of a fault, called once. */
export type Heal = () => void;

/** Puts a fault in force and answers how to take it back. */
export type Install<K extends FaultKindName> = (
  fault: Extract<ExpandedFault, { kind: K }>,
  context: FaultContext,
) => Heal;

/** How each kind is installed. */
export type FaultKinds = { readonly [K in FaultKindName]: Install<K> };

/** The direction of a fault as bits of a link. */
export function bitsOf(direction: FaultDirection): number {
  if (direction === 'both') return LinkBits.both;
  return direction === 'out' ? LinkBits.out : LinkBits.in;
}
