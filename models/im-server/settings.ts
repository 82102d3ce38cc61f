/**
 * The service setting of each user (O7, rules 2.2): what she wants done with messages that come while she is away. The shares of
 * the population come from the operator's configuration, who has which setting from an addressed chance, so that a million users
 * cost nothing to hold.
 *
 * Not modelled: changing a setting during a run.
 */
import type { RandomPort } from '../../sim/host/ports.js';
import { ServiceSetting, type ImServerConfig, type SettingShares } from './config.js';

/** Purpose number of the addressed chance. */
const SETTING_CHANCE = 0x1705;
const TWO_32 = 4_294_967_296;

export class ServiceSettings {
  private readonly shares: SettingShares | undefined;
  private readonly fixed: Uint8Array | undefined;

  constructor(
    private readonly random: Pick<RandomPort, 'addressed'>,
    config: Pick<ImServerConfig, 'settings' | 'settingShares'>,
  ) {
    this.fixed = config.settings;
    const { settingShares: shares } = config;
    const some = shares !== undefined && shares.notify + shares.manual + shares.reject + shares.hold > 0;
    this.shares = some ? shares : undefined;
  }

  of(user: number): ServiceSetting {
    if (this.fixed !== undefined) return this.fixed[user] as ServiceSetting;
    const { shares } = this;
    if (shares === undefined) return ServiceSetting.push;
    const drawn = (this.random.addressed(SETTING_CHANCE, user, 0) >>> 0) / TWO_32;
    let bound = shares.notify;
    if (drawn < bound) return ServiceSetting.notify;
    bound += shares.manual;
    if (drawn < bound) return ServiceSetting.manual;
    bound += shares.reject;
    if (drawn < bound) return ServiceSetting.reject;
    bound += shares.hold;
    return drawn < bound ? ServiceSetting.hold : ServiceSetting.push;
  }
}
