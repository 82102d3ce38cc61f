import { describe, expect, it } from 'vitest';
import { answer, CoreBench, firstLine, lines, valuesOf } from '../testing.js';

/** A Core with room for two transactions, neither taken, at which these users are registered. */
function narrow(...users: readonly number[]): CoreBench {
  const bench = new CoreBench({ flowTimeoutNs: 1e13, transactionLimit: 2 });
  for (const user of users) {
    bench.register(user);
    bench.advance(70);
    bench.take();
  }
  return bench;
}

/** Takes one of the two: an OPTIONS that the Core answers itself, and remembers for 64 T1. */
function occupy(bench: CoreBench): void {
  const request = lines(
    'OPTIONS sip:ims.example SIP/2.0',
    'Via: SIP/2.0/UDP 10.0.0.2:5060;rport;branch=z9hG4bKoccupies',
    'Max-Forwards: 70',
    'From: <sip:deferred@im.ims.example>;tag=im',
    'To: <sip:ims.example>',
    'Call-ID: occupies',
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  );
  bench.fromServer(request);
  expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 200 OK');
}

/** The one answer that left, to whom, and how long she is to wait. */
function refusal(bench: CoreBench): string[] {
  const { to, text } = bench.takeOne();
  return [to, text.slice(8, 11), ...valuesOf(text, 'Retry-After')];
}

const CLIENT_REFUSED = ['10.16.0.7:5060', '503', '5'];

/** An INVITE of user 7 to user `to`. */
function inviteText(bench: CoreBench, to: number): string {
  return bench
    .messageText(7, to)
    .replace(/^MESSAGE/, 'INVITE')
    .replace('CSeq: 1 MESSAGE', 'CSeq: 1 INVITE\r\nContact: <sip:u7@10.16.0.7:5060>');
}

describe('a request for which no further transaction can be had (RFC 3261 section 16.7 item 6, rules section 5)', () => {
  const cases: readonly (readonly [string, (bench: CoreBench, to: number) => string])[] = [
    ['MESSAGE', (bench, to) => bench.messageText(7, to)],
    ['INVITE', inviteText],
  ];
  it.each(cases)('is answered 503 with Retry-After, whoever %s is for, and nothing is kept', (_, textOf) => {
    for (const to of [9, 11]) {
      const bench = narrow(7, 9);
      const { heldOctets } = bench.ports.octets;
      const { timers } = bench.ports;
      occupy(bench);
      bench.fromClient(7, textOf(bench, to));
      expect(refusal(bench), String(to)).toEqual(CLIENT_REFUSED);
      bench.advance(70);
      expect(bench.ports.octets.heldOctets).toBe(heldOctets);
      expect(bench.ports.timers).toBe(timers);
      // There is room again.
      bench.take();
      bench.fromClient(7, textOf(bench, to));
      expect(bench.take().map((sent) => sent.to)).toContain(to === 9 ? '10.16.0.9:5060' : '10.0.0.2:5060');
    }
  });

  it.each(cases)(
    'is answered so too if a %s has failed at its client and should go to the IM Server',
    (_, textOf) => {
      const bench = narrow(7, 9);
      const { heldOctets } = bench.ports.octets;
      const { timers } = bench.ports;
      bench.fromClient(7, textOf(bench, 9));
      const live = bench.take().find((sent) => sent.to === '10.16.0.9:5060')!;
      bench.fromClient(9, answer(live.text, 480));
      const back = bench.take().filter((sent) => sent.to === '10.16.0.7:5060');
      expect(back.map(({ text }) => [text.slice(8, 11), ...valuesOf(text, 'Retry-After')])).toEqual([
        ['503', '5'],
      ]);
      bench.advance(70);
      expect(bench.ports.octets.heldOctets).toBe(heldOctets);
      expect(bench.ports.timers).toBe(timers);
    },
  );
});
