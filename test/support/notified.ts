/** Worlds whose messages ask for notifications (IMDN, RFC 5438): who asked, and what was shown to whom, of both modes. */
import { Observed } from '../../models/observations.js';
import type { InvariantVerdict, Summary } from '../../results/cell-result.js';
import { cellOf } from '../../workloads/cell.js';
import { parseScenario } from '../../workloads/scenario/loader.js';
import { actorsOf } from '../../workloads/fuzz/sabotage.js';
import { prepare } from '../../workloads/simulate.js';
import { runToEnd } from '../../workloads/simulation.js';
import type { Watcher } from '../../workloads/watch/watcher.js';

export const quoted = (text: string): string => /<message-id>(\w+)<\/message-id>/.exec(text)?.[1] ?? '';
export const own = (text: string): string => /^imdn\.Message-ID: (\w+)/m.exec(text)?.[1] ?? '';
export const sorted = (ids: readonly string[]): string[] =>
  [...ids].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** Octets that a user was shown: a MESSAGE, the payload of a push, or the body of a Large Message that came live. */
export interface Shown {
  readonly user: number;
  readonly text: string;
  readonly atNs: number;
  readonly kind: number;
}

export interface Notified {
  readonly summary: Summary;
  /** Senders by the id of their message that asked. */
  readonly asked: Map<string, number>;
  /** Requests and contents of anonymous senders. */
  readonly sentAnonymously: string[];
  readonly shown: Shown[];
  readonly broken: InvariantVerdict[];
}

/** Runs `world`, a scenario in YAML, with `settings` as `--set` takes them. */
export function runNotified(world: string, ...settings: readonly string[]): Notified {
  const asked = new Map<string, number>();
  const sentAnonymously: string[] = [];
  const contents = new Map<number, string>();
  const shown: Shown[] = [];
  const watcher: Watcher = {
    attach({ observations, kernel }) {
      observations.subscribe(Observed.largeContent, (_kind, _user, m, _a, _b, buf, start, end) => {
        const before = contents.get(m) ?? '';
        contents.set(m, before + buf.latin1Slice(start, end));
      });
      observations.subscribe(Observed.sent, (_kind, user, m, _a, _b, buf, start, end) => {
        // Of a Large Message it is the INVITE, and its content was told before.
        const text = buf.latin1Slice(start, end) + (contents.get(m) ?? '');
        if (text.includes('Disposition-Notification')) asked.set(own(text), user);
        if (text.includes('anonymous.invalid')) sentAnonymously.push(text);
      });
      for (const kind of [Observed.deliveredLive, Observed.presented, Observed.noticed, Observed.largeLive]) {
        observations.subscribe(kind, (_kind, user, _m, _a, _b, buf, start, end) => {
          shown.push({ user, text: buf.latin1Slice(start, end), atNs: kernel.nowNs, kind });
        });
      }
    },
    finish() {},
  };
  const cell = cellOf(parseScenario(world, 'notified.yaml', settings));
  const { summary } = runToEnd(prepare(cell, actorsOf(cell), [watcher]));
  const broken = summary.invariants.filter(({ held }) => !held);
  return { summary, asked, sentAnonymously, shown, broken };
}
