import { describe, expect, it } from 'vitest';
import { connect, MOBILE, MS, pair, S } from './tcp-kit.js';
import { tcpDefaults } from './tcp-settings.js';

describe('TCP handshake', () => {
  it('takes one round trip for the client and one and a half for the server', () => {
    const tested = pair(MOBILE);
    connect(tested);
    tested.world.runUntil(S);
    expect(tested.client.log).toEqual(['connected at 20 ms']);
    expect(tested.server.log).toEqual(['accepted at 30 ms']);
  });

  it('ends refused after a round trip where nobody listens', () => {
    const tested = pair(MOBILE);
    connect(tested, 9);
    tested.world.runUntil(S);
    expect(tested.client.log).toEqual(['refused at 20 ms']);
  });

  it('ends in a timeout where nobody is, and repeats SYN meanwhile (RFC 6298 section 2.1)', () => {
    const tested = pair(MOBILE);
    tested.client.conn = tested.client.ports.tcp.connect(0, 77, 2855);
    tested.world.runUntil(200 * S);
    expect(tested.client.log).toEqual([`timeout at ${tcpDefaults().connectGiveUpNs / MS} ms`]);
  });

  it('gets through once the link is up again, by the next SYN', () => {
    const tested = pair(MOBILE, {
      faults: [
        { kind: 'partition', atNs: 0, forNs: 2 * S, target: { host: 'client' }, mode: 'all', params: {} },
      ],
    });
    tested.world.runUntil(0);
    connect(tested);
    tested.world.runUntil(10 * S);
    // SYN at 0, 1 and 3 s.
    expect(tested.client.log).toEqual(['connected at 3020 ms']);
  });
});
