/**
 * Large Messages at the client: the octets of the INVITE, SENDs until all is settled, refusals, and a replacement session (R15;
 * rules 1.2 S3, 3.2; RFC 4975).
 */
import { describe, expect, test } from 'vitest';
import { BODY_MARK, HOP_CANARY, mark, NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import { ReportChoice } from '../msrp/sending/report-choice.js';
import { TcpEnd } from '../../sim/host/ports.js';
import { LARGE_ATTEMPTS } from './large/large-outcomes.js';
import { LARGE_BIND_LIMIT_NS } from './large/large-waits.js';
import { header, response } from './testing.js';
import { ANSWER, LargeRig, PEER } from './testing-large.js';
import { START_S } from './testing-push.js';

describe('sending', () => {
  test('the INVITE offers MSRP and says of its sender what a MESSAGE says', () => {
    const rig = new LargeRig();
    rig.large();
    const [text] = rig.take('INVITE');
    expect(text).toMatch(/^INVITE sip:u2@ims\.example SIP\/2\.0\r\n/);
    expect(header(text, 'Contact')).toContain('<sip:u1@10.16.0.1:5060>;+g.oma.sip-im.large-message');
    expect(header(text, 'P-Preferred-Identity')).toBe('<sip:u1@ims.example>');
    expect(header(text, 'Supported')).toBe('path, outbound');
    expect(header(text, 'P-Access-Network-Info')).toContain(mark(NEVER_CANARY, 5));
    const [head, sdp] = text.split('\r\n\r\n');
    expect(header(head, 'Content-Length') || /Content-Length: (\d+)$/.exec(head)?.[1]).toBe(
      String(sdp.length).padStart(4, '0'),
    );
    expect(sdp).toContain('a=setup:actpass');
    expect(sdp).toContain('a=sendonly');
    expect(/a=path:(\S+)/.exec(sdp)?.[1]).toMatch(/^msrp:\/\/10\.16\.0\.1:2855\/\w{16}q7H0pXyZ00000001;tcp$/);
    expect(text).toContain(HOP_CANARY);
  });

  test('an anonymous sender is named nowhere but in the identity that the network hides', () => {
    const rig = new LargeRig();
    rig.large({ anonymous: true });
    const [text] = rig.take('INVITE');
    expect(header(text, 'From')).toMatch(/^"Anonymous" <sip:anonymous@anonymous\.invalid>;tag=/);
    expect(header(text, 'Privacy')).toBe('id');
    expect(header(text, 'Call-ID')).toMatch(/@anonymous\.invalid$/);
    expect(text).not.toContain('sip:u1@');
    expect(text).not.toContain('User-Agent');
  });

  test('all SENDs confirmed: answered 200, BYE, and the content was what was told of it', () => {
    const rig = new LargeRig();
    rig.large();
    const wire = rig.confirm(rig.accept(rig.take('INVITE')[0]));
    expect([...wire.matchAll(/Byte-Range: (\S+)/g)].map((match) => match[1])).toEqual([
      '1-2048/5000',
      '2049-4096/5000',
      '4097-5000/5000',
    ]);
    const body = [...wire.matchAll(/jpeg\r\n\r\n([^]*?)\r\n-------\S{12}[+$]\r\n/g)]
      .map((match) => match[1])
      .join('');
    expect(body.startsWith(mark(BODY_MARK, 5))).toBe(true);
    expect(
      rig
        .of(Observed.largeContent)
        .map(({ text }) => text)
        .join(''),
    ).toBe(body);
    expect(rig.statuses()).toEqual([200]);
    expect(rig.take('BYE')).toHaveLength(1);
    expect(rig.fleet.unanswered).toBe(0);
  });

  test.each([480, 413, 404])('an INVITE that is refused with %i is the last word', (status) => {
    const rig = new LargeRig();
    rig.large();
    rig.deliver(1, response(rig.take('INVITE')[0], status));
    expect(rig.statuses()).toEqual([status]);
    expect(rig.at(START_S + 300).take('INVITE')).toEqual([]);
  });

  test('413 to a SEND ends the message (R13), and the next one goes on in the same session', () => {
    const rig = new LargeRig();
    rig.large({ message: 4, sizeOctets: 40 });
    rig.large({ message: 5, sizeOctets: 40 });
    const [text] = rig.take('INVITE');
    const first = rig.accept(text);
    rig.confirm(first, '413 Enough', 1);
    rig.confirm(first.slice(first.indexOf('MSRP', first.indexOf('-------'))));
    expect(rig.statuses()).toEqual([413, 200]);
    // One session served both: only its BYE left.
    expect(rig.ports.takeSent().map((sent) => sent.slice(0, 4))).toEqual(['ACK ', 'BYE ']);
  });

  describe('without any confirmation (rules 3.5): BYE does not overtake the octets', () => {
    /** A message whose last octet was written at START_S; the SENDs as they left. */
    const written = (reports: ReportChoice): { rig: LargeRig; wire: string } => {
      const rig = new LargeRig();
      rig.large({ sizeOctets: 40, reports });
      const wire = rig.accept(rig.take('INVITE')[0]);
      expect(rig.take('BYE')).toEqual([]);
      return { rig, wire };
    };

    test.each([
      [ReportChoice.failuresOnly, []],
      [ReportChoice.nothing, [202]],
    ])('%i: 30 s of silence, then BYE, and 202 for its sender', (reports, early) => {
      const { rig } = written(reports);
      expect(rig.statuses()).toEqual(early);
      expect(rig.at(START_S + 29).take('BYE')).toEqual([]);
      expect(rig.at(START_S + 30.2).take('BYE')).toHaveLength(1);
      expect(rig.statuses()).toEqual([202]);
      expect(rig.fleet.unanswered).toBe(0);
    });

    test('B2: an error after the last octet is the last word', () => {
      const { rig, wire } = written(ReportChoice.failuresOnly);
      rig.confirm(wire, '413 Enough');
      expect(rig.statuses()).toEqual([413]);
      rig.at(START_S + 30.2);
      expect(rig.statuses()).toEqual([413]);
      expect(rig.take('BYE')).toHaveLength(1);
    });

    test('a connection that is lost meanwhile: another session, if an error could have been heard', () => {
      for (const [reports, invites] of [
        [ReportChoice.failuresOnly, 1],
        [ReportChoice.nothing, 0],
      ] as const) {
        const { rig } = written(reports);
        rig.fleet.onTcpClosed(rig.conn, 1);
        // It goes out again and again, over UDP and unanswered.
        expect(new Set(rig.at(START_S + 5).take('INVITE')).size).toBe(invites);
      }
    });
  });

  test('what the answer does not take is not sent (A19)', () => {
    const rig = new LargeRig();
    rig.large({ message: 4 });
    rig.large({ message: 5, contentType: 'text/plain' });
    const sdp = ANSWER.replace('accept-types:*', 'accept-types:text/*').replace(
      'a=recvonly',
      'a=max-size:99\r\na=recvonly',
    );
    expect(rig.accept(rig.take('INVITE')[0], sdp)).toBe('');
    expect(rig.statuses()).toEqual([415, 413]);
  });

  test.each([
    ['no SDP', 'what?'],
    ['no MSRP stream', ANSWER.replace('TCP/MSRP', 'RTP/AVP')],
    ['a stream for nothing', ANSWER.replace('a=recvonly', 'a=inactive')],
    ['a path that cannot be dialled', ANSWER.replace(PEER, PEER.replace('10.0.0.2', 'nowhere.example'))],
    ['a connection that never came', ANSWER.replace('setup:passive', 'setup:active')],
  ])('an answer with %s opens no session: after five of them it is over, 408', (what, sdp) => {
    const rig = new LargeRig();
    rig.large({ message: 4, sizeOctets: 40 });
    rig.large({ message: 5, sizeOctets: 40 });
    let invites = 0;
    const callIds = new Set<string>();
    for (let second = 1; second < 600; second++) {
      for (const text of rig.at(START_S + second).take('INVITE')) {
        if (callIds.has(header(text, 'Call-ID'))) continue;
        callIds.add(header(text, 'Call-ID'));
        invites++;
        if (what.startsWith('a connection')) {
          rig.conn = 900 + invites;
          const path = /a=path:(\S+)/.exec(text)?.[1] ?? '';
          rig.fleet.onTcpAccepted(rig.conn, 1, 2855, 0x0a000002, 40000);
          const ends = `To-Path: ${path}\r\nFrom-Path: ${PEER}\r\nMessage-ID: bind1\r\n`;
          rig.toClient(`MSRP bind1234 SEND\r\n${ends}-------bind1234$\r\n`);
          rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
        }
        rig.accept(text, sdp);
      }
    }
    expect(rig.statuses()).toEqual([408, 408]);
    expect(invites).toBe(2 * LARGE_ATTEMPTS);
    expect(rig.fleet.unanswered).toBe(0);
  });

  test('nor is a path dialled that asks for another transport than TCP (RFC 4975 section 6)', () => {
    const rig = new LargeRig();
    rig.large();
    const before = rig.ports.opened.length;
    rig.accept(rig.take('INVITE')[0], ANSWER.replace(PEER, PEER.replace(';tcp', ';sctp')));
    expect(rig.ports.opened).toHaveLength(before);
    expect(rig.take('BYE')).toHaveLength(1);
  });

  test('nor anything to who answers `inactive` (RFC 4975 section 8.9): BYE, and another try later', () => {
    const rig = new LargeRig();
    rig.large();
    const [first] = rig.take('INVITE');
    expect(rig.accept(first, ANSWER.replace('a=recvonly', 'a=inactive'))).toBe('');
    expect(rig.take('BYE')).toHaveLength(1);
    expect(rig.statuses()).toEqual([]);
    rig.confirm(rig.accept(rig.at(START_S + 5).take('INVITE')[0]));
    expect(rig.statuses()).toEqual([200]);
  });

  describe('sessions with one server on one connection (RFC 4975 section 5.4)', () => {
    /** Two messages of user 1, for users 2 and 3; the sessions get paths of their own. */
    function two(
      shareConnections: boolean,
      reports: ReportChoice = ReportChoice.responses,
    ): { rig: LargeRig; sends: string[] } {
      const rig = new LargeRig({ shareConnections });
      const sends: string[] = [];
      for (const [recipient, path] of [
        [2, PEER],
        [3, PEER.replace('storeSession01', 'storeSession02')],
      ] as const) {
        rig.large({ recipient, message: recipient, sizeOctets: 600, reports });
        sends.push(rig.accept(rig.take('INVITE')[0], ANSWER.replace(PEER, path)));
      }
      return { rig, sends };
    }
    const tids = (text: string): string[] => [...text.matchAll(/MSRP (\S{12}) SEND/g)].map(([, tid]) => tid);

    const answer = (rig: LargeRig, tid: string, session: string): void =>
      rig.toClient(
        `MSRP ${tid} 200 OK\r\nTo-Path: msrp://10.16.0.1:2855/x;tcp\r\nFrom-Path: ${PEER.replace('storeSession01', session)}\r\n-------${tid}$\r\n`,
      );

    test('each has its own connection unless it is wanted otherwise', () => {
      expect(two(false).rig.ports.opened).toHaveLength(2);
      expect(two(true).rig.ports.opened).toHaveLength(1);
    });

    test('each is answered for itself, and the connection is closed with the last of them', () => {
      const { rig, sends } = two(true);
      expect(sends[1]).toContain('storeSession02');
      expect(sends[1]).not.toContain('storeSession01');
      for (const tid of tids(sends[1])) answer(rig, tid, 'storeSession02');
      expect(rig.of(Observed.answered).map(({ message }) => message)).toEqual([3]);
      expect(rig.take('BYE')).toHaveLength(1);
      expect(rig.ports.closed).toEqual([]);
      for (const tid of tids(sends[0])) answer(rig, tid, 'storeSession01');
      expect(rig.of(Observed.answered).map(({ message }) => message)).toEqual([3, 2]);
      expect(rig.ports.closed).toEqual([rig.conn]);
    });

    test('a session that joins a connection that is up is not given up for want of a binding', () => {
      const { rig, sends } = two(true, ReportChoice.responsesAndReport);
      for (const [i, session] of ['storeSession01', 'storeSession02'].entries()) {
        for (const tid of tids(sends[i])) answer(rig, tid, session);
      }
      // Both wait for their success REPORTs.
      rig.at(START_S + LARGE_BIND_LIMIT_NS / 1e9 + 1);
      expect(rig.take('BYE')).toHaveLength(0);
      expect(rig.ports.opened).toHaveLength(1);
    });

    test('if it is lost, both go into new sessions, on one new connection', () => {
      const { rig } = two(true);
      rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
      rig.at(START_S + 10);
      const invites = new Map(rig.take('INVITE').map((text) => [header(text, 'Call-ID'), text]));
      expect(invites.size).toBe(2);
      let i = 0;
      for (const text of invites.values()) {
        rig.accept(text, ANSWER.replace('storeSession01', `storeSession1${i++}`));
      }
      expect(rig.ports.opened).toHaveLength(2);
    });
  });

  test('before another session the connection is reset if TCP still holds SENDs, so that none leaves after BYE', () => {
    const rig = new LargeRig();
    rig.large();
    rig.accept(rig.take('INVITE')[0]);
    rig.ports.holding.add(rig.conn);
    expect(rig.at(START_S + 29).take('BYE')).toEqual([]);
    expect(rig.at(START_S + 30.2).take('BYE')).toHaveLength(1);
    expect(rig.ports.reset).toEqual([rig.conn]);
    rig.confirm(rig.accept(rig.at(START_S + 35).take('INVITE')[0]));
    expect(rig.statuses()).toEqual([200]);
    expect(rig.ports.reset).toHaveLength(1);
  });

  test('an answerer who bound the session before her answer came, and lost it: another session', () => {
    const rig = new LargeRig();
    rig.large();
    const [first] = rig.take('INVITE');
    const path = /a=path:(\S+)/.exec(first)?.[1] ?? '';
    rig.conn = 900;
    rig.fleet.onTcpAccepted(rig.conn, 1, 2855, 0x0a000002, 40000);
    rig.toClient(
      `MSRP bind1234 SEND\r\nTo-Path: ${path}\r\nFrom-Path: ${PEER}\r\nMessage-ID: bind1\r\n-------bind1234$\r\n`,
    );
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
    rig.accept(first, ANSWER.replace('a=setup:passive', 'a=setup:active'));
    expect(rig.statuses()).toEqual([]);
    const [second] = rig.at(START_S + 5).take('INVITE');
    expect(header(second, 'Call-ID')).not.toBe(header(first, 'Call-ID'));
  });

  test('a lost connection: another session, another Call-ID, the same Message-ID, behind what was answered (R15)', () => {
    const rig = new LargeRig();
    rig.large();
    const [first] = rig.take('INVITE');
    const wire = rig.accept(first);
    rig.confirm(wire, '200 OK', 2);
    rig.fleet.onTcpClosed(rig.conn, 1);
    expect(rig.statuses()).toEqual([]);
    const [second] = rig.at(START_S + 5).take('INVITE');
    expect(header(second, 'Call-ID')).not.toBe(header(first, 'Call-ID'));
    const again = rig.accept(second);
    const id = (text: string): string => /Message-ID: (\S+)/.exec(text)?.[1] ?? '';
    expect(id(again)).toBe(id(wire));
    expect(again).toContain('Byte-Range: 4097-5000/5000');
    // A peer that forgot the rest would answer 200 all the same: only a REPORT over the whole counts.
    expect(again).toContain('Success-Report: yes');
    rig.confirm(again);
    expect(rig.statuses()).toEqual([]);
    expect(rig.of(Observed.largeRetried)).toHaveLength(1);
  });
});
