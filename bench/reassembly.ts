/** MSRP reassembly alone: messages of 1 MiB in 2 KiB chunks, from reads of 64 KiB, each answered, the octets compared at the end. */
import { OctetArena } from '../sim/kernel/octets.js';
import { Chance } from '../sim/kernel/random.js';
import { MsrpEndpoint } from '../models/msrp/endpoint.js';
import { Out } from '../models/msrp/outputs.js';
import type { Candidate } from './measure.js';

const MESSAGE_OCTETS = 1 << 20;
const CHUNK_OCTETS = 2048;
const READ_OCTETS = 1 << 16;
const MESSAGES = 16;
const OURS = 'msrp://10.0.0.2:2855/ourSession0123456;tcp';
const THEIRS = 'msrp://10.16.0.1:9/theirSession01234;tcp';

/** The stream of a sender: a binding SEND, then the messages. */
function stream(body: Buffer): Buffer {
  const head = (tid: string): string => `MSRP ${tid} SEND\r\nTo-Path: ${OURS}\r\nFrom-Path: ${THEIRS}\r\n`;
  const pieces: Buffer[] = [
    Buffer.from(
      `${head('bind0123456')}Message-ID: bind.0001\r\nByte-Range: 1-0/0\r\n-------bind0123456$\r\n`,
    ),
  ];
  for (let m = 0; m < MESSAGES; m++) {
    for (let at = 0; at < MESSAGE_OCTETS; at += CHUNK_OCTETS) {
      const tid = `t${m}x${at.toString(36).padStart(10, '0')}`;
      const last = at + CHUNK_OCTETS;
      const headers = `Message-ID: message.${m}\r\nByte-Range: ${at + 1}-${last}/${MESSAGE_OCTETS}\r\nContent-Type: text/plain\r\n\r\n`;
      const flag = last === MESSAGE_OCTETS ? '$' : '+';
      pieces.push(
        Buffer.from(head(tid) + headers),
        body.subarray(at, last),
        Buffer.from(`\r\n-------${tid}${flag}\r\n`),
      );
    }
  }
  return Buffer.concat(pieces);
}

const BODY = Buffer.alloc(MESSAGE_OCTETS);
for (let i = 0; i < MESSAGE_OCTETS; i++) BODY[i] = 32 + ((i * 7 + (i >> 8)) % 90);
const STREAM = stream(BODY);

/** One arena, as a world has: a fresh one for each pass would measure the collector, which looks for what keeps the old ones. */
const octets = new OctetArena(16 * 1024 * 1024);
const read = octets.alloc(READ_OCTETS);

/** Octets of complete messages that were the body, out of one pass over the stream. */
function pass(): number {
  const random = new Chance('bench').stream('msrp', 0, 0);
  const endpoint = new MsrpEndpoint(octets, random, { judgeMessage: () => 200 });
  endpoint.openPassive(0, 0, OURS, THEIRS, '');
  endpoint.accepted(0, 1);
  let good = 0;
  const drain = (): void => {
    for (let op = endpoint.take(0); op !== Out.none; op = endpoint.take(0)) {
      const { b, c } = endpoint.out;
      if (op === Out.write) octets.release(b);
      else if (op === Out.message) {
        const message = endpoint.message(c);
        let at = 0;
        const { triples } = message.spans;
        for (let i = 0; i < triples.length; i += 3) {
          const base = octets.start(triples[i]);
          const length = triples[i + 2] - triples[i + 1];
          const equal = octets.buf.compare(
            BODY,
            at,
            at + length,
            base + triples[i + 1],
            base + triples[i + 2],
          );
          if (equal !== 0) throw new Error('a message was altered');
          at += length;
        }
        good += at;
        endpoint.answer(0, c, 200);
      }
    }
  };
  drain();
  for (let at = 0; at < STREAM.length; at += READ_OCTETS) {
    const end = Math.min(at + READ_OCTETS, STREAM.length);
    const start = octets.start(read);
    octets.buf.set(STREAM.subarray(at, end), start);
    endpoint.data(0, 1, octets.buf, start, start + end - at);
    drain();
  }
  if (good !== MESSAGES * MESSAGE_OCTETS) throw new Error(`only ${good} octets came`);
  return good;
}

export const reassembly: readonly Candidate[] = [
  { name: 'MSRP reassembly, 1 MiB in 2 KiB chunks', unit: 'MiB', round: () => pass() / (1 << 20) },
];
