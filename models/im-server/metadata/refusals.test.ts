/** S7, O12, I10: an IM XDMS that refuses for as long as it likes ends with the right list, and is asked less and less often. */
import { expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../../sim/kernel/time.js';
import { XDMS_IP } from '../../addressing.js';
import { Observed } from '../../observations.js';
import type { MetadataConfig } from '../config.js';
import { ServerRig } from '../testing.js';

const METADATA: MetadataConfig = {
  xdmsIp: XDMS_IP,
  connections: 1,
  pipelining: 8,
  lingerNs: 20 * NS_PER_MS,
  timeoutNs: 5 * NS_PER_S,
  backoffBaseNs: NS_PER_S,
  backoffMaxNs: 4 * NS_PER_S,
  queueLimit: 64,
};
const TICK_S = 0.1;

/** An IM Server, and an IM XDMS that answers within a tick: 503 to what `refuses` says. */
class Bench {
  readonly rig: ServerRig;
  /** Entries by the path of their node. */
  readonly entries = new Map<string, string>();
  refuses = (_method: string, _path: string): boolean => false;
  private up = 0;

  constructor(metadata: Partial<MetadataConfig> = {}) {
    this.rig = new ServerRig({ metadata: { ...METADATA, ...metadata } });
  }

  run(seconds: number): this {
    const { rig } = this;
    for (let n = 0; n < Math.round(seconds / TICK_S); n++) {
      rig.pass(TICK_S);
      for (; this.up < rig.ports.opened.length; this.up++)
        rig.server.onTcpConnected(rig.ports.opened[this.up].conn);
      const conn = rig.ports.opened[this.up - 1]?.conn ?? -1;
      const asked = rig
        .written(conn)
        .matchAll(/(GET|PUT|DELETE) (\/\S+) [^]*?\r\n\r\n(<history .*?<\/history>)?/g);
      for (const [, method, path, entry] of asked) rig.toServer(conn, this.answer(method, path, entry));
    }
    return this;
  }

  count(kind: number): number {
    return this.rig.of(kind).length;
  }

  private answer(method: string, path: string, entry: string | undefined): string {
    if (this.refuses(method, path)) return 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n';
    if (method === 'PUT' && entry !== undefined) this.entries.set(path, entry);
    if (method === 'DELETE') this.entries.delete(path);
    const [, user] = /users\/sip:(u\d+)/.exec(path) ?? [];
    const own = [...this.entries].filter(([node]) => node.includes(`sip:${user}@`)).map(([, text]) => text);
    const list = `<history-list xmlns="urn:oma:xml:im:history-list">${own.join('')}</history-list>`;
    const body = method === 'GET' ? `<?xml version="1.0" encoding="UTF-8"?>${list}` : '';
    return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  }
}

test.each([
  ['each PUT of a node', (method: string, path: string) => method === 'PUT' && path.includes('~~')],
  ['everything', () => true],
])('S7, O12: refused for five minutes, then not: %s', (_name, refuses) => {
  const bench = new Bench();
  bench.refuses = refuses;
  bench.rig.store(3);
  bench.run(300);
  expect([bench.entries.size, bench.count(Observed.metadataPut)]).toEqual([0, 0]);
  bench.refuses = () => false;
  bench.run(20);
  expect([bench.entries.size, bench.count(Observed.metadataPut)]).toEqual([1, 1]);
  const failures = bench.count(Observed.metadataFailed);
  bench.run(60);
  expect([bench.rig.server.metadata?.open, bench.count(Observed.metadataFailed)]).toEqual([0, failures]);
});

test('O12, I10: a DELETE that is refused for long is asked again as well, and what else there is to do is done', () => {
  const bench = new Bench();
  bench.rig.store(3, 'x', ['Expires: 10']);
  bench.rig.store(3);
  bench.run(5);
  bench.refuses = (method) => method === 'DELETE';
  bench.run(10);
  bench.rig.store(4);
  bench.run(200);
  expect([bench.rig.server.index.rows, bench.entries.size]).toEqual([2, 3]);
  bench.refuses = () => false;
  bench.run(20);
  expect(bench.entries.size).toBe(2);
});

test('the wait doubles with each refusal up to the ceiling, and begins anew when something was carried out', () => {
  const bench = new Bench();
  /** Whole seconds between refusals that came apart; the waits are 1, 2 and 4 s. */
  const waits = (refusals: number): number[] => {
    bench.refuses = () => true;
    bench.rig.store(3);
    const atNs = new Set<number>();
    while (atNs.size < refusals) {
      bench.run(TICK_S);
      for (const one of bench.rig.of(Observed.metadataFailed)) atNs.add(one.atNs);
    }
    bench.rig.ports.seen.length = 0;
    const [first, ...rest] = atNs;
    return rest.map((ns, i) => Math.round((ns - (i === 0 ? first : rest[i - 1])) / NS_PER_S));
  };
  expect(waits(6)).toEqual([1, 2, 4, 4, 4]);
  bench.refuses = () => false;
  bench.run(10);
  expect(bench.entries.size).toBe(1);
  expect(waits(3)).toEqual([1, 2]);
});

test('S7: how long a change took is counted from the change, however much had to wait behind it when it was refused', () => {
  const bench = new Bench({ queueLimit: 1000, timeoutNs: 1000 * NS_PER_S });
  const { rig } = bench;
  rig.store(3);
  rig.store(4);
  bench.run(5);
  // The IM XDMS is silent for ten seconds, and has the queue full to its brim when it refuses the first of them.
  const first = bench.count(Observed.stored);
  rig.store(3);
  rig.pass(10);
  for (let n = 1; n < 256; n++) rig.store(4);
  expect(rig.server.metadata?.open).toBe(256);
  let refused = false;
  bench.refuses = () => !refused && (refused = true);
  bench.run(60);
  const puts = rig.of(Observed.metadataPut);
  expect([puts.length, rig.server.metadata?.open]).toEqual([258, 0]);
  const sinceS = puts.find(({ message }) => message === first)!.b / NS_PER_S;
  expect(sinceS).toBeGreaterThan(10);
  for (const { message, b } of puts) if (message > first) expect(b / NS_PER_S).toBeLessThan(60);
});
