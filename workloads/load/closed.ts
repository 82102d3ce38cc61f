/**
 * A closed population: each user sends, waits for the answer, thinks, and sends again. What is asked for follows what is carried,
 * so overload cannot show here; it is for questions about interactive response only.
 *
 * A message that is never answered keeps its user waiting for the rest of the run.
 */
import { filter, map, merge, mergeMap, range, takeWhile, type Observable } from 'rxjs';
import type { RandomStream } from '../../sim/host/ports.js';
import { exponential } from '../../sim/kernel/distributions.js';
import { NS_PER_MS } from '../../sim/kernel/time.js';
import type { VirtualScheduler } from '../../sim/rx.js';
import type { Load } from './schema.js';

/** A user asks for something at an instant. */
export interface Turn {
  readonly user: number;
  readonly atNs: number;
}

/**
 * The turns of users 0 ... users-1 in [fromNs, untilNs). `answers` emits the user whose message was answered; what is answered to
 * others is ignored.
 */
export function closedTurns(
  closed: NonNullable<Load['closed']>,
  stream: RandomStream,
  scheduler: VirtualScheduler,
  answers: Observable<number>,
  fromNs: number,
  untilNs: number,
): Observable<Turn> {
  const { users, think, distribution } = closed;
  const thinkMs = () =>
    Math.round(distribution === 'constant' ? think : exponential(stream, think)) / NS_PER_MS;
  const nowNs = () => Math.round(scheduler.now() * NS_PER_MS);
  const later = (user: number, delayMs: number) => scheduler.timer(delayMs).pipe(map(() => user));
  const first = range(0, users).pipe(
    mergeMap((user) => later(user, (fromNs - nowNs()) / NS_PER_MS + thinkMs())),
  );
  const next = answers.pipe(
    filter((user) => user < users),
    mergeMap((user) => later(user, thinkMs())),
  );
  return merge(first, next).pipe(
    map((user) => ({ user, atNs: nowNs() })),
    takeWhile(({ atNs }) => atNs < untilNs),
  );
}
