/**
 * `restante sabotage [NAME...]`: every planted bug against every invariant, on one small world. Exit 9 if one survives, since an
 * invariant that does not catch its saboteur proves nothing.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { listInvariants } from '../../models/invariants/suite.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/folder/json.js';
import { catchText, killText } from '../../results/text/kill-text.js';
import { trySaboteur, type Kill } from '../../workloads/fuzz/kill-matrix.js';
import { saboteurNames } from '../../workloads/fuzz/sabotage.js';
import { hint } from '../../workloads/scenario/suggest.js';
import type { Streams } from '../terminal/streams.js';

/** Layout of `--json`. */
const SCHEMA = 'restante-kill-matrix-1';

/** Runs the saboteurs of these names, or all; gives the exit code. Throws a `UsageError` before anything runs. */
export async function sabotage(names: readonly string[], json: boolean, streams: Streams): Promise<number> {
  const all = saboteurNames();
  for (const name of names) {
    if (!all.includes(name)) throw new UsageError(`unknown saboteur "${name}"${hint(name, all)}`);
  }
  const chosen = names.length === 0 ? all : [...new Set(names)];
  const kills: Kill[] = [];
  for (const name of chosen) {
    const kill = trySaboteur(name);
    kills.push(kill);
    streams.err(`${kill.killed ? 'caught  ' : 'SURVIVED'}  ${name}: ${kill.first ?? catchText(kill)}\n`);
    await nextTurn();
  }
  const survivors = kills.filter(({ killed }) => !killed).map(({ name }) => name);
  if (json) streams.out(sortedJson({ schema: SCHEMA, saboteurs: kills, survivors }));
  else {
    const ids = listInvariants().map(({ id }) => id);
    streams.out(killText(kills, ids));
  }
  return survivors.length === 0 ? ExitCode.pass : ExitCode.checkDidNotFail;
}
