/**
 * Receiving: MESSAGE live, and the push session from INVITE to BYE against scripted octets of Core and IM Server (rules 1.4 D3 to
 * D13, 2.3, 3.4; RFC 3261 section 13.3, RFC 4975, RFC 6135; A23).
 */
import { describe, expect, test } from 'vitest';
import { TcpEnd } from '../../sim/host/ports.js';
import { IM_SERVER_IP } from '../addressing.js';
import { Observed } from '../observations.js';
import { header } from './testing.js';
import { invite, live, OFFER, payload, request, rigged, send, SERVER_PATH, within } from './testing-push.js';

describe('a MESSAGE that arrives live', () => {
  test('is answered 200 without body or Contact (RFC 3428 section 7) and shown once, octets and all', () => {
    const rig = rigged();
    const text = live('a@1');
    const [answer] = rig.exchange(text);
    expect(answer).toMatch(/^SIP\/2\.0 200 /);
    expect(answer).toMatch(/\r\nContent-Length: 0\r\n\r\n$/);
    expect(answer).not.toMatch(/^(Contact|m):/m);
    expect(rig.exchange(text)).toEqual([answer]); // a retransmission
    expect(rig.shown()).toEqual([[Observed.deliveredLive, text]]);
  });

  test('OPTIONS is answered with the five header fields of RFC 3261 section 11.2', () => {
    const lines = ['From: <sip:x@y>;tag=1', 'To: <sip:u3@ims.example>', 'Call-ID: o', 'CSeq: 9 OPTIONS'];
    const [text] = rigged().exchange(request('OPTIONS', 3, lines));
    expect(text).toMatch(/^SIP\/2\.0 200 /);
    expect(header(text, 'Allow')).toBe('MESSAGE, INVITE, ACK, BYE, CANCEL, OPTIONS');
    expect(header(text, 'Accept')).toBe('*/*');
    expect(header(text, 'Accept-Encoding')).toBe('identity');
    expect(header(text, 'Accept-Language')).toBe('en');
    expect(text).toMatch(/\r\nSupported: path, outbound\r\n/);
  });

  test('RFC 3261 sections 8.2.3 and 20.15: an encoded body is answered 415, one of no type 400, and neither is shown', () => {
    const rig = rigged();
    const typed = (id: string, lines: string): string =>
      live(id).replace('Content-Type: text/plain\r\n', lines);
    const [coded] = rig.exchange(typed('c1', 'Content-Type: text/plain\r\ne: identity, GZIP\r\n'));
    expect(coded).toMatch(/^SIP\/2\.0 415 [\s\S]*\r\nAccept-Encoding: identity\r\n/);
    expect(rig.exchange(typed('c2', ''))[0]).toMatch(/^SIP\/2\.0 400 /);
    expect(rig.shown()).toEqual([]);
    const plain = typed('c3', 'Content-Type: text/plain\r\nContent-Encoding: Identity\r\n');
    expect(rig.exchange(plain)[0]).toMatch(/^SIP\/2\.0 200 /);
    expect(rig.shown()).toHaveLength(1);
  });

  test('what a client does not support is refused as RFC 3261 sections 8.2.1 and 8.2.2.3 say', () => {
    const rig = rigged();
    const lines = ['From: <sip:x@y>;tag=1', 'To: <sip:u3@ims.example>', 'Call-ID: o', 'CSeq: 9 REFER'];
    const [refused] = rig.exchange(request('REFER', 3, lines));
    expect(refused).toMatch(/^SIP\/2\.0 405 [\s\S]*Allow: MESSAGE, INVITE, ACK, BYE, CANCEL, OPTIONS\r/);
    const both = request('REFER', 3, [...lines.slice(0, 3), 'CSeq: 10 REFER', 'Require: nothing-known']);
    expect(rig.exchange(both)[0]).toMatch(/^SIP\/2\.0 405 /);
    const [bad] = rig.exchange(invite({ extra: ['Require: nothing-known'] }));
    expect(bad).toMatch(/^SIP\/2\.0 420 [\s\S]*Unsupported: nothing-known\r/);
    const several = invite({ callId: 'p2@im', extra: ['Require: one', 'Require: two,', ' three'] });
    expect(header(rig.exchange(several)[0], 'Unsupported')).toBe('one, two, three');
    const understood = live('b@0').replace('Content-Type', 'Require: Outbound, path\r\nContent-Type');
    expect(rig.exchange(understood)[0]).toMatch(/^SIP\/2\.0 200 /);
    const empty = live('b@1').replace('Content-Type', 'Require:\r\nContent-Type');
    expect(rig.exchange(empty)[0]).toMatch(/^SIP\/2\.0 200 /);
    expect(rig.fleet.pushSessions).toBe(0);
  });
});

describe('a push session', () => {
  test('is accepted with setup:active and port 9 (RFC 6135, RFC 4145), and the client connects to the offered path', () => {
    const rig = rigged();
    const [ok] = rig.exchange(invite());
    expect(ok).toMatch(/^SIP\/2\.0 200 /);
    expect(header(ok, 'Record-Route')).toBe('<sip:core.ims.example;lr>');
    expect(header(ok, 'Contact')).toBe('<sip:u3@10.16.0.3:5060>;+g.oma.sip-im');
    const sdp = ok.slice(ok.indexOf('\r\n\r\n') + 4);
    expect(header(ok, 'Content-Length')).toBe(String(sdp.length));
    const path = /a=path:(\S+)/.exec(sdp)?.[1] ?? '';
    expect(path).toMatch(/^msrp:\/\/10\.16\.0\.3:9\/[0-9A-Za-z]{16};tcp$/);
    expect(sdp.split('\r\n')).toEqual([
      'v=0',
      'o=- 1 1 IN IP4 10.16.0.3',
      's=-',
      'c=IN IP4 10.16.0.3',
      't=0 0',
      'm=message 9 TCP/MSRP *',
      'a=accept-types:multipart/mixed multipart/alternative',
      'a=accept-wrapped-types:*',
      `a=path:${path}`,
      'a=setup:active',
      'a=recvonly',
      '',
    ]);
    expect(rig.ports.opened).toEqual([
      { conn: expect.any(Number) as number, local: 3, ip: IM_SERVER_IP, port: 2855 },
    ]);
  });

  test('end to end: binding SEND without body at once, SENDs answered, BYE answered, nothing left behind', () => {
    const rig = rigged();
    const heldBefore = rig.ports.octets.heldOctets;
    const timersBefore = rig.ports.timers;
    [rig.ok = ''] = rig.exchange(invite());
    rig.path = /a=path:(\S+)/.exec(rig.ok)?.[1] ?? '';
    rig.deliver(3, within('ACK', rig.ok));
    rig.conn = rig.ports.opened[0].conn;
    rig.fleet.onTcpConnected(rig.conn);
    const binding = rig.fromClient();
    expect(binding).toMatch(
      new RegExp(`^MSRP \\S+ SEND\r\nTo-Path: ${SERVER_PATH}\r\nFrom-Path: ${rig.path}\r\n`),
    );
    expect(binding).not.toContain('Content-Type');
    const tid = /^MSRP (\S+) SEND/.exec(binding)?.[1] ?? '';
    rig.toClient(
      `MSRP ${tid} 200 OK\r\nTo-Path: ${rig.path}\r\nFrom-Path: ${SERVER_PATH}\r\n-------${tid}$\r\n`,
    );
    for (let i = 0; i < 3; i++) {
      rig.toClient(send(rig.path, `tidtidtid${i}`, `pushMessage${i}`, payload(`call${i}`)));
      expect(rig.fromClient()).toMatch(new RegExp(`^MSRP tidtidtid${i} 200`));
    }
    expect(rig.shown()).toEqual([0, 1, 2].map((i) => [Observed.presented, payload(`call${i}`)]));
    expect(rig.of(Observed.presented).map(({ entity, message }) => [entity, message])).toEqual([
      [3, 0],
      [3, 1],
      [3, 2],
    ]);
    expect(rig.fleet.pushSessions).toBe(1);
    expect(rig.exchange(within('BYE', rig.ok))[0]).toMatch(/^SIP\/2\.0 200 /);
    expect(rig.fleet.pushSessions).toBe(0);
    expect(rig.ports.closed).toEqual([rig.conn]);
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.fin);
    rig.at(400);
    expect([rig.ports.octets.heldOctets, rig.ports.timers]).toEqual([heldBefore, timersBefore]);
    expect(rig.ports.takeSent()).toEqual([]);
  });

  test('passive when configured so: port 2855, the server connects, a SEND to our path binds', () => {
    const rig = rigged({ setup: 'passive' });
    const [ok] = rig.exchange(invite());
    rig.path = /a=path:(\S+)/.exec(ok)?.[1] ?? '';
    expect(ok).toContain('m=message 2855 TCP/MSRP *');
    expect(ok).toContain('a=setup:passive');
    expect(rig.path).toMatch(/^msrp:\/\/10\.16\.0\.3:2855\//);
    expect(rig.ports.opened).toEqual([]);
    rig.conn = 77;
    rig.fleet.onTcpAccepted(77, 3, 2855, IM_SERVER_IP, 40000);
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call0')));
    expect(rig.fromClient()).toMatch(/^MSRP tidtidtid0 200/);
    expect(rig.shown()).toHaveLength(1);
  });

  test.each([
    ['active', 'passive'],
    ['passive', 'active'],
    ['holdconn', 'passive'],
  ])('an offer of setup:%s is answered %s (rules 3.4)', (offered, answered) => {
    const rig = rigged();
    const [ok] = rig.exchange(invite({ sdp: OFFER.replace('actpass', offered) }));
    expect(ok).toContain(`a=setup:${answered}\r\n`);
    expect(rig.ports.opened).toHaveLength(answered === 'active' ? 1 : 0);
  });

  test.each([
    ['no MSRP in the SDP', { sdp: OFFER.replace('TCP/MSRP', 'RTP/AVP') }, 488],
    ['a rejected stream', { sdp: OFFER.replace('message 2855', 'message 0') }, 488],
    ['no path', { sdp: OFFER.replace(/a=path.*\r\n/, '') }, 488],
    ['a path that is no MSRP URI', { sdp: OFFER.replace('msrp://', 'http://') }, 488],
    ['TLS', { sdp: OFFER.replace('TCP/MSRP', 'TCP/TLS/MSRP').replace('msrp://', 'msrps://') }, 488],
    ['octets that are no SDP', { sdp: 'hello' }, 488],
    ['no offer', { sdp: '' }, 488],
    ['another type', { type: 'text/plain' }, 415],
  ])('%s is refused', (_what, options, status) => {
    const rig = rigged();
    const [answer] = rig.exchange(invite(options));
    expect(answer).toMatch(new RegExp(`^SIP/2\\.0 ${status} `));
    // RFC 3261 sections 21.4.13 and 21.4.26.
    expect(answer).toMatch(status === 415 ? /\r\nAccept: application\/sdp\r\n/ : /\r\nWarning: 304 /);
    expect(rig.fleet.pushSessions).toBe(0);
    expect(rig.ports.opened).toEqual([]);
  });

  test('an INVITE for somebody else is answered 404', () => {
    const rig = rigged();
    expect(rig.exchange(invite({ user: 4 }))[0]).toMatch(/^SIP\/2\.0 404 /);
  });

  test('an INVITE of somebody else during a session is answered 486; a new one of the server takes its place (A23)', () => {
    const rig = rigged().establish();
    const [busy] = rig.exchange(invite({ callId: 'other', from: 'sip:u9@ims.example' }));
    expect(busy).toMatch(/^SIP\/2\.0 486 /);
    const first = rig.conn;
    rig.establish({ callId: 'push2@im' });
    expect(rig.ok).toMatch(/^SIP\/2\.0 200 /);
    expect(rig.fleet.pushSessions).toBe(1);
    expect(rig.ports.closed).toEqual([first]);
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call0')));
    expect(rig.shown()).toHaveLength(1);
  });

  test('requests of no dialog are answered 481, a re-INVITE 488 and the session goes on, a BYE out of order 500', () => {
    const rig = rigged();
    expect(
      rig.exchange(
        within('BYE', '\r\nTo: <sip:u3@ims.example>;tag=1\r\nFrom: <sip:a@b>;tag=2\r\nCall-ID: q\r\n'),
      )[0],
    ).toMatch(/^SIP\/2\.0 481 /);
    rig.establish();
    const again = invite()
      .replace(/^To: .*\r$/m, `To: ${header(rig.ok, 'To')}\r`)
      .replace('1 INVITE', '5 INVITE')
      .replace('z9hG4bKcore', 'z9hG4bKagain');
    expect(rig.exchange(again)[0]).toMatch(/^SIP\/2\.0 488 /);
    expect(rig.exchange(within('BYE', rig.ok, 1))[0]).toMatch(/^SIP\/2\.0 500 /);
    expect(rig.fleet.pushSessions).toBe(1);
    expect(rig.exchange(within('BYE', rig.ok, 7))[0]).toMatch(/^SIP\/2\.0 200 /);
    expect(rig.fleet.pushSessions).toBe(0);
  });

  test('OPTIONS: 481 in a dialog that is unknown, else 200 and the session goes on; its CSeq counts', () => {
    const rig = rigged();
    const stranger = '\r\nTo: <sip:u3@ims.example>;tag=1\r\nFrom: <sip:a@b>;tag=2\r\nCall-ID: q\r\n';
    expect(rig.exchange(within('OPTIONS', stranger))[0]).toMatch(/^SIP\/2\.0 481 /);
    rig.establish();
    const [text] = rig.exchange(within('OPTIONS', rig.ok, 4));
    expect([text.slice(0, 12), header(text, 'Accept')]).toEqual(['SIP/2.0 200 ', '*/*']);
    expect(rig.exchange(within('OPTIONS', rig.ok, 3))[0]).toMatch(/^SIP\/2\.0 500 /);
    expect(rig.exchange(within('BYE', rig.ok, 4))[0]).toMatch(/^SIP\/2\.0 500 /);
    expect(rig.fleet.pushSessions).toBe(1);
  });

  test('a SEND that is no multipart gets 415 (R14)', () => {
    const rig = rigged().establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', 'hello', 'text/plain'));
    expect(rig.fromClient()).toMatch(/^MSRP tidtidtid0 415/);
    expect(rig.shown()).toEqual([]);
  });
});
