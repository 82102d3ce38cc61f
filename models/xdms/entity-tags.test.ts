/** Entity tags over HTTP octets: RFC 4825 sections 7.11, 8.2.6 and 8.5. */
import { describe, expect, test } from 'vitest';
import { XcapPeer, DOCUMENT, node, entry } from '../../test/support/xcap-peer.js';

describe('entity tags (sections 7.11, 8.2.6 and 8.5)', () => {
  test('one tag for the document and all its nodes, a new one with each change', () => {
    const bench = new XcapPeer();
    const tags = [
      bench.create().etag,
      bench.put('a').etag,
      bench.put('b').etag,
      bench.ask('DELETE', node('a')).etag,
    ];
    expect(new Set(tags).size).toBe(4);
    expect(bench.ask('GET', node('b')).etag).toBe(tags[3]);
    expect(bench.ask('GET', DOCUMENT).etag).toBe(tags[3]);
  });

  test('If-Match and If-None-Match', () => {
    const bench = new XcapPeer();
    const { etag } = bench.create();
    expect(bench.put('a', entry('a'), { 'If-Match': etag }).status).toBe(201);
    expect(bench.put('b', entry('b'), { 'If-Match': etag }).status).toBe(412);
    expect(bench.put('b', entry('b'), { 'If-None-Match': '*' }).status).toBe(412);
    expect(bench.ask('DELETE', node('a'), { 'If-Match': etag }).status).toBe(412);
    const now = bench.ask('GET', DOCUMENT).etag;
    const same = bench.ask('GET', DOCUMENT, { 'If-None-Match': `"x", ${now}` });
    // A Content-Length would be taken for that of the document (RFC 2616 section 14.13).
    expect([same.status, same.etag, same.head.includes('Content-Length')]).toEqual([304, now, false]);
    // Several lines are one list (RFC 2616 section 4.2).
    const guarded = { 'If-None-Match': '"zzz"\r\nIf-None-Match: *' };
    expect(bench.put('b', entry('b'), guarded).status).toBe(412);
    expect(bench.ask('DELETE', node('a'), { 'If-Match': `"zzz"\r\nIf-Match: ${now}` }).status).toBe(200);
  });
});
