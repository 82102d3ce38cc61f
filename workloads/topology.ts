/**
 * From a scenario to a world: hosts by name, their settings, CPU stations and storage, devices and links. The one place that knows
 * how the words of a scenario map to the settings of the models.
 *
 * Not here: the fault plan (`faults/faults.ts`), and how much memory a world needs (`forecast/arena.ts`). Not modelled: more than
 * one SIP/IP Core or IM XDMS.
 */
import { CORE_IP, FIRST_CLIENT_IP, XDMS_IP } from '../models/addressing.js';
import type { ClientFleetConfig, PagerMessageBody } from '../models/client/config.js';
import { Devices } from '../models/devices.js';
import { ImServerWork, type ImServerConfig } from '../models/im-server/config.js';
import { CoreWork, type SipCoreConfig } from '../models/sip-core/config.js';
import { TimerProfile } from '../models/sip/legs.js';
import type { XdmsConfig } from '../models/xdms/config.js';
import type { CpuSpec, StorageSpec, WorkCost } from '../sim/host/specs.js';
import { hashText } from '../sim/kernel/mix.js';
import { accessProfile, type AccessProfile } from '../sim/network/access-profiles.js';
import type { Cell } from './cell.js';
import type { Numbers } from './traffic/numbers.js';
import { REPORTS } from './scenario/report-choices.js';
import type { Scenario } from './scenario/scenario.js';

/** Host names, as fault plans use them. */
export const Host = { clients: 'clients', core: 'core', im: 'im', xdms: 'xdms' } as const;

/** Host of IM Server `instance`, from 0: `im`, `im-2`, `im-3`, ... */
export function imHost(instance: number): string {
  return instance === 0 ? Host.im : `${Host.im}-${instance + 1}`;
}

/** The instance of the IM Server on this host; -1 if there is none. */
export function instanceOnHost(name: string): number {
  if (name === Host.im) return 0;
  const match = /^im-([1-9]\d?)$/.exec(name);
  return match === null || Number(match[1]) < 2 ? -1 : Number(match[1]) - 1;
}

/** IM Server `instance`, from 0, as reports call it. */
export function serverName(instance: number, instances: number): string {
  return instances === 1 ? 'IM Server' : `IM Server ${instance + 1}`;
}

/** The hosts of all IM Servers of a scenario. */
export function imHostsOf({ server }: Scenario): string[] {
  return Array.from({ length: server.instances }, (_, instance) => imHost(instance));
}

/** So that the content of Large Messages has a seed of its own. */
const CONTENT_SALT = 0x1a46e;

/** The devices of all users. Who has several is a hash of the user alone, the same for every seed. */
export function devicesOf({ population }: Scenario): Devices {
  const { subscribers, devicesPerUser: shares } = population;
  if (shares.length === 1) return new Devices(subscribers);
  return new Devices(subscribers, (user) => {
    const place = (Math.imul(hashText(`device ${user}`, 0), 0x9e3779b1) >>> 0) / 0x1_0000_0000;
    let sum = 0;
    const found = shares.findIndex((share) => place < (sum += share));
    return found < 0 ? shares.length : found + 1;
  });
}

/** The settings of the fleet of clients. */
export function clientConfig(cell: Cell, body: PagerMessageBody, numbers: Numbers): ClientFleetConfig {
  const { client, population, rampUp, server, traffic } = cell.scenario;
  const asks = traffic.pager.notifications > 0 || (traffic.large?.notifications ?? 0) > 0;
  return {
    subscribers: population.subscribers,
    devices: devicesOf(cell.scenario),
    coreIp: CORE_IP,
    timers: TimerProfile[client.timers],
    registerExpiresNs: client.registerExpires,
    registerSpreadNs: rampUp,
    reconnect: client.reconnect,
    reconnectJitterNs: client.reconnectJitter,
    backoffBaseNs: client.backoffBase,
    backoffMaxNs: client.backoffMax,
    keepAlive: client.keepAlive,
    shareConnections: client.shareConnections,
    displayDelayNs: client.displayDelay,
    setup: client.setup,
    canaries: true,
    body,
    contentSeed: hashText(cell.seed, CONTENT_SALT),
    takeNumber: asks ? () => numbers.takeForNotification() : undefined,
    fetch:
      server.settings.manual + server.settings.notify > 0
        ? {
            xdmsIp: XDMS_IP,
            imServers: server.instances,
            settingShares: server.settings,
            waitNs: client.fetch.wait,
            everyNs: client.fetch.every,
            discardShare: client.fetch.discardShare,
          }
        : undefined,
  };
}

/** The settings of the SIP/IP Core. */
export function coreConfig(cell: Cell): SipCoreConfig {
  const { core, client, server, population } = cell.scenario;
  return {
    subscribers: population.subscribers,
    devices: devicesOf(cell.scenario),
    imServers: server.instances,
    clientTimers: TimerProfile[client.timers],
    serverTimers: TimerProfile[server.timers],
    registerExpiresNs: core.registerExpires,
    minExpiresNs: core.minExpires,
    flowTimeoutNs: core.flowTimeout,
    liveDeliveryLimitNs: core.liveDeliveryLimit,
    thirdPartyOnRefresh: core.thirdPartyOnRefresh,
    registersPerSecond: core.registerLimit ?? 0,
    canaries: true,
  };
}

/** The settings of IM Server `instance`. */
export function serverConfig(cell: Cell, instance: number): ImServerConfig {
  const { server, population } = cell.scenario;
  const { expiry, push, quota } = server;
  return {
    subscribers: population.subscribers,
    coreIp: CORE_IP,
    cluster: { instance, instances: server.instances },
    timers: TimerProfile[server.timers],
    expiry: {
      enabled: expiry.enabled,
      defaultNs: expiry.default,
      maxNs: expiry.max,
      skewLimitNs: expiry.skewLimit,
    },
    push: {
      enabled: push.enabled,
      chunkOctets: push.chunk,
      reports: REPORTS[push.reports ?? 'responses'],
      windowSends: push.window,
      wrapper: push.wrapper,
      maxSessions: push.maxConcurrent,
      startsPerSecond: push.startRate ?? 0,
      startJitterNs: push.startJitter,
      refreshesAreTold: cell.scenario.core.thirdPartyOnRefresh,
      bindLimitNs: push.bindLimit,
      retryNs: push.retry,
      graceNs: push.grace,
      sendTimeoutNs: push.sendTimeout,
    },
    large: {
      messageOctets: server.large.maxSize,
      reassemblyOctets: server.large.reassembly,
      partialLimitNs: server.large.partialLimit,
      resumeWindowNs: server.large.resumeWindow,
      sessionLimitNs: server.large.sessionLimit,
    },
    metadata: server.metadata.enabled
      ? {
          xdmsIp: XDMS_IP,
          connections: server.metadata.connections,
          pipelining: server.metadata.pipelining,
          lingerNs: server.metadata.linger,
          timeoutNs: server.metadata.timeout,
          backoffBaseNs: server.metadata.backoffBase,
          backoffMaxNs: server.metadata.backoffMax,
          queueLimit: server.metadata.queue,
        }
      : undefined,
    quota: {
      messagesPerUser: quota.messagesPerUser ?? 0,
      octetsPerUser: quota.octetsPerUser ?? 0,
      messageOctets: quota.messageOctets ?? 0,
    },
    settingShares: server.settings,
    storedNotification: server.storedNotification,
    failureNotification: server.failureNotification,
    headers: server.headers,
  };
}

/** The settings of the IM XDMS. */
export function xdmsConfig(cell: Cell): XdmsConfig {
  return {
    subscribers: cell.scenario.population.subscribers,
    imServers: cell.scenario.server.instances,
    firstClientIp: FIRST_CLIENT_IP,
  };
}

/** The access links: of each client, and of the two servers in their data centre. */
export function linksOf(scenario: Scenario): {
  readonly clients: AccessProfile;
  readonly servers: AccessProfile;
} {
  const { network } = scenario;
  const both = {
    delayNs: network.delay,
    jitterNs: network.jitter,
    jitter: network.distribution,
    loss: network.loss,
    duplicate: network.duplicate,
    queueOctets: network.queue,
  };
  return {
    clients: accessProfile('clients', both, {
      mtuOctets: network.mtu,
      out: { rateBitsPerS: network.up ?? 0 },
      in: { rateBitsPerS: network.down ?? 0 },
    }),
    servers: accessProfile('servers', { delayNs: network.coreDelay }, { mtuOctets: network.mtu }),
  };
}

type Cost = Scenario['core']['cpu']['costs']['request'];

function workCost(cost: Cost): WorkCost {
  return { baseNs: cost.base, nsPerKiB: cost.perKiB, distribution: cost.distribution };
}

/** A cost table in the order of the model's numbers of work. */
function costTable<Work extends string>(
  numbers: Readonly<Record<Work, number>>,
  costs: Readonly<Record<Work, Cost>>,
): (WorkCost | undefined)[] {
  const names = Object.keys(numbers) as Work[];
  const table = Array.from<WorkCost | undefined>({ length: names.length });
  for (const name of names) table[numbers[name]] = workCost(costs[name]);
  return table;
}

/** Class of each kind of work by the order of names, in the order of the model's numbers of work. */
function priorityClasses<Work extends string>(
  numbers: Readonly<Record<Work, number>>,
  urgency: readonly string[],
): number[] {
  const classes: number[] = [];
  for (const name of Object.keys(numbers) as Work[]) {
    const place = urgency.indexOf(name);
    classes[numbers[name]] = place < 0 ? urgency.length : place;
  }
  return classes;
}

/** A CPU station whose kinds of work have the `numbers` of their model. */
function cpuStation<Work extends string>(
  numbers: Readonly<Record<Work, number>>,
  cpu: Pick<Scenario['core']['cpu'], 'servers' | 'queue' | 'provenance' | 'discipline'> & {
    readonly priorities: readonly string[];
    readonly costs: Readonly<Record<Work, Cost>>;
  },
): CpuSpec {
  const { servers, queue, provenance, costs, discipline } = cpu;
  return {
    servers,
    queueLimit: queue,
    discipline,
    priorities: priorityClasses(numbers, cpu.priorities),
    provenance,
    costs: costTable(numbers, costs),
  };
}

/** The CPU station of the SIP/IP Core. */
export const coreCpu = ({ core }: Scenario): CpuSpec => cpuStation(CoreWork, core.cpu);

/** The CPU station of the IM Server. */
export const serverCpu = ({ server }: Scenario): CpuSpec => cpuStation(ImServerWork, server.cpu);

/** The storage of the IM Server. */
export function serverStorage(scenario: Scenario): StorageSpec {
  const { storage } = scenario.server;
  return {
    commitLatencyNs: storage.commitLatency,
    octetsPerS: Math.round((storage.bandwidth ?? 0) / 8),
    capacityOctets: storage.capacity,
    groupCommit: storage.groupCommit,
  };
}

/** The storage of the IM XDMS: as that of the IM Server. */
export function xdmsStorage(scenario: Scenario): StorageSpec {
  return serverStorage(scenario);
}
