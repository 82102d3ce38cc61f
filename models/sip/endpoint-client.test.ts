import { describe, expect, it } from 'vitest';
import { Leg } from './legs.js';
import { PEER_IP, Rig } from './testing-rig.js';

const S = 1e9;

describe('T2: client transactions: retransmission instants (rules 4.2, RFC 3261 17.1)', () => {
  const vectors = [
    ['INVITE', Leg.udpInternet, [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5], 32],
    ['MESSAGE', Leg.udpInternet, [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5], 32],
    ['INVITE', Leg.udpIms, [0, 2, 6, 14, 30, 62, 126], 128],
    ['MESSAGE', Leg.udpIms, [0, 2, 6, 14, 30, 46, 62, 78, 94, 110, 126], 128],
  ] as const;
  for (const [method, leg, instants, timeoutS] of vectors) {
    it(`${method} on leg ${leg}`, () => {
      const rig = new Rig();
      const tx = rig.send(method, leg);
      rig.ports.advance(timeoutS * S - 1);
      expect(rig.sentAtSeconds()).toEqual(instants);
      expect(new Set(rig.ports.sent.map((datagram) => datagram.text)).size).toBe(1);
      expect(rig.heard).toEqual([]);
      rig.ports.advance(timeoutS * S);
      expect(rig.heard).toEqual(['timeout']);
      expect(rig.endpoint.isLive(tx)).toBe(false);
      expect([rig.ports.timers, rig.ports.octets.heldOctets, rig.endpoint.transactions]).toEqual([0, 0, 0]);
    });
  }

  it('T1: a provisional response does not re-arm Timer E: the pending one fires, then T2 (17.1.2.2)', () => {
    const rig = new Rig();
    rig.send('MESSAGE');
    rig.ports.advance(0.2 * S);
    rig.receive(rig.responseTo(rig.ports.sent[0].text, 100));
    rig.ports.advance(32 * S);
    expect(rig.sentAtSeconds()).toEqual([0, 0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5]);
    expect(rig.heard).toEqual(['timeout']);
  });

  it('a provisional response stops Timers A and B (17.1.1.2)', () => {
    const rig = new Rig();
    rig.send('INVITE');
    rig.receive(rig.responseTo(rig.ports.sent[0].text, 180));
    rig.ports.advance(1000 * S);
    expect(rig.sentAtSeconds()).toEqual([0]);
    expect(rig.heard).toEqual(['response 180']);
    expect(rig.endpoint.transactions).toBe(1);
  });
});

describe('client transactions: responses', () => {
  it('hands one final response on, absorbs its repeats for T4, then drops them as stray', () => {
    const rig = new Rig();
    rig.send('MESSAGE');
    const ok = rig.responseTo(rig.ports.sent[0].text, 202);
    rig.receive(ok);
    rig.receive(ok);
    expect(rig.heard).toEqual(['response 202']);
    rig.ports.advance(5 * S);
    expect([rig.ports.timers, rig.ports.octets.heldOctets]).toEqual([0, 0]);
    rig.receive(ok);
    expect(rig.heard).toEqual(['response 202', 'stray 202']);
  });

  it('acknowledges a 3xx-6xx to INVITE on the same branch, each time it comes (17.1.1.3)', () => {
    const rig = new Rig();
    rig.send('INVITE');
    const [invite] = rig.ports.takeSent();
    const busy = rig.responseTo(invite, 486);
    rig.receive(busy);
    rig.receive(busy);
    const acks = rig.ports.takeSent();
    expect(acks).toHaveLength(2);
    expect(acks[0]).toBe(acks[1]);
    expect(acks[0]).toMatch(/^ACK sip:u2@ims\.example SIP\/2\.0\r\n/);
    expect(/branch=\S+/.exec(acks[0])?.[0]).toBe(/branch=\S+/.exec(invite)?.[0]);
    expect(acks[0]).toContain('To: <sip:u2@ims.example>;tag=t2\r\n');
    expect(acks[0]).toContain('Route: <sip:edge.ims.example;lr>\r\n');
    expect(acks[0]).toContain('CSeq: 7 ACK\r\n');
    expect(rig.heard).toEqual(['response 486']);
    rig.ports.advance(32 * S - 1);
    expect(rig.endpoint.transactions).toBe(1);
    rig.ports.advance(32 * S);
    expect([rig.endpoint.transactions, rig.ports.octets.heldOctets, rig.ports.timers]).toEqual([0, 0, 0]);
  });

  it('T1: Timer D lasts 128 s on an IMS leg (rules 4.2)', () => {
    const rig = new Rig();
    rig.send('INVITE', Leg.udpIms);
    rig.receive(rig.responseTo(rig.ports.sent[0].text, 486));
    rig.ports.advance(128 * S - 1);
    expect(rig.endpoint.transactions).toBe(1);
    rig.ports.advance(128 * S);
    expect(rig.endpoint.transactions).toBe(0);
  });

  it('RFC 6026: every 2xx goes to the user while Accepted, none is acknowledged, Timer M ends it', () => {
    const rig = new Rig();
    rig.send('INVITE');
    const ok = rig.responseTo(rig.ports.sent[0].text, 200);
    rig.receive(ok);
    rig.receive(ok);
    rig.receive(rig.responseTo(rig.ports.sent[0].text, 486));
    expect(rig.heard).toEqual(['response 200', 'response 200']);
    expect(rig.ports.sent).toHaveLength(1);
    rig.ports.advance(32 * S);
    rig.receive(ok);
    expect(rig.heard.at(-1)).toBe('stray 200');
    expect(rig.ports.octets.heldOctets).toBe(0);
  });

  it('a response with another CSeq method or another sent-by is not ours (17.1.3, 18.1.2)', () => {
    const rig = new Rig();
    rig.send('MESSAGE');
    const request = rig.ports.sent[0].text;
    rig.receive(rig.responseTo(request, 200, 'INFO'));
    rig.receive(rig.responseTo(request, 200).replace('10.0.0.1:5060', '10.0.0.9:5060'));
    expect(rig.heard).toEqual(['stray 200']);
  });

  it("a user agent discards a response with more than one Via, which was another's (8.1.3.3); a proxy does not", () => {
    const below = 'SIP/2.0/UDP 10.0.0.7;branch=z9hG4bKx';
    for (const more of [`\r\nVia: ${below}\r\nFrom`, `, ${below}\r\nFrom`]) {
      for (const isProxy of [false, true]) {
        const rig = new Rig({ isProxy });
        rig.send('MESSAGE');
        rig.receive(rig.responseTo(rig.ports.sent[0].text, 200).replace('\r\nFrom', more));
        expect(rig.heard).toEqual(isProxy ? ['response 200'] : []);
        expect(rig.endpoint.malformed).toBe(isProxy ? 0 : 1);
      }
    }
  });

  it('discards a response that lacks a header field which every message has, or whose To an ACK could not repeat (17.1.1.3)', () => {
    for (const [what, instead] of [
      [/To: .*\r\n/, ''],
      [/To: .*\r\n/, 'To: \r\n'],
      [/To: .*\r\n/, 'To: <sip:u2@ims.example\r\n'],
      [/From: .*\r\n/, ''],
      [/Call-ID: .*\r\n/, ''],
    ] as const) {
      const rig = new Rig();
      rig.send('INVITE');
      const busy = rig.responseTo(rig.ports.takeSent()[0], 486);
      const spoilt = busy.replace(what, instead);
      expect(spoilt).not.toBe(busy);
      rig.receive(spoilt);
      expect([rig.heard, rig.ports.takeSent(), rig.endpoint.malformed]).toEqual([[], [], 1]);
      rig.receive(busy);
      expect(rig.ports.takeSent()).toHaveLength(1);
    }
  });

  it('an abandoned transaction is silent at once', () => {
    const rig = new Rig();
    const tx = rig.send('MESSAGE');
    rig.endpoint.abandon(tx);
    rig.ports.advance(40 * S);
    expect(rig.heard).toEqual([]);
    expect([rig.ports.sent.length, rig.ports.octets.heldOctets]).toEqual([1, 0]);
  });

  it('keeps the token of the user and refuses beyond the limit', () => {
    const rig = new Rig({ transactionLimit: 1 });
    const tx = rig.send('MESSAGE');
    expect(rig.endpoint.token(tx)).toBe(42);
    rig.endpoint.setToken(tx, -3);
    expect(rig.endpoint.token(tx)).toBe(-3);
    expect(rig.send('MESSAGE')).toBe(0);
    rig.endpoint.abandon(tx);
    expect(rig.ports.octets.heldOctets).toBe(0);
  });
});

describe('CANCEL (RFC 3261 section 9.1)', () => {
  it('waits for a provisional response, has the same branch, and 487 ends the INVITE', () => {
    const rig = new Rig();
    const tx = rig.send('INVITE');
    const [invite] = rig.ports.takeSent();
    rig.endpoint.cancel(tx);
    expect(rig.ports.takeSent()).toEqual([]);
    rig.receive(rig.responseTo(invite, 100));
    const [cancel] = rig.ports.takeSent();
    expect(cancel).toMatch(/^CANCEL sip:u2@ims\.example/);
    expect(cancel).toContain('CSeq: 7 CANCEL\r\n');
    expect(cancel).toContain('To: <sip:u2@ims.example>\r\n');
    expect(/branch=\S+/.exec(cancel)?.[0]).toBe(/branch=\S+/.exec(invite)?.[0]);
    rig.receive(rig.responseTo(cancel, 200, 'CANCEL'));
    expect(rig.heard).toEqual([]);
    rig.receive(rig.responseTo(invite, 487));
    expect(rig.heard).toEqual(['response 487']);
    expect(rig.ports.takeSent()[0]).toMatch(/^ACK/);
    rig.ports.advance(40 * S);
    expect([rig.endpoint.transactions, rig.ports.octets.heldOctets, rig.ports.timers]).toEqual([0, 0, 0]);
  });

  it('gives up 64 T1 after CANCEL', () => {
    const rig = new Rig();
    const tx = rig.send('INVITE');
    rig.receive(rig.responseTo(rig.ports.sent[0].text, 180));
    rig.endpoint.cancel(tx);
    rig.ports.advance(32 * S);
    expect(rig.heard).toEqual(['response 180', 'timeout']);
    rig.ports.advance(80 * S);
    expect([rig.endpoint.transactions, rig.ports.timers]).toEqual([0, 0]);
  });
});

describe('choice of transport by size (RFC 3261 section 18.1.1)', () => {
  it('a request of more than 1300 octets goes by TCP and says so in its Via', () => {
    const rig = new Rig();
    rig.send('MESSAGE', Leg.udpInternet, 'x'.repeat(1300));
    expect(rig.ports.sent).toEqual([]);
    const [{ conn, ip, port }] = rig.ports.opened;
    expect([ip, port]).toEqual([PEER_IP, 5060]);
    expect(rig.ports.written.get(conn)).toBeUndefined();
    rig.endpoint.onTcpConnected(conn);
    expect(rig.ports.written.get(conn)).toMatch(
      /\r\nVia: SIP\/2\.0\/TCP 10\.0\.0\.1:5060;rport;branch=z9hG4bK[0-9a-f]{16}\r\n/,
    );
    rig.send('MESSAGE', Leg.udpInternet, 'y'.repeat(1300));
    expect(rig.ports.opened).toHaveLength(1);
  });

  it('stays at 200 octets from the path MTU', () => {
    const rig = new Rig();
    rig.send('MESSAGE');
    rig.ports.mtu = rig.ports.sent[0].text.length + 200;
    rig.send('MESSAGE');
    expect(rig.ports.sent).toHaveLength(2);
    rig.ports.mtu -= 1;
    rig.send('MESSAGE');
    expect(rig.ports.sent).toHaveLength(2);
    expect(rig.ports.opened).toHaveLength(1);
  });

  it('falls back to UDP if TCP is refused, and starts its timers anew', () => {
    const rig = new Rig();
    rig.send('MESSAGE', Leg.udpInternet, 'x'.repeat(1300));
    rig.ports.advance(0.3 * S);
    rig.endpoint.onTcpClosed(rig.ports.opened[0].conn, 3);
    rig.ports.advance(1 * S);
    expect(rig.sentAtSeconds()).toEqual([0.3, 0.8]);
    expect(rig.ports.sent[0].text).toContain('Via: SIP/2.0/UDP ');
    expect(rig.heard).toEqual([]);
  });

  it('a connection that breaks fails what waits on it (17.1.4); Timer F still bounds the rest', () => {
    const rig = new Rig();
    rig.send('MESSAGE', Leg.tcpInternet);
    const [{ conn }] = rig.ports.opened;
    rig.endpoint.onTcpConnected(conn);
    rig.endpoint.onTcpClosed(conn, 1);
    expect(rig.heard).toEqual(['failed']);
    expect([rig.endpoint.transactions, rig.endpoint.connections, rig.ports.octets.heldOctets]).toEqual([
      0, 0, 0,
    ]);
    rig.send('MESSAGE', Leg.tcpInternet);
    rig.endpoint.onTcpConnected(rig.ports.opened[1].conn);
    rig.endpoint.onTcpClosed(rig.ports.opened[1].conn, 0);
    rig.ports.advance(40 * S);
    expect(rig.heard).toEqual(['failed', 'timeout']);
  });
});
