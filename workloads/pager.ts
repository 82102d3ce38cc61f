/**
 * The Pager Mode workload: a stream of messages to be sent, each with its parties, size, privacy and lifetime. Composed with
 * rxjs over virtual time; what it emits goes to the fleet of clients.
 *
 * One MESSAGE may be pending for each sender and target (RFC 3428 section 8): the fleet queues, and latency counts from the
 * intended instant all the same.
 */
import { map, type Observable } from 'rxjs';
import type { PagerOffer } from '../models/client/config.js';
import type { RandomStream } from '../sim/host/ports.js';
import { boundedPareto } from '../sim/kernel/distributions.js';
import type { Chance } from '../sim/kernel/random.js';
import { NS_PER_S } from '../sim/kernel/time.js';
import type { VirtualScheduler } from '../sim/rx.js';
import { arrivals, poisson } from './arrivals.js';
import { Numbers } from './numbers.js';
import type { Population } from './population.js';
import { phasesOf, type MessageSize, type Scenario } from './scenario.js';

/** Draws sizes in whole octets. */
export function sizeSampler(size: MessageSize, stream: RandomStream): () => number {
  switch (size.dist) {
    case 'fixed':
      return () => size.value;
    case 'uniform':
      return () => size.min + stream.below(size.max - size.min + 1);
    case 'pareto':
      return () => Math.floor(boundedPareto(stream, size.min, size.max, size.alpha));
  }
}

/** Draws lifetimes in whole seconds, -1 for a message without Expires. Two uniforms each. */
function expiresSampler(
  expires: Scenario['traffic']['pager']['expires'],
  stream: RandomStream,
): () => number {
  const least = Math.ceil(expires.min / NS_PER_S);
  const most = Math.max(least, Math.floor(expires.max / NS_PER_S));
  return () => {
    const has = stream.uniform() < expires.share;
    const seconds = least + stream.below(most - least + 1);
    return has ? seconds : -1;
  };
}

/** The Pager Mode messages of a whole run, numbered from 0 unless `numbers` says otherwise, each emitted at its intended instant. */
export function pagerTraffic(
  scenario: Scenario,
  chance: Chance,
  scheduler: VirtualScheduler,
  population: Population,
  numbers: Numbers = new Numbers(),
): Observable<PagerOffer> {
  const { pager } = scenario.traffic;
  const { loadFromNs, loadUntilNs } = phasesOf(scenario);
  const size = sizeSampler(pager.size, chance.stream('pager.size', 0, 0));
  const expires = expiresSampler(pager.expires, chance.stream('pager.expires', 0, 0));
  const instants = poisson(chance.stream('pager.arrivals', 0, 0), pager.rate);
  return arrivals(scheduler, instants, loadFromNs, loadUntilNs).pipe(
    map((intendedAtNs) => {
      const message = numbers.take();
      const sender = population.sender(intendedAtNs);
      return {
        sender,
        recipient: population.recipientFor(sender),
        message,
        sizeOctets: size(),
        intendedAtNs,
        anonymous: population.isAnonymous(sender),
        expiresS: expires(),
      };
    }),
  );
}
