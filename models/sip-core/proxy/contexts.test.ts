/** What the proxy holds of a request with several branches, and when it lets go (RFC 3261 sections 16.6 to 16.10, rules 2.1). */
import { describe, expect, it } from 'vitest';
import { answer, firstLine, lines, registered, type CoreBench, type Sent } from '../testing.js';

const CALLER = '10.16.0.7:5060';
const SERVER = '10.0.0.2:5060';

/** User 9 has so many devices. */
function withDevices(count: number): CoreBench {
  const bench = registered(7);
  for (let i = 0; i < count; i++) bench.register(9, { port: 5060 + 10 * i, callId: `dev${i}` });
  return bench;
}

function invite(bench: CoreBench, branch: string): string {
  const contact = ['Contact: <sip:u7@10.16.0.7:5060>'];
  return bench.messageText(7, 9, contact, `z9hG4bK${branch}`).replaceAll('MESSAGE', 'INVITE');
}

function cancel(branch: string): string {
  return lines(
    'CANCEL sip:u9@ims.example SIP/2.0',
    `Via: SIP/2.0/UDP 10.16.0.7:5060;rport;branch=z9hG4bK${branch}`,
    'Max-Forwards: 70',
    'From: <sip:u7@ims.example>;tag=s1',
    'To: <sip:u9@ims.example>',
    `Call-ID: call-z9hG4bK${branch}`,
    'CSeq: 1 CANCEL',
    'Content-Length: 0',
    '',
    '',
  );
}

/** An answer of the device that a request was sent to. */
function reply(bench: CoreBench, request: Sent, status: number): void {
  bench.fromClient(9, answer(request.text, status), Number(request.to.split(':')[1]));
}

const shown = (sent: readonly Sent[]) =>
  sent.map(({ to, text }) => `${to} ${firstLine(text).replace(/^SIP\/2.0 (\d+).*/, '$1')}`);
const toDevices = (sent: readonly Sent[]) => sent.filter(({ to }) => to.startsWith('10.16.0.9'));

describe('an INVITE that rings', () => {
  it('stays with the client for as long as it rings: the IM Server does not get it (rules 2.1)', () => {
    const bench = withDevices(1);
    bench.fromClient(7, invite(bench, 'rings'));
    const [live] = bench.take();
    bench.advance(1);
    reply(bench, live, 180);
    expect(shown(bench.take())).toContain(`${CALLER} 180`);
    bench.advance(60);
    expect(bench.take()).toEqual([]);
    reply(bench, live, 200);
    expect(shown(bench.take())).toEqual([`${CALLER} 200`]);
  });

  it('is cancelled after Timer C also if nothing but 100 ever came, and not before (section 16.6 item 11)', () => {
    const bench = registered(9);
    bench.fromServer(bench.pushText('INVITE', 9));
    const [live] = toDevices(bench.take());
    reply(bench, live, 100);
    bench.advance(180.9);
    expect(toDevices(bench.take())).toEqual([]);
    bench.advance(0.2);
    // CANCEL needs no other provisional response than that (section 9.1).
    expect(shown(toDevices(bench.take()))).toEqual(['10.16.0.9:5060 CANCEL sip:u9@10.16.0.9:5060 SIP/2.0']);
  });
});

describe('an INVITE that the caller has cancelled is for the IM Server no more (section 16.10)', () => {
  it.each([480, 408, 503])('though the client says %i', (status) => {
    const bench = withDevices(1);
    bench.fromClient(7, invite(bench, 'given-up'));
    const [live] = bench.take();
    reply(bench, live, 180);
    bench.fromClient(7, cancel('given-up'));
    bench.take();
    reply(bench, live, status);
    const after = bench.take();
    expect(after.map(({ to }) => to)).not.toContain(SERVER);
    expect(shown(after)).toContain(`${CALLER} ${status === 503 ? 500 : status}`);
  });

  it('though nothing comes at all', () => {
    const bench = withDevices(1);
    bench.fromClient(7, invite(bench, 'given-up'));
    bench.fromClient(7, cancel('given-up'));
    bench.advance(40);
    const sent = bench.take();
    expect(sent.map(({ to }) => to)).not.toContain(SERVER);
    expect(shown(sent)).toContain(`${CALLER} 408`);
  });
});

describe('a branch that is over', () => {
  it('of a MESSAGE answers for nobody, also when its place is taken by another request', () => {
    const bench = withDevices(2);
    bench.fromClient(7, bench.messageText(7, 9));
    const [one, two] = bench.take();
    reply(bench, one, 200);
    expect(shown(bench.take())).toEqual([`${CALLER} 200`]);
    bench.fromClient(7, bench.messageText(7, 9));
    const [three, four] = bench.take();
    reply(bench, two, 486);
    expect(bench.take()).toEqual([]);
    reply(bench, three, 480);
    expect(bench.take()).toEqual([]);
    reply(bench, four, 200);
    expect(shown(bench.take())).toEqual([`${CALLER} 200`]);
  });

  it('of an INVITE that answers 200 late ends nothing of another INVITE (RFC 6026 section 8.6)', () => {
    const bench = withDevices(2);
    bench.fromClient(7, invite(bench, 'first'));
    const [one, two] = toDevices(bench.take());
    for (const fork of [one, two]) reply(bench, fork, 180);
    reply(bench, one, 200);
    bench.take();
    bench.fromClient(7, invite(bench, 'second'));
    const second = toDevices(bench.take());
    for (const fork of second) reply(bench, fork, 180);
    bench.take();
    // It crossed its CANCEL.
    reply(bench, two, 200);
    expect(shown(bench.take())).toEqual([`${CALLER} 200`]);
    reply(bench, second[1], 200);
    expect(shown(bench.take())).toEqual([
      `${CALLER} 200`,
      `${second[0].to} CANCEL sip:u9@${second[0].to} SIP/2.0`,
    ]);
  });

  it('with a refusal that was kept leaves nothing of it behind when another accepts', () => {
    const bench = withDevices(2);
    bench.advance(70);
    const { heldOctets } = bench.ports.octets;
    for (const final of [200, 603]) {
      bench.fromClient(7, bench.messageText(7, 9));
      const [one, two] = bench.take();
      reply(bench, one, 486);
      reply(bench, two, final);
      expect(shown(bench.take())).toEqual([`${CALLER} ${final}`]);
    }
    bench.advance(70);
    expect(bench.ports.octets.heldOctets).toBe(heldOctets);
  });
});

describe('a device that leaves only the Via of the Core in its 200 to INVITE, and repeats it', () => {
  const meantForCore = (request: Sent) => {
    const vias = answer(request.text, 200).split('\r\n');
    const top = vias.findIndex((line) => line.startsWith('Via: '));
    return vias.filter((line, i) => i <= top || !line.startsWith('Via: ')).join('\r\n');
  };

  it.each([
    ['', ''],
    [' ,', ''],
    ['', '\r\nVia:'],
    [',', '\r\nv: ,'],
  ])(
    'has given no answer that could be passed back (section 16.7 item 3), nor touches what others wait for%j%j',
    (end, line) => {
      const bench = withDevices(1);
      bench.fromClient(7, invite(bench, 'stripped'));
      const [live] = toDevices(bench.take());
      bench.fromClient(9, meantForCore(live).replace(/(\r\nVia: [^\r]*)/, `$1${end}${line}`));
      const deferred = bench.take().find(({ to, text }) => to === SERVER && text.startsWith('INVITE'));
      expect(deferred).toBeDefined();
      bench.fromClient(9, meantForCore(live));
      bench.fromClient(7, invite(bench, 'other'));
      const [other] = toDevices(bench.take());
      bench.fromClient(9, meantForCore(live));
      expect(bench.take()).toEqual([]);
      bench.fromServer(answer(deferred?.text ?? '', 200));
      reply(bench, other, 200);
      expect(shown(bench.take())).toEqual([`${CALLER} 200`, `${CALLER} 200`]);
    },
  );
});

describe('a hundred requests at once, each with two branches', () => {
  const names = Array.from({ length: 100 }, (_, i) => `many${i}x`);
  const branchOf = (sent: Sent) => /(?<=branch=z9hG4bK)many\d+x/.exec(sent.text)?.[0] ?? '';

  it.each(['MESSAGE', 'INVITE'])(
    '%s: each gets its own answer, and those that nobody answers go to the IM Server',
    (method) => {
      const bench = withDevices(2);
      bench.advance(70);
      const { heldOctets } = bench.ports.octets;
      const { timers } = bench.ports;
      const forks: Sent[] = [];
      for (const name of names) {
        const text =
          method === 'INVITE' ? invite(bench, name) : bench.messageText(7, 9, [], `z9hG4bK${name}`);
        bench.fromClient(7, text);
        forks.push(...toDevices(bench.take()));
      }
      expect(forks.map(branchOf)).toEqual(names.flatMap((name) => [name, name]));
      // The second device refuses all, in another order; the first accepts every third.
      for (let i = forks.length - 1; i > 0; i -= 2) reply(bench, forks[i], 486);
      const back = (status: number) =>
        bench
          .take()
          .filter(({ to, text }) => to === CALLER && text.startsWith(`SIP/2.0 ${status}`))
          .map(branchOf);
      expect(back(486)).toEqual([]);
      for (let i = 0; i < 100; i += 3) reply(bench, forks[2 * i], 200);
      expect(back(200)).toEqual(names.filter((_, i) => i % 3 === 0));
      for (let i = 1; i < 100; i += 3) reply(bench, forks[2 * i], 302);
      expect(back(302)).toEqual(names.filter((_, i) => i % 3 === 1));
      bench.advance(8);
      const deferred = bench.take().filter(({ to, text }) => to === SERVER && text.startsWith(method));
      expect(new Set(deferred.map(branchOf))).toEqual(new Set(names.filter((_, i) => i % 3 === 2)));
      for (const { text } of deferred) bench.fromServer(answer(text, method === 'INVITE' ? 480 : 202));
      bench.advance(200);
      expect(bench.ports.octets.heldOctets).toBe(heldOctets);
      expect(bench.ports.timers).toBe(timers);
    },
  );
});

describe('the best of several refusals (section 16.7 item 6)', () => {
  const best = (...statuses: readonly number[]): string[] => {
    const bench = withDevices(statuses.length);
    bench.fromClient(7, bench.messageText(7, 9));
    for (const [i, fork] of bench.take().entries()) {
      expect(bench.take()).toEqual([]);
      reply(bench, fork, statuses[i]);
    }
    return shown(bench.take());
  };

  it.each([401, 407, 415, 420, 484])(
    '%i tells how to mend the request, and comes before others of its class',
    (telling) => {
      for (const other of [400, 404, 486, 488]) {
        expect(best(telling, other)).toEqual([`${CALLER} ${telling}`]);
        expect(best(other, telling)).toEqual([`${CALLER} ${telling}`]);
      }
    },
  );

  it('the lowest class, but any 6xx before it; 300 is a refusal like others', () => {
    expect(best(300, 404)).toEqual([`${CALLER} 300`]);
    expect(best(404, 300)).toEqual([`${CALLER} 300`]);
    expect(best(500, 404)).toEqual([`${CALLER} 404`]);
    expect(best(300, 600)).toEqual([`${CALLER} 600`]);
    expect(best(600, 300)).toEqual([`${CALLER} 600`]);
    expect(best(300, 200)).toEqual([`${CALLER} 200`]);
  });
});

describe('a request to the IM Server that gets no answer', () => {
  /** One that has to go by TCP. */
  const large = (bench: CoreBench) => bench.messageText(7, 11, [`X-Long: ${'x'.repeat(1400)}`]);

  it('because the connection broke is answered 500 (sections 16.9 and 16.7 item 6)', () => {
    const bench = registered(7);
    bench.fromClient(7, large(bench));
    expect(bench.take()).toEqual([]);
    const [{ conn, ip }] = bench.ports.opened;
    expect(ip).toBe(0x0a000002);
    bench.core.onTcpConnected(conn);
    bench.core.onTcpClosed(conn, 1);
    expect(shown(bench.take())).toEqual([`${CALLER} 500`]);
  });

  it('at all is not answered either (RFC 4320 section 4.2), and forgotten in the end', () => {
    const bench = registered(7);
    bench.advance(70);
    const { heldOctets } = bench.ports.octets;
    const { timers } = bench.ports;
    const request = bench.messageText(7, 11);
    bench.fromClient(7, request);
    bench.advance(70);
    expect(shown(bench.take().filter(({ to }) => to === CALLER))).toEqual([`${CALLER} 100`]);
    bench.advance(70);
    expect(bench.ports.octets.heldOctets).toBe(heldOctets);
    expect(bench.ports.timers).toBe(timers);
    // If it comes again, it is a new one.
    bench.fromClient(7, request);
    expect(bench.take().map(({ to }) => to)).toEqual([SERVER]);
  });
});
