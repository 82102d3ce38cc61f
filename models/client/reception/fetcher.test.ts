/** The client of a `manual` user (rules 2.2, 2.5; RFC 4825): list, GET, DELETE, and what ends a turn. */
import { describe, expect, test } from 'vitest';
import { TcpEnd } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { IM_SERVER_IP, XDMS_IP } from '../../addressing.js';
import { Observed } from '../../observations.js';
import type { FetchConfig } from '../config.js';
import { FleetRig } from '../testing.js';
import { payload } from '../testing-push.js';

const FETCH: FetchConfig = {
  xdmsIp: XDMS_IP,
  imServers: 1,
  settingShares: { notify: 0, manual: 1, reject: 0, hold: 0 },
  waitNs: 0,
  everyNs: 0,
  discardShare: 0,
};

const entry = (word: string) =>
  `<history history-reference="sip:${word}${word}@im.ims.example"><size>1</size></history>`;
const list = (...entries: readonly string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?><history-list xmlns="urn:oma:xml:im:history-list">${entries.join('')}</history-list>`;
const http = (status: number, body = '', type = 'multipart/mixed;boundary=bnd7f3a') =>
  `HTTP/1.1 ${status} X\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const target = (text: string) => /^(\S+ \S+)/.exec(text)?.[1] ?? '';
const of = (method: string, word: string) =>
  `${method} /deferred/users/sip:u3@ims.example/sip:${word}${word}@im.ims.example`;

/** What the IM Server tells user 3. */
const told = (type: string, callId: string) =>
  `MESSAGE sip:u3@10.16.0.3:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK${callId}\r\nMax-Forwards: 69\r\nFrom: <sip:deferred@im.ims.example>;tag=s\r\nTo: <sip:u3@ims.example>\r\nCall-ID: ${callId}\r\nCSeq: 1 MESSAGE\r\nContent-Type: ${type}\r\nContent-Length: 1\r\n\r\n1`;

class FetchRig extends FleetRig {
  constructor(config: Partial<FetchConfig> = {}) {
    let next = 100;
    super({ takeNumber: () => next++, fetch: { ...FETCH, ...config } });
    this.at(0).register(1_000_000);
    this.at(1);
  }

  /** The connection that user 3 opened last. */
  conn(): { readonly conn: number; readonly ip: number } {
    const opened = this.ports.opened.filter(({ local }) => local === 3);
    const last = opened.at(-1);
    if (last === undefined) throw new Error('user 3 has opened no connection');
    return last;
  }

  count(): number {
    return this.ports.opened.filter(({ local }) => local === 3).length;
  }

  asked(): string {
    const { conn } = this.conn();
    const text = this.ports.written.get(conn) ?? '';
    this.ports.written.set(conn, '');
    return text;
  }

  up(): this {
    this.fleet.onTcpConnected(this.conn().conn);
    return this;
  }

  say(text: string, segment = Infinity): this {
    const { conn } = this.conn();
    for (let at = 0; at < text.length; at += segment) {
      const buf = Buffer.from(text.slice(at, at + segment), 'latin1');
      this.fleet.onTcpData(conn, buf, 0, buf.length);
    }
    return this;
  }

  shown(): (readonly [number, string])[] {
    const kinds: number[] = [Observed.presented, Observed.duplicateDropped];
    return this.ports.seen
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ kind, text }) => [kind, text] as const);
  }
}

describe('O7, O12: a manual user lists, fetches and deletes', () => {
  test('the document of her list at the IM XDMS, then GET and DELETE of each message, over any segments', () => {
    for (const segment of [1, 7, Infinity]) {
      const rig = new FetchRig().up();
      expect(rig.conn().ip).toBe(XDMS_IP);
      expect(rig.asked()).toBe(
        'GET /org.openmobilealliance.deferred-list/users/sip:u3@ims.example/deferred-list HTTP/1.1\r\nHost: xdms.ims.example\r\nConnection: close\r\n\r\n',
      );
      rig.say(
        http(200, list(entry('0000000a'), entry('0000000b')), 'application/vnd.oma.im.deferred-list+xml'),
        segment,
      );
      expect(rig.conn().ip).toBe(IM_SERVER_IP);
      rig.up();
      expect(target(rig.asked())).toBe(of('GET', '0000000a'));
      rig.say(http(200, payload('call1')), segment);
      expect(target(rig.asked())).toBe(of('DELETE', '0000000a'));
      rig.say(http(200), segment);
      expect(target(rig.asked())).toBe(of('GET', '0000000b'));
      rig.say(http(200, payload('call2')), segment).say(http(200));
      expect(rig.shown()).toEqual([
        [Observed.presented, payload('call1')],
        [Observed.presented, payload('call2')],
      ]);
      expect([rig.at(600).count(), rig.of(Observed.discardAsked)]).toEqual([2, []]);
    }
  });

  test('what her chance says is deleted unread, and said so', () => {
    const rig = new FetchRig({ discardShare: 1 })
      .up()
      .say(http(200, list(entry('8000000a'))))
      .up();
    expect(target(rig.asked())).toBe(of('DELETE', '8000000a'));
    expect(rig.of(Observed.discardAsked).map(({ entity, a, b }) => [entity, a, b])).toEqual([
      [3, 0x8000000a, 0x8000000a],
    ]);
    rig.say(http(200));
    expect(rig.shown()).toEqual([]);
  });

  test('a message that is gone meanwhile (404), or in a push (409), is passed by', () => {
    const rig = new FetchRig()
      .up()
      .say(http(200, list(entry('0000000a'), entry('0000000b'))))
      .up();
    rig.asked();
    rig.say(http(404));
    expect(target(rig.asked())).toBe(of('GET', '0000000b'));
    rig.say(http(200, payload('call2'))).say(http(409));
    expect(rig.at(600).count()).toBe(2);
  });

  test('A11, P5: a message that she has shown already is not shown again, and deleted', () => {
    const rig = new FetchRig()
      .up()
      .say(http(200, list(entry('0000000a'), entry('0000000b'))))
      .up();
    rig
      .say(http(200, payload('call1')))
      .say(http(200))
      .say(http(200, payload('call1')));
    expect(rig.shown().map(([kind]) => kind)).toEqual([Observed.presented, Observed.duplicateDropped]);
    expect(rig.asked()).toContain(of('DELETE', '0000000b'));
  });

  test('who asks to be told that she has it is told once (RFC 5438 section 7.2.1)', () => {
    const rig = new FetchRig().up().say(http(200, list(...['1', '2', '3'].map((n) => entry(`0000000${n}`)))));
    const asking = payload(
      'call1',
      'From: <sip:u1@ims.example>\r\nTo: <sip:u3@ims.example>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 34jk324j\r\n' +
        'imdn.Disposition-Notification: positive-delivery\r\n\r\nContent-type: text/plain\r\n\r\nHello',
    ).replace('text/plain\r\nContent-L', 'message/cpim\r\nContent-L');
    const told = () => rig.at(2).of(Observed.notificationSent).length;
    rig.up().say(http(200, asking)).say(http(200));
    expect(told()).toBe(1);
    // The same again was told of; of one without a Call-ID it cannot be known whether it was.
    rig.say(http(200, asking)).say(http(200));
    rig.say(http(200, asking.replace('i: call1', 'X: call1'))).say(http(200));
    expect(rig.shown().map(([kind]) => kind)).toEqual([
      Observed.presented,
      Observed.duplicateDropped,
      Observed.presented,
    ]);
    expect(told()).toBe(1);
  });

  test('no list (404), an empty one, one that does not read, entries of another server: nothing to fetch', () => {
    const foreign = entry('0000000a').replace('@im.', '@other.');
    for (const answer of [http(404), http(200, list()), http(200, '<nonsense'), http(200, list(foreign))]) {
      expect(new FetchRig().up().say(answer).at(600).count()).toBe(1);
    }
  });

  test('a notify user asks when she is told that messages wait, not before, and not for an IMDN', () => {
    const rig = new FetchRig({ settingShares: { notify: 1, manual: 0, reject: 0, hold: 0 } });
    rig.deliver(3, told('message/cpim', 'a'));
    expect(rig.at(10).count()).toBe(0);
    rig.deliver(3, told('text/plain', 'b'));
    expect(rig.at(11).count()).toBe(1);
  });

  test('a second notice while she waits for the time of her list makes no second turn', () => {
    const rig = new FetchRig({
      settingShares: { notify: 1, manual: 0, reject: 0, hold: 0 },
      waitNs: 10 * NS_PER_S,
    });
    rig.deliver(3, told('text/plain', 'a'));
    rig.deliver(3, told('text/plain', 'b'));
    for (let tenth = 10; rig.count() === 0; tenth++) rig.at(tenth / 10);
    rig.up().say(http(404));
    expect(rig.at(600).count()).toBe(1);
  });

  test('a second notice during a turn opens no second connection beside it, and has its own turn afterwards', () => {
    const rig = new FetchRig({ settingShares: { notify: 1, manual: 0, reject: 0, hold: 0 } });
    rig.deliver(3, told('text/plain', 'a'));
    rig
      .at(2)
      .up()
      .say(http(200, list(entry('0000000a'))));
    // What this one tells of is not in the list that she has.
    rig.deliver(3, told('text/plain', 'b'));
    expect([rig.at(3).count(), rig.conn().ip]).toEqual([2, IM_SERVER_IP]);
    rig.up().say(http(404));
    expect([rig.at(4).count(), rig.conn().ip]).toEqual([3, XDMS_IP]);
    rig.up().say(http(200, list()));
    expect(rig.at(600).count()).toBe(3);
  });

  test('a second notice during a turn that fails waits as long as the turn', () => {
    const rig = new FetchRig({ settingShares: { notify: 1, manual: 0, reject: 0, hold: 0 } });
    rig.deliver(3, told('text/plain', 'a'));
    rig.at(2).up();
    rig.deliver(3, told('text/plain', 'b'));
    rig.at(3).say(http(503));
    expect([rig.at(32.9).count(), rig.at(33.1).count()]).toEqual([1, 2]);
    rig.up().say(http(404));
    expect(rig.at(600).count()).toBe(2);
  });

  test('an interim answer is none (RFC 9110 section 15.2)', () => {
    const rig = new FetchRig().up().say(`HTTP/1.1 100 Continue\r\n\r\n${http(200, list(entry('0000000a')))}`);
    expect(rig.conn().ip).toBe(IM_SERVER_IP);
  });

  test('nor is the DELETE of what was shown sent where the server closes', () => {
    const rig = new FetchRig().up();
    rig.say(http(200, list(entry('0000000a')), 'application/vnd.oma.im.deferred-list+xml')).up();
    const { conn } = rig.conn();
    rig.asked();
    rig.say(http(200, payload('call1')).replace('\r\n', '\r\nConnection: close\r\n'));
    expect([rig.ports.closed.includes(conn), rig.ports.written.get(conn)]).toEqual([true, '']);
    expect(target(rig.up().asked())).toBe(of('DELETE', '0000000a'));
    rig.say(http(200));
    expect(rig.shown()).toHaveLength(1);
  });

  test('a server that closes after its answer is asked for the next message on another connection (RFC 9112 section 9.6)', () => {
    const rig = new FetchRig()
      .up()
      .say(http(200, list(entry('0000000a'), entry('0000000b'))))
      .up();
    rig.say(http(404).replace('\r\n', '\r\nConnection: close\r\n'));
    expect(rig.count()).toBe(3);
    expect(target(rig.up().asked())).toBe(of('GET', '0000000b'));
  });

  test('only users whose setting is manual; every so often if the scenario says so', () => {
    expect(
      new FetchRig({ settingShares: { notify: 0, manual: 0, reject: 0, hold: 1 } }).ports.opened,
    ).toEqual([]);
    const rig = new FetchRig({ everyNs: 60 * NS_PER_S }).up().say(http(404));
    expect([rig.at(60).count(), rig.at(62).count()]).toEqual([1, 2]);
  });
});

describe('a turn that fails is begun again', () => {
  test.each([
    ['a server without time', (rig: FetchRig) => void rig.up().say(http(503))],
    ['a server that fails', (rig: FetchRig) => void rig.up().say(http(500))],
    ['a connection that breaks', (rig: FetchRig) => rig.fleet.onTcpClosed(rig.conn().conn, TcpEnd.reset)],
    [
      'a connection that cannot be had',
      (rig: FetchRig) => rig.fleet.onTcpClosed(rig.conn().conn, TcpEnd.refused),
    ],
    ['what is no HTTP', (rig: FetchRig) => void rig.up().say('nonsense\r\n\r\n')],
  ])('%s: 30 s later', (_what, fail) => {
    const rig = new FetchRig();
    fail(rig);
    expect([rig.at(30).count(), rig.at(32).count()]).toEqual([1, 2]);
  });

  test('silence is waited for 30 s; her link down ends it until she is registered', () => {
    const rig = new FetchRig().up();
    expect([rig.at(59).count(), rig.at(62).count()]).toEqual([1, 2]);
    const other = new FetchRig().up();
    other.fleet.onLink(3, false);
    expect(other.at(600).count()).toBe(1);
  });

  test('a server is silent if nothing has come for 30 s, however long its answer takes', () => {
    const rig = new FetchRig();
    // It takes 20 s to answer the SYN, as long to begin, and as long for each piece.
    rig.at(21).up().at(41);
    const answer = http(200, list(entry('0000000a')));
    rig.say(answer.slice(0, 10)).at(61).say(answer.slice(10, 20)).at(81).say(answer.slice(20));
    expect([rig.count(), rig.conn().ip]).toEqual([2, IM_SERVER_IP]);
  });

  test('the silence after one turn is not that of the next', () => {
    const rig = new FetchRig({ everyNs: 20 * NS_PER_S }).at(10).up().say(http(404));
    expect(rig.at(30).count()).toBe(2);
    rig.at(38).up().at(50);
    rig.say(http(200, list(entry('0000000a'))));
    expect([rig.count(), rig.conn().ip]).toEqual([3, IM_SERVER_IP]);
  });

  test('a server that closes is closed to in turn', () => {
    const rig = new FetchRig().up();
    const { conn } = rig.conn();
    rig.fleet.onTcpClosed(conn, TcpEnd.fin);
    expect([rig.ports.closed.includes(conn), rig.ports.reset.includes(conn)]).toEqual([true, false]);
    expect([rig.at(30).count(), rig.at(32).count()]).toEqual([1, 2]);
  });
});
