/** Faults of hosts: `crash` with restart, `pause`, `slowdown`, `clock-skew`. They hit the whole host, whatever its members. */
import type { Install } from './kind.js';

/** The host goes down, and is started again when the fault heals. A crash of a host that is down already does nothing. */
export const crash: Install<'crash'> = (fault, { hostOf }) => {
  const host = hostOf(fault.host);
  if (!host.up) return () => {};
  host.crash(fault.params.what);
  return () => host.start();
};

/** The process stands still. A crash meanwhile ends the pause. */
export const pause: Install<'pause'> = (fault, { hostOf }) => {
  const host = hostOf(fault.host);
  if (!host.up || host.paused) return () => {};
  const { incarnation } = host;
  host.pause();
  return () => {
    if (host.up && host.paused && host.incarnation === incarnation) host.resume();
  };
};

export const slowdown: Install<'slowdown'> = (fault, { hostOf }) => {
  const host = hostOf(fault.host);
  host.slowDown(fault.params.factor, true);
  return () => host.slowDown(fault.params.factor, false);
};

export const clockSkew: Install<'clock-skew'> = (fault, { hostOf, now }) => {
  const { clock } = hostOf(fault.host);
  const skew = { ...fault.params, sinceNs: now() };
  clock.add(skew);
  return () => clock.remove(skew);
};
