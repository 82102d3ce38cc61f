/** Who of the users of a run wants nothing pushed, or has an operator who wants nothing pushed (rules 2.2): a fact of the world, for its judges. */
import { ServiceSetting } from '../../models/im-server/config.js';
import { ServiceSettings } from '../../models/im-server/settings.js';
import type { World } from '../../sim/world.js';
import type { Scenario } from '../scenario/scenario.js';

/** Tells them; undefined if there are none. */
export function withheldUsers(
  { server: { push, settings } }: Scenario,
  { chance }: World,
): ((user: number) => boolean) | undefined {
  if (!push.enabled) return () => true;
  if (Object.values(settings).every((share) => share === 0)) return undefined;
  const drawn = new ServiceSettings(chance, { settingShares: settings });
  return (user) => drawn.of(user) !== ServiceSetting.push;
}
