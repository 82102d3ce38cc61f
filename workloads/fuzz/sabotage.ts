/** Planted bugs: a saboteur's models in the place of ours, so that an invariant can be seen to fail. */
import { saboteurs } from '../../models/saboteurs/catalogue.js';
import { hostileFleet } from '../../models/hostile/hostile-fleet.js';
import { hostilityOf } from '../faults/hostile.js';
import { BUILT_IN, type Actors } from '../actors.js';
import type { Cell } from '../cell.js';

/** Names of the planted bugs that `--sabotage` knows. */
export function saboteurNames(): string[] {
  return saboteurs.map(({ name }) => name);
}

/** Id of the invariant that must catch the planted bug `name`; undefined if there is no such bug. */
export function namedBy(name: string | null): string | undefined {
  return saboteurs.find((one) => one.name === name)?.caughtBy;
}

/** The actors of `cell`: the built-in ones, with those of its saboteur in their place. */
export function actorsOf(cell: Cell): Actors {
  const saboteur = saboteurs.find(({ name }) => name === cell.sabotage);
  // Run honest instead, such a cell would prove the wrong thing.
  if (cell.sabotage !== null && saboteur === undefined) throw new RangeError(`no saboteur ${cell.sabotage}`);
  const hostility = hostilityOf(cell.scenario);
  if (hostility !== undefined) {
    const honest = saboteur?.clients ?? BUILT_IN.clients;
    return { ...BUILT_IN, ...saboteur, clients: hostileFleet(honest, hostility) };
  }
  if (saboteur === undefined) return BUILT_IN;
  const { clients, core, server, xdms } = saboteur;
  return {
    clients: clients ?? BUILT_IN.clients,
    core: core ?? BUILT_IN.core,
    server: server ?? BUILT_IN.server,
    xdms: xdms ?? BUILT_IN.xdms,
  };
}
