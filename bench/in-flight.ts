/**
 * Memory of 1,000 MSRP reassemblies in flight: messages of 1 MiB of which 64 KiB have come in chunks of 2 KiB, by reads of 1460 octets,
 * one chunk of each message in turn. What the arena holds for them, for each octet that has come.
 */
import { OctetArena } from '../sim/kernel/octets.js';
import { Chance } from '../sim/kernel/random.js';
import { MsrpEndpoint } from '../models/msrp/endpoint.js';
import { Out } from '../models/msrp/outputs.js';
import type { Grown } from './footprint.js';

const MESSAGES = 1000;
const MESSAGE_OCTETS = 1 << 20;
const CHUNK_OCTETS = 2048;
const CHUNKS = 32;
const READ_OCTETS = 1460;
const BODY = 'x'.repeat(CHUNK_OCTETS);

/** Octets that the arena holds for each that has come. */
export function inFlight(): readonly Grown[] {
  const octets = new OctetArena(256 * 1024 * 1024);
  const endpoint = new MsrpEndpoint(octets, new Chance('bench').stream('msrp', 0, 0), {
    judgeMessage: () => 200,
  });
  const drain = (): void => {
    for (let op = endpoint.take(0); op !== Out.none; op = endpoint.take(0)) {
      if (op === Out.write) octets.release(endpoint.out.b);
    }
  };
  const before = octets.heldOctets;
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    for (let m = 0; m < MESSAGES; m++) {
      const ours = `msrp://10.0.0.2:2855/ourSession${String(m).padStart(7, '0')};tcp`;
      const theirs = `msrp://10.16.0.1:9/theirSession${m};tcp`;
      if (chunk === 0) {
        endpoint.openPassive(0, m, ours, theirs, '');
        endpoint.accepted(0, m + 1);
      }
      const from = chunk * CHUNK_OCTETS + 1;
      const tid = `t${m}x${chunk}`.padEnd(10, 'z');
      const head = `MSRP ${tid} SEND\r\nTo-Path: ${ours}\r\nFrom-Path: ${theirs}\r\nMessage-ID: message.${m}\r\n`;
      const range = `Byte-Range: ${from}-${from + CHUNK_OCTETS - 1}/${MESSAGE_OCTETS}\r\n`;
      const text = `${head}${range}Content-Type: text/plain\r\n\r\n${BODY}\r\n-------${tid}+\r\n`;
      const buf = Buffer.from(text, 'latin1');
      for (let at = 0; at < buf.length; at += READ_OCTETS) {
        endpoint.data(0, m + 1, buf, at, Math.min(at + READ_OCTETS, buf.length));
        drain();
      }
    }
  }
  const value = (octets.heldOctets - before) / (MESSAGES * CHUNKS * CHUNK_OCTETS);
  return [{ name: '1,000 reassemblies in flight', value, unit: 'octets held for each that came' }];
}
