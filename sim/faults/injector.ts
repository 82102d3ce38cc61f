/**
 * Installs the faults of an expanded plan at their instants and heals them after their time, as events of the fault phase, which
 * comes first in its instant. At `healAtNs` everything that is still in force heals, so that the liveness phase is undisturbed.
 */
import { type EventHandler, type Kernel, Phase } from '../kernel/kernel.js';
import { FAULT_KINDS } from './kinds.js';
import type { FaultContext, Heal, Install } from './kinds/kind.js';
import type { ExpandedFault, ExpandedPlan, FaultKindName } from './plan.js';

const INSTALL = 0;
const HEAL = 1;
const LATER = 2;
const HEAL_ALL = 3;

/** What the injector works on; when things heal it says itself. */
export type FaultSurroundings = Omit<FaultContext, 'later' | 'healAtNs'>;

export class FaultInjector implements EventHandler {
  private readonly handler: number;
  private readonly context: FaultContext;
  /** By place in the plan: how to take back what is in force. */
  private readonly healers: (Heal | undefined)[] = [];
  /** What heals later than its fault, by number. */
  private readonly later = new Map<number, Heal>();
  private nextLater = 0;

  constructor(
    private readonly kernel: Kernel,
    surroundings: FaultSurroundings,
    private readonly plan: ExpandedPlan,
    private readonly healAtNs = Infinity,
  ) {
    this.handler = kernel.register(this);
    const later = (delayNs: number, action: Heal): void => {
      const number = this.nextLater++;
      this.later.set(number, action);
      kernel.at(kernel.nowNs + delayNs, Phase.fault, this.handler, LATER, number, 0);
    };
    this.context = { ...surroundings, healAtNs, later };
  }

  /** Puts all events of the plan into the queue. Call once, at the start of the run. */
  schedule(): void {
    const { kernel, handler, healAtNs } = this;
    let outlasting = false;
    this.plan.forEach((fault, place) => {
      const endNs = fault.atNs + (fault.forNs ?? Infinity);
      const { spreadNs = 0 } = fault.params as { readonly spreadNs?: number };
      if (endNs + spreadNs > healAtNs) outlasting = true;
      if (fault.atNs >= healAtNs) return;
      kernel.at(fault.atNs, Phase.fault, handler, INSTALL, place, 0);
      if (endNs < Infinity) kernel.at(endNs, Phase.fault, handler, HEAL, place, 0);
    });
    if (outlasting && healAtNs < Infinity) kernel.at(healAtNs, Phase.fault, handler, HEAL_ALL, 0, 0);
  }

  /** Heals everything that is in force, such as before the liveness phase; later heals do nothing. */
  healAll(): void {
    for (let place = 0; place < this.plan.length; place++) this.heal(place);
    for (const number of this.later.keys()) this.act(number);
  }

  onEvent(kind: number, place: number): void {
    switch (kind) {
      case INSTALL: {
        const fault = this.plan[place];
        const install = FAULT_KINDS[fault.kind] as Install<FaultKindName>;
        const typed = fault as Extract<ExpandedFault, { kind: FaultKindName }>;
        this.healers[place] = install(typed, this.context);
        return;
      }
      case HEAL:
        this.heal(place);
        return;
      case LATER:
        this.act(place);
        return;
      default:
        this.healAll();
    }
  }

  private heal(place: number): void {
    const healer = this.healers[place];
    this.healers[place] = undefined;
    if (healer !== undefined) healer();
  }

  private act(number: number): void {
    const action = this.later.get(number);
    this.later.delete(number);
    if (action !== undefined) action();
  }
}
