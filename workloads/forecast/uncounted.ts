/**
 * What a scenario asks for and its forecast leaves out, in words: a planner must know what the averages are averages of. What no
 * forecast counts, whatever the scenario says (retries, losses, sessions that break), stands in `forecast.ts`.
 */
import { PAGER_BODY_LIMIT_OCTETS } from '../../models/client/pager/pager-writer.js';
import type { Fault } from '../faults/faults-schema.js';
import type { Scenario } from '../scenario/scenario.js';

/** Each thing that `scenario` has and the forecast does not count, as the end of a sentence that begins with "not counted". */
export function uncountedOf(scenario: Scenario): string[] {
  const { traffic, population, server, client, faults } = scenario;
  const found: string[] = [];
  const say = (is: boolean, what: string): void => void (is && found.push(what));
  const asks = traffic.pager.notifications > 0 || (traffic.large?.notifications ?? 0) > 0;
  const told = asks || server.storedNotification || server.failureNotification;
  say(told, 'notifications, each a further MESSAGE');
  say(
    largestPager(scenario) > PAGER_BODY_LIMIT_OCTETS,
    `that messages above ${PAGER_BODY_LIMIT_OCTETS} octets go as Large Messages`,
  );
  say(!client.keepAlive, 'that nobody notices who is gone before a message to her fails (client.keepAlive)');
  say(population.hostile.share > 0, 'hostile clients');
  const { reject, hold, manual } = server.settings;
  say(reject + hold + manual > 0, 'users whose messages are rejected, held, or fetched by themselves');
  const kinds = [...new Set(faults.filter((fault) => !isCounted(fault)).map(named))];
  say(kinds.length > 0, `faults other than partitions of clients both ways (${kinds.join(', ')})`);
  return found;
}

/** A cut of clients is what the forecast takes for an outage. */
function isCounted({ kind, target, direction }: Fault): boolean {
  return kind === 'partition' && target === 'clients' && direction === 'both';
}

function named({ kind, target }: Fault): string {
  return `${kind} of ${target}`;
}

/** Octets of the largest body that the workload of Pager Mode may draw. */
function largestPager({ traffic }: Scenario): number {
  const { size } = traffic.pager;
  return size.dist === 'fixed' ? size.value : size.max;
}
