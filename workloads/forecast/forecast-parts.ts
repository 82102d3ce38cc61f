/**
 * Parts of the forecast that need no look at the flow of messages: how users fall to the IM Servers of a cluster, how busy a storage
 * device and the links of clients will be, how large a body is on average.
 */
import { instanceOf } from '../../models/addressing.js';
import { normalCdf } from '../../results/statistics/special.js';
import type { Scenario } from '../scenario/scenario.js';

/** Share of all messages that go to users of each IM Server, by the hash and by how popular its users are. */
export function sharesOfInstances({ server, population }: Scenario): number[] {
  const { instances } = server;
  const { subscribers, popularity } = population;
  const shares = Array.from({ length: instances }, () => 0);
  if (instances === 1) return [1];
  const weigh = weightOf(popularity);
  let sum = 0;
  for (let user = 0; user < subscribers; user++) {
    const weight = weigh(user);
    shares[instanceOf(user, instances)] += weight;
    sum += weight;
  }
  return shares.map((share) => share / sum);
}

/** Share of all messages that go to the most popular user. */
export function topShare({ population }: Scenario): number {
  const { subscribers, popularity } = population;
  if (popularity.law === 'uniform') return 1 / subscribers;
  const weigh = weightOf(popularity);
  let sum = 0;
  for (let user = 0; user < subscribers; user++) sum += weigh(user);
  return weigh(0) / sum;
}

/** How often a user is written to, relative to user 0 (Zipf: rank n + 1). */
function weightOf(popularity: Scenario['population']['popularity']): (user: number) => number {
  if (popularity.law === 'uniform') return () => 1;
  const { exponent } = popularity;
  return (user) => Math.exp(-exponent * Math.log(user + 1));
}

/** Mean octets of the body of a Pager Mode message. Of a bounded Pareto law before it is cut to whole octets. */
export function meanPagerOctets({ traffic }: Scenario): number {
  const { size } = traffic.pager;
  if (size.dist === 'fixed') return size.value;
  if (size.dist === 'uniform') return (size.min + size.max) / 2;
  const { min, max, alpha } = size;
  if (min === max) return min;
  if (Math.abs(alpha - 1) < 1e-9) return (Math.log(max / min) * min * max) / (max - min);
  const power = (x: number, a: number) => Math.exp(a * Math.log(x));
  const head = power(min, alpha) / (1 - power(min / max, alpha));
  return (head * alpha * (power(min, 1 - alpha) - power(max, 1 - alpha))) / (alpha - 1);
}

/** Mean octets of the body of a Large Message; 0 without any. */
export function meanLargeOctets({ traffic }: Scenario): number {
  const size = traffic.large?.size;
  if (size === undefined) return 0;
  if (size.dist === 'fixed') return size.value;
  const { median, sigma, cap } = size;
  if (sigma === 0) return Math.min(cap, median);
  // What is larger than the cap counts as much as the cap: the lower partial mean, and the cap as often as it is reached.
  const z = Math.log(cap / median) / sigma;
  const mean = median * Math.exp((sigma * sigma) / 2);
  return mean * normalCdf(z - sigma) + cap * normalCdf(-z);
}

/** Octets of a MESSAGE or REGISTER with all its headers; measured on the shipped scenarios. */
export const REQUEST_OCTETS = 900;

/** Octets a second of so many messages of each mode, with their headers. */
export function requestOctets(scenario: Scenario, pagerPerS: number, largePerS: number): number {
  return (
    pagerPerS * (REQUEST_OCTETS + meanPagerOctets(scenario)) +
    largePerS * (REQUEST_OCTETS + meanLargeOctets(scenario))
  );
}

/**
 * Share of its time that a storage device works, for so many commits and octets a second. With group commit, all that arrive while it
 * works go together: it is idle only if nothing came meanwhile, so commits alone never overload it.
 */
export function storageLoad(
  storage: Scenario['server']['storage'],
  commitsPerS: number,
  octetsPerS: number,
): number {
  const writing = storage.bandwidth === undefined ? 0 : (octetsPerS * 8) / storage.bandwidth;
  const latencyS = storage.commitLatency / 1e9;
  if (!storage.groupCommit) return commitsPerS * latencyS + writing;
  if (commitsPerS === 0) return writing;
  const busyS = latencyS * Math.exp(Math.min(50, commitsPerS * latencyS));
  return Math.max(writing, busyS / (busyS + 1 / commitsPerS));
}
