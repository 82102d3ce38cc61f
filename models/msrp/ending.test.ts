/** P9, D-125: what TCP holds of SENDs that nobody answered goes with the session. */
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { FailureReport, MsrpStatus, SessionEnd } from './codes.js';
import { bound, CLIENT_URI, CONN, frame, send, SERVER_URI } from './fakes/fake-session.js';
import type { FakeOwner } from './fakes/fake-wire.js';

const { lost } = MsrpStatus;

/** A bound session, and one more on its connection; messages of so many octets are out, and TCP holds something or not. */
function out(
  holds: boolean,
  report: FailureReport,
  ...octets: readonly number[]
): { server: FakeOwner; session: number; answer: (nth: number, status: number) => string[] } {
  const { server, session } = bound(() => new OctetArena(0, true));
  const uri = 'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp';
  server.endpoint.openPassive(0, 71, uri, CLIENT_URI, '');
  server.receive(CONN, frame(null, { to: uri, tid: 'bind2' }));
  for (const [token, size] of octets.entries()) send(server, session, token, 'x'.repeat(size), report);
  const tids = [...server.fetch(CONN).matchAll(/MSRP (\S+) SEND/g)].map((match) => match[1]);
  server.holds = holds;
  server.log.length = 0;
  const answer = (nth: number, status: number): string[] => {
    const to = `To-Path: ${SERVER_URI}\r\nFrom-Path: ${CLIENT_URI}\r\n`;
    server.receive(CONN, `MSRP ${tids[nth]} ${status}\r\n${to}-------${tids[nth]}$\r\n`);
    return server.log.splice(0);
  };
  return { server, session, answer };
}

function end(server: FakeOwner, session: number): string[] {
  server.endpoint.endSession(server.nowNs, session);
  server.drain();
  return server.log.splice(0);
}

const OTHER_LOST = `ended 71 ${SessionEnd.connectionLost}`;

describe('P9: what TCP holds of a session that is over does not leave', () => {
  it.each([
    [481, SessionEnd.noSession],
    [506, SessionEnd.otherConnection],
  ])('%i to one of three SENDs: the connection is reset if TCP may hold the others', (status, reason) => {
    const settled = [`settled 0 ${status}`, `settled 1 ${lost}`, `settled 2 ${lost}`];
    const ended = `ended 70 ${reason}`;
    expect(out(true, FailureReport.yes, 9, 9, 9).answer(0, status)).toEqual([
      ...settled,
      OTHER_LOST,
      `abort ${CONN}`,
      ended,
    ]);
    expect(out(false, FailureReport.yes, 9, 9, 9).answer(0, status)).toEqual([...settled, ended]);
    // What is held is not of this session: all of its SENDs were answered.
    expect(out(true, FailureReport.yes, 9).answer(0, status)).toEqual([settled[0], ended]);
  });

  it.each([FailureReport.partial, FailureReport.no])(
    'Failure-Report %i: nobody says what arrived, so TCP is asked',
    (report) => {
      const held = out(true, report, 9);
      expect(end(held.server, held.session)).toEqual([OTHER_LOST, `abort ${CONN}`]);
      const gone = out(false, report, 9);
      expect(end(gone.server, gone.session)).toEqual([]);
      expect(gone.server.endpoint.connectionCount).toBe(1);
    },
  );

  it('a session whose SENDs were all answered leaves the connection to the others', () => {
    const { server, session, answer } = out(true, FailureReport.yes, 9);
    answer(0, 200);
    expect(end(server, session)).toEqual([]);
  });
});

it('A15: the owner hears when the last chunk of a message that failed has its response, or waited in vain', () => {
  const { server, session, answer } = out(false, FailureReport.yes, 6000);
  expect(answer(0, 413)).toEqual(['settled 0 413']);
  expect(server.endpoint.awaits(session)).toBe(true);
  expect(answer(2, 413)).toEqual([]);
  expect(answer(1, 200)).toEqual(['quiet 70']);
  expect(server.endpoint.awaits(session)).toBe(false);
  const silent = out(false, FailureReport.yes, 6000);
  silent.answer(0, 413);
  silent.server.advance(30e9 - 1);
  expect(silent.server.log).toEqual([]);
  silent.server.advance(30e9);
  expect(silent.server.log[0]).toBe('quiet 70');
  expect(silent.server.endpoint.awaits(silent.session)).toBe(false);
});
