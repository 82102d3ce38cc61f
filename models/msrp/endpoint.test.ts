import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { FailureReport, MsrpStatus, SessionEnd, type MsrpConfig } from './codes.js';
import { CLIENT_URI, CONN, frame, send, SERVER_URI, statuses } from './fakes/fake-session.js';
import * as fake from './fakes/fake-session.js';
import { exchange, FakeOwner } from './fakes/fake-wire.js';

const arena = (): OctetArena => new OctetArena(0, true);
const push = (settings: Partial<MsrpConfig> = {}): ReturnType<typeof fake.push> => fake.push(arena, settings);
const bound = (settings: Partial<MsrpConfig> = {}): ReturnType<typeof fake.bound> =>
  fake.bound(arena, settings);

describe('COMEDIA and the binding SEND (rules 3.4)', () => {
  it('the active side sends a SEND without body at once; it is answered 200 and never stored (R16)', () => {
    const { server, client } = push();
    const first = client.written.get(CONN) ?? '';
    expect(first).toMatch(/^MSRP \w{12} SEND\r\nTo-Path: msrp:\/\/10\.0\.0\.2:2855\/S1\S+\r\n/);
    expect(first).toContain('Byte-Range: 1-0/0\r\n');
    expect(first).not.toContain('Content-Type');
    exchange(client, server, CONN);
    expect(server.log).toEqual(['bound 70']);
    expect(client.log).toEqual(['bound 80']);
    expect(server.messages).toEqual([]);
    expect(server.judged).toBe(0);
  });

  it('the passive side does not send before the session is bound', () => {
    const { server, client, atServer } = push();
    send(server, atServer, 1, 'early');
    expect(server.written.get(CONN) ?? '').toBe('');
    exchange(client, server, CONN);
    expect(client.messages.map((message) => message.body)).toEqual(['early']);
    expect(server.log).toEqual(['bound 70', 'sent 1', 'settled 1 200']);
  });

  it('the active side with something to say binds with that', () => {
    const client = new FakeOwner(new OctetArena(), 2);
    const session = client.endpoint.openActive(0, 80, CONN, CLIENT_URI, SERVER_URI, '');
    send(client, session, 1, 'hello');
    client.endpoint.connected(0, CONN);
    client.drain();
    expect(client.written.get(CONN)?.match(/ SEND\r\n/g)?.length).toBe(1);
    expect(client.written.get(CONN)).toContain('\r\n\r\nhello\r\n-------');
  });

  it('sends wait for the path of the peer, if the binding SEND overtakes the answer', () => {
    const server = new FakeOwner(new OctetArena(), 1);
    const session = server.endpoint.openPassive(0, 70, SERVER_URI, '', '');
    server.endpoint.accepted(0, CONN);
    server.receive(CONN, frame(null));
    send(server, session, 1, 'x');
    expect(server.fetch(CONN)).not.toContain(' SEND');
    server.endpoint.setPeerPath(0, session, CLIENT_URI);
    server.drain();
    expect(server.fetch(CONN)).toContain(`To-Path: ${CLIENT_URI}\r\nFrom-Path: ${SERVER_URI}\r\n`);
  });

  it('481 for a URI that is not ours, for two URIs, and for a session-id in another case', () => {
    const { server } = bound();
    for (const [i, to] of [
      'msrp://10.0.0.2:2855/other;tcp',
      `${SERVER_URI} ${CLIENT_URI}`,
      SERVER_URI.toLowerCase(),
      'http://10.0.0.2/',
    ].entries()) {
      server.receive(CONN, frame('x', { to, tid: `bad${i}` }));
      expect(statuses(server.fetch(CONN))).toEqual([`bad${i} 481`]);
    }
    expect(server.messages).toEqual([]);
  });

  it('481 is silent with Failure-Report: no, and REPORTs never get a response', () => {
    const { server } = bound();
    server.receive(CONN, frame('x', { to: 'msrp://a:1/other;tcp', headers: 'Failure-Report: no\r\n' }));
    server.receive(
      CONN,
      frame(null, { to: 'msrp://a:1/other;tcp', method: 'REPORT', headers: 'Status: 000 200\r\n' }),
    );
    server.receive(CONN, frame(null, { method: 'REPORT', headers: 'Status: 000 413\r\n', id: 'unknown' }));
    expect(server.fetch(CONN)).toBe('');
  });

  it('the same URI in another spelling is the same session (RFC 4975 section 6.1)', () => {
    const { server } = bound();
    server.receive(CONN, frame('x', { to: 'MSRP://me@10.0.0.2:2855/S1S1S1S1S1S1S1;TCP;foo=bar' }));
    expect(statuses(server.fetch(CONN))).toEqual(['tx01 200']);
    expect(server.messages).toHaveLength(1);
  });

  it('506 on another connection than the one a session is bound to', () => {
    const { server } = bound();
    server.endpoint.accepted(0, 8);
    server.receive(8, frame('x'));
    expect(statuses(server.fetch(8))).toEqual(['tx01 506']);
    expect(server.messages).toEqual([]);
  });

  it('501 for a method that we do not know, 400 for what we cannot read', () => {
    const { server } = bound();
    server.receive(CONN, frame(null, { method: 'AUTH' }));
    server.receive(CONN, frame('x', { range: '0-1/1', tid: 'tx02' }));
    expect(statuses(server.fetch(CONN))).toEqual(['tx01 501', 'tx02 400']);
  });

  it('the response to another method than SEND goes the whole way back (RFC 4975 section 7.2)', () => {
    const { server } = bound();
    const way = 'msrp://relay:1/r;tcp msrp://far:2/f;tcp';
    server.receive(CONN, frame(null, { method: 'AUTH' }).replace(CLIENT_URI, way));
    expect(server.fetch(CONN)).toContain(
      ` 501 Unknown Method\r\nTo-Path: ${way}\r\nFrom-Path: ${SERVER_URI}\r\n`,
    );
    server.receive(CONN, frame('x', { to: 'msrp://a:1/other;tcp' }).replace(CLIENT_URI, way));
    expect(server.fetch(CONN)).toContain(' 481 No Such Session\r\nTo-Path: msrp://relay:1/r;tcp\r\n');
  });

  it('400 for content without a Content-Type, which every body has (section 7.1); corrected, it may come again', () => {
    const { server } = bound();
    const bare = frame('x').replace('Content-Type: text/plain\r\n', '');
    server.receive(CONN, bare);
    server.receive(CONN, frame('x', { tid: 'tx02' }).replace('text/plain', ' '));
    expect(statuses(server.fetch(CONN))).toEqual(['tx01 400', 'tx02 400']);
    expect(server.judged).toBe(0);
    server.receive(CONN, frame('x', { tid: 'tx03' }));
    expect(statuses(server.fetch(CONN))).toEqual(['tx03 200']);
    expect(server.messages).toHaveLength(1);
  });

  it('no response to a request whose From-Path names nobody', () => {
    const { server } = bound();
    server.receive(CONN, frame('x').replace(CLIENT_URI, ''));
    expect(server.fetch(CONN)).toBe('');
    expect(server.messages).toEqual([]);
  });

  it('several sessions share a connection, and each gets its own', () => {
    const { server, client, atServer } = push();
    const other = server.endpoint.openPassive(
      0,
      71,
      'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp',
      'msrp://c:9/C2;tcp',
      '',
    );
    client.endpoint.openActive(
      0,
      81,
      CONN,
      'msrp://c:9/C2;tcp',
      'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp',
      '',
    );
    send(server, atServer, 1, 'one');
    send(server, other, 2, 'two');
    exchange(client, server, CONN);
    expect(client.messages.map(({ tag, body }) => [tag, body])).toEqual([
      [80, 'one'],
      [81, 'two'],
    ]);
    server.endpoint.endSession(0, atServer);
    server.drain();
    expect(server.log).not.toContain(`close ${CONN}`);
    server.endpoint.endSession(0, other);
    server.drain();
    expect(server.log).toContain(`close ${CONN}`);
  });

  it('a chunk that goes on after its session ended gets 481, also on a connection that others use', () => {
    const { server, session } = bound();
    const other = 'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp';
    server.endpoint.openPassive(0, 71, other, CLIENT_URI, '');
    server.receive(CONN, frame(null, { to: other, tid: 'bind2' }));
    server.receive(CONN, frame('abc', { range: '1-3/9', flag: '+', tid: 'tx01' }));
    server.receive(CONN, frame('def', { range: '4-6/9', flag: '+', tid: 'tx02' }));
    server.endpoint.endSession(0, session);
    server.drain();
    server.receive(CONN, frame('ghi', { range: '7-9/9', tid: 'tx03' }));
    expect(statuses(server.fetch(CONN))).toEqual(['bind2 200', 'tx01 200', 'tx02 200', 'tx03 481']);
    expect(server.octets.heldOctets).toBe(0);
  });

  it('an active session waits for its own binding SEND, even if the peer speaks first', () => {
    const client = new FakeOwner(arena(), 2);
    client.endpoint.openActive(0, 80, CONN, CLIENT_URI, '', '');
    client.endpoint.connected(0, CONN);
    client.receive(CONN, frame('too early', { to: CLIENT_URI }));
    expect(client.log).toEqual([]);
    client.endpoint.setPeerPath(0, 1, SERVER_URI);
    client.drain();
    expect(client.log).toEqual(['bound 80']);
    expect(client.fetch(CONN)).toMatch(/ SEND\r\n/);
  });

  it('connection lost: all its sessions have failed, their messages are settled first', () => {
    const { server, client, atServer } = push();
    exchange(client, server, CONN);
    send(server, atServer, 1, 'never answered');
    server.endpoint.closed(0, CONN, true);
    server.drain();
    expect(server.log.slice(-3)).toEqual([
      `settled 1 ${MsrpStatus.lost}`,
      `ended 70 ${SessionEnd.connectionLost}`,
      `close ${CONN}`,
    ]);
    expect(server.endpoint.sessionCount + server.endpoint.connectionCount).toBe(0);
  });

  it('481 or 506 to our SEND ends the session', () => {
    for (const [status, reason] of [
      [481, SessionEnd.noSession],
      [506, SessionEnd.otherConnection],
    ]) {
      const { server, session } = bound();
      send(server, session, 1, 'x');
      const tid = /MSRP (\S+) SEND/.exec(server.fetch(CONN))?.[1];
      server.receive(
        CONN,
        `MSRP ${tid} ${status}\r\nTo-Path: ${SERVER_URI}\r\nFrom-Path: ${CLIENT_URI}\r\n-------${tid}$\r\n`,
      );
      expect(server.log.slice(2, 4)).toEqual([`settled 1 ${status}`, `close ${CONN}`]);
      expect(server.log[4]).toBe(`ended 70 ${reason}`);
    }
  });

  it('481 or 506 in a REPORT says what it would say in a response (RFC 4975 section 7.3.2)', () => {
    for (const [status, reason] of [
      [481, SessionEnd.noSession],
      [506, SessionEnd.otherConnection],
    ]) {
      const { server, session } = bound();
      send(server, session, 1, 'x');
      const headers = `Status: 000 ${status}\r\n`;
      server.receive(CONN, frame(null, { method: 'REPORT', id: 'mess1', range: '1-1/1', headers }));
      expect(server.log.slice(2)).toEqual([`settled 1 ${status}`, `close ${CONN}`, `ended 70 ${reason}`]);
    }
  });

  it('octets that are no frames reset the connection', () => {
    const { server } = bound();
    server.receive(CONN, 'GET / HTTP/1.1\r\n\r\n');
    expect(server.log.slice(1)).toEqual([`ended 70 ${SessionEnd.framing}`, `abort ${CONN}`]);
    expect(server.endpoint.counters.framingFaults).toBe(1);
  });

  it('a connection on which no session appears is given up', () => {
    const server = new FakeOwner(new OctetArena(), 1);
    server.endpoint.accepted(0, CONN);
    server.drain();
    server.advance(31 * NS_PER_S);
    expect(server.log).toEqual([`abort ${CONN}`]);
    expect(server.endpoint.connectionCount).toBe(0);
  });
});

describe('reports and responses: the six combinations (rules 3.5)', () => {
  const headers = (failure: string, success: string): string =>
    (failure === '' ? '' : `Failure-Report: ${failure}\r\n`) +
    (success === '' ? '' : `Success-Report: ${success}\r\n`);
  it.each([
    ['', '', ['200'], ['415']],
    ['yes', 'no', ['200'], ['415']],
    ['yes', 'yes', ['200', 'REPORT'], ['415']],
    ['partial', 'no', [], ['415']],
    ['partial', 'yes', ['REPORT'], ['415']],
    ['no', 'no', [], []],
    ['no', 'yes', ['REPORT'], []],
  ])('receiving with Failure-Report "%s", Success-Report "%s"', (failure, success, onSuccess, onError) => {
    const answers = (text: string): string[] =>
      [...text.matchAll(/^MSRP \S+ (REPORT|\d{3})/gm)].map((match) => match[1]);
    const good = bound().server;
    good.receive(CONN, frame('hello', { headers: headers(failure, success) }));
    expect(good.messages).toHaveLength(1);
    const said = good.fetch(CONN);
    expect(answers(said)).toEqual(onSuccess);
    if (onSuccess.includes('REPORT')) {
      expect(said).toContain('Byte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n');
      expect(said).toContain('Message-ID: msg1\r\n');
    }
    const bad = bound().server;
    bad.judge = 415;
    bad.receive(CONN, frame('hello', { headers: headers(failure, success) }));
    expect(bad.messages).toHaveLength(0);
    expect(answers(bad.fetch(CONN))).toEqual(onError);
  });

  it.each([
    [FailureReport.yes, false],
    [FailureReport.yes, true],
    [FailureReport.partial, false],
    [FailureReport.partial, true],
    [FailureReport.no, false],
    [FailureReport.no, true],
  ])('sending with Failure-Report %i, Success-Report %s: settled 200 once', (failure, success) => {
    const { server, client, atServer } = push();
    exchange(client, server, CONN);
    send(server, atServer, 1, 'x'.repeat(5000), failure, success);
    const awaits = failure === FailureReport.yes || success;
    expect(server.log.includes('settled 1 200')).toBe(!awaits);
    exchange(client, server, CONN);
    expect(client.messages.map((message) => message.body.length)).toEqual([5000]);
    expect(server.log.filter((line) => line.startsWith('settled'))).toEqual(['settled 1 200']);
  });

  it('the answer may come later, and until then neither the last 200 nor the REPORT leaves', () => {
    const { server } = bound();
    server.answer = 0;
    server.receive(CONN, frame('hel', { range: '1-3/5', flag: '+', tid: 'tx01' }));
    server.receive(CONN, frame('lo', { range: '4-5/5', tid: 'tx02', headers: 'Success-Report: yes\r\n' }));
    expect(statuses(server.fetch(CONN))).toEqual(['tx01 200']);
    server.endpoint.answer(0, server.messages[0].handle, 200);
    server.drain();
    const said = server.fetch(CONN);
    expect(statuses(said)).toEqual(['tx02 200']);
    expect(said).toContain('Byte-Range: 1-5/5\r\n');
    expect(server.octets.heldOctets).toBe(0);
  });

  it('REPORT goes to the whole From-Path, the response to its leftmost URI only', () => {
    const { server } = bound();
    const two = frame('x', { headers: 'Success-Report: yes\r\n' }).replace(
      /From-Path: \S+/,
      'From-Path: msrp://relay:1/r;tcp msrp://far:2/f;tcp',
    );
    server.receive(CONN, two);
    const [response, report] = server.fetch(CONN).split(/(?<=\$\r\n)/);
    expect(response).toContain('To-Path: msrp://relay:1/r;tcp\r\n');
    expect(report).toContain('To-Path: msrp://relay:1/r;tcp msrp://far:2/f;tcp\r\n');
  });

  it('incremental success REPORTs are added up', () => {
    const { server, session } = bound();
    send(server, session, 1, 'abcdefghij', FailureReport.no, true);
    const report = (range: string): string =>
      frame(null, { method: 'REPORT', id: 'mess1', range, headers: 'Status: 000 200 OK\r\n' });
    server.receive(CONN, report('6-10/10') + report('1-3/10'));
    expect(server.log).not.toContain('settled 1 200');
    server.receive(CONN, report('3-6/10'));
    expect(server.log.at(-1)).toBe('settled 1 200');
  });

  it('a success REPORT that does not come in time fails the message', () => {
    const { server, session } = bound({ reportTimeoutNs: 60 * NS_PER_S });
    send(server, session, 1, 'x', FailureReport.no, true);
    server.advance(59 * NS_PER_S);
    expect(server.log).not.toContain(`settled 1 ${MsrpStatus.timeout}`);
    server.advance(60 * NS_PER_S);
    expect(server.log).toContain(`settled 1 ${MsrpStatus.timeout}`);
  });

  it('B5: a REPORT whose Status is of another namespace than 000 says nothing that is understood (RFC 4975 section 9)', () => {
    const { server, client, atServer } = push();
    exchange(client, server, CONN);
    send(server, atServer, 5, 'x');
    exchange(client, server, CONN);
    const report = (status: string): string =>
      frame(null, { method: 'REPORT', id: 'mess5', range: '1-1/1', headers: `Status: ${status}\r\n` });
    server.receive(CONN, report('001 403'));
    expect(server.log.filter((line) => line.startsWith('late'))).toEqual([]);
    server.receive(CONN, report('000 403'));
    expect(server.log.filter((line) => line.startsWith('late'))).toEqual(['lateFailure 5 403']);
  });

  it('a late failure REPORT is told once, after the message was settled (A17)', () => {
    const { server, client, atServer } = push();
    exchange(client, server, CONN);
    send(server, atServer, 5, 'x');
    exchange(client, server, CONN);
    const late = frame(null, {
      method: 'REPORT',
      id: 'mess5',
      range: '1-1/1',
      headers: 'Status: 000 403\r\n',
    });
    server.receive(CONN, late + late);
    expect(server.log.filter((line) => line.startsWith('late'))).toEqual(['lateFailure 5 403']);
  });
});
