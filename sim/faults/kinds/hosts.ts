/**
 * Faults of hosts: `crash` with restart, `pause`, `slowdown`, `clock-skew`. They hit the whole host, whatever its members, with one
 * exception: each address of a host of several stands for a machine of its own, which crashes and pauses alone.
 *
 * Not modelled there: a stack that answers while its process is down (`process` resets the connections, then is silent), and a pause
 * of timers (a member that is paused hears and says nothing until the end, when all of it comes at once).
 */
import { TcpEnd } from '../../host/ports.js';
import { LinkBits } from '../../network/link.js';
import type { ExpandedFault } from '../plan.js';
import type { FaultContext, Heal, Install } from './kind.js';
import { clog } from './packets.js';

/** Some members of a host crash: their links go down with them, and their actor forgets them. */
function crashMembers(fault: Extract<ExpandedFault, { kind: 'crash' }>, context: FaultContext): Heal {
  const { links, tcp, hostOf } = context;
  const host = hostOf(fault.host);
  const answering = fault.params.what === 'process';
  const closed: number[] = [];
  tcp.crashMembers(host.id, fault.members, answering, (conn) => void closed.push(conn));
  for (const local of fault.members) links.hold(host.id, local, LinkBits.both, true);
  for (const local of fault.members) host.receiver.onCrash?.(local);
  for (const conn of closed) host.receiver.onTcpClosed(conn, TcpEnd.reset);
  return () => {
    for (const local of fault.members) links.hold(host.id, local, LinkBits.both, false);
    for (const local of fault.members) {
      const up = links.isUp(host.id, local, LinkBits.out) || links.isUp(host.id, local, LinkBits.in);
      if (up) host.receiver.onLink(local, true);
    }
  };
}

/** The host goes down, and is started again when the fault heals. A crash of a host that is down already does nothing. */
export const crash: Install<'crash'> = (fault, context) => {
  const host = context.hostOf(fault.host);
  if (host.addresses > 1) return crashMembers(fault, context);
  if (!host.up) return () => {};
  host.crash(fault.params.what);
  return () => host.start();
};

/** The process stands still. A crash meanwhile ends the pause. */
export const pause: Install<'pause'> = (fault, context) => {
  const host = context.hostOf(fault.host);
  if (host.addresses > 1) return clog({ ...fault, kind: 'clog', params: {} }, context);
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
