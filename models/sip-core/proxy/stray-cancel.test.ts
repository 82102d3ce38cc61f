import { describe, expect, it } from 'vitest';
import { answer, firstLine, lines, plainVia, registered, valuesOf } from '../testing.js';

/** A CANCEL of client 7 for an INVITE that the Core has never seen. */
function cancel(
  uri = 'sip:u9@ims.example',
  extra: readonly string[] = [],
  branch = 'z9hG4bKnone',
  hops = 70,
) {
  return lines(
    `CANCEL ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP 10.16.0.7:5060;rport;branch=${branch}`,
    `Max-Forwards: ${hops}`,
    'From: <sip:u7@ims.example>;tag=s1',
    `To: <${uri}>`,
    'Call-ID: nobodys',
    'CSeq: 1 CANCEL',
    ...extra,
    'Content-Length: 0',
    '',
    '',
  );
}

describe('a CANCEL without its INVITE is forwarded statelessly (RFC 3261 sections 16.10 and 16.11)', () => {
  it('to the binding of the user, the same octets each time it comes, and never by the Core itself', () => {
    const bench = registered(7, 9);
    const { timers } = bench.ports;
    bench.fromClient(7, cancel('sip:u9@ims.example', ['Route: <sip:core.ims.example;lr>']));
    bench.fromClient(7, cancel('sip:u9@ims.example', ['Route: <sip:core.ims.example;lr>']));
    expect(bench.ports.timers).toBe(timers);
    const [first, again] = bench.take();
    expect(again.text).toBe(first.text);
    expect(first.to).toBe('10.16.0.9:5060');
    expect(first.text).toBe(
      lines(
        'CANCEL sip:u9@10.16.0.9:5060 SIP/2.0',
        valuesOf(first.text, 'Via').length === 2 ? `Via: ${valuesOf(first.text, 'Via')[0]}` : '',
        'Via: SIP/2.0/UDP 10.16.0.7:5060;rport=5060;branch=z9hG4bKnone;received=10.16.0.7',
        'Max-Forwards: 69',
        'From: <sip:u7@ims.example>;tag=s1',
        'To: <sip:u9@ims.example>',
        'Call-ID: nobodys',
        'CSeq: 1 CANCEL',
        'Content-Length: 0',
        '',
        '',
      ),
    );
    bench.advance(20);
    expect(bench.take()).toEqual([]);
    bench.fromClient(7, cancel('sip:u9@ims.example', [], 'z9hG4bKother'));
    expect(valuesOf(bench.takeOne().text, 'Via')[0]).not.toBe(valuesOf(first.text, 'Via')[0]);
  });

  it('what is answered goes back by the next Via, and nothing is kept of it', () => {
    const bench = registered(7, 9);
    bench.fromClient(7, cancel());
    const sent = bench.takeOne();
    const held = bench.ports.octets.heldOctets;
    for (let repeat = 0; repeat < 2; repeat++) {
      bench.fromClient(9, answer(sent.text, 481));
      const back = bench.takeOne();
      expect([back.to, firstLine(back.text)]).toEqual(['10.16.0.7:5060', 'SIP/2.0 481 Whatever']);
      expect(valuesOf(back.text, 'Via')).toEqual([
        'SIP/2.0/UDP 10.16.0.7:5060;rport=5060;branch=z9hG4bKnone;received=10.16.0.7',
      ]);
    }
    expect(bench.ports.octets.heldOctets).toBe(held);
    // By hand, to somebody whom the Core does not serve; with nobody behind it; and with a branch that was not made here.
    const forged = answer(sent.text, 481);
    bench.fromClient(9, forged.replace('received=10.16.0.7', 'received=192.0.2.1'));
    bench.fromClient(9, forged.replace(/Via: SIP\/2.0\/UDP 10\.16[^\r]*\r\n/, ''));
    bench.fromClient(9, forged.replace(/z9hG4bKs[0-9a-f]{15}/, 'z9hG4bKs000000000000000'));
    bench.fromClient(9, forged.replace('z9hG4bKs', 'z9hG4bK'));
    expect(bench.take()).toEqual([]);
  });

  it('to one of several bindings (section 16.11)', () => {
    const bench = registered(7, 9);
    bench.register(9, { port: 5070, callId: 'dev2' });
    bench.fromClient(7, cancel());
    bench.fromClient(7, cancel());
    const [first, again] = bench.take();
    expect([again.to, again.text]).toEqual([first.to, first.text]);
  });

  it('to the IM Server where that would have got the INVITE; else it ends here with 481', () => {
    const bench = registered(7);
    bench.fromClient(7, cancel());
    const { to, text } = bench.takeOne();
    expect([to, firstLine(text)]).toEqual(['10.0.0.2:5060', 'CANCEL sip:u9@ims.example SIP/2.0']);
    expect(valuesOf(text, 'Route')).toEqual(['<sip:im.ims.example;lr>']);
    expect(valuesOf(text, 'P-Served-User')).toEqual(['<sip:u9@ims.example>;sescase=term;regstate=unreg']);
    expect(valuesOf(text, 'P-Charging-Vector')).toEqual([]);
    expect(valuesOf(text, 'P-Asserted-Identity')).toEqual([]);
    bench.fromServer(answer(text, 481));
    expect(bench.takeOne().to).toBe('10.16.0.7:5060');
    bench.fromServer(bench.pushText('CANCEL', 9));
    const refused = bench.takeOne();
    expect([refused.to, refused.text.slice(8, 11)]).toEqual(['10.0.0.2:5060', '481']);
    bench.fromClient(7, cancel('sip:core.ims.example'));
    expect(bench.takeOne().text.slice(8, 11)).toBe('481');
  });

  it('is judged as any request (section 16.3), but Proxy-Require counts for nothing (section 8.2.2.3)', () => {
    const status = (text: string) => {
      const bench = registered(7, 9);
      bench.fromClient(7, text);
      const sent = bench.takeOne().text;
      return sent.startsWith('SIP/2.0 ') ? sent.slice(8, 11) : 'sent';
    };
    expect(status(cancel('sip:u9@ims.example', [], 'z9hG4bKa', 0))).toBe('483');
    expect(status(cancel('sip:u700@ims.example'))).toBe('404');
    expect(status(cancel('tel:+15551212'))).toBe('416');
    expect(status(cancel('sip:u9@ims.example', ['Proxy-Require: foo']))).toBe('sent');
    const bench = registered(9);
    bench.fromClient(7, cancel());
    expect(bench.takeOne().text.slice(8, 11)).toBe('403');
  });

  it('draws nothing: what is sent afterwards is as if it had not been', () => {
    const after = (stray: boolean) => {
      const bench = registered(7, 9);
      if (stray) bench.fromClient(7, cancel());
      bench.take();
      bench.fromClient(7, bench.messageText(7, 9, [], 'z9hG4bKsame'));
      return bench.takeOne().text;
    };
    expect(after(true)).toBe(after(false));
    expect(plainVia(after(true))).not.toBe(after(true));
  });
});
