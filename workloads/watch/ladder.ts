/** A ladder as a watcher: the life of one message, from a run of the cell. */
import { CORE_IP, FIRST_CLIENT_IP, isImServerIp } from '../../models/addressing.js';
import { LadderCollector } from '../../results/report/ladder/ladder-collector.js';
import type { Ladder } from '../../results/report/ladder/ladder.js';
import { Host } from '../topology.js';
import type { Watcher } from './watcher.js';

/** A watcher with the ladder that it has drawn so far; `absence` says why there is none. */
export type LadderWatcher = Watcher & { ladder(): Ladder | undefined; absence(): string };

/** Draws message number `message` of the workload. */
export function ladderWatcher(message: number): LadderWatcher {
  let collector: LadderCollector | undefined;
  return {
    attach({ observations, kernel, plan }, { scenario }) {
      collector = new LadderCollector(
        {
          subscribe: (kind, handler) => observations.subscribe(kind, handler),
          nowNs: () => kernel.nowNs,
          coreIp: CORE_IP,
          isServer: (ip) => isImServerIp(ip, scenario.server.instances),
          firstClientIp: FIRST_CLIENT_IP,
          bands: (users) =>
            plan
              .filter(
                ({ host, members }) => host !== Host.clients || users.some((user) => members.includes(user)),
              )
              .map(({ id, kind, host, members, atNs, forNs }) => {
                const whom = host === Host.clients ? users.filter((user) => members.includes(user)) : [];
                const who = host === Host.clients ? whom.map((user) => `u${user}`).join(', ') : host;
                return { fromNs: atNs, untilNs: atNs + (forNs ?? Infinity), text: `${id} ${kind} of ${who}` };
              }),
        },
        message,
      );
    },
    finish: () => {},
    ladder: () => collector?.ladder(),
    absence: () => collector?.absence() ?? 'no ladder: nothing was run',
  };
}
