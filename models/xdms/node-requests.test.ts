/** Nodes over HTTP octets: RFC 4825 sections 7.4 to 7.6. */
import { describe, expect, test } from 'vitest';
import {
  type Reply,
  XcapPeer,
  DOCUMENT,
  EMPTY_LIST,
  ELEMENT,
  node,
  entry,
  report,
} from '../../test/support/xcap-peer.js';

describe('nodes (sections 7.4 to 7.6)', () => {
  test('PUT creates and replaces, GET gives it back, DELETE removes it', () => {
    const bench = new XcapPeer();
    expect(report(bench.put('a'))).toBe('no-parent');
    bench.create();
    expect(bench.put('a').status).toBe(201);
    expect(bench.put('b').status).toBe(201);
    expect(bench.put('a', entry('a', 'new &lt;&#x3c0;')).status).toBe(200);
    expect(bench.ask('GET', node('a')).body).toBe(entry('a', 'new &lt;\xcf\x80'));
    expect(bench.ask('GET', `${DOCUMENT}/~~/*/*%5b2%5d`).body).toBe(entry('b'));
    expect(bench.ask('GET', `${node('a')}/pager/from`).body).toBe('<from>a</from>');
    const attribute = bench.ask('GET', `${node('b')}/@history-reference`);
    expect([attribute.body, attribute.head.includes('application/xcap-att+xml')]).toEqual(['b', true]);
    expect(bench.ask('DELETE', node('a')).status).toBe(200);
    expect(bench.ask('DELETE', node('a')).status).toBe(404);
    expect(bench.ask('GET', DOCUMENT).body).toBe(EMPTY_LIST.replace('></', `>${entry('b')}</`));
  });

  test('a prefix bound to the namespace selects the same, another namespace nothing (section 6.4)', () => {
    const bench = new XcapPeer();
    bench.create();
    bench.put('a');
    const query = (namespace: string) => `${DOCUMENT}/~~/h:history-list/h:history?xmlns(h=${namespace})`;
    expect(bench.ask('GET', query('urn:oma:xml:im:history-list')).body).toBe(entry('a'));
    expect(bench.ask('GET', query('urn:other')).status).toBe(404);
    expect(bench.ask('GET', `${DOCUMENT}/~~/h:history-list`).status).toBe(400);
  });

  test.each<[string, (bench: XcapPeer) => Reply, number, string | undefined]>([
    ['another reference than the selector', (b) => b.put('b', entry('c')), 409, 'cannot-insert'],
    ['another media type', (b) => b.put('b', entry('b'), { 'Content-Type': 'text/xml' }), 415, undefined],
    ['no XML', (b) => b.put('b', '<history'), 409, 'not-xml-frag'],
    ['two elements', (b) => b.put('b', entry('b') + entry('b')), 409, 'not-xml-frag'],
    [
      'another schema',
      (b) => b.put('b', '<history history-reference="b"><x/></history>'),
      409,
      'schema-validation-error',
    ],
    ['octets that are not UTF-8', (b) => b.put('b', entry('b', '\xff')), 409, 'not-utf-8'],
    [
      'a part of an entry',
      (b) => b.ask('PUT', `${node('a')}/size`, { 'Content-Type': ELEMENT }, '<size>1</size>'),
      409,
      'constraint-failure',
    ],
    [
      'below what is not there',
      (b) => b.ask('PUT', `${node('b')}/size`, { 'Content-Type': ELEMENT }, '<size>1</size>'),
      409,
      'no-parent',
    ],
    ['a namespace selector', (b) => b.ask('PUT', `${DOCUMENT}/~~/history-list/namespace::*`), 405, undefined],
    [
      'a position far behind the end',
      (b) =>
        b.ask('PUT', `${DOCUMENT}/~~/history-list/history%5b9%5d`, { 'Content-Type': ELEMENT }, entry('b')),
      409,
      'cannot-insert',
    ],
    [
      'DELETE by a position that would select another',
      (b) => (b.put('b'), b.ask('DELETE', `${DOCUMENT}/~~/history-list/history%5b1%5d`)),
      409,
      'cannot-delete',
    ],
    ['POST', (b) => b.ask('POST', DOCUMENT), 405, undefined],
    ['a method that nobody knows', (b) => b.ask('BREW', DOCUMENT), 501, undefined],
    [
      'an unknown application usage',
      (b) => b.ask('GET', '/resource-lists/users/sip:u3@ims.example/index'),
      404,
      undefined,
    ],
    ['an unknown user', (b) => b.ask('GET', DOCUMENT.replace('u3', 'u10')), 404, undefined],
  ])('%s', (_name, act, status, element) => {
    const bench = new XcapPeer();
    bench.create();
    bench.put('a');
    const reply = act(bench);
    expect([reply.status, report(reply)]).toEqual([status, element]);
    expect(bench.ask('GET', node('a')).body).toBe(entry('a'));
  });
});
