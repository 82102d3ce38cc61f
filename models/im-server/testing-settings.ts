/** For tests only: the settings of an IM Server as a test begins with them. */
import { NS_PER_S } from '../../sim/kernel/time.js';
import { CORE_IP } from '../addressing.js';
import { TimerProfile } from '../sip/legs.js';
import type { ImServerConfig } from './config.js';

/** Settings in which nothing is in the way of a test. */
export const TEST_SERVER: ImServerConfig = {
  subscribers: 16,
  coreIp: CORE_IP,
  timers: TimerProfile.internet,
  expiry: { enabled: true, defaultNs: 3600 * NS_PER_S, maxNs: 7200 * NS_PER_S, skewLimitNs: 300 * NS_PER_S },
  push: {
    enabled: true,
    chunkOctets: 2048,
    windowSends: 8,
    wrapper: 'sipfrag',
    maxSessions: 100,
    startsPerSecond: 0,
    startJitterNs: 0,
    refreshesAreTold: true,
    bindLimitNs: 32 * NS_PER_S,
    retryNs: 30 * NS_PER_S,
    graceNs: 30 * NS_PER_S,
    sendTimeoutNs: 30 * NS_PER_S,
  },
  large: {
    messageOctets: 1 << 20,
    reassemblyOctets: 1 << 22,
    partialLimitNs: 120 * NS_PER_S,
    resumeWindowNs: 300 * NS_PER_S,
    sessionLimitNs: 3600 * NS_PER_S,
  },
  quota: { messagesPerUser: 0, octetsPerUser: 0, messageOctets: 0 },
};

/** Overrides of {@link TEST_SERVER}, the groups one deep. */
export interface RigOptions extends Partial<Omit<ImServerConfig, 'push' | 'expiry' | 'quota' | 'large'>> {
  readonly push?: Partial<ImServerConfig['push']>;
  readonly expiry?: Partial<ImServerConfig['expiry']>;
  readonly quota?: Partial<ImServerConfig['quota']>;
  readonly large?: Partial<ImServerConfig['large']>;
}

/** {@link TEST_SERVER} with these overrides. */
export function testConfig(options: RigOptions): ImServerConfig {
  return {
    ...TEST_SERVER,
    ...options,
    push: { ...TEST_SERVER.push, ...options.push },
    expiry: { ...TEST_SERVER.expiry, ...options.expiry },
    quota: { ...TEST_SERVER.quota, ...options.quota },
    large: { ...TEST_SERVER.large, ...options.large },
  };
}
