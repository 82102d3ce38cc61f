/** Documents over HTTP octets: RFC 4825 sections 7.1 to 7.3, rules 2.5. */
import { describe, expect, test } from 'vitest';
import {
  XcapPeer,
  DOCUMENT,
  NS,
  EMPTY_LIST,
  LIST,
  node,
  entry,
  report,
} from '../../test/support/xcap-peer.js';

describe('documents (RFC 4825 sections 7.1 to 7.3)', () => {
  test('the first by PUT with If-None-Match: *, once', () => {
    const bench = new XcapPeer();
    expect(bench.ask('GET', DOCUMENT).status).toBe(404);
    const first = bench.create();
    expect([first.status, first.etag]).toEqual([201, '"1"']);
    expect(bench.create().status).toBe(412);
    const got = bench.ask('GET', DOCUMENT);
    expect([got.status, got.body, got.etag]).toEqual([200, EMPTY_LIST, '"1"']);
    expect(got.head).toContain(`Content-Type: ${LIST}\r\n`);
  });

  test('PUT replaces it whole, DELETE takes it away', () => {
    const bench = new XcapPeer();
    bench.create();
    bench.put('a');
    const xml = `<history-list ${NS}>${entry('b')}${entry('c')}</history-list>`;
    expect(bench.ask('PUT', DOCUMENT, { 'Content-Type': LIST }, xml).status).toBe(200);
    expect(bench.ask('GET', DOCUMENT).body).toContain(`${entry('b')}${entry('c')}</history-list>`);
    expect(bench.ask('GET', node('a')).status).toBe(404);
    expect(bench.ask('DELETE', DOCUMENT).status).toBe(200);
    expect(bench.ask('DELETE', DOCUMENT).status).toBe(404);
    expect(bench.storage.records).toBe(1); // the counter
  });

  test.each([
    ['<history-list', 'not-well-formed'],
    ['<history-list xmlns="urn:x"/>', 'schema-validation-error'],
    [`<history-list ${NS}>${entry('a')}${entry('a')}</history-list>`, 'uniqueness-failure'],
    [`<history-list ${NS}>\xff</history-list>`, 'not-utf-8'],
  ])('%s is refused with %s and changes nothing', (xml, element) => {
    const bench = new XcapPeer();
    bench.create();
    bench.put('z');
    const reply = bench.ask('PUT', DOCUMENT, { 'Content-Type': LIST }, xml);
    expect([reply.status, report(reply)]).toEqual([409, element]);
    expect(bench.ask('GET', node('z')).status).toBe(200);
  });

  test('a list with a field that is too long is refused whole: nothing of it is stored, nothing is lost', () => {
    const bench = new XcapPeer();
    bench.create();
    const xml = (octets: number): string =>
      `<history-list ${NS}>${entry('a')}${entry('b', 'x'.repeat(octets))}</history-list>`;
    const long = bench.ask('PUT', DOCUMENT, { 'Content-Type': LIST }, xml(4097));
    expect([long.status, report(long)]).toEqual([409, 'constraint-failure']);
    expect(bench.ask('GET', DOCUMENT).body).toBe(EMPTY_LIST);
    expect(bench.ask('PUT', DOCUMENT, { 'Content-Type': LIST }, xml(4096)).status).toBe(200);
    expect(bench.ask('GET', node('b')).status).toBe(200);
  });

  test('what is not unique is named, as the schema of the report has it (section 11.2)', () => {
    const bench = new XcapPeer();
    const xml = `<history-list ${NS}>${entry('a')}${entry('a')}</history-list>`;
    const { body, head } = bench.ask('PUT', DOCUMENT, { 'Content-Type': LIST }, xml);
    expect(head).toContain('Content-Type: application/xcap-error+xml\r\n');
    expect(body).toContain(
      '<uniqueness-failure><exists field="history-list/history/@history-reference"/></uniqueness-failure>',
    );
  });
});
