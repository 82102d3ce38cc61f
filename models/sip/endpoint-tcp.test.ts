import { describe, expect, it } from 'vitest';
import { IDLE_NS } from './transport/connections.js';
import { PEER_IP, requestOf, Rig } from './testing-rig.js';

const CONN = 7;

function tcp(text: string): string {
  return text.replace('SIP/2.0/UDP', 'SIP/2.0/TCP');
}

function rigWithConnection(autoStatus = 202): Rig {
  const rig = new Rig();
  rig.autoStatus = autoStatus;
  expect(rig.endpoint.onTcpAccepted(CONN, 0, 5060, PEER_IP, 49_152)).toBe(true);
  return rig;
}

function feed(rig: Rig, text: string, conn = CONN): void {
  const octets = Buffer.from(text, 'latin1');
  rig.endpoint.onTcpData(conn, octets, 0, octets.length);
}

const body = 'x'.repeat(5000);
const long = tcp(requestOf('MESSAGE', 'z9hG4bKone')).replace(
  'Content-Length: 0\r\n\r\n',
  `Content-Length: 5000\r\n\r\n${body}`,
);
const short = tcp(requestOf('MESSAGE', 'z9hG4bKtwo', '', '', 2));

describe('SIP over TCP (RFC 3261 section 18)', () => {
  it('gives the same answers wherever the stream is cut', () => {
    const streams = long.replace('5000\r\n', '300\r\n').slice(0, 300 - 5000) + short;
    const whole = rigWithConnection();
    feed(whole, streams);
    const expected = whole.ports.written.get(CONN);
    expect(whole.heard).toEqual(['request MESSAGE', 'request MESSAGE']);
    const rig = rigWithConnection();
    for (let cut = 1; cut < streams.length; cut++) {
      const conn = CONN + cut;
      rig.endpoint.onTcpAccepted(conn, 0, 5060, PEER_IP, 50_000 + (cut % 10_000));
      feed(rig, streams.slice(0, cut), conn);
      feed(rig, streams.slice(cut), conn);
      expect(rig.ports.written.get(conn)).toBe(expected);
      rig.endpoint.onTcpClosed(conn, 0);
    }
    expect([rig.endpoint.connections, rig.endpoint.transactions]).toEqual([1, 0]);
    const single = rigWithConnection();
    for (const character of streams) feed(single, character);
    expect(single.ports.written.get(CONN)).toBe(expected);
    expect(single.heard).toEqual(whole.heard);
  });

  it('moves what it has of a message when the block becomes too small', () => {
    const rig = rigWithConnection();
    feed(rig, short + long.slice(0, 1600));
    for (let at = 1600; at < long.length; at += 700) feed(rig, long.slice(at, at + 700));
    expect(rig.heard).toEqual(['request MESSAGE', 'request MESSAGE']);
    expect(rig.endpoint.malformed).toBe(0);
  });

  it('T1: needs no memory of an answered request: Timer J is zero, and nothing is held', () => {
    const rig = rigWithConnection();
    feed(rig, short);
    expect(rig.endpoint.transactions).toBe(0);
    feed(rig, short);
    expect(rig.heard).toHaveLength(2);
    expect(rig.ports.sent).toEqual([]);
  });

  it('keeps the request of an open transaction whole while more octets come', () => {
    const rig = rigWithConnection(0);
    feed(rig, long);
    const { tx } = rig;
    feed(rig, short.slice(0, 50));
    feed(rig, short.slice(50));
    const kept = rig.endpoint.requestOf(tx);
    expect(kept.buf.toString('latin1', kept.bodyStart, kept.bodyEnd)).toBe(body);
    rig.endpoint.answer(tx, kept, 202);
    expect(rig.ports.written.get(CONN)).toMatch(/^SIP\/2\.0 202 /);
  });

  it('opens a connection to received and sent-by if the first is gone (18.2.2)', () => {
    const rig = rigWithConnection(0);
    feed(rig, short);
    rig.endpoint.onTcpClosed(CONN, 0);
    expect(rig.ports.closed).toEqual([CONN]);
    rig.endpoint.answer(rig.tx, rig.endpoint.requestOf(rig.tx), 202);
    const [{ conn, ip, port }] = rig.ports.opened;
    expect([ip, port]).toEqual([PEER_IP, 5060]);
    rig.endpoint.onTcpConnected(conn);
    expect(rig.ports.written.get(conn)).toMatch(/^SIP\/2\.0 202 /);
  });

  it('answers a ping by a pong (RFC 5626 section 3.5.1)', () => {
    const rig = rigWithConnection();
    feed(rig, '\r\n\r');
    expect(rig.ports.written.get(CONN)).toBeUndefined();
    feed(rig, `\n${short}`);
    expect(rig.ports.written.get(CONN)).toMatch(/^\r\nSIP\/2\.0 202 /);
  });

  it('answers and closes a stream that cannot be cut', () => {
    const rig = rigWithConnection();
    feed(rig, short.replace('Content-Length: 0', 'Content-Length: zero'));
    expect(rig.ports.written.get(CONN)).toMatch(/^SIP\/2\.0 400 /);
    expect(rig.ports.closed).toEqual([CONN]);
    expect([rig.endpoint.connections, rig.endpoint.malformed, rig.ports.timers]).toEqual([0, 1, 0]);
  });

  it.each(['\n', '\r\t', '\rMESSAGE'])(
    'closes in silence on %j between messages: there is no request to answer',
    (line) => {
      const rig = rigWithConnection();
      feed(rig, short);
      const answered = rig.ports.written.get(CONN);
      // What was read last is of somebody else, and its octets are given back.
      rig.receive(requestOf('MESSAGE', 'z9hG4bKthree'));
      rig.ports.advance(40e9);
      feed(rig, `\r\n${line}`);
      expect(rig.ports.closed).toEqual([CONN]);
      expect(rig.ports.written.get(CONN)).toBe(answered);
    },
  );

  it('bounds what one connection may hold', () => {
    const rig = new Rig({ messageLimitOctets: 2000 });
    rig.endpoint.onTcpAccepted(CONN, 0, 5060, PEER_IP, 49_152);
    feed(rig, long.slice(0, 1500));
    expect(rig.ports.closed).toEqual([]);
    feed(rig, long.slice(1500, 2500));
    expect(rig.ports.closed).toEqual([CONN]);
    expect([rig.ports.octets.heldOctets, rig.endpoint.connections]).toEqual([0, 0]);
  });

  it('refuses connections over the limit and those to other ports', () => {
    const rig = new Rig({ connectionLimit: 1 });
    expect(rig.endpoint.onTcpAccepted(1, 0, 2855, PEER_IP, 49_152)).toBe(false);
    rig.endpoint.onTcpAccepted(2, 0, 5060, PEER_IP, 49_152);
    rig.endpoint.onTcpAccepted(3, 0, 5060, PEER_IP, 49_153);
    expect([rig.endpoint.connections, rig.ports.closed]).toEqual([1, [3]]);
  });

  it('closes a connection that is idle for longer than any transaction', () => {
    const rig = rigWithConnection();
    rig.ports.advance(IDLE_NS / 2);
    feed(rig, short);
    rig.ports.advance(IDLE_NS);
    expect(rig.ports.closed).toEqual([]);
    rig.ports.advance(IDLE_NS * 1.5);
    expect([rig.ports.closed, rig.endpoint.connections, rig.ports.timers]).toEqual([[CONN], 0, 0]);
  });
});
