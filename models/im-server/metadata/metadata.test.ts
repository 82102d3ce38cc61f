/** S7, O12, O13: metadata in the IM XDMS, over the network of a world with an IM Server and an IM XDMS. */
import { describe, expect, test } from 'vitest';
import { scriptedActor, textBlock } from '../../../sim/host/scripted-actor.js';
import type { Ports } from '../../../sim/host/ports.js';
import { NS_PER_MS, NS_PER_S } from '../../../sim/kernel/time.js';
import { accessProfile } from '../../../sim/network/access-profiles.js';
import { createWorld, type World } from '../../../sim/world.js';
import { CORE_IP, FIRST_CLIENT_IP, IM_SERVER_IP, SIP_PORT, XDMS_IP } from '../../addressing.js';
import { MetadataMatchesStore } from '../../invariants/metadata-matches-store.js';
import { Observed } from '../../observations.js';
import { createXdms, type Xdms } from '../../xdms/xdms.js';
import type { MetadataConfig } from '../config.js';
import { MetadataKeeper } from './metadata.js';
import { BUILT_IN_PARTS, type ImServerParts } from '../parts.js';
import { ImServer } from '../server.js';
import { TEST_SERVER } from '../testing-settings.js';

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

class Bench {
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
    expect(this.invariant.checked).toBeGreaterThan(0);
    return this.invariant.first;
  }
}

describe('one node for each message', () => {
  test('PUT when it is stored, DELETE when it is gone, and the document once', () => {
    const bench = new Bench();
    for (let i = 0; i < 20; i++) bench.message(i % 4, ['Expires: 60']);
    bench.run(1);
    expect(bench.answers.filter((line) => line === 'SIP/2.0 202 ')).toHaveLength(20);
    expect([bench.entries, bench.count(Observed.metadataPut)]).toEqual([20, 20]);
    expect(bench.requests.match(/If-None-Match/g)).toHaveLength(4);
    expect(bench.requests.match(/PUT \S+~~/g)).toHaveLength(20);
    bench.run(60);
    expect([bench.entries, bench.count(Observed.metadataDeleted)]).toEqual([0, 20]);
    expect(bench.requests).not.toContain('GET ');
    expect(bench.violations()).toBeUndefined();
  });

  test('what an entry says: rules 2.5, From as it came, escaped', () => {
    const bench = new Bench();
    const folded = 'Subject: a\r\n <b> & "c"';
    bench.message(
      2,
      [folded, 'Date: Mon, 05 Jan 2026 07:59:58 GMT', 'Expires: 1800'],
      '"A & B" <sip:u1@ims.example>;tag=x',
    );
    bench.run(1);
    const [, reference = '', body = ''] =
      /^(<history history-reference="(?:sip:[0-9a-f]{16}@im\.ims\.example)">)(.*)$/m.exec(bench.requests) ??
      [];
    expect(reference).not.toBe('');
    expect(body).toBe(
      '<size>5</size><expiry>2026-01-05T08:29:58Z</expiry><subject>a &lt;b&gt; &amp; &quot;c&quot;</subject>' +
        '<date>Mon, 05 Jan 2026 07:59:58 GMT</date><pager><time-stamp>2026-01-05T08:00:00Z</time-stamp>' +
        '<from>&quot;A &amp; B&quot; &lt;sip:u1@ims.example&gt;;tag=x</from><to>&lt;sip:u2@ims.example&gt;</to>' +
        '<auth-id>&lt;sip:u1@ims.example&gt;</auth-id></pager></history>',
    );
  });

  test('O13, S2: no auth-id of a sender who asked for anonymity', () => {
    const bench = new Bench();
    bench.message(2, ['Privacy: id'], '<sip:anonymous@anonymous.invalid>;tag=x');
    bench.run(1);
    expect(bench.entries).toBe(1);
    expect(bench.requests).toContain('anonymous.invalid');
    expect(bench.requests).not.toContain('auth-id');
    expect(bench.requests).not.toContain('u1@');
  });

  test('a Date that is none is replaced by the time of receipt (A7); a long Subject is cut between characters', () => {
    const bench = new Bench();
    bench.message(2, ['Date: yesterday', `Subject: ${'x'.repeat(511)}\xc3\xa9${'y'.repeat(400)}`]);
    bench.run(1);
    expect(bench.entries).toBe(1);
    expect(bench.requests).toContain('<date>Mon, 05 Jan 2026 08:00:00 GMT</date>');
    expect(bench.requests).toContain(`<subject>${'x'.repeat(511)}</subject>`);
  });
});

describe('nobody waits for the metadata, and nothing is lost', () => {
  test('the XDMS is away: 202 all the same, everything follows when it is back', () => {
    const bench = new Bench();
    const xdms = bench.world.host('xdms');
    bench.message(1, ['Expires: 60']);
    bench.run(1);
    xdms.crash('machine');
    for (let i = 0; i < 10; i++) bench.message(i % 3, i < 5 ? ['Expires: 20'] : []);
    bench.run(1);
    expect(bench.answers.filter((line) => line === 'SIP/2.0 202 ')).toHaveLength(11);
    bench.run(30);
    xdms.start();
    bench.run(60);
    expect(bench.count(Observed.metadataFailed)).toBeGreaterThan(0);
    expect(bench.server.metadata?.open).toBe(0);
    expect([bench.entries, bench.server.index.rows]).toEqual([5, 5]);
    expect(bench.violations()).toBeUndefined();
  });

  test('an XDMS that cannot commit: requests are repeated until it can', () => {
    const bench = new Bench();
    const refusal = { errorProbability: 0.5 };
    bench.world.host('xdms').storage.setFault(refusal, true);
    for (let i = 0; i < 12; i++) {
      bench.message(i % 3);
      bench.run(0.4);
    }
    bench.world.host('xdms').storage.setFault(refusal, false);
    bench.run(30);
    expect(bench.count(Observed.metadataFailed)).toBeGreaterThan(0);
    expect([bench.entries, bench.violations()]).toEqual([12, undefined]);
  });

  test('a document that went away is made again', () => {
    const bench = new Bench();
    bench.message(3);
    bench.run(1);
    (bench.world.host('xdms').actor as Xdms).store.deleteDocument(3);
    bench.message(3);
    bench.run(5);
    expect(bench.entries).toBe(2);
  });

  test('a connection that breaks while requests are held back is opened again, once', () => {
    const bench = new Bench({ connections: 1 });
    const xdms = bench.world.host('xdms');
    bench.message(3);
    bench.run(1);
    (xdms.actor as Xdms).store.deleteDocument(3);
    bench.message(3);
    // Refused with 409, so requests are held back for a second; meanwhile the XDMS fails, and is away for a while.
    bench.run(0.3);
    expect(bench.count(Observed.metadataFailed)).toBe(1);
    xdms.crash('process');
    xdms.start();
    bench.run(0.3);
    expect(bench.count(Observed.metadataFailed)).toBeGreaterThan(1);
    xdms.crash('machine');
    bench.run(2.5);
    xdms.start();
    bench.run(10);
    expect([bench.server.metadata?.open, bench.entries]).toEqual([0, 2]);
    const { connections } = xdms.actor as unknown as { connections: Map<number, unknown> };
    expect(connections.size).toBe(1);
  });

  test('an XDMS that accepts and never answers: the connection is given up, and again', () => {
    const bench = new Bench();
    bench.message(3);
    bench.run(1);
    const xdms = bench.world.host('xdms');
    xdms.pause();
    bench.message(3);
    bench.run(4);
    expect(bench.count(Observed.metadataFailed)).toBe(0);
    bench.run(20);
    expect(bench.count(Observed.metadataFailed)).toBeGreaterThan(1);
    xdms.resume();
    bench.run(30);
    expect([bench.entries, bench.violations()]).toEqual([2, undefined]);
  });

  test('an XDMS that needs longer than the timeout: patience grows until the answers are read', () => {
    const bench = new Bench({ connections: 1, pipelining: 2, timeoutNs: 500 * NS_PER_MS });
    bench.world.host('xdms').storage.setFault({ extraLatencyNs: 600 * NS_PER_MS }, true);
    for (let i = 0; i < 12; i++) bench.message(i % 3, i < 4 ? ['Expires: 40'] : []);
    bench.run(30);
    expect([bench.server.metadata?.open, bench.entries]).toEqual([0, 12]);
    // One silence teaches it: only the two requests of the first batch are sent twice.
    expect(bench.count(Observed.metadataFailed)).toBe(2);
    bench.run(60);
    expect([bench.server.metadata?.open, bench.entries]).toEqual([0, 8]);
    expect(bench.violations()).toBeUndefined();
  });

  test('a message that is gone before its PUT leaves needs none, and holds nobody up, however few requests go at a time', () => {
    const bench = new Bench({ connections: 1, pipelining: 1 });
    const xdms = bench.world.host('xdms');
    xdms.pause();
    for (const user of [2, 3, 4]) bench.message(user, user === 2 ? [] : ['Expires: 3']);
    bench.run(10);
    xdms.resume();
    bench.run(30);
    expect([bench.server.metadata?.open, bench.entries]).toEqual([0, 1]);
    expect(bench.violations()).toBeUndefined();
  });

  test.each([3, 4, 8])('a full queue of %i leaves room for what comparisons find', (queueLimit) => {
    const bench = new Bench({ queueLimit, connections: 1, pipelining: 256, lingerNs: 0 });
    bench.world.host('xdms').pause();
    for (let i = 0; i < 24; i++) bench.message(i % 8, i < 8 ? ['Expires: 20'] : []);
    bench.run(3);
    bench.world.host('xdms').resume();
    bench.run(60);
    expect(bench.count(Observed.metadataReconciled)).toBeGreaterThan(0);
    expect([bench.entries, bench.violations()]).toEqual([16, undefined]);
  });
});

describe('after a restart the lists are compared with the store', () => {
  test('what is missing is put, what is surplus is deleted', () => {
    const bench = new Bench();
    const im = bench.world.host('im');
    for (let i = 0; i < 6; i++) bench.message(i % 3, i < 3 ? ['Expires: 30'] : []);
    bench.run(1);
    // Stored, and not yet put: the requests are collected for 20 ms.
    bench.message(4);
    bench.run(0.01);
    expect(bench.server.index.rows).toBe(7);
    im.crash('process');
    bench.run(1);
    expect(bench.entries).toBe(6);
    im.start();
    bench.run(5);
    expect(bench.entries).toBe(7);
    // Three lifetimes end; the server crashes when the records are gone and their DELETEs are not.
    while (bench.server.index.rows === 7) bench.run(0.001);
    bench.run(0.005);
    expect([bench.server.index.rows, bench.entries]).toEqual([4, 7]);
    im.crash('process');
    im.start();
    bench.run(10);
    expect([bench.server.index.rows, bench.entries]).toEqual([4, 4]);
    expect(bench.count(Observed.metadataReconciled)).toBeGreaterThanOrEqual(4);
  });
});

describe('I10 can fail', () => {
  class Forgetful extends MetadataKeeper {
    override onLeft(): void {
      // Keeps the entry.
    }
  }
  class Lazy extends MetadataKeeper {
    override onKept(user: number, dm: number, random0: number, random1: number): void {
      if (dm % 5 !== 0) super.onKept(user, dm, random0, random1);
    }
  }

  test.each([
    [
      'entries that stay',
      { metadata: (...args: ConstructorParameters<typeof MetadataKeeper>) => new Forgetful(...args) },
    ],
    [
      'entries that are not made',
      { metadata: (...args: ConstructorParameters<typeof MetadataKeeper>) => new Lazy(...args) },
    ],
  ])('%s', (_name, parts) => {
    const bench = new Bench({}, parts);
    for (let i = 0; i < 10; i++) bench.message(i % 4, i % 2 === 0 ? [] : ['Expires: 30']);
    expect(bench.violations()).toMatch(/metadata/);
  });
});
