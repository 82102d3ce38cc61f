/** The words behind a verb that name the same scenario once more: a proposal without its overrides would be about another world. */
import { shellWord } from './shell-word.js';

export interface Asked {
  readonly scenario: string;
  readonly seed?: string | undefined;
  readonly set: readonly string[];
  readonly faults?: string | undefined;
  readonly sabotage?: string | undefined;
}

/** The scenario, and the flags that make it what it was; in words that a shell takes as they stand. */
export function sameScenario({ scenario, seed, set, faults, sabotage }: Asked): string {
  const flag = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);
  const words = [
    scenario,
    ...flag('--seed', seed),
    ...set.flatMap((text) => ['--set', text]),
    ...flag('--faults', faults),
    ...flag('--sabotage', sabotage),
  ];
  return words.map(shellWord).join(' ');
}
