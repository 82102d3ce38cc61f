import { describe, expect, it } from 'vitest';
import { type CoreBench, firstLine, registered } from '../testing.js';

const AUDIO = ['Contact: <sip:u9@10.16.0.9:5060>;audio;+sip.instance="<urn:uuid:desk>";reg-id=1'];
const TABLET = { port: 5070, callId: 'tablet', contacts: ['Contact: <sip:u9@10.16.0.9:5070>;+G.OMA.sip-im'] };

/** User 9 registered with a desk phone alone, which takes no IM. */
function withDeskPhone(): CoreBench {
  const bench = registered(7);
  bench.register(9, { contacts: AUDIO });
  return bench;
}

function invite(bench: CoreBench, ...lines: string[]): string {
  return bench.messageText(7, 9, lines).replaceAll('MESSAGE', 'INVITE');
}

describe('bindings by what they take (rules 2.1)', () => {
  it('O1: a MESSAGE for a user without an IM binding is the IM Server’s', () => {
    const bench = withDeskPhone();
    bench.fromClient(7, bench.messageText(7, 9));
    expect(bench.takeOne().to).toBe('10.0.0.2:5060');
  });

  it('O1: of several bindings those with the tag get a MESSAGE', () => {
    const bench = withDeskPhone();
    bench.register(9, TABLET);
    bench.fromClient(7, bench.messageText(7, 9));
    expect(bench.takeOne().to).toBe('10.16.0.9:5070');
  });

  it('the flow of an instance that takes IM is used, though another one without the tag is newer', () => {
    const bench = registered(7);
    const flow = (port: number, rest: string) => [
      `Contact: <sip:u9@10.16.0.9:${port}>;+sip.instance="<urn:uuid:phone>"${rest}`,
    ];
    bench.register(9, { contacts: flow(5060, ';reg-id=1;+g.oma.sip-im') });
    bench.register(9, { port: 5070, callId: 'two', contacts: flow(5070, ';reg-id=2') });
    bench.fromClient(7, bench.messageText(7, 9));
    expect(bench.takeOne().to).toBe('10.16.0.9:5060');
  });

  it('a session goes where what it requires is taken, to the IM Server if nowhere', () => {
    const bench = withDeskPhone();
    bench.register(9, TABLET);
    const targets = (...lines: string[]): string[] => {
      bench.fromClient(7, invite(bench, ...lines));
      return bench
        .take()
        .filter(({ text }) => text.startsWith('INVITE'))
        .map(({ to }) => to);
    };
    expect(targets('Accept-Contact: *;+g.oma.sip-im;require;explicit')).toEqual(['10.16.0.9:5070']);
    expect(targets('a: *;audio, *;+g.oma.sip-im.large-message;explicit;require')).toEqual(['10.0.0.2:5060']);
    expect(targets('Accept-Contact: *;+g.oma.sip-im')).toEqual(['10.16.0.9:5070', '10.16.0.9:5060']);
    expect(targets()).toEqual(['10.16.0.9:5070', '10.16.0.9:5060']);
  });

  it('what the IM Server sends to a user without an IM binding is answered 480', () => {
    const bench = withDeskPhone();
    bench.fromServer(invite(bench, 'Accept-Contact: *;+g.oma.sip-im;require;explicit'));
    expect(bench.take().map(({ text }) => firstLine(text))).toContain('SIP/2.0 480 Temporarily Unavailable');
  });
});
