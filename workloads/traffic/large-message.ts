/**
 * The Large Message workload: a stream of messages to be sent in sessions, beside the Pager Mode traffic and with the same parties.
 *
 * Sizes are lognormal with a ceiling as a rule: what people send is pictures, now and then a film. Assumed, like every default.
 */
import { map, type Observable } from 'rxjs';
import { CPIM } from '../../models/client/large/asking-head.js';
import type { LargeOffer } from '../../models/client/config.js';
import type { RandomStream } from '../../sim/host/ports.js';
import { lognormal } from '../../sim/kernel/distributions.js';
import type { Chance } from '../../sim/kernel/random.js';
import type { VirtualScheduler } from '../../sim/rx.js';
import { arrivals } from './arrivals.js';
import { instantsOf } from '../load/instants.js';
import type { Numbers } from './numbers.js';
import type { Population } from './population.js';
import { REPORTS } from '../scenario/report-choices.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';

type LargeTraffic = NonNullable<Scenario['traffic']['large']>;

/** The least size: a body begins with its mark. */
const LEAST_OCTETS = 16;

/** Draws sizes in whole octets. A lognormal draw takes the same number of uniforms whatever it gives. */
export function largeSizeSampler(size: LargeTraffic['size'], stream: RandomStream): () => number {
  if (size.dist === 'fixed') return () => size.value;
  return () =>
    Math.max(LEAST_OCTETS, Math.min(size.cap, Math.round(lognormal(stream, size.median, size.sigma))));
}

/** The Large Messages of a whole run, each emitted at its intended instant. */
export function largeTraffic(
  large: LargeTraffic,
  scenario: Scenario,
  chance: Chance,
  scheduler: VirtualScheduler,
  population: Population,
  numbers: Numbers,
): Observable<LargeOffer> {
  const { loadFromNs, loadUntilNs } = phasesOf(scenario);
  const size = largeSizeSampler(large.size, chance.stream('large.size', 0, 0));
  const abort = chance.stream('large.abort', 0, 0);
  const instants = instantsOf(large, chance, 'large', loadFromNs, loadUntilNs);
  const asking = chance.stream('large.notifications', 0, 0);
  const { contentTypes, notifications } = large;
  return arrivals(scheduler, instants, loadFromNs, loadUntilNs).pipe(
    map((intendedAtNs) => {
      const sender = population.sender(intendedAtNs);
      const message = numbers.take();
      const sizeOctets = size();
      const aborts = abort.uniform() < large.abortShare;
      const abortAt = abort.uniform();
      const anonymous = population.isAnonymous(sender);
      // Who is anonymous has no return address, and asks for none (RFC 5438 section 12.1.1).
      const asks = notifications > 0 && asking.uniform() < notifications && !anonymous;
      const type = contentTypes[message % contentTypes.length];
      return {
        sender,
        recipient: population.recipientFor(sender),
        message,
        sizeOctets,
        contentType: asks ? wrappedType(type) : type,
        intendedAtNs,
        anonymous,
        chunkOctets: large.chunk,
        interruptible: large.interruptible,
        interleave: large.interleave,
        reports: REPORTS[large.reports],
        abortAfterOctets: aborts ? Math.floor(abortAt * sizeOctets) : -1,
        resume: large.resume,
        asksNotification: asks,
      };
    }),
  );
}

/** The type of the content in a message/cpim that asks: any that the workload names but its own, of which one is enough. */
function wrappedType(type: string): string {
  return type.toLowerCase().startsWith(CPIM) ? 'text/plain' : type;
}
