import { describe, expect, it } from 'vitest';
import { CORE_IP, IM_SERVER_IP } from '../../addressing.js';
import { answer, CoreBench, firstLine, lines, valuesOf, type Sent } from '../testing.js';

/** Third-party requests among what was sent. */
function thirdParty(bench: CoreBench): Sent[] {
  return bench.take().filter((sent) => sent.to === '10.0.0.2:5060' && sent.text.startsWith('REGISTER'));
}

function summary(sent: readonly Sent[]): string[] {
  return sent.map(({ text }) => `${valuesOf(text, 'CSeq')[0]} expires ${valuesOf(text, 'Expires')[0]}`);
}

describe('third-party REGISTER (rules 2.3 and 4.4)', () => {
  it('carries the identity, the granted lifetime and what the registrar answered as message/sip', () => {
    const bench = new CoreBench();
    bench.fromClient(7, bench.registerText(7, { extra: ['Expires: 600'] }));
    const [{ text: answered }, { text }] = bench.take();
    expect(answered).toMatch(/^SIP\/2\.0 200 OK\r\n[^]*;expires=600\r\n/);
    expect(text.replace(/branch=\S+/, 'branch=B').replace(/;tag=[0-9a-f]{16}/, ';tag=T')).toBe(
      lines(
        'REGISTER sip:im.ims.example SIP/2.0',
        'Via: SIP/2.0/UDP 10.0.0.1:5060;rport;branch=B',
        'Max-Forwards: 70',
        'From: <sip:core.ims.example>;tag=T',
        'To: <sip:u7@ims.example>',
        'Call-ID: r7.0@core.ims.example',
        'CSeq: 1 REGISTER',
        'Contact: <sip:core.ims.example>',
        'Expires: 600',
        'Content-Type: message/sip',
        `Content-Length: ${answered.length}`,
        '',
        answered,
      ),
    );
  });

  it('leaves after the answer to the client, on registration, refresh, unregistration, expiry and flow failure', () => {
    const bench = new CoreBench();
    bench.fromClient(7, bench.registerText(7));
    const [first, second] = bench.take();
    expect([firstLine(first.text), second.to]).toEqual(['SIP/2.0 200 OK', '10.0.0.2:5060']);
    bench.fromServer(answer(second.text, 200));
    bench.fromClient(7, bench.registerText(7));
    const [refresh] = thirdParty(bench);
    bench.fromServer(answer(refresh.text, 200));
    bench.fromClient(7, bench.registerText(7, { extra: ['Expires: 0'] }));
    const [gone] = thirdParty(bench);
    bench.fromServer(answer(gone.text, 200));
    expect(summary([second, refresh, gone])).toEqual([
      '1 REGISTER expires 3600',
      '2 REGISTER expires 3600',
      '3 REGISTER expires 0',
    ]);
    expect(valuesOf(gone.text, 'Content-Length')).toEqual(['0']);
    bench.register(8);
    bench.advance(30);
    expect(summary(thirdParty(bench))).toEqual(['2 REGISTER expires 0']);
    const long = new CoreBench({ flowTimeoutNs: 1e13 });
    long.register(8, { extra: ['Expires: 60'] });
    long.advance(60);
    expect(summary(thirdParty(long))).toEqual(['2 REGISTER expires 0']);
  });

  it('is left out on a refresh if the operator says so', () => {
    const bench = new CoreBench({ thirdPartyOnRefresh: false });
    bench.register(7);
    bench.fromClient(7, bench.registerText(7));
    expect(thirdParty(bench)).toEqual([]);
  });

  it('shows all devices, also when one of several comes or goes, and Expires 0 when the last is gone', () => {
    const bench = new CoreBench({ flowTimeoutNs: 1e13, thirdPartyOnRefresh: false });
    bench.register(7);
    const second = { port: 5070, callId: 'dev2' };
    bench.fromClient(7, bench.registerText(7, second), 5070);
    const [both] = thirdParty(bench);
    expect(both.text.match(/Contact: <sip:u7@10\.16\.0\.7:\d+>/g)).toHaveLength(2);
    bench.fromServer(answer(both.text, 200));
    bench.fromClient(7, bench.registerText(7, { extra: ['Expires: 0'] }));
    const [one] = thirdParty(bench);
    expect(summary([both, one])).toEqual(['2 REGISTER expires 3600', '3 REGISTER expires 3600']);
    expect(one.text.match(/Contact: <sip:u7@10\.16\.0\.7:\d+>/g)).toEqual([
      'Contact: <sip:u7@10.16.0.7:5070>',
    ]);
    bench.fromServer(answer(one.text, 200));
    bench.fromClient(7, bench.registerText(7, { ...second, extra: ['Expires: 0'] }), 5070);
    expect(summary(thirdParty(bench))).toEqual(['4 REGISTER expires 0']);
  });

  it('has never two outstanding for one user; the newest state wins', () => {
    const bench = new CoreBench();
    bench.fromClient(7, bench.registerText(7));
    const [outstanding] = thirdParty(bench);
    bench.fromClient(7, bench.registerText(7, { extra: ['Expires: 0'] }));
    bench.fromClient(7, bench.registerText(7, { extra: ['Expires: 100'] }));
    expect(thirdParty(bench)).toEqual([]);
    bench.fromServer(answer(outstanding.text, 200));
    const next = thirdParty(bench);
    expect(summary(next)).toEqual(['2 REGISTER expires 100']);
    expect(next[0].text).toContain(';expires=100\r\n');
    bench.fromServer(answer(next[0].text, 200));
    expect(thirdParty(bench)).toEqual([]);
  });

  it('is repeated by the transaction layer, then tried again until it succeeds, with the newest state', () => {
    const bench = new CoreBench({ flowTimeoutNs: 1e13 });
    bench.fromClient(7, bench.registerText(7));
    bench.advance(32);
    // RFC 3261 section 17.1.2.2: eleven sends until Timer F.
    const first = thirdParty(bench);
    expect(first).toHaveLength(11);
    expect(new Set(first.map((sent) => sent.text)).size).toBe(1);
    bench.advance(2);
    const second = thirdParty(bench);
    expect(summary(second).slice(0, 1)).toEqual(['2 REGISTER expires 3567']);
    expect(second[0].atMs).toBeGreaterThanOrEqual(33_000);
    bench.fromServer(answer(second[0].text, 500));
    bench.fromClient(7, bench.registerText(7, { extra: ['Expires: 0'] }));
    expect(thirdParty(bench)).toEqual([]);
    bench.advance(4);
    const third = thirdParty(bench);
    expect(summary(third).at(-1)).toBe('3 REGISTER expires 0');
    bench.fromServer(answer(third[0].text, 200));
    bench.advance(120);
    expect(thirdParty(bench)).toEqual([]);
  });

  it('waits as long as Retry-After says, and does not try again what was refused for good', () => {
    const bench = new CoreBench({ flowTimeoutNs: 1e13 });
    bench.fromClient(7, bench.registerText(7));
    bench.fromServer(answer(thirdParty(bench)[0].text, 503, ['Retry-After: 50 (busy)']));
    bench.advance(49.999);
    expect(thirdParty(bench)).toEqual([]);
    bench.advance(0.001);
    const again = thirdParty(bench);
    expect(again).toHaveLength(1);
    bench.fromServer(answer(again[0].text, 403));
    bench.advance(1000);
    expect(thirdParty(bench)).toEqual([]);
  });

  it('takes a Retry-After beyond three weeks for three weeks: virtual time has an end', () => {
    const bench = new CoreBench({ flowTimeoutNs: 1e13 });
    bench.fromClient(7, bench.registerText(7));
    bench.fromServer(answer(thirdParty(bench)[0].text, 503, ['Retry-After: 4294967295']));
    bench.advance(21 * 86_400 - 1);
    expect(thirdParty(bench)).toEqual([]);
    bench.advance(1);
    expect(thirdParty(bench)).toHaveLength(1);
  });

  it('goes over TCP when it is large (RFC 3261 section 18.1.1)', () => {
    const bench = new CoreBench();
    const contacts = [`Contact: <sip:u7@10.16.0.7:5060>;+g.oma.sip-im;pad=${'x'.repeat(900)}`];
    bench.fromClient(7, bench.registerText(7, { contacts }));
    expect(thirdParty(bench)).toEqual([]);
    expect(bench.ports.opened.map(({ ip }) => ip)).toEqual([IM_SERVER_IP]);
    expect(CORE_IP).not.toBe(IM_SERVER_IP);
  });
});

describe('flows over TCP (RFC 5626 sections 6 and 7)', () => {
  it('binds the connection, and its end is the end of the binding', () => {
    const bench = new CoreBench();
    const { core, ports } = bench;
    core.onTcpAccepted(5, 0, 5060, 0x0a100007, 40000);
    const text = bench.registerText(7).replace('/UDP', '/TCP');
    const block = ports.octets.put(text);
    const start = ports.octets.start(block);
    core.onTcpData(5, ports.octets.buf, start, start + text.length);
    ports.octets.release(block);
    expect(firstLine(ports.written.get(5) ?? '')).toBe('SIP/2.0 200 OK');
    bench.fromServer(answer(thirdParty(bench)[0].text, 200));
    core.onTcpClosed(5, 1);
    expect(summary(thirdParty(bench))).toEqual(['2 REGISTER expires 0']);
    expect(ports.emitted.at(-1)?.[3]).toBe(2);
  });
});

describe('RFC 3261 section 19.3', () => {
  it('gives each third-party REGISTER a From tag that follows from nothing in it', () => {
    const bench = new CoreBench();
    for (const user of [7, 8]) bench.fromClient(user, bench.registerText(user, { extra: ['Expires: 600'] }));
    const tags = thirdParty(bench).map(({ text }) => /;tag=([0-9a-f]{8})/.exec(text)?.[1] ?? '');
    expect(new Set(tags).size).toBe(2);
    for (const tag of tags) expect(Number.parseInt(tag, 16)).toBeGreaterThan(0xffff);
  });
});

it('whatever becomes of what the IM Server is to hear, the octets of her 200 are given back', () => {
  const bench = new CoreBench({ flowTimeoutNs: 1e13 });
  const nothing = bench.ports.octets.heldOctets;
  bench.register(7);
  bench.advance(200);
  const { heldOctets } = bench.ports.octets;
  const leave = { extra: ['Expires: 0'] };
  // Answered once, after: a refresh; two that overtake it; a farewell and a return, each while the one before is unanswered.
  for (const rounds of [[{}], [{}, {}, {}], [{}, leave, {}], [leave, {}, leave, {}]]) {
    for (const options of rounds) bench.fromClient(7, bench.registerText(7, options));
    for (let sent = bench.take(); sent.length > 0; sent = bench.take())
      for (const { text } of sent) if (text.startsWith('REGISTER')) bench.fromServer(answer(text, 200));
    bench.advance(200);
    bench.take();
    expect(bench.ports.octets.heldOctets).toBe(heldOctets);
  }
  bench.register(7, leave);
  bench.advance(200);
  expect(bench.ports.octets.heldOctets).toBe(nothing);
});
