/** A workload of one's own: everybody writes to user 0 within a minute, while the network of most is away. */
import { defineWorkload, loadScenario, simulate } from 'restante';

const everybodyToOne = defineWorkload({
  name: 'everybody-to-one',
  *messages({ subscribers, fromS, random }) {
    for (let user = 1; user < subscribers; user++) {
      yield { atS: fromS + (60 * user) / subscribers, from: user, to: 0, sizeOctets: 20 + random.below(200) };
    }
  },
});

const scenario = loadScenario('smoke', ['population.subscribers=40', 'population.offlineShare=50%']);
const { summary } = simulate(scenario, { workload: everybodyToOne });
console.log(`${summary.counts.offered >= 39 ? 'all' : 'not all'} were offered`);
console.log(`invariants held: ${summary.invariants.every(({ held }) => held)}`);
