import { describe, expect, it } from 'vitest';
import { SessionDescription } from '../../wire/sdp/description.js';
import { AcceptJudge, SKIP } from './accept-judge.js';
import { RecordMode, type StoredRecord } from '../store/record.js';
import { Wrapper } from './wrapper.js';

const PAGER = { mode: RecordMode.pager } as StoredRecord;
const LARGE = { mode: RecordMode.large } as StoredRecord;

function judge(types: string, wrapped = '', more = ''): AcceptJudge {
  const lists = `a=accept-types:${types}\r\n${wrapped === '' ? '' : `a=accept-wrapped-types:${wrapped}\r\n`}`;
  const text = `v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\nm=message 9 TCP/MSRP *\r\na=path:msrp://h:9/a;tcp\r\n${lists}${more}`;
  const buf = Buffer.from(text, 'latin1');
  const sdp = new SessionDescription();
  expect(sdp.parse(buf, 0, buf.length)).toBe(true);
  const judge = new AcceptJudge(buf, sdp.media[0]);
  // Nothing refers to the answer afterwards.
  buf.fill(0xdd);
  return judge;
}

describe('A19: the answer is judged for each deferred message', () => {
  it.each([
    ['*', true],
    ['multipart/*', true],
    ['text/plain Multipart/Mixed', true],
    ['multipart/mixed;boundary=x', true],
    ['multipart/alternative text/*', false],
    ['message/sipfrag message/sip', false],
  ])('root: accept-types %s takes a push: %s', (types, root) => {
    expect(judge(types, '*').root).toBe(root);
  });

  it('the nested types may stand in either list', () => {
    expect(judge('multipart/mixed', 'message/sipfrag').wrapperFor(PAGER, Wrapper.sipfrag, 0)).toBe(
      Wrapper.sipfrag,
    );
    expect(judge('multipart/mixed message/*').wrapperFor(PAGER, Wrapper.sipfrag, 0)).toBe(Wrapper.sipfrag);
    expect(judge('multipart/mixed', 'text/plain').wrapperFor(PAGER, Wrapper.sipfrag, 0)).toBe(SKIP);
  });

  it('a Pager Mode message takes the other wrapper if only that is taken, and the preferred one if both are', () => {
    const sipOnly = judge('multipart/mixed', 'message/sip');
    expect(sipOnly.wrapperFor(PAGER, Wrapper.sipfrag, 0)).toBe(Wrapper.sip);
    expect(sipOnly.wrapperFor(PAGER, Wrapper.sip, 0)).toBe(Wrapper.sip);
    expect(judge('multipart/mixed', 'message/sipfrag').wrapperFor(PAGER, Wrapper.sip, 0)).toBe(
      Wrapper.sipfrag,
    );
    const both = judge('*');
    expect([Wrapper.sip, Wrapper.sipfrag].map((one) => both.wrapperFor(PAGER, one, 0))).toEqual([
      Wrapper.sip,
      Wrapper.sipfrag,
    ]);
  });

  it('A18: a wrapper that was refused is never the one, though it be all that the answer takes', () => {
    const refused = 1 << Wrapper.sipfrag;
    const both = judge('*');
    expect(both.wrapperFor(PAGER, Wrapper.sipfrag, refused)).toBe(Wrapper.sip);
    expect(both.wrapperFor(PAGER, Wrapper.sip, 1 << Wrapper.sip)).toBe(Wrapper.sipfrag);
    const one = judge('multipart/mixed', 'message/sipfrag');
    expect(one.wrapperFor(PAGER, Wrapper.sipfrag, refused)).toBe(SKIP);
    expect(one.wrapperFor(PAGER, Wrapper.sip, refused)).toBe(SKIP);
  });

  it('a Large Message has one wrapper: sipfrag and msrpfrag, both or nothing', () => {
    expect(judge('*').wrapperFor(LARGE, Wrapper.sip, 0)).toBe(Wrapper.sipfrag);
    expect(
      judge('multipart/mixed', 'message/sipfrag message/sip').wrapperFor(LARGE, Wrapper.sipfrag, 0),
    ).toBe(SKIP);
    expect(judge('multipart/mixed', 'message/msrpfrag message/sip').wrapperFor(LARGE, Wrapper.sip, 0)).toBe(
      SKIP,
    );
  });

  it('the leaf type is asked for only where the lists do not take everything', () => {
    expect(judge('*').asksLeaf).toBe(false);
    expect(judge('multipart/mixed', '*;q=1').asksLeaf).toBe(false);
    const some = judge('multipart/mixed', 'message/sipfrag Text/Plain;charset=utf-8 image/*');
    expect(some.asksLeaf).toBe(true);
    expect(
      ['text/plain', 'image/png', '', 'text/html', 'text/plainer', 'image'].map((leaf) =>
        some.takesLeaf(leaf),
      ),
    ).toEqual([true, true, true, false, false, false]);
  });

  it('max-size is kept to; without it there is always room (C10)', () => {
    const small = judge('*', '', 'a=max-size:1000\r\n');
    expect([small.hasRoom(1000), small.hasRoom(1001)]).toEqual([true, false]);
    expect(judge('*').hasRoom(1e9)).toBe(true);
    expect(judge('*', '', 'a=max-size:0\r\n').hasRoom(1)).toBe(false);
  });
});
