/**
 * Installs the faults of an expanded plan at their instants and heals them after their time, as events of the fault phase, which
 * comes first in its instant.
 */
import { assert } from '../kernel/assert.js';
import { type EventHandler, type Kernel, Phase } from '../kernel/kernel.js';
import { FAULT_KINDS, type FaultContext, type FaultKinds, type Install } from './kinds.js';
import type { ExpandedFault, ExpandedPlan, FaultKindName } from './plan.js';

const INSTALL = 0;
const HEAL = 1;

export class FaultInjector implements EventHandler {
  private readonly handler: number;
  /** By place in the plan: how to take back what is in force. */
  private readonly healers: ((() => void) | undefined)[] = [];

  /** Kinds that nothing installs are an assertion: check a plan with {@link isModelled} first. */
  constructor(
    private readonly kernel: Kernel,
    private readonly context: FaultContext,
    private readonly plan: ExpandedPlan,
    private readonly kinds: FaultKinds = FAULT_KINDS,
  ) {
    this.handler = kernel.register(this);
    for (const fault of plan) {
      assert(kinds[fault.kind] !== undefined, `the fault kind ${fault.kind} is not modelled yet`);
    }
  }

  /** Puts all events of the plan into the queue. Call once, at the start of the run. */
  schedule(): void {
    this.plan.forEach((fault, place) => {
      this.kernel.at(fault.atNs, Phase.fault, this.handler, INSTALL, place, 0);
      if (fault.forNs === undefined) return;
      this.kernel.at(fault.atNs + fault.forNs, Phase.fault, this.handler, HEAL, place, 0);
    });
  }

  /** Heals everything that is in force, such as before the liveness phase; later heals do nothing. */
  healAll(): void {
    for (let place = 0; place < this.plan.length; place++) this.heal(place);
  }

  onEvent(kind: number, place: number): void {
    if (kind === HEAL) {
      this.heal(place);
      return;
    }
    const fault = this.plan[place];
    const install = this.kinds[fault.kind] as Install<FaultKindName>;
    this.healers[place] = install(fault as Extract<ExpandedFault, { kind: FaultKindName }>, this.context);
  }

  private heal(place: number): void {
    const healer = this.healers[place];
    this.healers[place] = undefined;
    if (healer !== undefined) healer();
  }
}

/** True if faults of this kind can be injected. */
export function isModelled(kind: FaultKindName, kinds: FaultKinds = FAULT_KINDS): boolean {
  return kinds[kind] !== undefined;
}
