/** What the proxy makes of messages that are spelt as few peers spell them, or that no peer should send. */
import { describe, expect, it } from 'vitest';
import { answer, firstLine, registered, valuesOf, type CoreBench, type Sent } from './testing.js';

function delivering(): { bench: CoreBench; live: Sent } {
  const bench = registered(7, 9);
  bench.fromClient(7, bench.messageText(7, 9, [], 'z9hG4bKlive'));
  return { bench, live: bench.takeOne() };
}

describe('the proxy', () => {
  it('forwards no response that has no further Via: it was meant for the Core (RFC 3261 section 16.7 item 3)', () => {
    const { bench, live } = delivering();
    const [, senders] = valuesOf(live.text, 'Via');
    bench.fromClient(9, answer(live.text, 200).replace(`Via: ${senders}\r\n`, ''));
    // The message is not lost with it: nobody has answered for the client.
    const deferred = bench.takeOne();
    expect([deferred.to, firstLine(deferred.text)]).toEqual([
      '10.0.0.2:5060',
      'MESSAGE sip:u9@ims.example SIP/2.0',
    ]);
  });

  it('takes both Via of a response from one line (T8)', () => {
    const { bench, live } = delivering();
    const [ours, senders] = valuesOf(live.text, 'Via');
    const folded = `Via: ${ours}\r\nVia: ${senders}`;
    bench.fromClient(9, answer(live.text, 200).replace(folded, `v: ${ours},\r\n ${senders}`));
    const back = bench.takeOne();
    expect([back.to, valuesOf(back.text, 'v')]).toEqual(['10.16.0.7:5060', [senders]]);
  });

  it('reads a datagram behind line ends, as a keep-alive may leave them (RFC 3261 section 7.5)', () => {
    const bench = registered(7, 9);
    bench.fromClient(7, `\r\n\r\n${bench.messageText(7, 9)}`);
    expect(bench.takeOne().to).toBe('10.16.0.9:5060');
    bench.fromClient(7, '\r\n\r\n');
    expect(bench.take()).toEqual([]);
  });

  it('leaves out of a Request-URI what may not stand there, and lists the Contact as it came (RFC 3261 section 16.6 item 2)', () => {
    const contacts: readonly (readonly [contact: string, target: string])[] = [
      ['sip:u9@10.16.0.9:5060?Route=%3Csip:x%3E', 'sip:u9@10.16.0.9:5060'],
      ['sip:u9@10.16.0.9;ob;METHOD=BYE;transport=udp?a=b&c=d', 'sip:u9@10.16.0.9;ob;transport=udp'],
      ['sip:u9@10.16.0.9;ob;methods="x"', ''],
      ['sip:u9@10.16.0.9;ob;methods=x', 'sip:u9@10.16.0.9;ob;methods=x'],
    ];
    for (const [contact, target] of contacts) {
      const bench = registered(7);
      bench.fromClient(9, bench.registerText(9, { contacts: [`Contact: <${contact}>;+g.oma.sip-im`] }));
      const answered = bench.take().find((sent) => sent.text.startsWith('SIP/2.0'))?.text ?? '';
      if (target === '') {
        expect(firstLine(answered)).toMatch(/^SIP\/2\.0 400 /);
        continue;
      }
      expect(valuesOf(answered, 'Contact')).toEqual([`<${contact}>;+g.oma.sip-im;expires=3600`]);
      bench.fromClient(7, bench.messageText(7, 9));
      const live = bench.take().find((sent) => sent.to === '10.16.0.9:5060')?.text ?? '';
      expect(firstLine(live)).toBe(`MESSAGE ${target} SIP/2.0`);
    }
  });
});
