/**
 * Receiving: MESSAGE live, and the push session from INVITE to BYE against scripted octets of Core and IM Server (rules 1.4 D3 to
 * D13, 2.3, 3.4; RFC 3261 section 13.3, RFC 4975, RFC 6135; A11, A23, P5).
 */
import { describe, expect, test } from 'vitest';
import { TcpEnd } from '../../sim/host/ports.js';
import { IM_SERVER_IP } from '../addressing.js';
import { Observed } from '../observations.js';
import { MESSAGE_KEYS_KEPT } from './inbox.js';
import { BYE_WAIT_NS, PUSH_IDLE_LIMIT_NS } from './push-session.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { FleetRig, header, response } from './testing.js';

const SERVER_PATH = 'msrp://10.0.0.2:2855/serverSession01;tcp';
const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 10.0.0.2',
  's=-',
  'c=IN IP4 10.0.0.2',
  't=0 0',
  'm=message 2855 TCP/MSRP *',
  'a=accept-types:*',
  `a=path:${SERVER_PATH}`,
  'a=setup:actpass',
  'a=sendonly',
  '',
].join('\r\n');

let branches = 0;

function request(method: string, user: number, lines: string[], body = ''): string {
  return [
    `${method} sip:u${user}@10.16.0.${user}:5060 SIP/2.0`,
    `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKcore${++branches}`,
    'Max-Forwards: 69',
    ...lines,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

interface InviteOptions {
  readonly callId?: string;
  readonly from?: string;
  readonly sdp?: string;
  readonly type?: string;
  readonly user?: number;
  readonly extra?: string[];
}

function invite(options: InviteOptions = {}): string {
  const { callId = 'push1@im', from = 'sip:deferred@im.ims.example', sdp = OFFER, user = 3 } = options;
  return request(
    'INVITE',
    user,
    [
      'Record-Route: <sip:core.ims.example;lr>',
      `From: <${from}>;tag=srv`,
      `To: <sip:u${user}@ims.example>`,
      `Call-ID: ${callId}`,
      'CSeq: 1 INVITE',
      'Contact: <sip:deferred@10.0.0.2:5060>',
      'Accept-Contact: *;+g.oma.sip-im;require;explicit',
      `Content-Type: ${options.type ?? 'application/sdp'}`,
      ...(options.extra ?? []),
    ],
    sdp,
  );
}

/** A request within the dialog that `ok` made. */
function within(method: string, ok: string, cseq = method === 'ACK' ? 1 : 2): string {
  return request(method, 3, [
    `From: ${header(ok, 'From')}`,
    `To: ${header(ok, 'To')}`,
    `Call-ID: ${header(ok, 'Call-ID')}`,
    `CSeq: ${cseq} ${method}`,
  ]);
}

/** A pushed payload that wraps a MESSAGE with this Call-ID. */
function payload(callId: string, body = 'Watson, come here.', to = '<sip:u3@ims.example>'): string {
  return [
    '--bnd7f3a',
    'Content-Type: message/sipfrag',
    '',
    'MESSAGE sip:u3@ims.example SIP/2.0',
    'From: <sip:u1@ims.example>;tag=49583',
    `To: ${to}`,
    `i: ${callId}`,
    'Date: Thu, 21 Feb 2002 13:02:03 GMT',
    'Content-Type: text/plain',
    `Content-Length: ${body.length}`,
    '',
    body,
    '--bnd7f3a--',
  ].join('\r\n');
}

function send(
  path: string,
  tid: string,
  id: string,
  body: string,
  type = 'multipart/mixed;boundary=bnd7f3a',
): string {
  return [
    `MSRP ${tid} SEND`,
    `To-Path: ${path}`,
    `From-Path: ${SERVER_PATH}`,
    `Message-ID: ${id}`,
    `Byte-Range: 1-${body.length}/${body.length}`,
    'Failure-Report: yes',
    `Content-Type: ${type}`,
    '',
    body,
    `-------${tid}$`,
    '',
  ].join('\r\n');
}

function live(callId: string, tag = '49583', to = '<sip:u3@ims.example>'): string {
  return request(
    'MESSAGE',
    3,
    [
      `From: <sip:u1@ims.example>;tag=${tag}`,
      `To: ${to}`,
      `Call-ID: ${callId}`,
      'CSeq: 1 MESSAGE',
      'Content-Type: text/plain',
    ],
    'Watson, come here.',
  );
}

class PushRig extends FleetRig {
  ok = '';
  path = '';
  conn = 0;

  /** One datagram in, what left out. */
  exchange(text: string): string[] {
    this.ports.sent.length = 0;
    this.deliver(3, text);
    return this.ports.takeSent();
  }

  /** INVITE to bound MSRP connection. */
  establish(options: InviteOptions = {}): this {
    [this.ok = ''] = this.exchange(invite(options));
    this.path = /a=path:(\S+)/.exec(this.ok)?.[1] ?? '';
    this.deliver(3, within('ACK', this.ok));
    this.conn = this.ports.opened.at(-1)?.conn ?? 0;
    this.fleet.onTcpConnected(this.conn);
    const binding = this.fromClient();
    const tid = /^MSRP (\S+) SEND/.exec(binding)?.[1] ?? '';
    this.toClient(
      `MSRP ${tid} 200 OK\r\nTo-Path: ${this.path}\r\nFrom-Path: ${SERVER_PATH}\r\n-------${tid}$\r\n`,
    );
    return this;
  }

  /** What the client has written to its MSRP connection since the last call. */
  fromClient(): string {
    const text = this.ports.written.get(this.conn) ?? '';
    this.ports.written.set(this.conn, '');
    return text;
  }

  toClient(text: string, conn = this.conn): void {
    const buf = Buffer.from(text, 'latin1');
    this.fleet.onTcpData(conn, buf, 0, buf.length);
  }

  shown(): (readonly [number, string])[] {
    const kinds: number[] = [Observed.deliveredLive, Observed.presented, Observed.duplicateDropped];
    return this.ports.seen
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ kind, text }) => [kind, text] as const);
  }
}

/** When a test begins. */
const START_S = 10;

const rigged = (config = {}): PushRig => {
  const rig = new PushRig(config).at(0);
  rig.register(1_000_000);
  return rig.at(START_S); // past Timer K of the registrations
};

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

  test('what a client does not support is refused as RFC 3261 sections 8.2.1 and 8.2.2.3 say', () => {
    const rig = rigged();
    const lines = ['From: <sip:x@y>;tag=1', 'To: <sip:u3@ims.example>', 'Call-ID: o', 'CSeq: 9 REFER'];
    const [refused] = rig.exchange(request('REFER', 3, lines));
    expect(refused).toMatch(/^SIP\/2\.0 405 [\s\S]*Allow: MESSAGE, INVITE, ACK, BYE, CANCEL, OPTIONS\r/);
    const [bad] = rig.exchange(invite({ extra: ['Require: nothing-known'] }));
    expect(bad).toMatch(/^SIP\/2\.0 420 [\s\S]*Unsupported: nothing-known\r/);
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
      .replace('1 INVITE', '5 INVITE');
    expect(rig.exchange(again)[0]).toMatch(/^SIP\/2\.0 488 /);
    expect(rig.exchange(within('BYE', rig.ok, 1))[0]).toMatch(/^SIP\/2\.0 500 /);
    expect(rig.fleet.pushSessions).toBe(1);
    expect(rig.exchange(within('BYE', rig.ok, 7))[0]).toMatch(/^SIP\/2\.0 200 /);
    expect(rig.fleet.pushSessions).toBe(0);
  });

  test('a SEND that is no multipart gets 415 (R14)', () => {
    const rig = rigged().establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', 'hello', 'text/plain'));
    expect(rig.fromClient()).toMatch(/^MSRP tidtidtid0 415/);
    expect(rig.shown()).toEqual([]);
  });
});

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

describe('nothing is shown twice (I8)', () => {
  test('a push Message-ID comes again in another session: answered 200, dropped (A11)', () => {
    const rig = rigged().establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call0')));
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
    rig.establish({ callId: 'push2@im' });
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage0', payload('call0')));
    expect(rig.fromClient()).toMatch(/^MSRP tidtidtid1 200/);
    expect(rig.shown().map(([kind]) => kind)).toEqual([Observed.presented, Observed.duplicateDropped]);
  });

  test('a message delivered live is deferred too: the push is answered 200 and dropped (P5)', () => {
    const rig = rigged();
    rig.deliver(3, live('call7@host'));
    rig.establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call7@host')));
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage1', payload('call8@host')));
    expect(rig.fromClient()).toMatch(/^MSRP tidtidtid0 200[\s\S]*MSRP tidtidtid1 200/);
    expect(rig.shown().map(([kind]) => kind)).toEqual([
      Observed.deliveredLive,
      Observed.duplicateDropped,
      Observed.presented,
    ]);
  });

  test('a live copy that was on its way longer than the push is answered 200 and dropped', () => {
    const rig = rigged().establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call7@host')));
    expect(rig.exchange(live('call7@host'))[0]).toMatch(/^SIP\/2\.0 200 /);
    expect(rig.shown().map(([kind]) => kind)).toEqual([Observed.presented, Observed.duplicateDropped]);
  });

  test('another From tag is another message, and so is each MESSAGE inside a dialog', () => {
    const rig = rigged();
    rig.deliver(3, live('call7@host', 'othertag'));
    const inDialog = '<sip:u3@ims.example>;tag=mine';
    rig.deliver(3, live('call9@host', '49583', inDialog));
    rig.establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call7@host')));
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage1', payload('call9@host', 'next', inDialog)));
    expect(rig.shown().filter(([kind]) => kind === Observed.duplicateDropped)).toEqual([]);
  });

  test('the memory is bounded, and reaches back at least as far as its limit', () => {
    const rig = rigged();
    for (let i = 0; i < MESSAGE_KEYS_KEPT; i++) rig.deliver(3, live(`call${i}`));
    rig.establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call0')));
    expect(rig.of(Observed.duplicateDropped)).toHaveLength(1);
  });

  test('neither memory is that of another user', () => {
    const rig = rigged();
    rig.deliver(4, live('call7@host').replaceAll('u3@', 'u4@'));
    rig.establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call7@host')));
    expect(rig.of(Observed.presented)).toHaveLength(1);
  });
});
