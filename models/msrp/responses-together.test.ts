import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { Chance } from '../../sim/kernel/random.js';
import { FailureReport } from './codes.js';
import { MsrpEndpoint } from './endpoint.js';
import { Out } from './outputs.js';
import { Spans } from './sending/spans.js';

const OURS = 'msrp://10.0.0.2:2855/ourSession0123456;tcp';
const THEIRS = 'msrp://10.16.0.1:9/theirSession01234;tcp';
const CHUNK = 100;
const CHUNKS = 40;

interface Sending {
  readonly octets: string;
  readonly settled: readonly number[];
}

/** All that a sender writes when the responses to what is open come in pieces of `size` octets; response `refused` is a 413. */
function sends(size: number, refused: number): Sending {
  const octets = new OctetArena(1 << 20, true);
  const random = new Chance('test').stream('msrp', 0, 0);
  const settings = { chunkOctets: CHUNK, windowTransactions: 7 };
  const endpoint = new MsrpEndpoint(octets, random, { judgeMessage: () => 200 }, settings);
  let written = '';
  let open: string[] = [];
  const settled: number[] = [];
  const drain = (): void => {
    for (let op = endpoint.take(0); op !== Out.none; op = endpoint.take(0)) {
      const { b, c, d } = endpoint.out;
      if (op === Out.settled) settled.push(d);
      if (op !== Out.write) continue;
      const start = octets.start(b);
      const text = octets.buf.latin1Slice(start + c, start + d);
      octets.release(b);
      written += text;
      const tid = /^MSRP (\w+) SEND/.exec(text)?.[1];
      if (tid !== undefined) open.push(tid);
    }
  };
  const session = endpoint.openActive(0, 0, 1, OURS, THEIRS, '');
  for (let token = 0; token < 2; token++) {
    const block = octets.alloc(CHUNK * CHUNKS);
    octets.buf.fill(97 + token, octets.start(block), octets.start(block) + CHUNK * CHUNKS);
    const body = new Spans().add(block, 0, CHUNK * CHUNKS);
    endpoint.send(0, session, token, `message${token}`, 'text/plain', body, FailureReport.yes, false);
  }
  endpoint.connected(0, 1);
  drain();
  for (let answered = 0; open.length > 0;) {
    const text = open
      .map((tid) => {
        const status = answered++ === refused ? '413' : '200 OK';
        return `MSRP ${tid} ${status}\r\nTo-Path: ${OURS}\r\nFrom-Path: ${THEIRS}\r\n-------${tid}$\r\n`;
      })
      .join('');
    open = [];
    const stream = Buffer.from(text, 'latin1');
    for (let at = 0; at < stream.length; at += size) {
      endpoint.data(0, 1, stream, at, Math.min(at + size, stream.length));
      drain();
    }
  }
  return { octets: written, settled };
}

describe('responses that come together (R5, R6)', () => {
  it.each([-1, 3, 11, 45])('let the same octets go as one by one, where response %i refuses', (refused) => {
    const together = sends(100_000, refused);
    expect(together).toEqual(sends(1, refused));
    expect(together).toEqual(sends(193, refused));
    expect(together.settled).toEqual(refused < 0 ? [200, 200] : expect.arrayContaining([413]));
  });
});
