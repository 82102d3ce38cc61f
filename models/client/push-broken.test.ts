/**
 * Every way in which a push session can break leaves nothing behind (RFC 3261 section 13.3.1.4, RFC 4975 section 5.4).
 */
import { describe, expect, test } from 'vitest';
import { TcpEnd } from '../../sim/host/ports.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { FleetTimer } from './context.js';
import { BYE_WAIT_NS, PUSH_IDLE_LIMIT_NS } from './reception/push-session.js';
import { header, response } from './testing.js';
import { invite, payload, type PushRig, rigged, send, START_S, within } from './testing-push.js';

describe('ways in which a session breaks', () => {
  const clean = (rig: PushRig, timers: number): void => {
    rig.at(rig.ports.nowNs / NS_PER_S + 500);
    expect([rig.fleet.pushSessions, rig.ports.timers]).toEqual([0, timers]);
  };

  test('no ACK: the 200 is repeated, then BYE through the route set (RFC 3261 section 13.3.1.4)', () => {
    const rig = rigged();
    const timers = rig.ports.timers;
    const [ok] = rig.exchange(invite());
    rig.at(START_S + 31.9);
    expect(rig.ports.takeSent().filter((text) => text === ok).length).toBeGreaterThan(5);
    rig.at(START_S + 32);
    const [bye] = rig.take('BYE');
    expect(bye).toMatch(/^BYE sip:deferred@10\.0\.0\.2:5060 SIP\/2\.0\r\n/);
    expect(header(bye, 'Route')).toBe('<sip:core.ims.example;lr>');
    expect(header(bye, 'From')).toBe(header(ok, 'To'));
    expect(header(bye, 'To')).toBe(header(ok, 'From'));
    rig.deliver(3, response(bye, 200));
    clean(rig, timers);
  });

  test('the connection is lost: the server has its time for a BYE, then comes ours', () => {
    const rig = rigged();
    const timers = rig.ports.timers;
    rig.establish();
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
    expect(rig.fleet.pushSessions).toBe(1);
    rig.ports.sent.length = 0;
    rig.at(START_S + BYE_WAIT_NS / NS_PER_S + 8);
    expect(new Set(rig.take('BYE')).size).toBe(1);
    clean(rig, timers);
  });

  test('the connection is lost and the server says BYE: nothing more is said', () => {
    const rig = rigged();
    const timers = rig.ports.timers;
    rig.establish();
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.fin);
    expect(rig.exchange(within('BYE', rig.ok))[0]).toMatch(/^SIP\/2\.0 200 /);
    clean(rig, timers);
    expect(rig.take('BYE')).toEqual([]);
  });

  test('the connection cannot be had', () => {
    const rig = rigged();
    const timers = rig.ports.timers;
    const [ok] = rig.exchange(invite());
    rig.deliver(3, within('ACK', ok));
    rig.fleet.onTcpClosed(rig.ports.opened[0].conn, TcpEnd.refused);
    clean(rig, timers);
  });

  test('silence: a session without messages is given up, one with messages is not', () => {
    const rig = rigged();
    const timers = rig.ports.timers;
    rig.establish();
    rig.ports.sent.length = 0;
    rig.at(START_S + PUSH_IDLE_LIMIT_NS / NS_PER_S - 10);
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call0')));
    rig.at(START_S + (2 * PUSH_IDLE_LIMIT_NS) / NS_PER_S - 11);
    expect(rig.take('BYE')).toEqual([]);
    rig.at(START_S + (2 * PUSH_IDLE_LIMIT_NS) / NS_PER_S + 8);
    expect(new Set(rig.take('BYE')).size).toBe(1);
    clean(rig, timers);
  });

  test.each(['active', 'passive'] as const)('the link goes down under a session, %s', (setup) => {
    const rig = rigged({ setup });
    [rig.ok = ''] = rig.exchange(invite());
    rig.deliver(3, within('ACK', rig.ok));
    if (setup === 'active') {
      rig.conn = rig.ports.opened[0].conn;
      rig.fleet.onTcpConnected(rig.conn);
    }
    rig.ports.sent.length = 0;
    rig.fleet.onLink(3, false);
    expect(rig.fleet.pushSessions).toBe(0);
    if (setup === 'active') expect(rig.ports.closed).toEqual([rig.conn]);
    rig.at(300);
    expect(rig.ports.takeSent()).toEqual([]);
    rig.fleet.onLink(3, true);
    rig.at(300);
    rig.register(1_000_000);
    expect(rig.exchange(invite({ callId: 'push2@im' }))[0]).toMatch(/^SIP\/2\.0 200 /);
  });

  test('the link goes down before the ACK: the 200 is repeated no more', () => {
    const rig = rigged();
    rig.exchange(invite());
    rig.fleet.onLink(3, false);
    rig.at(300);
    expect(rig.ports.takeSent()).toEqual([]);
    expect(rig.fleet.pushSessions).toBe(0);
  });

  test('of the sessions that one client had after another only the last is looked after', () => {
    const rig = rigged();
    for (let i = 0; i < 5; i++) {
      rig.establish({ callId: `push${i}` });
      if (i < 4) rig.exchange(within('BYE', rig.ok));
    }
    const { onTimer } = rig.ports;
    let looks = 0;
    rig.ports.onTimer = (kind, a, b) => {
      if (kind === FleetTimer.session) looks++;
      onTimer(kind, a, b);
    };
    rig.at(START_S + 80);
    expect(looks).toBe(10);
  });

  test('two hundred sessions later nothing is held', () => {
    const rig = rigged();
    let held = 0;
    for (let i = 0; i < 200; i++) {
      rig.establish({ callId: `push${i}` });
      if (i % 3 === 0) rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
      if (i % 3 !== 2) rig.exchange(within('BYE', rig.ok));
      else {
        rig.fleet.onLink(3, false);
        rig.fleet.onLink(3, true);
      }
      if (i % 3 === 1) rig.fleet.onTcpClosed(rig.conn, TcpEnd.fin);
      rig.at(rig.ports.nowNs / NS_PER_S + 33);
      rig.register(1_000_000);
      rig.at(rig.ports.nowNs / NS_PER_S + 6);
      rig.ports.seen.length = 0;
      rig.ports.written.clear();
      if (i === 9) held = rig.ports.octets.heldOctets;
    }
    expect(rig.fleet.pushSessions).toBe(0);
    expect(rig.ports.octets.heldOctets).toBeLessThanOrEqual(held);
  });
});
