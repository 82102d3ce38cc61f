import { expect, it } from 'vitest';
import { firstLine, registered } from './testing.js';

it('a request that waited for the CPU longer than its sender does is dropped (RFC 3261 section 17.1)', () => {
  const bench = registered(7, 9);
  const served = (afterS: number): string[] => {
    bench.ports.slow = true;
    bench.fromClient(7, bench.messageText(7, 9));
    bench.advance(afterS);
    bench.ports.slow = false;
    bench.take();
    bench.ports.serve();
    return bench.take().map(({ text }) => firstLine(text));
  };
  expect(served(32)).toEqual(['MESSAGE sip:u9@10.16.0.9:5060 SIP/2.0']);
  bench.advance(200);
  const { heldOctets } = bench.ports.octets;
  expect(served(32.001)).toEqual([]);
  expect(bench.ports.octets.heldOctets).toBe(heldOctets);
});
