/** An invariant of one's own: no Deferred Message waits longer than 20 s. It fails here, and says by which message. */
import { defineInvariant, loadScenario, simulate } from 'restante';

const nobodyWaitsLong = defineInvariant({
  id: 'X1',
  title: 'no Deferred Message waits longer than 20 s',
  clause: 'a promise of this operator',
  watch: (judge) => ({
    // `settled` carries in `a` when the IM Server received the message.
    settled: ({ atNs, a, entity }) => {
      const waitedS = (atNs - a) / 1e9;
      judge.check(waitedS <= 20, `a message for user ${entity} waited ${waitedS.toFixed(1)} s`);
    },
  }),
});

const scenario = loadScenario('smoke', ['population.subscribers=40', 'traffic.pager.rate=2/s']);
const { summary } = simulate(scenario, { invariants: [nobodyWaitsLong] });
const verdict = summary.invariants.find(({ id }) => id === 'X1');
console.log(`X1 was put to the test: ${(verdict?.checked ?? 0) > 0}`);
console.log(verdict?.held === true ? 'X1 held' : 'X1 was violated');
