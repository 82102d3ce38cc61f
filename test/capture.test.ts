/**
 * A capture of a whole run: read back octet by octet, and judged by an outsider. tshark must dissect every SIP, SDP and MSRP
 * frame; where it is not installed that test is skipped and says so.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { captureWatcher } from '../workloads/watch/capture.js';
import { cellOf, type Cell } from '../workloads/cell.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { prepare, simulate } from '../workloads/simulate.js';
import { runToEnd } from '../workloads/simulation.js';
import { readPcapng, type CapturedPacket } from './support/read-pcapng.js';

const WORLD = `version: 1
name: captured
rampUp: 2s
duration: 20s
drain: 40s
population: { subscribers: 10, anonymousShare: 25% }
traffic: { pager: { rate: 3/s } }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 6s }
faults:
  - { at: 4s, for: 12s, kind: partition, target: clients, mode: fixed-percent, value: 50 }
`;
const LOSS = '  - { at: 3s, for: 30s, kind: loss, target: clients, percent: 10% }\n';

function capture(cell: Cell): { octets: Buffer; fingerprint: string } {
  const pieces: Buffer[] = [];
  const watcher = captureWatcher((buf, length) => {
    pieces.push(Buffer.from(buf.subarray(0, length)));
  }, 'restante test');
  const { summary } = runToEnd(prepare(cell, undefined, [watcher]));
  return { octets: Buffer.concat(pieces), fingerprint: summary.fingerprint };
}

const calm = cellOf(parseScenario(WORLD, 'test'));
const lossy = cellOf(parseScenario(WORLD + LOSS, 'test'));

/** The sum over 16-bit words, folded; 0xffff for a header or segment with its right checksum in it (RFC 1071). */
function folded(octets: Buffer, start = 0): number {
  let sum = start;
  for (let i = 0; i < octets.length; i++)
    sum += i % 2 === 0 ? octets.readUInt8(i) * 256 : octets.readUInt8(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** The data of each TCP direction by relative sequence number; fails on a hole. */
function streams(packets: readonly CapturedPacket[]): Map<string, string> {
  const found = new Map<string, { next: number; text: string }>();
  for (const { octets, lane } of packets) {
    if (octets.readUInt8(9) !== 6 || lane !== 'wire') continue;
    const key = `${octets.toString('hex', 12, 24)}`;
    const sequence = octets.readUInt32BE(24);
    const flags = octets.readUInt8(33);
    const data = octets.toString('latin1', 20 + (octets.readUInt8(32) >>> 4) * 4);
    if ((flags & 2) !== 0) {
      found.set(key, { next: sequence + 1, text: '' });
      continue;
    }
    const stream = found.get(key);
    if (stream === undefined) throw new Error('data before SYN');
    if (sequence > stream.next) throw new Error(`a hole of ${sequence - stream.next} octets`);
    const fresh = data.slice(stream.next - sequence);
    stream.text += fresh;
    stream.next += fresh.length;
  }
  return new Map([...found].map(([key, { text }]) => [key, text]));
}

describe('capture', () => {
  it('changes nothing in the run, and is the same octets again', () => {
    const first = capture(calm);
    expect(first.fingerprint).toBe(simulate(calm).summary.fingerprint);
    expect(capture(calm).octets.equals(first.octets)).toBe(true);
  });

  it('has right checksums in every packet (RFC 791, RFC 768, RFC 9293)', () => {
    const packets = readPcapng(capture(lossy).octets);
    expect(packets.length).toBeGreaterThan(200);
    for (const { octets } of packets) {
      expect(octets.readUInt16BE(2)).toBe(octets.length);
      expect(folded(octets.subarray(0, 20))).toBe(0xffff);
      const pseudo = folded(octets.subarray(12, 20)) + octets.readUInt8(9) + octets.length - 20;
      expect(folded(octets.subarray(20), pseudo)).toBe(0xffff);
    }
  });

  it('stamps packets with virtual time in nanoseconds, in order', () => {
    const packets = readPcapng(capture(calm).octets);
    const epochNs = BigInt(Date.parse(calm.scenario.epoch)) * 1_000_000n;
    let lastNs = epochNs;
    for (const { timeNs } of packets) {
      expect(timeNs >= lastNs).toBe(true);
      lastNs = timeNs;
    }
    expect(lastNs > epochNs && lastNs <= epochNs + 62_000_000_000n).toBe(true);
    expect(packets.some(({ timeNs }) => timeNs % 1000n !== 0n)).toBe(true);
  });

  it('has TCP streams without holes, also where segments were lost and sent again', () => {
    const { octets } = capture(lossy);
    const packets = readPcapng(octets);
    expect(packets.some(({ lane, octets: packet }) => lane === 'lost' && packet.readUInt8(9) === 6)).toBe(
      true,
    );
    const texts = [...streams(packets).values()].filter((text) => text !== '');
    expect(texts.length).toBeGreaterThan(5);
    for (const text of texts) expect(text).toMatch(/^(?:MSRP|PUT|GET|DELETE|HTTP\/1\.1) /);
  });

  it('puts what was lost on an interface of its own, with event and fault as comment', () => {
    const lost = readPcapng(capture(calm).octets).filter(({ lane }) => lane === 'lost');
    expect(lost.length).toBeGreaterThan(5);
    expect(lost[0].comment).toMatch(/^event \d+; fault 0 partition of clients$/);
  });
});

const tshark = spawnSync('tshark', ['--version'], { encoding: 'utf8' });
const installed = tshark.status === 0;

describe.skipIf(!installed)(
  `capture, read by tshark${installed ? '' : ' (SKIPPED: tshark is not installed)'}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'restante-capture-'));
    const file = join(folder, 'run.pcapng');
    afterAll(() => rmSync(folder, { recursive: true }));
    const count = (filter: string): number => {
      const strict = ['ip.check_checksum', 'udp.check_checksum', 'tcp.check_checksum'];
      const options = strict.flatMap((name) => ['-o', `${name}:TRUE`]);
      const { stdout, status } = spawnSync('tshark', ['-r', file, ...options, '-Y', filter], {
        encoding: 'utf8',
      });
      expect(status).toBe(0);
      return stdout.split('\n').length - 1;
    };

    it('dissects SIP, SDP and MSRP, with nothing malformed and no TCP warning', () => {
      writeFileSync(file, capture(calm).octets);
      expect(count('sip.Method == "MESSAGE"')).toBeGreaterThan(50);
      expect(count('sdp')).toBeGreaterThan(5);
      expect(count('msrp.method == "SEND"')).toBeGreaterThan(5);
      expect(count('_ws.malformed || _ws.short || _ws.expert.severity >= "Warning"')).toBe(0);
      expect(count('ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0')).toBe(
        0,
      );
      expect(count('tcp.len > 0 && !msrp && !http')).toBe(0);
      expect(count('tcp.analysis.flags')).toBe(0);
      expect(count('udp && !sip && !stun')).toBe(0);
    });

    it('finds only retransmissions where the plan loses segments', () => {
      writeFileSync(file, capture(lossy).octets);
      expect(count('_ws.malformed || _ws.short')).toBe(0);
      expect(count('tcp.analysis.flags')).toBeGreaterThan(0);
      expect(count('tcp.analysis.ack_lost_segment')).toBe(0);
    });
  },
);
