/**
 * A world with a Core that speaks by text, an IM Server and an IM XDMS: what tests of the metadata see of it, and I10 over it.
 */
import { scriptedActor, textBlock } from '../../sim/host/scripted-actor.js';
import type { Ports } from '../../sim/host/ports.js';
import { NS_PER_MS, NS_PER_S } from '../../sim/kernel/time.js';
import { accessProfile } from '../../sim/network/access-profiles.js';
import { createWorld, type World } from '../../sim/world.js';
import { CORE_IP, FIRST_CLIENT_IP, IM_SERVER_IP, SIP_PORT, XDMS_IP } from '../../models/addressing.js';
import { MetadataMatchesStore } from '../../models/invariants/metadata-matches-store.js';
import { Observed } from '../../models/observations.js';
import { createXdms, type Xdms } from '../../models/xdms/xdms.js';
import type { MetadataConfig } from '../../models/im-server/config.js';
import { BUILT_IN_PARTS, type ImServerParts } from '../../models/im-server/parts.js';
import { ImServer } from '../../models/im-server/server.js';
import { TEST_SERVER } from '../../models/im-server/testing-settings.js';

const METADATA: MetadataConfig = {
  xdmsIp: XDMS_IP,
  connections: 2,
  pipelining: 8,
  lingerNs: 20 * NS_PER_MS,
  timeoutNs: 5 * NS_PER_S,
  backoffBaseNs: NS_PER_S,
  backoffMaxNs: 4 * NS_PER_S,
  queueLimit: 1024,
};

const HOSTS = { clientHost: 9, coreHost: 0, serverHost: 1, xdmsHost: 2 };

export class MetadataWorld {
  readonly world: World;
  readonly seen: number[][] = [];
  readonly invariant: MetadataMatchesStore;
  /** Requests that left the IM Server, as text. */
  requests = '';
  answers: string[] = [];
  private core: Ports | undefined;
  private number = 0;

  constructor(overrides: Partial<MetadataConfig> = {}, parts: Partial<ImServerParts> = {}) {
    const link = accessProfile('test', { delayNs: NS_PER_MS });
    this.world = createWorld({
      seed: 'metadata',
      epochMs: Date.parse('2026-01-05T08:00:00Z'),
      tcp: {
        segmentMinOctets: 1,
        segmentMaxOctets: 900,
        giveUpNs: 8 * NS_PER_S,
        connectGiveUpNs: 5 * NS_PER_S,
      },
      hosts: [
        {
          name: 'core',
          ip: CORE_IP,
          addresses: 1,
          factory: (ports: Ports) => {
            this.core = ports;
            ports.udp.bind(SIP_PORT);
            return scriptedActor(ports, () => ({
              onDatagram: (_l, _ip, _from, _to, _block, buf, start) =>
                void this.answers.push(buf.latin1Slice(start, start + 12)),
            }));
          },
          config: undefined,
          link,
        },
        {
          name: 'im',
          ip: IM_SERVER_IP,
          addresses: 1,
          factory: (ports: Ports) =>
            new ImServer(
              ports,
              { ...TEST_SERVER, metadata: { ...METADATA, ...overrides } },
              { ...BUILT_IN_PARTS, ...parts },
            ),
          config: undefined,
          link,
        },
        {
          name: 'xdms',
          ip: XDMS_IP,
          addresses: 1,
          factory: createXdms,
          config: { subscribers: 16, imServers: 1, firstClientIp: FIRST_CLIENT_IP },
          link,
        },
      ],
    });
    const { observations, kernel } = this.world;
    const kinds = [
      Observed.metadataPut,
      Observed.metadataDeleted,
      Observed.metadataFailed,
      Observed.metadataReconciled,
    ];
    for (const kind of kinds)
      observations.subscribe(kind, (...numbers) => void this.seen.push(numbers.slice(0, 5) as number[]));
    observations.subscribe(Observed.streamSent, (_k, host, _c, _a, _b, buf, start, end) => {
      if (host === HOSTS.serverHost) this.requests += buf.latin1Slice(start, end);
    });
    this.invariant = new MetadataMatchesStore({
      ...HOSTS,
      subscribers: 16,
      epochMs: 0,
      expiry: undefined,
      clientTimers: { t1Ns: 0, t2Ns: 0 },
      serverTimers: { t1Ns: 0, t2Ns: 0 },
      liveDeliveryLimitNs: 0,
      sendTimeoutNs: 0,
      now: () => kernel.nowNs,
    } as ConstructorParameters<typeof MetadataMatchesStore>[0]);
    const { invariant } = this;
    for (const kind of invariant.kinds) {
      observations.subscribe(kind, (...all) => invariant.watch(...all));
    }
    this.world.start();
  }

  get server(): ImServer {
    return this.world.host('im').actor as ImServer;
  }

  /** References and entries in the XDMS. */
  get entries(): number {
    return (this.world.host('xdms').actor as Xdms).store.table.rows;
  }

  run(seconds: number): this {
    this.world.runUntil(this.world.kernel.nowNs + Math.round(seconds * NS_PER_S));
    return this;
  }

  /** The Core hands over a MESSAGE for `user`. */
  message(user: number, extra: readonly string[] = [], from = `<sip:u1@ims.example>;tag=f`): void {
    const ports = this.core;
    if (ports === undefined) throw new Error('no Core');
    const n = this.number++;
    const text = [
      `MESSAGE sip:u${user}@ims.example SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKm${n}`,
      'Max-Forwards: 68',
      `From: ${from}`,
      `To: <sip:u${user}@ims.example>`,
      `Call-ID: call${n}@10.16.0.1`,
      'CSeq: 1 MESSAGE',
      'P-Asserted-Identity: <sip:u1@ims.example>',
      'Content-Type: text/plain',
      ...extra,
      'Content-Length: 5',
      '',
      'hello',
    ].join('\r\n');
    ports.udp.send(0, SIP_PORT, IM_SERVER_IP, SIP_PORT, textBlock(ports, text), text.length, 0, 0);
  }

  count(kind: number): number {
    return this.seen.filter(([k]) => k === kind).length;
  }

  /** Violations of I10 after a long rest. */
  violations(): string | undefined {
    this.run(200);
    this.invariant.finish(true);
    if (this.invariant.checked === 0) throw new Error('nothing was compared');
    return this.invariant.first;
  }
}
