/**
 * States that multiply a rate: the modulating chain of an MMPP, and busy and silent times. Weights are scaled so that their
 * mean over time is 1, and the rate of the executor stays the mean rate.
 */
import type { RandomStream } from '../../sim/host/ports.js';
import { exponential } from '../../sim/kernel/distributions.js';
import type { Load } from './schema.js';

export interface Modulation {
  /** The factor at this instant, never asked for an earlier one than before. Afterwards `untilNs` is when it may change. */
  factorAt(atNs: number): number;
  readonly untilNs: number;
}

interface State {
  readonly weight: number;
  readonly meanNs: number;
}

/** The modulation of a load's process; undefined if it has none. */
export function modulationOf(load: Load, stream: RandomStream): Modulation | undefined {
  if (load.process === 'mmpp' && load.mmpp !== undefined) {
    const states = load.mmpp.states.map(({ weight, mean }) => ({ weight, meanNs: mean }));
    return new JumpingState(states, stream, true);
  }
  if (load.process === 'on-off' && load.onOff !== undefined) {
    const { on, off, distribution } = load.onOff;
    const states = [
      { weight: 1, meanNs: on },
      { weight: 0, meanNs: off },
    ];
    return new JumpingState(states, stream, distribution === 'exponential');
  }
  return undefined;
}

/**
 * From each state it goes to any other one alike, so the long-run share of a state is proportional to its mean stay. The first
 * state is drawn from those shares, and the load finds it at any point of its stay: what is left of an exponential one is
 * exponential again, of a constant one an even share. So the process starts in equilibrium, and its mean is kept from the start.
 */
class JumpingState implements Modulation {
  untilNs = 0;
  private state = -1;
  private readonly states: readonly State[];

  constructor(
    states: readonly State[],
    private readonly stream: RandomStream,
    private readonly random: boolean,
  ) {
    const timeNs = states.reduce((sum, { meanNs }) => sum + meanNs, 0);
    const area = states.reduce((sum, { weight, meanNs }) => sum + weight * meanNs, 0);
    this.states = states.map(({ weight, meanNs }) => ({ weight: (weight * timeNs) / area, meanNs }));
  }

  factorAt(atNs: number): number {
    while (this.state < 0 || atNs >= this.untilNs) this.jump();
    return this.states[this.state].weight;
  }

  private jump(): void {
    const { states, stream, state } = this;
    const isFirst = state < 0;
    if (isFirst) this.state = this.first();
    else {
      const other = stream.below(states.length - 1);
      this.state = other < state ? other : other + 1;
    }
    const { meanNs } = states[this.state];
    if (this.random) this.untilNs += Math.ceil(exponential(stream, meanNs));
    else this.untilNs += isFirst ? Math.ceil(stream.uniform() * meanNs) : meanNs;
  }

  private first(): number {
    const timeNs = this.states.reduce((sum, { meanNs }) => sum + meanNs, 0);
    let left = this.stream.uniform() * timeNs;
    for (let i = 0; i < this.states.length - 1; i++) {
      left -= this.states[i].meanNs;
      if (left < 0) return i;
    }
    return this.states.length - 1;
  }
}
