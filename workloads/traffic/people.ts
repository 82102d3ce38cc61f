/** From a scenario to its population: who takes part, who comes and goes, who writes to whom. */
import type { World } from '../../sim/world.js';
import { Absences } from './absence.js';
import { Outages, Population } from './population.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { devicesOf, Host } from '../topology.js';

/** The users who come and go, if the scenario has any. Made before the world starts, begun afterwards. */
export function absencesOf(scenario: Scenario, world: World): Absences | undefined {
  const { absence } = scenario.population;
  if (absence === undefined) return undefined;
  const spec = { share: absence.share, medianNs: absence.median, meanNs: absence.mean };
  return new Absences(world, Host.clients, spec, phasesOf(scenario).loadUntilNs, devicesOf(scenario));
}

/** Who takes part, and who has no network when. */
export function populationOf(scenario: Scenario, world: World, absences: Absences | undefined): Population {
  const { subscribers, anonymousShare, senders, popularity } = scenario.population;
  const outages = new Outages(world.plan, Host.clients, subscribers, phasesOf(scenario).healNs);
  const connectivity = {
    isCut: (user: number, atNs: number) => outages.isCut(user, atNs) || absences?.isCut(user) === true,
  };
  return new Population(
    world.chance,
    subscribers,
    anonymousShare,
    senders === 'online' ? connectivity : undefined,
    popularity.law === 'zipf' ? popularity.exponent : undefined,
  );
}
