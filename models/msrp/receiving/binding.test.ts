/** Which connection a session is bound to if several peers come before it is known whose it is (A23, D-062). */
import { describe, expect, it, test } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { SessionEnd } from '../codes.js';
import { CLIENT_URI, CONN, frame, send, SERVER_URI, statuses } from '../fakes/fake-session.js';
import { FakeOwner } from '../fakes/fake-wire.js';

const OTHER_URI = 'msrp://10.16.0.8:9/D2D2D2D2D2D2D2;tcp';
const OTHER = CONN + 1;

/** A server whose offer was forked: a device came on each of two connections, the other one first. */
class Forked {
  readonly server = new FakeOwner(new OctetArena(0, true), 1);
  readonly session = this.server.endpoint.openPassive(0, 70, SERVER_URI, '', '');

  constructor() {
    this.come(OTHER, OTHER_URI, 'othr');
    this.come(CONN, CLIENT_URI, 'mine');
  }

  come(conn: number, from: string, tid: string): void {
    if (!this.server.endpoint.owns(conn)) this.server.endpoint.accepted(0, conn);
    this.server.receive(conn, frame(null, { from, tid }));
  }

  answer(path: string): void {
    this.server.endpoint.setPeerPath(0, this.session, path);
    this.server.drain();
  }

  /** What each of the two has had: statuses, and how many SENDs. */
  had(): { mine: (string | number)[]; other: (string | number)[] } {
    const [mine, other] = [CONN, OTHER].map((conn) => {
      const text = this.server.fetch(conn);
      return [...statuses(text), text.match(/ SEND\r\n/g)?.length ?? 0];
    });
    return { mine, other };
  }
}

describe('binding SENDs that overtake the answer', () => {
  it.each([
    [CLIENT_URI, { mine: ['mine 200', 1], other: ['othr 200', 0] }],
    [CLIENT_URI.replace('msrp', 'MSRP'), { mine: ['mine 200', 1], other: ['othr 200', 0] }],
    [OTHER_URI, { mine: ['mine 200', 0], other: ['othr 200', 1] }],
  ])('the one whose answer counted gets the SENDs: %s', (path, had) => {
    const forked = new Forked();
    expect(forked.server.log).toEqual([]);
    send(forked.server, forked.session, 1, 'x');
    forked.answer(path);
    expect(forked.server.log).toContain('bound 70');
    expect(forked.had()).toEqual(had);
  });

  test('if none of them was the peer, its own connection is waited for', () => {
    const forked = new Forked();
    const third = 'msrp://10.16.0.9:9/E3E3E3E3E3E3E3;tcp';
    forked.answer(third);
    send(forked.server, forked.session, 1, 'x');
    forked.come(CONN, CLIENT_URI, 'more');
    expect(forked.server.log).toEqual([]);
    expect(forked.had()).toEqual({ mine: ['mine 200', 'more 481', 0], other: ['othr 200', 0] });
    forked.server.endpoint.accepted(0, OTHER + 1);
    forked.server.receive(OTHER + 1, frame(null, { from: third, tid: 'thrd' }));
    expect(forked.server.log).toContain('bound 70');
    expect(forked.server.fetch(OTHER + 1)).toMatch(/^MSRP thrd 200[^]* SEND\r\n/);
  });

  test('a connection that is lost before the answer leaves its place to the next; the last one ends the session', () => {
    const forked = new Forked();
    const { server } = forked;
    server.endpoint.closed(0, OTHER, false);
    server.drain();
    expect(server.log).toEqual([]);
    server.endpoint.closed(0, CONN, false);
    server.drain();
    expect(server.log).toEqual([`ended 70 ${SessionEnd.connectionLost}`]);
  });

  test('a second connection of the same peer, and content on a second one, get 506 (RFC 4975 section 10.10)', () => {
    const forked = new Forked();
    const { server } = forked;
    server.endpoint.accepted(0, 20);
    server.receive(20, frame(null, { from: OTHER_URI, tid: 'agn1' }));
    server.receive(20, frame(null, { from: CLIENT_URI, tid: 'agn2' }));
    server.receive(20, frame('x', { from: 'msrp://10.16.0.9:9/E3;tcp', tid: 'cont' }));
    expect(statuses(server.fetch(20))).toEqual(['agn1 506', 'agn2 506', 'cont 506']);
    forked.come(CONN, CLIENT_URI, 'agn3');
    expect(forked.had().mine).toEqual(['mine 200', 'agn3 200', 0]);
  });

  test('no more than sixteen wait beside the one that came first: a further one gets 506', () => {
    const forked = new Forked();
    const { server } = forked;
    server.endpoint.accepted(0, 20);
    const answers = Array.from({ length: 17 }, (_, i) => {
      server.receive(20, frame(null, { from: `msrp://10.16.1.${i}:9/device${i}device;tcp`, tid: `dev${i}` }));
      return statuses(server.fetch(20))[0].split(' ')[1];
    });
    // One of the sixteen places is taken by the second of the two.
    expect(answers).toEqual([...Array<string>(15).fill('200'), '506', '506']);
  });

  test('what the wrong device had begun to send is dropped, with its memory', () => {
    const forked = new Forked();
    const { server } = forked;
    server.receive(OTHER, frame('abc', { from: OTHER_URI, range: '1-3/9', flag: '+' }));
    expect(server.octets.heldOctets).toBeGreaterThan(0);
    forked.answer(CLIENT_URI);
    expect(server.octets.heldOctets).toBe(0);
    server.receive(OTHER, frame('def', { from: OTHER_URI, range: '4-6/9', flag: '+', tid: 'tx02' }));
    expect(forked.had().other).toEqual(['othr 200', 'tx01 200', 'tx02 506', 0]);
  });
});
