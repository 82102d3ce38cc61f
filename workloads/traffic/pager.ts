/**
 * The Pager Mode workload: a stream of messages to be sent, each with its parties, size, privacy and lifetime. Composed with
 * rxjs over virtual time; what it emits goes to the fleet of clients.
 *
 * One MESSAGE may be pending for each sender and target (RFC 3428 section 8): the fleet queues, and latency counts from the
 * intended instant all the same.
 */
import { map, NEVER, type Observable } from 'rxjs';
import type { PagerOffer } from '../../models/client/config.js';
import type { RandomStream } from '../../sim/host/ports.js';
import { boundedPareto } from '../../sim/kernel/distributions.js';
import type { Chance } from '../../sim/kernel/random.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { VirtualScheduler } from '../../sim/rx.js';
import { arrivals } from './arrivals.js';
import { closedTurns, type Turn } from '../load/closed.js';
import { instantsOf } from '../load/instants.js';
import { Numbers } from './numbers.js';
import type { Population } from './population.js';
import { phasesOf, type MessageSize, type Scenario } from '../scenario/scenario.js';

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

/**
 * The Pager Mode messages of a whole run, numbered from 0 unless `numbers` says otherwise, each emitted at its intended instant.
 * `answers` emits the sender of each message that was answered; only a closed population looks at it.
 */
export function pagerTraffic(
  scenario: Scenario,
  chance: Chance,
  scheduler: VirtualScheduler,
  population: Population,
  numbers: Numbers = new Numbers(),
  answers: Observable<number> = NEVER,
): Observable<PagerOffer> {
  const { pager } = scenario.traffic;
  const { loadFromNs, loadUntilNs } = phasesOf(scenario);
  const size = sizeSampler(pager.size, chance.stream('pager.size', 0, 0));
  const expires = expiresSampler(pager.expires, chance.stream('pager.expires', 0, 0));
  const asking = chance.stream('pager.notifications', 0, 0);
  const rows = pager.trace?.rows ?? [];
  return turns(pager, chance, scheduler, answers, loadFromNs, loadUntilNs).pipe(
    map(({ user, atNs }, index) => {
      const message = numbers.take();
      const [, from, to, octets] = rows[index] ?? [0, user, -1, -1];
      const sender = from >= 0 ? from : population.sender(atNs, to);
      const recipient = to >= 0 ? to : population.recipientFor(sender);
      const sizeOctets = octets >= 0 ? octets : size();
      const anonymous = population.isAnonymous(sender);
      // Who is anonymous has no return address, and asks for none (RFC 5438 section 12.1.1).
      const asks = pager.notifications > 0 && asking.uniform() < pager.notifications && !anonymous;
      return {
        sender,
        recipient,
        message,
        sizeOctets,
        intendedAtNs: atNs,
        anonymous,
        expiresS: expires(),
        asksNotification: asks,
      };
    }),
  );
}

/** Who asks when; user -1 is still to be drawn. */
function turns(
  pager: Scenario['traffic']['pager'],
  chance: Chance,
  scheduler: VirtualScheduler,
  answers: Observable<number>,
  fromNs: number,
  untilNs: number,
): Observable<Turn> {
  if (pager.executor === 'closed' && pager.closed !== undefined) {
    const thinking = chance.stream('pager.think', 0, 0);
    return closedTurns(pager.closed, thinking, scheduler, answers, fromNs, untilNs);
  }
  const instants = instantsOf(pager, chance, 'pager', fromNs, untilNs);
  return arrivals(scheduler, instants, fromNs, untilNs).pipe(map((atNs) => ({ user: -1, atNs })));
}
