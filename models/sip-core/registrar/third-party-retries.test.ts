/** Third-party REGISTER that fails (rules 2.3 and 4.4): what is tried again, when, and with which state. */
import { describe, expect, it } from 'vitest';
import { answer, CoreBench, valuesOf, type Sent } from '../testing.js';

/** Third-party requests among what was sent. */
function thirdParty(bench: CoreBench): Sent[] {
  return bench.take().filter((sent) => sent.to === '10.0.0.2:5060' && sent.text.startsWith('REGISTER'));
}

/** A Core whose first third-party REGISTER is out. */
function begun(user = 7): { bench: CoreBench; first: Sent } {
  const bench = new CoreBench({ flowTimeoutNs: 1e13 });
  bench.fromClient(user, bench.registerText(user));
  return { bench, first: thirdParty(bench)[0] };
}

/** The next request after `request` was answered with `status`, and after how many milliseconds it left. */
function next(bench: CoreBench, request: Sent, status: number): { request: Sent; afterMs: number } {
  const fromMs = bench.ports.nowNs / 1e6;
  bench.fromServer(answer(request.text, status));
  for (let i = 0; i < 400; i++) {
    const [again] = thirdParty(bench);
    if (again !== undefined) return { request: again, afterMs: again.atMs - fromMs };
    bench.advance(0.1);
  }
  throw new Error('nothing came within 40 s');
}

describe('an answer', () => {
  it.each([408, 480, 500, 501, 503, 504, 580, 599])('%i is tried again within 2 s', (status) => {
    const { bench, first } = begun();
    bench.fromServer(answer(first.text, status));
    expect(thirdParty(bench)).toEqual([]);
    bench.advance(2);
    expect(thirdParty(bench)).not.toEqual([]);
  });

  it.each([200, 202, 302, 400, 403, 404, 423, 481, 486, 600, 603])('%i is final', (status) => {
    const { bench, first } = begun();
    bench.fromServer(answer(first.text, status));
    bench.advance(300);
    expect(thirdParty(bench)).toEqual([]);
  });
});

describe('retries', () => {
  it('wait 2, 4, 8, 16, then 32 s each, less up to half of it', () => {
    const { bench, first } = begun();
    let request = first;
    for (const limitS of [2, 4, 8, 16, 32, 32, 32]) {
      const again = next(bench, request, 500);
      expect(again.afterMs).toBeGreaterThanOrEqual(limitS * 500);
      expect(again.afterMs).toBeLessThanOrEqual(limitS * 1000);
      ({ request } = again);
    }
  });

  it('of many users do not come all at once', () => {
    const bench = new CoreBench({ flowTimeoutNs: 1e13 });
    for (let user = 0; user < 50; user++) bench.fromClient(user, bench.registerText(user));
    for (const { text } of thirdParty(bench)) bench.fromServer(answer(text, 503));
    bench.take();
    bench.advance(2);
    const instants = thirdParty(bench).map(({ atMs }) => atMs);
    expect(new Set(instants).size).toBeGreaterThan(40);
    expect(Math.max(...instants) - Math.min(...instants)).toBeGreaterThan(700);
  });

  it('begin anew with the shortest wait once the server has answered', () => {
    const { bench, first } = begun();
    let request = first;
    for (const _ of [1, 2, 3]) ({ request } = next(bench, request, 500));
    bench.fromClient(7, bench.registerText(7, { extra: ['Expires: 999'] }));
    const changed = next(bench, request, 200);
    expect(changed.request.text).toContain(';expires=999\r\n');
    expect(next(bench, changed.request, 500).afterMs).toBeLessThanOrEqual(2000);
  });

  it('are of the newest state, which is not lost if its own first try fails', () => {
    const { bench, first } = begun();
    bench.fromClient(7, bench.registerText(7, { extra: ['Expires: 999'] }));
    expect(thirdParty(bench)).toEqual([]);
    const changed = next(bench, first, 200);
    expect(changed.afterMs).toBe(0);
    const again = next(bench, changed.request, 503);
    expect(again.request.text).toContain(';expires=999\r\n');
    bench.fromServer(answer(again.request.text, 200));
    bench.advance(100);
    expect(thirdParty(bench)).toEqual([]);
  });

  it('of a client who left meanwhile say so, without a body', () => {
    const { bench, first } = begun();
    bench.fromServer(answer(first.text, 500));
    bench.fromClient(7, bench.registerText(7, { extra: ['Expires: 0'] }));
    bench.advance(2);
    const [{ text }] = thirdParty(bench);
    expect([valuesOf(text, 'Expires'), valuesOf(text, 'Content-Type')]).toEqual([['0'], []]);
    expect(text.endsWith('Content-Length: 0\r\n\r\n')).toBe(true);
  });
});

it('nothing is kept of what was told, however often', () => {
  const bench = new CoreBench({ flowTimeoutNs: 1e13 });
  const round = (): number[] => {
    for (const user of [7, 8, 9]) bench.register(user);
    bench.advance(70);
    bench.take();
    return [bench.ports.octets.heldOctets, bench.ports.timers];
  };
  const once = round();
  for (let i = 0; i < 5; i++) expect(round()).toEqual(once);
});
