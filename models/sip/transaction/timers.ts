/**
 * Timer values of RFC 3261 Table 4 and RFC 6026 for each leg (rules 4.2), in nanoseconds, and the few distinct delays they come
 * to. A delay is named by a small code, so that the interpreter speaks in integers and the owner keeps a lane for each.
 *
 * Timer D is absolute, not a multiple of T1: at least 32 s, and with the IMS profile at least 128 s, because it must outlast the
 * peer's Timer H. The 100 of an INVITE is due after 200 ms (RFC 3261 section 17.2.1), that of another request when the client's
 * Timer E would be set to T2 (RFC 4320 section 4.1): the sum of the intervals below T2.
 *
 * Not here: Timer C of a proxy, which is the proxy's own.
 */
import { NS_PER_MS, NS_PER_S } from '../../../sim/kernel/time.js';
import { profileOf, Transport, transportOf, type Leg, type TimerProfile } from '../legs.js';
import { Action, Machine } from './tables.js';

interface ProfileTimes {
  readonly t1Ns: number;
  readonly t2Ns: number;
  readonly t4Ns: number;
  readonly timerDNs: number;
}

/** By {@link TimerProfile}. */
export const PROFILE_TIMES: readonly ProfileTimes[] = [
  { t1Ns: 500 * NS_PER_MS, t2Ns: 4 * NS_PER_S, t4Ns: 5 * NS_PER_S, timerDNs: 32 * NS_PER_S },
  { t1Ns: 2 * NS_PER_S, t2Ns: 16 * NS_PER_S, t4Ns: 17 * NS_PER_S, timerDNs: 128 * NS_PER_S },
];

/** Codes of delays; 0 to 6 are T1 doubled so many times. */
export const Delay = {
  t1: 0,
  t2: 7,
  t4: 8,
  t1x64: 9,
  d: 10,
  invite100: 11,
  other100: 12,
  /** Fires at once. */
  zero: 13,
  /** This leg does not have the timer. */
  off: 14,
} as const;
export type Delay = number;
export const DELAYS = 13;

const INVITE_100_NS = 200 * NS_PER_MS;

/** Nanoseconds of a delay below {@link DELAYS}. */
export function delayNs(profile: TimerProfile, delay: Delay): number {
  const { t1Ns, t2Ns, t4Ns, timerDNs } = PROFILE_TIMES[profile];
  if (delay <= 6) return t1Ns * (1 << delay);
  if (delay === Delay.t2) return t2Ns;
  if (delay === Delay.t4) return t4Ns;
  if (delay === Delay.t1x64) return 64 * t1Ns;
  if (delay === Delay.d) return timerDNs;
  if (delay === Delay.invite100) return INVITE_100_NS;
  let sum = 0;
  for (let interval = t1Ns; interval < t2Ns; interval *= 2) sum += interval;
  return sum;
}

/** How often T1 doubles until it reaches T2. */
function doublingsToT2(profile: TimerProfile): number {
  const { t1Ns, t2Ns } = PROFILE_TIMES[profile];
  let doublings = 0;
  while (t1Ns * (1 << doublings) < t2Ns) doublings++;
  return doublings;
}

const DOUBLINGS = [doublingsToT2(0), doublingsToT2(1)] as const;

/** The n-th interval (from 0) that doubles up to T2: E, G, and the repeats of a 2xx by the UAS. */
export function cappedInterval(profile: TimerProfile, n: number): Delay {
  return n < DOUBLINGS[profile] ? n : Delay.t2;
}

/** The n-th interval (from 0) of the repeat timer of a machine that is retransmitting; `off` over TCP. */
export function repeatInterval(machine: Machine, leg: Leg, n: number): Delay {
  if (transportOf(leg) === Transport.tcp) return Delay.off;
  if (machine === Machine.inviteClient) return n < 7 ? n : 6;
  return cappedInterval(profileOf(leg), n);
}

/** The delay of the life timer that `action` (B to M) starts on this leg. */
export function lifeDelay(action: Action, leg: Leg): Delay {
  const tcp = transportOf(leg) === Transport.tcp;
  switch (action) {
    case Action.lifeD:
      return tcp ? Delay.zero : Delay.d;
    case Action.lifeI:
    case Action.lifeK:
      return tcp ? Delay.zero : Delay.t4;
    case Action.lifeJ:
      return tcp ? Delay.zero : Delay.t1x64;
    default:
      return Delay.t1x64;
  }
}
