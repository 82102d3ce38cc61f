/**
 * What happens in one virtual second of a run, event by event: everything that enters the fingerprint, octets emitted and observations,
 * in order and in words. Two runs whose checkpoints first differ after second n differ in a line of this list.
 *
 * A line names its event by number and instant. Octets are in it by a hash; bodies by what they are on the wire, since the list is for
 * finding a difference, not for reading messages (a capture or a ladder does that).
 */
import { FIRST_CLIENT_IP } from '../../models/addressing.js';
import { Observed } from '../../models/observations.js';
import { glanceAtSip } from '../../results/report/ladder/ladder-wire.js';
import { TAP_KINDS_FROM } from '../../sim/host/observations.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { World } from '../../sim/world.js';
import type { Cell } from '../cell.js';
import { prepare } from '../simulate.js';
import { isOfStore, observationInWords } from './happening-words.js';
import { markedIn } from './marked.js';
import type { Watcher } from './watcher.js';

/** One thing that happened. */
export interface Happening {
  /** Number of the event of the kernel, from 1. */
  readonly event: number;
  readonly atNs: number;
  /** For people: `IM Server sends SIP INVITE to 10.16.0.7`, `settled, user 9, deferred message 4, which is message 12`. */
  readonly what: string;
  /** Everything that counts, exactly: two happenings are the same if this is. */
  readonly digest: string;
}

/** A second of a run. */
export interface Second {
  readonly happenings: readonly Happening[];
  /** The fingerprint at its end; undefined if the run does not get there. */
  readonly checkpoint: string | undefined;
}

const HOSTS: Readonly<Record<string, string>> = {
  core: 'SIP/IP Core',
  im: 'IM Server',
  clients: 'IM Client',
  xdms: 'IM XDMS',
};

/** Runs `cell` to the end of virtual second `second` and gives what happens in it. */
export function secondOfRun(cell: Cell, second: number): Second {
  const watcher = new SecondWatcher(second);
  const simulation = prepare(cell, undefined, [watcher]);
  // One slice more: a second is closed by the first thing that happens after it.
  while (simulation.outcome === undefined && simulation.nowNs < (second + 2) * NS_PER_S) simulation.step();
  const { checkpoints } = simulation.finish().summary;
  return { happenings: watcher.happenings, checkpoint: checkpoints[second] };
}

/** Place of the first happening in which the two differ; undefined if there is none. */
export function firstDifference(
  base: readonly Happening[],
  next: readonly Happening[],
): { readonly base: Happening | undefined; readonly next: Happening | undefined } | undefined {
  for (let i = 0; i < Math.max(base.length, next.length); i++) {
    if (base[i]?.digest !== next[i]?.digest) return { base: base[i], next: next[i] };
  }
  return undefined;
}

class SecondWatcher implements Watcher {
  readonly happenings: Happening[] = [];

  constructor(private readonly second: number) {}

  attach(world: World): void {
    const { kernel, observations } = world;
    const within = () => Math.floor(kernel.nowNs / NS_PER_S) === this.second;
    const add = (what: string, ...exact: (string | number)[]) => {
      const atNs = kernel.nowNs;
      this.happenings.push({ event: kernel.executed, atNs, what, digest: [atNs, ...exact].join(' ') });
    };
    /** Messages by their number in the store, which was given before the second, perhaps. */
    const messageOf = new Map<number, number>();
    for (const [name, kind] of Object.entries(Observed)) {
      if (kind >= TAP_KINDS_FROM) continue;
      const isStored = kind === Observed.stored;
      observations.subscribe(kind, (_kind, entity, number, a, b, buf, start, end) => {
        if (!isStored && !within()) return;
        let message = end > start ? markedIn(buf, start, end) : undefined;
        if (isStored && message !== undefined) messageOf.set(number, message);
        if (!within()) return;
        if (isOfStore(kind)) message ??= messageOf.get(number);
        const what = observationInWords(name, kind, entity, number, message);
        add(what, name, entity, number, a, b, end - start);
      });
    }
    observations.subscribe(Observed.datagramSent, (_kind, host, local, toIp, _b, buf, start, end) => {
      if (!within()) return;
      const label = glanceAtSip(buf.toString('latin1', start, end))?.label;
      const what = label === undefined ? `a datagram of ${end - start} octets` : `SIP ${label}`;
      const who = nameOf(world, host, local);
      add(`${who} sends ${what} to ${ipText(toIp)}`, 'datagram', host, local, toIp, hashOf(buf, start, end));
    });
    observations.subscribe(Observed.streamSent, (_kind, host, conn, local, _b, buf, start, end) => {
      if (!within()) return;
      const line = /^(?:MSRP \S+ (\d+|[A-Z]+)|([A-Z]+) \S+ (?:HTTP|SIP)\/|(?:HTTP|SIP)\/[\d.]+ (\d+))/.exec(
        buf.toString('latin1', start, Math.min(end, start + 200)),
      );
      const label =
        line === null ? '' : ` ${line[0].startsWith('MSRP') ? 'MSRP ' : ''}${line[1] ?? line[2] ?? line[3]},`;
      const who = nameOf(world, host, local);
      const what = `${who} writes${label} ${end - start} octets on connection ${conn}`;
      add(what, 'stream', host, conn, local, hashOf(buf, start, end));
    });
  }

  finish(): void {}
}

function nameOf(world: World, host: number, local: number): string {
  const { name, firstIp } = world.hosts[host];
  const known = HOSTS[name] ?? name;
  return firstIp === FIRST_CLIENT_IP ? `${known} u${local}` : known;
}

function ipText(ip: number): string {
  return [ip >>> 24, (ip >>> 16) & 255, (ip >>> 8) & 255, ip & 255].join('.');
}

/** FNV-1a over octets [start, end), as 8 hexadecimal digits after their number. */
function hashOf(buf: Buffer, start: number, end: number): string {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ buf[i], 0x01000193);
  return `${end - start}:${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
