/** What was collected for one message is used again for the next: a chunk goes by its Message-ID, however TCP cut the octets (RFC 4975 section 7.3.1). */
import { expect, test } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { bound, CONN, frame, statuses } from '../fakes/fake-session.js';

const arena = () => new OctetArena(0, true);

test.each([0, 30])(
  'a chunk of a message that was refused is no part of the next one (head cut at %i)',
  (cut) => {
    const { server } = bound(arena, { maxMessageOctets: 40 } as never);
    const receive = (text: string, at = 0): void => {
      if (at > 0) server.receive(CONN, text.slice(0, at));
      server.receive(CONN, text.slice(at));
    };
    receive(frame('A'.repeat(20), { tid: 'aaa1', id: 'msgA', range: '1-*/*', flag: '+' }));
    receive(frame('A'.repeat(30), { tid: 'aaa2', id: 'msgA', range: '21-*/*', flag: '+' }));
    receive(frame('b'.repeat(10), { tid: 'bbb1', id: 'msgB', range: '1-10/20', flag: '+' }), cut);
    // It left before the 413 was read.
    receive(frame('a'.repeat(20), { tid: 'aaa3', id: 'msgA', range: '51-*/*', flag: '$' }));
    receive(frame('b'.repeat(10), { tid: 'bbb2', id: 'msgB', range: '11-20/20', flag: '$' }));
    expect(statuses(server.fetch(CONN))).toEqual(expect.arrayContaining(['bbb1 200', 'bbb2 200']));
    expect(JSON.stringify(server.messages)).toContain('b'.repeat(20));
  },
);

test.each([0, 30])('nor a chunk of one that was aborted (head cut at %i)', (cut) => {
  const { server } = bound(arena, {} as never);
  server.receive(CONN, frame('AAAAAAAAAA', { tid: 'aaa1', id: 'msgA', range: '1-10/30', flag: '+' }));
  server.receive(CONN, frame('', { tid: 'aaa2', id: 'msgA', range: '11-*/30', flag: '#' }));
  const begun = frame('bbbbbbbbbb', { tid: 'bbb1', id: 'msgB', range: '1-10/30', flag: '+' });
  if (cut > 0) server.receive(CONN, begun.slice(0, cut));
  server.receive(CONN, begun.slice(cut));
  server.receive(CONN, frame('aaaaaaaaaa', { tid: 'aaa3', id: 'msgA', range: '11-20/30', flag: '+' }));
  server.receive(CONN, frame('bbbbbbbbbb', { tid: 'bbb2', id: 'msgB', range: '21-30/30', flag: '$' }));
  expect(JSON.stringify(server.messages)).not.toContain('aaaa');
});
