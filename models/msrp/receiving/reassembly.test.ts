import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import type { MsrpConfig } from '../codes.js';
import { CONN, PEER, URI, bodies, chunk, receiverOn, statuses } from '../fakes/fake-chunks.js';
import { frame } from '../fakes/fake-session.js';
import type { FakeOwner } from '../fakes/fake-wire.js';

const receiver = (settings: Partial<MsrpConfig> = {}) => receiverOn(new OctetArena(0, true), settings);

describe('reassembly (RFC 4975 section 7.3.1)', () => {
  it('chunks in any order; $ before the others is complete only without gaps (R8, R10)', () => {
    const { owner } = receiver();
    owner.receive(CONN, chunk({ from: 7, body: 'ghi', flag: '$' }));
    owner.receive(CONN, chunk({ from: 1, body: 'abc' }));
    expect(bodies(owner)).toEqual([]);
    owner.receive(CONN, chunk({ from: 4, body: 'def' }));
    expect(bodies(owner)).toEqual(['abcdefghi']);
    expect(statuses(owner)).toEqual(['200', '200', '200']);
    expect(owner.octets.heldOctets).toBe(0);
  });

  it('where chunks overlap the last received wins (R11)', () => {
    const { owner } = receiver();
    owner.receive(CONN, chunk({ from: 1, body: 'aaaaaa' }));
    owner.receive(CONN, chunk({ from: 4, body: 'bbbbbb' }));
    owner.receive(CONN, chunk({ from: 3, body: 'cc' }));
    owner.receive(CONN, chunk({ from: 9, body: 'dd', flag: '$' }));
    expect(bodies(owner)).toEqual(['aaccbbbbdd']);
  });

  it('a $ chunk that starts at 1 is the whole message, whatever came before (R8)', () => {
    const { owner } = receiver();
    owner.receive(CONN, chunk({ from: 1, body: 'abcdef' }));
    owner.receive(CONN, chunk({ from: 1, body: 'xyz', flag: '$' }));
    owner.receive(CONN, chunk({ id: 'msg2', from: 1, body: 'no range', flag: '$', range: '' }));
    expect(bodies(owner)).toEqual(['xyz', 'no range']);
  });

  it('ranges lie: the octets that came count, not those that were promised (R9)', () => {
    const { owner } = receiver();
    owner.receive(CONN, chunk({ from: 1, body: 'abc', range: '1-6/9' }));
    owner.receive(CONN, chunk({ from: 4, body: 'defghi', flag: '$', range: '4-5/5' }));
    expect(bodies(owner)).toEqual(['abcdefghi']);
  });

  it('# discards, and is answered 200 without a success REPORT (R12)', () => {
    const { owner } = receiver();
    const headers = 'Success-Report: yes\r\n';
    owner.receive(CONN, chunk({ from: 1, body: 'abc', headers }));
    owner.receive(CONN, chunk({ from: 4, body: 'd', flag: '#', headers }));
    expect(bodies(owner)).toEqual([]);
    expect(owner.written.get(CONN)).not.toContain('REPORT');
    expect(statuses(owner)).toEqual(['200', '200']);
    expect(owner.octets.heldOctets).toBe(0);
  });

  it('# in a SEND without a body discards too, and only the message of its Message-ID', () => {
    const { owner } = receiver();
    owner.receive(CONN, chunk({ id: 'gone', from: 1, body: 'abc' }));
    owner.receive(CONN, chunk({ id: 'kept', from: 1, body: 'abc' }));
    const end = (id: string): string => frame(null, { to: URI, from: PEER, id, tid: `end${id}`, flag: '#' });
    for (const id of ['gone', 'other']) owner.receive(CONN, end(id));
    expect(owner.endpoint.counters.partialsDiscarded).toBe(1);
    owner.receive(CONN, chunk({ id: 'kept', from: 4, body: 'd', flag: '$' }));
    expect(bodies(owner)).toEqual(['abcd']);
    expect(statuses(owner)).toEqual(Array(5).fill('200'));
    expect(owner.octets.heldOctets).toBe(0);
  });

  it('a partial that never sees $ or # is discarded by timer (R13), also if it stops in mid-chunk', () => {
    for (const cut of [0, 40]) {
      const { owner } = receiver({ partialTimeoutNs: 60 * NS_PER_S });
      const text = chunk({ from: 1, body: 'x'.repeat(100) });
      owner.receive(CONN, text.slice(0, text.length - cut));
      owner.fetch(CONN);
      owner.advance(59 * NS_PER_S);
      expect(owner.octets.heldOctets).toBeGreaterThan(0);
      owner.advance(61 * NS_PER_S);
      expect(owner.octets.heldOctets).toBe(0);
      expect(owner.endpoint.counters.partialsDiscarded).toBe(1);
      owner.receive(CONN, text.slice(text.length - cut));
      expect(bodies(owner)).toEqual([]);
    }
  });

  it('what comes of a discarded partial is refused, so that its sender knows; it may begin anew (R13)', () => {
    const { owner } = receiver({ partialTimeoutNs: 60 * NS_PER_S });
    owner.receive(CONN, chunk({ from: 1, body: 'abc' }));
    owner.advance(61 * NS_PER_S);
    owner.receive(CONN, chunk({ from: 4, body: 'def', flag: '$' }));
    owner.receive(CONN, chunk({ from: 1, body: 'abc' }) + chunk({ from: 4, body: 'def', flag: '$' }));
    expect(bodies(owner)).toEqual(['abcdef']);
    expect(statuses(owner)).toEqual(['200', '413', '200', '200']);
  });

  it('also of a chunk that stood still in the middle, whose octets touch no other message', () => {
    for (const before of ['', chunk({ from: 1, body: 'ab' })]) {
      const { owner } = receiver({ partialTimeoutNs: 60 * NS_PER_S });
      const from = before === '' ? 1 : 3;
      const [head, tail] = chunk({ from, body: 'cdef', flag: '$', range: `${from}-${from + 3}/6` }).split(
        /(?<=cd)/,
      );
      owner.receive(CONN, before + head);
      owner.fetch(CONN);
      owner.advance(61 * NS_PER_S);
      // Another session takes a message object meanwhile.
      const other = 'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp';
      owner.endpoint.openPassive(owner.nowNs, 2, other, PEER, 'a\0c');
      owner.endpoint.accepted(owner.nowNs, 8);
      owner.receive(8, chunk({ id: 'other', from: 1, body: 'xy' }).replaceAll(URI, other));
      owner.receive(CONN, tail ?? '');
      owner.receive(8, chunk({ id: 'other', from: 3, body: 'z', flag: '$' }).replaceAll(URI, other));
      expect(bodies(owner)).toEqual(['xyz']);
      expect(owner.fetch(CONN)).toMatch(/ 413 /);
    }
  });

  it('short ids such as 456 are accepted (rules 3.1)', () => {
    const { owner } = receiver();
    owner.receive(CONN, chunk({ id: '456', from: 1, body: 'Hi', flag: '$' }));
    expect(owner.messages[0].id).toBe('456');
  });

  it('a duplicate of a finished message is answered, not handed up again (R15); a refused one is refused again', () => {
    const { owner } = receiver();
    const text = chunk({ from: 1, body: 'abc', flag: '$', headers: 'Success-Report: yes\r\n' });
    owner.receive(CONN, text + text);
    expect(bodies(owner)).toEqual(['abc']);
    expect(owner.written.get(CONN)?.match(/ REPORT\r\n/g)).toHaveLength(2);
    expect(statuses(owner)).toEqual(['200', '200']);
    owner.judge = 415;
    owner.receive(CONN, chunk({ id: 'msg2', from: 1, body: 'abc', headers: '' }));
    owner.judge = 200;
    owner.receive(CONN, chunk({ id: 'msg2', from: 4, body: 'def', flag: '$' }));
    expect(statuses(owner)).toEqual(['415', '415']);
    expect(bodies(owner)).toEqual(['abc']);
  });

  it('with finishedIds 0 every message counts, for owners with a memory of their own', () => {
    const { owner } = receiver({ finishedIds: 0 });
    const text = chunk({ from: 1, body: 'abc', flag: '$' });
    owner.receive(CONN, text + text);
    expect(bodies(owner)).toEqual(['abc', 'abc']);
  });

  it('until the owner has answered, a duplicate gets no answer either; then it gets the same', () => {
    const { owner } = receiver();
    owner.answer = 0;
    const text = chunk({ from: 1, body: 'abc', flag: '$' });
    owner.receive(CONN, text + text.replaceAll('tx01', 'tx02'));
    expect(statuses(owner)).toEqual([]);
    expect(owner.messages).toHaveLength(1);
    owner.endpoint.answer(0, owner.messages[0].handle, 403);
    owner.drain();
    expect(owner.written.get(CONN)).toContain('MSRP tx02 403 Forbidden\r\n');
    expect(statuses(owner)).toEqual(['403', '403']);
    expect(owner.octets.heldOctets).toBe(0);
  });

  it('a last chunk that comes again while the owner has not answered leaves the message as it was', () => {
    const { owner } = receiver();
    owner.answer = 0;
    const nth = (from: number, body: string, tid: string): string =>
      chunk({ from, body, tid, range: `${from}-${from + 2}/9`, flag: from === 7 ? '$' : '+' });
    owner.receive(CONN, nth(1, 'abc', 'tx11') + nth(4, 'def', 'tx12') + nth(7, 'ghi', 'tx13'));
    owner.receive(CONN, nth(7, 'XYZ', 'tx14') + nth(7, 'XYZ', 'tx15'));
    expect(bodies(owner)).toEqual(['abcdefghi']);
    expect(statuses(owner)).toEqual(['200', '200']);
    const { handle } = owner.messages[0];
    const message = owner.endpoint.message(handle);
    const body = owner.octets.start(message.block);
    expect(owner.octets.buf.latin1Slice(body, body + message.length)).toBe('abcdefghi');
    owner.endpoint.answer(0, handle, 200);
    owner.drain();
    expect(statuses(owner)).toEqual(['200', '200', '200']);
    expect(owner.octets.heldOctets).toBe(0);
  });

  it('a sender that goes on until told is told at once: 413 in mid-chunk', () => {
    const { owner } = receiver({ maxMessageOctets: 100 });
    const text = chunk({ from: 1, body: 'x'.repeat(500), range: '1-*/*', flag: '#' });
    owner.receive(CONN, text.slice(0, 400));
    expect(statuses(owner)).toEqual(['413']);
    owner.receive(CONN, text.slice(400));
    expect(statuses(owner)).toEqual([]);
    expect(owner.octets.heldOctets).toBe(0);
  });

  it.each([
    [
      'maxMessageOctets by what is promised',
      { maxMessageOctets: 10 },
      [chunk({ from: 1, body: 'a', range: '1-1/11' })],
    ],
    ['maxMessageOctets by what came', { maxMessageOctets: 10 }, [chunk({ from: 10, body: 'ab' })]],
    ['maxPartialOctets', { maxPartialOctets: 1000 }, [chunk({ from: 1, body: 'x'.repeat(1100) })]],
    [
      'maxPartialsOfSession',
      { maxPartialsOfSession: 1 },
      [chunk({ from: 1, body: 'a' }), chunk({ id: 'msg2', from: 1, body: 'a' })],
    ],
    ['maxGaps', { maxGaps: 2 }, [3, 6, 9].map((from) => chunk({ from, body: 'x' }))],
  ])('limit %s answers 413', (_name, settings, stream) => {
    const { owner } = receiver(settings);
    owner.receive(CONN, stream.join(''));
    expect(statuses(owner).at(-1)).toBe('413');
    // R13: the sender was told to stop; what comes all the same is no beginning of anything.
    const id = /^Message-ID: (.*)\r$/m.exec(stream.at(-1) ?? '')?.[1] ?? '';
    const held = owner.octets.heldOctets;
    owner.receive(CONN, chunk({ id, from: 1, body: 'a', range: '1-1/1', flag: '$' }));
    expect(statuses(owner)).toEqual(['413']);
    expect(bodies(owner)).toEqual([]);
    expect(owner.octets.heldOctets).toBe(held);
  });

  it('a total that lies costs no more than a segment', () => {
    const { owner } = receiver();
    owner.receive(CONN, chunk({ from: 1, body: 'a', range: '1-1/60000000' }));
    owner.fetch(CONN);
    expect(owner.octets.heldOctets).toBeLessThan(70_000);
  });
});

describe('replacement sessions (R15)', () => {
  const again = 'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp';
  function failedHalfway(settings: Partial<MsrpConfig>): FakeOwner {
    const { owner } = receiver(settings);
    owner.receive(CONN, chunk({ id: 'done', from: 1, body: 'x', flag: '$' }));
    owner.receive(
      CONN,
      chunk({ from: 1, body: 'abc' }) + chunk({ from: 4, body: 'lost in the middle' }).slice(0, -20),
    );
    owner.endpoint.closed(0, CONN, false);
    owner.drain();
    return owner;
  }
  function resume(owner: FakeOwner): void {
    owner.endpoint.openPassive(owner.nowNs, 2, again, PEER, 'a\0b');
    owner.endpoint.accepted(owner.nowNs, 8);
    owner.receive(
      8,
      (
        chunk({ id: 'done', from: 1, body: 'x', flag: '$' }) + chunk({ from: 4, body: 'def', flag: '$' })
      ).replaceAll(URI, again),
    );
  }

  it('partials and finished ids of a failed session go to its replacement', () => {
    const owner = failedHalfway({ resumeWindowNs: 100 * NS_PER_S });
    owner.advance(50 * NS_PER_S);
    resume(owner);
    expect(bodies(owner)).toEqual(['x', 'abcdef']);
    expect(owner.messages[1]).toMatchObject({ tag: 2, id: 'msg1' });
  });

  it('stay for the next one if a session ends before any chunk, but not beyond their window', () => {
    for (const [laterNs, handedUp] of [
      [40 * NS_PER_S, ['x', 'abcdef']],
      // Only the chunk that comes again as a whole is a message.
      [60 * NS_PER_S, ['x', 'x']],
    ] as const) {
      const owner = failedHalfway({ resumeWindowNs: 100 * NS_PER_S });
      owner.advance(50 * NS_PER_S);
      const idle = owner.endpoint.openPassive(owner.nowNs, 3, `${again.slice(0, -5)}3;tcp`, PEER, 'a\0b');
      owner.drain();
      owner.endpoint.endSession(owner.nowNs, idle);
      owner.drain();
      owner.advance(owner.nowNs + laterNs);
      resume(owner);
      expect(bodies(owner)).toEqual(handedUp);
    }
  });

  it('a first chunk that was cut off leaves nothing', () => {
    const { owner } = receiver({ resumeWindowNs: 100 * NS_PER_S });
    owner.receive(CONN, chunk({ from: 1, body: 'abcdefgh' }).slice(0, -18));
    expect(owner.octets.heldOctets).toBeGreaterThan(0);
    owner.endpoint.closed(0, CONN, false);
    owner.drain();
    expect(owner.octets.heldOctets).toBe(0);
  });

  it('not after the window, and not without the option', () => {
    for (const resumeWindowNs of [0, 40 * NS_PER_S]) {
      const owner = failedHalfway({ resumeWindowNs });
      owner.fetch(CONN);
      owner.advance(50 * NS_PER_S);
      expect(owner.octets.heldOctets).toBe(0);
      resume(owner);
      expect(bodies(owner)).toEqual(['x', 'x']);
    }
  });

  it('finds what is finished in a session that is dead to its sender, and still open here', () => {
    for (const [resumeWindowNs, id, handedUp] of [
      [100 * NS_PER_S, 'messageDone01', ['x']],
      [0, 'messageDone01', ['x', 'x']],
      // An id that is not random may stand for another message there.
      [100 * NS_PER_S, '456', ['x', 'x']],
    ] as const) {
      const { owner } = receiver({ resumeWindowNs });
      owner.receive(CONN, chunk({ id, from: 1, body: 'x', flag: '$' }));
      owner.endpoint.openPassive(owner.nowNs, 2, again, PEER, 'a\0b');
      owner.endpoint.accepted(owner.nowNs, 8);
      owner.receive(8, chunk({ id, from: 1, body: 'x', flag: '$' }).replaceAll(URI, again));
      expect(bodies(owner)).toEqual(handedUp);
      expect(owner.fetch(8)).toMatch(/^MSRP tx01 200/);
    }
  });

  it('finds what is finished in a session that failed after its replacement had come', () => {
    const { owner, session } = receiver({ resumeWindowNs: 100 * NS_PER_S });
    const done = chunk({ id: 'messageDone01', from: 1, body: 'x', flag: '$' });
    owner.receive(CONN, done);
    owner.endpoint.openPassive(owner.nowNs, 2, again, PEER, 'a\0b');
    owner.endpoint.accepted(owner.nowNs, 8);
    owner.endpoint.endSession(owner.nowNs, session, true);
    owner.receive(8, done.replaceAll(URI, again));
    expect(bodies(owner)).toEqual(['x']);
    expect(owner.fetch(8)).toMatch(/^MSRP tx01 200/);
  });

  it('once a replacement has brought a chunk, its own clean end leaves no partial behind', () => {
    const owner = failedHalfway({ resumeWindowNs: 100 * NS_PER_S });
    const replacement = owner.endpoint.openPassive(owner.nowNs, 2, again, PEER, 'a\0b');
    owner.endpoint.accepted(owner.nowNs, 8);
    owner.receive(8, chunk({ from: 4, body: 'def' }).replaceAll(URI, again));
    owner.fetch(8);
    expect(owner.octets.heldOctets).toBeGreaterThan(0);
    owner.endpoint.endSession(owner.nowNs, replacement);
    owner.drain();
    expect(owner.octets.heldOctets).toBe(0);
  });

  it('of two sessions side by side that fail, the ids of both', () => {
    const { owner, session } = receiver({ resumeWindowNs: 100 * NS_PER_S });
    const done = ['messageDone01', 'messageDone02'].map((id) => chunk({ id, from: 1, body: 'x', flag: '$' }));
    owner.receive(CONN, done[0]);
    const beside = owner.endpoint.openPassive(owner.nowNs, 2, again, PEER, 'a\0b');
    owner.endpoint.accepted(owner.nowNs, 8);
    owner.receive(8, done[1].replaceAll(URI, again));
    owner.endpoint.endSession(owner.nowNs, session, true);
    owner.endpoint.endSession(owner.nowNs, beside, true);
    const third = `${again.slice(0, -5)}3;tcp`;
    owner.endpoint.openPassive(owner.nowNs, 3, third, PEER, 'a\0b');
    owner.endpoint.accepted(owner.nowNs, 9);
    owner.receive(9, done.join('').replaceAll(URI, third));
    expect(bodies(owner)).toEqual(['x', 'x']);
    expect(owner.fetch(9).match(/^MSRP \S+ 200/gm)).toHaveLength(2);
  });

  it('not across sessions that ended cleanly: small ids are used again', () => {
    const { owner, session } = receiver({ resumeWindowNs: 100 * NS_PER_S });
    owner.receive(CONN, chunk({ id: '456', from: 1, body: 'one', flag: '$' }));
    owner.endpoint.endSession(0, session);
    owner.endpoint.openPassive(0, 2, again, PEER, 'a\0b');
    owner.endpoint.accepted(0, 8);
    owner.receive(8, chunk({ id: '456', from: 1, body: 'two', flag: '$' }).replaceAll(URI, again));
    expect(bodies(owner)).toEqual(['one', 'two']);
  });
});
