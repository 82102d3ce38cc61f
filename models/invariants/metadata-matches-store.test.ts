import { describe, expect, test } from 'vitest';
import { TcpEnd } from '../../sim/host/ports.js';
import { Observed } from '../observations.js';
import { ASSERTED_LINES, Bench, record, S } from './testing.js';

const END_S = 1000;

describe('I10: store and metadata', () => {
  const NODE =
    '/org.openmobilealliance.deferred-list/users/sip:u2@ims.example/deferred-list/~~/history-list/history%5b@history-reference=%22sip:0000000100000002@im.ims.example%22%5d';
  const PUT_BODY = '<history history-reference="sip:0000000100000002@im.ims.example"></history>';
  const PUT = `PUT ${NODE} HTTP/1.1\r\nHost: x\r\nContent-Length: ${PUT_BODY.length}\r\n\r\n${PUT_BODY}`;
  const DELETE = `DELETE ${NODE} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const answer = (status: number): string => `HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`;

  /** The record of message 7, with 1 and 2 as the random bits of its id. */
  function stored7(): string {
    const empty = record(ASSERTED_LINES);
    return `${empty.slice(0, 40)}\x01\0\0\0\x02\0\0\0${empty.slice(48)}`;
  }

  /** Deferred message 0 is stored, its metadata are put; it is settled, and the DELETE on the first connection is not answered. */
  function deletedInVain(): Bench {
    return new Bench({ xdmsHost: 3 })
      .see(Observed.stored, 2, 0, 2 * S, 0, stored7(), 2)
      .see(Observed.streamDelivered, 3, 50, 0, 0, PUT, 3)
      .see(Observed.streamSent, 3, 50, 0, 0, answer(201), 3)
      .see(Observed.expired, 2, 0, 2 * S, 4 * S, '', 4)
      .see(Observed.streamDelivered, 3, 50, 0, 0, DELETE, 4)
      .see(Observed.streamEnded, 3, 50, TcpEnd.reset, 0, '', 4);
  }
  const again = (status: number): Bench =>
    deletedInVain()
      .see(Observed.streamDelivered, 3, 52, 0, 0, DELETE, 5)
      .see(Observed.streamSent, 3, 52, 0, 0, answer(status), 5);

  const LIST =
    'GET /org.openmobilealliance.deferred-list/users/sip:u2@ims.example/deferred-list HTTP/1.1\r\nHost: x\r\n\r\n';
  const list = (status: number, body: string): string =>
    `HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const listed = (status: number, body: string, bench = deletedInVain()): Bench =>
    bench
      .see(Observed.streamDelivered, 3, 52, 0, 0, LIST, 5)
      .see(Observed.streamSent, 3, 52, 0, 0, list(status, body), 5);

  /** The server goes down with its message stored and the PUT on the way, and keeps the message. */
  const putInVain = (): Bench =>
    new Bench({ xdmsHost: 3 })
      .see(Observed.stored, 2, 0, 2 * S, 0, stored7(), 2)
      .see(Observed.streamDelivered, 3, 50, 0, 0, PUT, 3)
      .see(Observed.streamEnded, 3, 50, TcpEnd.reset, 0, '', 4);

  /** The IM XDMS gives the connection up itself, which no end of it shows. */
  const put = (): Bench =>
    new Bench({ xdmsHost: 3 })
      .see(Observed.stored, 2, 0, 2 * S, 0, stored7(), 2)
      .see(Observed.streamDelivered, 3, 50, 0, 0, PUT, 3);
  const deleted = (): Bench =>
    put()
      .see(Observed.streamSent, 3, 50, 0, 0, answer(201), 3)
      .see(Observed.expired, 2, 0, 2 * S, 4 * S, '', 4)
      .see(Observed.streamDelivered, 3, 50, 0, 0, DELETE, 4);

  test.each([
    ['PUT, and a list with the node', () => listed(200, PUT_BODY, put()), true],
    ['PUT, and a list without it', () => listed(200, '<x/>', put()), false],
    ['PUT alone', put, false],
    ['DELETE, and a list without the node', () => listed(200, '<x/>', deleted()), true],
    ['DELETE, and a list that still has it', () => listed(200, PUT_BODY, deleted()), false],
    ['DELETE alone', deleted, false],
  ])('no answer where the IM XDMS reset its connections: %s', (_what, act, holds) => {
    expect(act().violated(END_S).includes('I10')).toBe(!holds);
  });

  test('a list tells nothing of what was asked after it, nor of what was answered since', () => {
    const late = put()
      .see(Observed.streamDelivered, 3, 52, 0, 0, LIST, 4)
      .see(Observed.streamDelivered, 3, 54, 0, 0, PUT, 5)
      .see(Observed.streamSent, 3, 54, 0, 0, answer(201), 5)
      .see(Observed.streamSent, 3, 52, 0, 0, list(200, '<x/>'), 6);
    expect(late.violated(END_S)).not.toContain('I10');
    const soon = new Bench({ xdmsHost: 3 })
      .see(Observed.stored, 2, 0, 2 * S, 0, stored7(), 2)
      .see(Observed.streamDelivered, 3, 52, 0, 0, LIST, 3)
      .see(Observed.streamDelivered, 3, 50, 0, 0, PUT, 3)
      .see(Observed.streamSent, 3, 52, 0, 0, list(200, '<x/>'), 4);
    expect(listed(200, PUT_BODY, soon).violated(END_S)).not.toContain('I10');
  });

  test('a repeated PUT that is refused tells nothing of the first one, and a list does', () => {
    const refused = (): Bench =>
      putInVain()
        .see(Observed.streamDelivered, 3, 54, 0, 0, PUT, 5)
        .see(Observed.streamSent, 3, 54, 0, 0, answer(500), 5);
    expect(listed(200, PUT_BODY, refused()).violated(END_S)).not.toContain('I10');
    expect(listed(200, '<x/>', refused()).violated(END_S)).toContain('I10');
  });

  test('one answer too many is a violation, whatever it says', () => {
    const twice = put()
      .see(Observed.streamSent, 3, 50, 0, 0, answer(201), 4)
      .see(Observed.streamSent, 3, 50, 0, 0, answer(201), 5);
    expect(twice.violated(END_S)).toContain('I10');
    expect(twice.first('I10')).toContain('answered what nobody asked');
  });

  test('an answer that comes after a list that was asked for later tells nothing new', () => {
    const bench = put()
      .see(Observed.streamDelivered, 3, 50, 0, 0, DELETE, 4)
      .see(Observed.expired, 2, 0, 2 * S, 4 * S, '', 4);
    listed(200, '<x/>', bench).see(Observed.streamSent, 3, 50, 0, 0, answer(201), 6);
    expect(bench.violated(END_S)).not.toContain('I10');
  });

  test.each([
    [
      'a PUT that a reset left unanswered, and a list with the node',
      () => listed(200, PUT_BODY, putInVain()),
      true,
    ],
    ['the same, and a list without it', () => listed(200, '<x/>', putInVain()), false],
    ['the same, and no list', putInVain, false],
    ['a DELETE that a reset left unanswered, and a list without the node', () => listed(200, '<x/>'), true],
    ['the same, and no list any more', () => listed(404, ''), true],
    ['the same, and a list that still has it', () => listed(200, PUT_BODY), false],
    ['the same, and a list that could not be had', () => listed(500, ''), false],
    ['a DELETE whose answer a reset took, repeated and answered 404', () => again(404), true],
    ['the same, answered 200', () => again(200), true],
    ['the same, answered 500', () => again(500), false],
    ['the same, and not repeated', deletedInVain, false],
  ])('%s', (_what, act, holds) => {
    expect(act().violated(END_S).includes('I10')).toBe(!holds);
  });

  test('an offender is named by the number of its message', () => {
    const bench = deletedInVain();
    expect(bench.violated(END_S)).toContain('I10');
    expect(bench.first('I10')).toMatch(
      /: the metadata of message 7 \(sip:00000001\.\.\.\) are still there, and the message is not$/,
    );
    const stored = new Bench({ xdmsHost: 3 }).see(Observed.stored, 2, 0, 2 * S, 0, stored7(), 2);
    expect(stored.violated(END_S)).toContain('I10');
    expect(stored.first('I10')).toMatch(/: message 7 \(sip:00000001\.\.\.\) is stored without metadata$/);
  });

  test('and by the user in whose list it is, if nobody saw its message stored', () => {
    const bench = new Bench({ xdmsHost: 3 })
      .see(Observed.streamDelivered, 3, 50, 0, 0, PUT, 3)
      .see(Observed.streamSent, 3, 50, 0, 0, answer(201), 3);
    expect(bench.violated(END_S)).toContain('I10');
    expect(bench.first('I10')).toMatch(
      /: the metadata of sip:00000001\.\.\. in the list of user 2 are still/,
    );
  });
});
