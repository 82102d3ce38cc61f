/** What is kept of the SENDs of a message beside its octets: Message-ID, Content-Type and transaction id (A13, S3-msrp). */
import { expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { CONN, chunk, receiverOn } from '../fakes/fake-chunks.js';

const receiver = () => receiverOn(new OctetArena(0, true));

it('Content-Type and transaction id are those of the earliest chunk that starts at 1 (A13, S3-msrp)', () => {
  const { owner } = receiver();
  owner.receive(CONN, chunk({ from: 4, body: 'd', tid: 'late1', type: 'text/late' }));
  owner.receive(CONN, chunk({ from: 1, body: 'ab', tid: 'first1', type: 'text/first;charset=utf-8' }));
  owner.receive(CONN, chunk({ from: 1, body: 'ab', tid: 'again1', type: 'text/again' }));
  owner.receive(CONN, chunk({ from: 3, body: 'c', tid: 'last1', type: 'text/x', flag: '+' }));
  owner.receive(CONN, chunk({ from: 5, body: 'e', tid: 'last2', type: 'text/x', flag: '$' }));
  expect(owner.messages[0]).toMatchObject({
    body: 'abcde',
    tid: 'first1',
    type: 'text/first;charset=utf-8',
    chunks: 5,
  });
});

it.each([
  ['the last to come', []],
  ['not the last', [chunk({ from: 7, body: 'ghi', tid: 'last1', type: 'text/last', flag: '$' })]],
])(
  'S3-msrp, D-100: where the chunk that starts at 1 comes later, %s, and tells no type, the told one stays',
  (_when, more) => {
    const { owner } = receiver();
    owner.answer = 0;
    const headers = 'Content-Disposition: inline\r\n';
    const flag = more.length === 0 ? '$' : '+';
    owner.receive(CONN, chunk({ from: 4, body: 'def', tid: 'late1', type: 'image/png', headers, flag }));
    const typeless = chunk({ from: 1, body: 'abc', tid: 'first1' }).replace(
      'Content-Type: text/plain\r\n',
      '',
    );
    owner.receive(CONN, typeless + more.join(''));
    expect(owner.messages).toMatchObject([{ id: 'msg1', type: 'image/png', tid: 'first1' }]);
    // A14: what described that type, and is dropped.
    expect(owner.endpoint.message(owner.messages[0].handle).droppedContentHeaders).toBe(1);
  },
);
