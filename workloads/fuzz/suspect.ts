/**
 * Which message a violation is about, if its words name a user and an instant but no message: the last one that reached her until then,
 * or else the last that was stored for her or that she sent. A guess for drawing a ladder, never for judging.
 */
import { Observed } from '../../models/observations.js';
import { markedIn } from '../watch/marked.js';
import type { Watcher } from '../watch/watcher.js';

/** The user and instant that the words of a violation name (`at 80.155835 s: user 90 ...`); undefined if they do not. */
export function placeOf(first: string): { readonly user: number; readonly atNs: number } | undefined {
  const user = /\buser (\d+)\b/.exec(first)?.[1];
  const at = /\bat (\d+(?:\.\d+)?) s\b/.exec(first)?.[1];
  if (user === undefined || at === undefined) return undefined;
  // The words have microseconds, so what happened within the last one is still meant.
  return { user: Number(user), atNs: Math.round(Number(at) * 1e9) + 1000 };
}

/** A watcher that finds the message; undefined while it has seen none. */
export type SuspectWatcher = Watcher & { message(): number | undefined };

/** Looks for the message that has to do with `user` last until `atNs`. */
export function suspectWatcher(user: number, atNs: number): SuspectWatcher {
  let reached: number | undefined;
  let touched: number | undefined;
  const messageOf = new Map<number, number>();
  return {
    attach({ observations, kernel }) {
      const late = (who: number) => who !== user || kernel.nowNs > atNs;
      observations.subscribe(Observed.stored, (_kind, who, dm, _a, _b, buf, start, end) => {
        if (late(who)) return;
        const message = markedIn(buf, start, end);
        if (message === undefined) return;
        messageOf.set(dm, message);
        touched = message;
      });
      observations.subscribe(Observed.pushSent, (_kind, who, dm) => {
        if (!late(who)) reached = messageOf.get(dm) ?? reached;
      });
      observations.subscribe(Observed.sent, (_kind, who, message) => {
        if (!late(who)) touched = message;
      });
      for (const kind of [Observed.deliveredLive, Observed.presented, Observed.largeLive]) {
        observations.subscribe(kind, (_kind, who, _message, _a, _b, buf, start, end) => {
          if (!late(who)) reached = markedIn(buf, start, end) ?? reached;
        });
      }
    },
    finish: () => {},
    message: () => reached ?? touched,
  };
}
