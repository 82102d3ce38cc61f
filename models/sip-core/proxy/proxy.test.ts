import { describe, expect, it } from 'vitest';
import { IM_SERVER_IP } from '../../addressing.js';
import { answer, firstLine, registered, valuesOf, type Sent, type CoreBench } from '../testing.js';

describe('live delivery and its fallback (rules 2.1)', () => {
  function delivering(): { bench: CoreBench; live: Sent } {
    const bench = registered(7, 9);
    bench.fromClient(7, bench.messageText(7, 9, [], 'z9hG4bKlive'));
    return { bench, live: bench.takeOne() };
  }

  it('passes the end-to-end 200 back and stops all timers of the attempt', () => {
    const { bench, live } = delivering();
    bench.fromClient(9, answer(live.text, 200));
    expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 200 Whatever');
    bench.advance(20);
    expect(bench.take()).toEqual([]);
  });

  it('hands the same request to the IM Server after liveDeliveryLimit, stops repeating it, and swallows the late answer', () => {
    const { bench, live } = delivering();
    bench.advance(7.999);
    const before = bench.take();
    expect(before.filter((sent) => sent.to === '10.16.0.9:5060').map((sent) => sent.atMs)).toEqual([
      500, 1500, 3500, 7500,
    ]);
    // RFC 4320 section 4.1: 100 to the sender, not before 3.5 s.
    const trying = before.filter((sent) => sent.to === '10.16.0.7:5060');
    expect(trying.map((sent) => [firstLine(sent.text), sent.atMs])).toEqual([['SIP/2.0 100 Trying', 3500]]);
    bench.advance(0.001);
    const deferred = bench.takeOne();
    expect(deferred.to).toBe('10.0.0.2:5060');
    expect(deferred.atMs).toBe(8000);
    expect(firstLine(deferred.text)).toBe('MESSAGE sip:u9@ims.example SIP/2.0');
    expect(valuesOf(deferred.text, 'P-Served-User')).toHaveLength(1);
    expect(valuesOf(deferred.text, 'P-Charging-Vector')).toHaveLength(1);
    expect(valuesOf(deferred.text, 'Via')[0]).not.toBe(valuesOf(live.text, 'Via')[0]);
    expect(valuesOf(deferred.text, 'Via')[1]).toBe(valuesOf(live.text, 'Via')[1]);
    bench.advance(0.4);
    expect(bench.take()).toEqual([]);
    bench.advance(5);
    expect(bench.take().map((sent) => sent.to)).not.toContain('10.16.0.9:5060');
    bench.fromClient(9, answer(live.text, 200));
    expect(bench.take()).toEqual([]);
    bench.fromServer(answer(deferred.text, 202));
    const back = bench.takeOne();
    expect([back.to, firstLine(back.text)]).toEqual(['10.16.0.7:5060', 'SIP/2.0 202 Whatever']);
    bench.advance(60);
    expect(bench.take()).toEqual([]);
  });

  it('hands it over at once after 408, 430, 480 and 503, but passes any other refusal back', () => {
    for (const status of [408, 430, 480, 503]) {
      const { bench, live } = delivering();
      bench.fromClient(9, answer(live.text, status));
      expect(bench.takeOne().to, String(status)).toBe('10.0.0.2:5060');
    }
    for (const status of [404, 486, 488, 500, 603]) {
      const { bench, live } = delivering();
      bench.fromClient(9, answer(live.text, status));
      const back = bench.takeOne();
      expect([back.to, back.text.slice(8, 11)]).toEqual(['10.16.0.7:5060', String(status)]);
    }
  });

  it('goes to every device, takes the first 2xx, and defers when absence is the best answer (section 16.7 item 6)', () => {
    const bench = registered(7, 9);
    bench.register(9, { port: 5070, callId: 'dev2' });
    bench.fromClient(7, bench.messageText(7, 9));
    const both = bench.take();
    expect(both.map((sent) => sent.to).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      '10.16.0.9:5060',
      '10.16.0.9:5070',
    ]);
    bench.fromClient(9, answer(both[0].text, 480), 5070);
    expect(bench.take()).toEqual([]);
    bench.fromClient(9, answer(both[1].text, 200));
    expect(firstLine(bench.takeOne().text)).toContain('200');
    bench.fromClient(7, bench.messageText(7, 9));
    const again = bench.take();
    bench.fromClient(9, answer(again[0].text, 480), 5070);
    bench.fromClient(9, answer(again[1].text, 503));
    expect(bench.takeOne().to).toBe('10.0.0.2:5060');
    // A server failure is of a higher class than 480, and says nothing of her other device.
    bench.fromClient(7, bench.messageText(7, 9));
    const broken = bench.take();
    bench.fromClient(9, answer(broken[0].text, 500), 5070);
    bench.fromClient(9, answer(broken[1].text, 480));
    expect(bench.takeOne().to).toBe('10.0.0.2:5060');
  });

  it('takes a 6xx for the answer, though the other device stays silent (section 16.7 item 6)', () => {
    for (const method of ['MESSAGE', 'INVITE']) {
      const bench = registered(7, 9);
      bench.register(9, { port: 5070, callId: 'dev2' });
      bench.fromClient(7, bench.messageText(7, 9).replaceAll('MESSAGE', method));
      const [first] = bench.take().filter(({ text }) => text.startsWith(method));
      bench.fromClient(9, answer(first.text, 603), 5070);
      bench.advance(8);
      const sent = bench.take();
      expect(sent.map(({ to }) => to)).not.toContain('10.0.0.2:5060');
      const finals = sent.filter(({ to, text }) => to === '10.16.0.7:5060' && !text.startsWith('SIP/2.0 1'));
      expect(finals.map(({ text }) => firstLine(text).slice(8, 11))).toContain('603');
      bench.advance(100);
      expect(bench.take().map(({ to }) => to)).not.toContain('10.0.0.2:5060');
    }
  });

  it('chooses the best of several refusals, and keeps nothing of the others (section 16.7 item 6)', () => {
    const bench = registered(7, 9);
    bench.register(9, { port: 5070, callId: 'dev2' });
    bench.register(9, { port: 5080, callId: 'dev3' });
    const best = (...statuses: readonly number[]) => {
      bench.fromClient(7, bench.messageText(7, 9));
      const forks = bench.take();
      forks.forEach((fork, i) => bench.fromClient(9, answer(fork.text, statuses[i])));
      return bench.takeOne().text.slice(8, 11);
    };
    bench.advance(70);
    const held = bench.ports.octets.heldOctets;
    expect(best(500, 486, 480)).toBe('486');
    expect(best(404, 415, 603)).toBe('603');
    expect(best(404, 415, 302)).toBe('302');
    expect(best(480, 415, 404)).toBe('415');
    bench.advance(70);
    expect(bench.ports.octets.heldOctets).toBe(held);
  });

  it('passes 480 and 408 back as they came where nobody takes over (section 16.7 item 6); 430 is for proxies alone (RFC 5626 section 11.5)', () => {
    const refused = (status: number) => {
      const bench = registered(9);
      bench.fromServer(bench.pushText('INVITE', 9));
      bench.fromClient(
        9,
        answer(bench.takeOne().text, status, ['Retry-After: 77', 'Warning: 399 x "y"'], 'hers'),
      );
      const back = bench.take().find(({ to }) => to === '10.0.0.2:5060')!.text;
      return [
        back.slice(8, 11),
        ...valuesOf(back, 'Retry-After'),
        ...valuesOf(back, 'Warning'),
        String(back.includes(';tag=hers')),
      ];
    };
    expect(refused(480)).toEqual(['480', '77', '399 x "y"', 'true']);
    expect(refused(408)).toEqual(['408', '77', '399 x "y"', 'true']);
    expect(refused(430)).toEqual(['480', 'false']);
    expect(refused(503)).toEqual(['500', 'false']);
  });

  it('sends to one flow of an instance, the one that was heard last, and to every other instance (RFC 5626 section 7)', () => {
    const bench = registered(7);
    const flow = (port: number, regId: number) =>
      `Contact: <sip:u9@10.16.0.9:${port}>;+g.oma.sip-im;+sip.instance="<urn:uuid:phone>";reg-id=${regId}`;
    bench.register(9, { port: 5060, contacts: [flow(5060, 1)] });
    bench.register(9, { port: 5070, callId: 'flow2', contacts: [flow(5070, 2)] });
    bench.register(9, { port: 5080, callId: 'tablet' });
    bench.register(9, {
      port: 5090,
      callId: 'plain',
      contacts: ['Contact: <sip:u9@10.16.0.9:5090>;+g.oma.sip-im'],
    });
    const targets = () => {
      bench.fromClient(7, bench.messageText(7, 9));
      return bench.take().map(({ to }) => to.replace('10.16.0.9:', ''));
    };
    expect(targets()).toEqual(['5090', '5080', '5070']);
    bench.advance(0.01);
    bench.fromClient(9, '\r\n\r\n', 5060);
    expect(targets()).toEqual(['5090', '5080', '5060']);
  });

  it('has one contact of an instance, whether it was registered with a reg-id or without (RFC 5626 section 7)', () => {
    const bench = registered(7);
    const phone = (port: number, regId: string) => [
      `Contact: <sip:u9@10.16.0.9:${port}>;+g.oma.sip-im;+sip.instance="<urn:uuid:phone>"${regId}`,
    ];
    bench.register(9, { port: 5070, callId: 'plain', contacts: phone(5070, '') });
    bench.register(9, { port: 5060, contacts: phone(5060, ';reg-id=1') });
    bench.fromClient(7, bench.messageText(7, 9));
    expect(bench.takeOne().to).toBe('10.16.0.9:5060');
  });

  it('T7: turns 503 of the IM Server into 500, and says nothing when it stays silent (RFC 4320 section 4.2)', () => {
    const bench = registered(7);
    bench.fromClient(7, bench.messageText(7, 9));
    bench.fromServer(answer(bench.takeOne().text, 503, ['Retry-After: 9']));
    expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 500 Server Internal Error');
    const silent = registered(7);
    silent.fromClient(7, silent.messageText(7, 9));
    silent.advance(70);
    const toClient = silent.take().filter((sent) => sent.to === '10.16.0.7:5060');
    expect(toClient.map((sent) => firstLine(sent.text))).toEqual(['SIP/2.0 100 Trying']);
  });

  it('answers a repeated request once, from the transaction', () => {
    const bench = registered(7);
    const request = bench.messageText(7, 9);
    bench.fromClient(7, request);
    bench.fromClient(7, request);
    const sent = bench.takeOne();
    bench.fromServer(answer(sent.text, 202));
    bench.take();
    bench.fromClient(7, request);
    expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 202 Whatever');
  });
});

describe('responses (RFC 3261 section 16.7)', () => {
  it('T7: discards a response whose top Via is not ours, and one that no transaction wants', () => {
    const bench = registered(7);
    bench.fromClient(7, bench.messageText(7, 9));
    const { text } = bench.takeOne();
    bench.fromServer(answer(text, 202).replace('10.0.0.1:5060', '10.0.0.3:5060'));
    bench.fromServer(
      answer(text, 202).replace(/branch=z9hG4bK[0-9a-f]{16}/, 'branch=z9hG4bK0123456789abcdef'),
    );
    expect(bench.take()).toEqual([]);
    bench.fromServer(answer(text, 202));
    expect(bench.take()).toHaveLength(1);
  });
});

describe('a busy CPU (rules section 5)', () => {
  it('answers requests 503 with Retry-After when the queue is full, drops responses, lets ACK pass', () => {
    const bench = registered(7, 9);
    bench.fromServer(bench.pushText('INVITE', 9));
    const invite = bench.takeOne();
    bench.fromClient(9, answer(invite.text, 200, ['Contact: <sip:u9@10.16.0.9:5060>']));
    bench.take();
    bench.ports.slow = true;
    bench.ports.queueLimit = 1;
    bench.fromClient(7, bench.messageText(7, 11));
    expect(bench.take()).toEqual([]);
    bench.fromClient(7, bench.messageText(7, 12));
    const refused = bench.takeOne();
    expect(firstLine(refused.text)).toBe('SIP/2.0 503 Service Unavailable');
    expect(valuesOf(refused.text, 'Retry-After')).toEqual(['5']);
    bench.fromClient(9, answer(invite.text, 200, ['Contact: <sip:u9@10.16.0.9:5060>']));
    expect(bench.take()).toEqual([]);
    bench.fromServer(bench.pushText('ACK', 9).replace('sip:u9@ims.example SIP', 'sip:u9@10.16.0.9:5060 SIP'));
    expect(firstLine(bench.takeOne().text)).toContain('ACK');
    bench.ports.serve();
    expect(bench.takeOne().to).toBe('10.0.0.2:5060');
  });

  it('a CANCEL that overtakes its INVITE at the CPU ends it: 487, and nobody is called (RFC 3261 section 9.2)', () => {
    const bench = registered(9);
    const { ports, core } = bench;
    core.onTcpAccepted(7, 0, 5060, IM_SERVER_IP, 49_152);
    const feed = (text: string) => {
      const octets = Buffer.from(text.replace('SIP/2.0/UDP', 'SIP/2.0/TCP'), 'latin1');
      core.onTcpData(7, octets, 0, octets.length);
    };
    const statuses = () => (ports.written.get(7) ?? '').match(/(?<=SIP\/2\.0 )\d{3}/g);
    ports.slow = true;
    feed(bench.pushText('INVITE', 9, [], 'z9hG4bKraced'));
    expect(statuses()).toBeNull();
    feed(bench.pushText('CANCEL', 9, [], 'z9hG4bKraced'));
    expect(statuses()).toEqual(['200', '487']);
    ports.serve();
    expect(bench.take()).toEqual([]);
  });

  it('gives back every block it held, once the transactions have forgotten', () => {
    const bench = registered(7, 9);
    bench.advance(70);
    const held = bench.ports.octets.heldOctets;
    const timers = bench.ports.timers;
    for (let i = 0; i < 5; i++) {
      bench.fromClient(7, bench.messageText(7, i < 3 ? 9 : 11));
      const sent = bench.takeOne();
      if (i < 3) bench.fromClient(9, answer(sent.text, i === 0 ? 480 : 200));
      else bench.fromServer(answer(sent.text, 202));
      for (const later of bench.take())
        if (later.to === '10.0.0.2:5060') bench.fromServer(answer(later.text, 202));
      bench.take();
    }
    bench.register(7);
    bench.advance(70);
    expect(bench.ports.octets.heldOctets).toBe(held);
    expect(bench.ports.timers).toBe(timers);
  });
});
