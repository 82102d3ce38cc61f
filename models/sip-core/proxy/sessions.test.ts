import { describe, expect, it } from 'vitest';
import { answer, firstLine, lines, registered, valuesOf } from '../testing.js';

/** An INVITE of user 7 that user 9 does not answer, so that it went to the IM Server as well: what was sent to each of the two. */
function silentCallee() {
  const bench = registered(7, 9);
  const invite = bench.messageText(7, 9, ['Contact: <sip:u7@10.16.0.7:5060>']);
  bench.fromClient(7, invite.replaceAll('MESSAGE', 'INVITE'));
  const live = bench.take().filter((sent) => sent.to === '10.16.0.9:5060');
  bench.advance(8);
  const deferred = bench.take().filter((sent) => sent.to === '10.0.0.2:5060');
  return { bench, live, deferred };
}

describe('sessions through the Core (rules 4.3)', () => {
  it('D3, D5, D7, D11, D13: INVITE, 180, 200, ACK, BYE of a push: Record-Route, loose routing, own Route popped, ACK end to end', () => {
    const bench = registered(9);
    bench.fromServer(bench.pushText('INVITE', 9, ['P-Asserted-Identity: <sip:deferred@im.ims.example>']));
    const invite = bench.takeOne();
    expect(invite.to).toBe('10.16.0.9:5060');
    expect(firstLine(invite.text)).toBe('INVITE sip:u9@10.16.0.9:5060 SIP/2.0');
    expect(valuesOf(invite.text, 'Record-Route')).toEqual(['<sip:core.ims.example;lr>']);
    expect(valuesOf(invite.text, 'Route')).toEqual([]);
    bench.fromClient(9, answer(invite.text, 180));
    expect(bench.takeOne().to).toBe('10.0.0.2:5060');
    const contact = 'Contact: <sip:u9@10.16.0.9:5060>';
    for (let repeat = 0; repeat < 3; repeat++) {
      bench.fromClient(9, answer(invite.text, 200, [contact]));
      const ok = bench.takeOne();
      expect([ok.to, firstLine(ok.text)]).toEqual(['10.0.0.2:5060', 'SIP/2.0 200 Whatever']);
      expect(valuesOf(ok.text, 'Via')).toHaveLength(1);
      expect(valuesOf(ok.text, 'Record-Route')).toEqual(['<sip:core.ims.example;lr>']);
    }
    const inDialog = (method: string, cseq: number) =>
      bench
        .pushText(method, 9)
        .replace('sip:u9@ims.example SIP', 'sip:u9@10.16.0.9:5060 SIP')
        .replace('CSeq: 1', `CSeq: ${cseq}`)
        .replace('To: <sip:u9@ims.example>', 'To: <sip:u9@ims.example>;tag=ans');
    bench.fromServer(inDialog('ACK', 1));
    const ack = bench.takeOne();
    expect(firstLine(ack.text)).toBe('ACK sip:u9@10.16.0.9:5060 SIP/2.0');
    expect(valuesOf(ack.text, 'Route')).toEqual([]);
    expect(valuesOf(ack.text, 'Record-Route')).toEqual([]);
    bench.fromServer(inDialog('BYE', 2));
    const bye = bench.takeOne();
    expect([bye.to, firstLine(bye.text)]).toEqual(['10.16.0.9:5060', 'BYE sip:u9@10.16.0.9:5060 SIP/2.0']);
    expect(valuesOf(bye.text, 'Record-Route')).toEqual([]);
    bench.fromClient(9, answer(bye.text, 200));
    expect(bench.takeOne().to).toBe('10.0.0.2:5060');
  });

  it('a BYE of the client goes by its Route set to the IM Server', () => {
    const bench = registered(9);
    const bye = lines(
      'BYE sip:deferred@10.0.0.2:5060 SIP/2.0',
      'Via: SIP/2.0/UDP 10.16.0.9:5060;rport;branch=z9hG4bKbye',
      'Max-Forwards: 70',
      'Route: <sip:core.ims.example;lr>',
      'From: <sip:u9@ims.example>;tag=ans',
      'To: <sip:deferred@im.ims.example>;tag=im',
      'Call-ID: push1@im.ims.example',
      'CSeq: 1 BYE',
      'Content-Length: 0',
      '',
      '',
    );
    bench.fromClient(9, bye);
    const sent = bench.takeOne();
    expect([sent.to, firstLine(sent.text)]).toEqual([
      '10.0.0.2:5060',
      'BYE sip:deferred@10.0.0.2:5060 SIP/2.0',
    ]);
    expect(valuesOf(sent.text, 'Route')).toEqual([]);
    expect(valuesOf(sent.text, 'P-Asserted-Identity')).toEqual(['<sip:u9@ims.example>']);
  });

  it('who has no binding any more still confirms and ends her sessions, and opens none (RFC 3261 section 16.12)', () => {
    const bench = registered(7);
    const within = (method: string, tag: string): string =>
      lines(
        `${method} sip:deferred@10.0.0.2:5060 SIP/2.0`,
        `Via: SIP/2.0/UDP 10.16.0.9:5060;rport;branch=z9hG4bK${method}${tag.length}`,
        'Max-Forwards: 70',
        'Route: <sip:core.ims.example;lr>',
        'From: <sip:u9@ims.example>;tag=ans',
        `To: <sip:deferred@im.ims.example>${tag}`,
        'Call-ID: push1@im.ims.example',
        `CSeq: 1 ${method}`,
        'Content-Length: 0',
        '',
        '',
      );
    const sent = (method: string, tag: string): string[] => {
      bench.fromClient(9, within(method, tag));
      return bench.take().map(({ to, text }) => `${to} ${firstLine(text).slice(0, 11)}`);
    };
    expect(sent('ACK', ';tag=im')).toEqual(['10.0.0.2:5060 ACK sip:def']);
    expect(sent('BYE', ';tag=im')).toEqual(['10.0.0.2:5060 BYE sip:def']);
    expect(sent('BYE', '')).toEqual(['10.16.0.9:5060 SIP/2.0 403']);
    expect(sent('INVITE', ';tag=im')).toContain('10.16.0.9:5060 SIP/2.0 403');
  });

  it('keeps what is left of Route, in order, and survives strict routers on both sides (16.4, 16.6 item 6)', () => {
    const routed = (uri: string, ...routes: readonly string[]) => {
      const bench = registered(7, 9);
      const extra = routes.map((route) => `Route: ${route}`);
      bench.fromClient(7, bench.messageText(7, 9, extra).replace('sip:u9@ims.example SIP', `${uri} SIP`));
      const { to, text } = bench.takeOne();
      return [to, firstLine(text).split(' ')[1], ...valuesOf(text, 'Route')];
    };
    const core = '<sip:core.ims.example;lr>';
    const im = '<sip:im.ims.example;lr>';
    expect(routed('sip:x@far.example', `${core}, ${im}`, '<sip:z@far.example;lr>')).toEqual([
      '10.0.0.2:5060',
      'sip:x@far.example',
      im,
      '<sip:z@far.example;lr>',
    ]);
    expect(routed('sip:x@far.example', '<sip:10.0.0.1:5060;lr>', im)).toEqual([
      '10.0.0.2:5060',
      'sip:x@far.example',
      im,
    ]);
    // The element before us is a strict router: our Record-Route value is the Request-URI.
    expect(routed('sip:core.ims.example;lr', '<sip:u9@10.16.0.9:5060>')).toEqual([
      '10.16.0.9:5060',
      'sip:u9@10.16.0.9:5060',
    ]);
    // The element behind us is one.
    expect(routed('sip:x@far.example', core, '<sip:im.ims.example>', '<sip:b@c;lr>')).toEqual([
      '10.0.0.2:5060',
      'sip:im.ims.example',
      '<sip:b@c;lr>',
      '<sip:x@far.example>',
    ]);
  });

  it('CANCEL is answered here and sent on once a provisional response came; 487 comes back, ACK is hop by hop', () => {
    const bench = registered(7, 9);
    const invite = bench
      .messageText(7, 9, ['Contact: <sip:u7@10.16.0.7:5060>'], 'z9hG4bKinv')
      .replaceAll('MESSAGE', 'INVITE');
    bench.fromClient(7, invite);
    const sent = bench.takeOne();
    const cancel = lines(
      'CANCEL sip:u9@ims.example SIP/2.0',
      'Via: SIP/2.0/UDP 10.16.0.7:5060;rport;branch=z9hG4bKinv',
      'Max-Forwards: 70',
      'From: <sip:u7@ims.example>;tag=s1',
      'To: <sip:u9@ims.example>',
      'Call-ID: call-z9hG4bKinv',
      'CSeq: 1 CANCEL',
      'Content-Length: 0',
      '',
      '',
    );
    bench.fromClient(7, cancel);
    expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 200 OK');
    bench.fromClient(9, answer(sent.text, 180));
    const [first, second] = bench.take();
    const passed = [first, second].map((s) => firstLine(s.text));
    expect(passed).toContain('CANCEL sip:u9@10.16.0.9:5060 SIP/2.0');
    expect(passed).toContain('SIP/2.0 180 Whatever');
    bench.fromClient(9, answer(sent.text, 487));
    const after = bench.take().map((s) => `${s.to} ${firstLine(s.text)}`);
    expect(after).toEqual([
      '10.16.0.9:5060 ACK sip:u9@10.16.0.9:5060 SIP/2.0',
      '10.16.0.7:5060 SIP/2.0 487 Whatever',
    ]);
  });

  it('an INVITE whose callee is silent goes to the IM Server', () => {
    const bench = registered(7, 9);
    const invite = () =>
      bench.messageText(7, 9, ['Contact: <sip:u7@10.16.0.7:5060>']).replaceAll('MESSAGE', 'INVITE');
    bench.fromClient(7, invite());
    bench.advance(8);
    const deferred = bench.take().filter((sent) => sent.to === '10.0.0.2:5060');
    expect(deferred.map((sent) => firstLine(sent.text))).toEqual(['INVITE sip:u9@ims.example SIP/2.0']);
    bench.fromServer(answer(deferred[0].text, 200));
    expect(bench.take().map((sent) => firstLine(sent.text))).toEqual(['SIP/2.0 200 Whatever']);
  });

  it('what a dismissed callee says to its CANCEL is not for the caller (rules 2.1)', () => {
    const { bench, live, deferred } = silentCallee();
    bench.fromClient(9, answer(live[0].text, 180));
    expect(firstLine(bench.takeOne().text)).toBe('CANCEL sip:u9@10.16.0.9:5060 SIP/2.0');
    bench.fromClient(9, answer(live[0].text, 487));
    expect(firstLine(bench.takeOne().text)).toBe('ACK sip:u9@10.16.0.9:5060 SIP/2.0');
    bench.fromServer(answer(deferred[0].text, 200));
    expect(bench.takeOne().to).toBe('10.16.0.7:5060');
  });

  it('a dismissed callee who answers all the same wins over the IM Server, which is cancelled (section 16.7 item 10)', () => {
    const { bench, live, deferred } = silentCallee();
    bench.fromServer(answer(deferred[0].text, 180));
    bench.take();
    bench.fromClient(9, answer(live[0].text, 200));
    const after = bench.take().map((s) => `${s.to} ${firstLine(s.text)}`);
    expect(after).toEqual([
      '10.16.0.7:5060 SIP/2.0 200 Whatever',
      '10.0.0.2:5060 CANCEL sip:u9@ims.example SIP/2.0',
    ]);
    bench.fromServer(answer(deferred[0].text, 487));
    expect(bench.take().map((s) => firstLine(s.text))).toEqual(['ACK sip:u9@ims.example SIP/2.0']);
    bench.fromClient(9, answer(live[0].text, 200));
    expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 200 Whatever');
  });

  it('the first 2xx wins, and the other forks are cancelled', () => {
    const bench = registered(7, 9);
    const invite = () =>
      bench.messageText(7, 9, ['Contact: <sip:u7@10.16.0.7:5060>']).replaceAll('MESSAGE', 'INVITE');
    bench.register(9, { port: 5070, callId: 'dev2' });
    bench.fromClient(7, invite());
    const forks = bench.take();
    bench.fromClient(9, answer(forks[1].text, 180));
    bench.fromClient(9, answer(forks[0].text, 200), 5070);
    const lines200 = bench.take().map((sent) => `${sent.to} ${firstLine(sent.text).split(' ')[0]}`);
    expect(lines200).toContain('10.16.0.9:5060 CANCEL');
    bench.fromClient(9, answer(forks[1].text, 487));
    expect(bench.take().map((sent) => firstLine(sent.text).split(' ')[0])).toEqual(['ACK']);
  });

  it('Timer C ends an INVITE that rings for ever, three minutes after its last sign (section 16.8)', () => {
    const bench = registered(9);
    bench.fromServer(bench.pushText('INVITE', 9));
    const invite = bench.takeOne();
    bench.fromClient(9, answer(invite.text, 180));
    bench.advance(100);
    bench.fromClient(9, answer(invite.text, 183));
    bench.take();
    bench.advance(180.999);
    expect(bench.take()).toEqual([]);
    bench.advance(0.001);
    expect(firstLine(bench.takeOne().text)).toBe('CANCEL sip:u9@10.16.0.9:5060 SIP/2.0');
  });
});
