/** The IM XDMS over HTTP octets: who may ask, connections, and what is durable. */
import { describe, expect, test } from 'vitest';
import { FIRST_CLIENT_IP, ipText } from '../addressing.js';
import {
  XcapPeer,
  DOCUMENT,
  NS,
  EMPTY_LIST,
  LIST,
  ELEMENT,
  node,
  entry,
} from '../../test/support/xcap-peer.js';

describe('who may do what', () => {
  test('a user reads her own list and changes none', () => {
    const bench = new XcapPeer(FIRST_CLIENT_IP + 3);
    expect(bench.ask('GET', DOCUMENT).status).toBe(404);
    expect(bench.ask('GET', DOCUMENT.replace('u3', 'u4')).status).toBe(403);
    expect(bench.ask('DELETE', node('a')).status).toBe(403);
    expect(ipText(FIRST_CLIENT_IP + 3)).toBe('10.16.0.3');
  });
});

describe('the connection', () => {
  const get = `GET ${DOCUMENT} HTTP/1.1\r\nHost: x\r\n\r\n`;

  test('pipelined requests are answered in order, reads after writes see them', () => {
    const bench = new XcapPeer();
    const body = entry('a');
    const all = bench.raw(
      `PUT ${DOCUMENT} HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nContent-Type: ${LIST}\r\nContent-Length: ${EMPTY_LIST.length}\r\n\r\n${EMPTY_LIST}` +
        `PUT ${node('a')} HTTP/1.1\r\nHost: x\r\nContent-Type: ${ELEMENT}\r\nContent-Length: ${body.length}\r\n\r\n${body}${get}`,
    );
    expect(all.map(({ status }) => status)).toEqual([201, 201, 200]);
    expect(all[2].body).toContain(body);
  });

  test('what cannot be framed is answered and ends the connection; the next one works', () => {
    const bench = new XcapPeer();
    const all = bench.raw(`${get}PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${get}`);
    expect(all.map(({ status }) => status)).toEqual([404, 501]);
    expect(bench.ended).toBe(true);
    expect(bench.ask('GET', DOCUMENT).status).toBe(404);
  });

  test('a long list comes whole', () => {
    const bench = new XcapPeer();
    const subject = 'x'.repeat(1500);
    const entries = Array.from({ length: 150 }, (_, i) => entry(`r${i}`, subject));
    const xml = `<history-list ${NS}>${entries.join('')}</history-list>`;
    expect(bench.ask('PUT', DOCUMENT, { 'Content-Type': LIST }, xml).status).toBe(201);
    expect(bench.ask('GET', DOCUMENT).body).toBe(EMPTY_LIST.replace('></', `>${entries.join('')}</`));
  });
});

describe('durability', () => {
  test('what was answered is there after a crash, under a new tag', () => {
    const bench = new XcapPeer();
    bench.create();
    bench.put('a');
    const { etag } = bench.put('b');
    bench.ask('DELETE', node('a'));
    const host = bench.world.host('xdms');
    host.crash('process');
    host.start();
    bench.run();
    const got = bench.ask('GET', DOCUMENT);
    expect(got.body).toBe(EMPTY_LIST.replace('></', `>${entry('b')}</`));
    expect(got.etag).not.toBe(etag);
    expect(bench.put('c').status).toBe(201);
  });

  test('a commit that storage refuses is answered by nothing, and undone', () => {
    const bench = new XcapPeer();
    bench.create();
    bench.put('a');
    const held = bench.world.octets.heldOctets;
    const refusal = { errorProbability: 1 };
    bench.storage.setFault(refusal, true);
    const body = entry('b');
    expect(
      bench.raw(
        `PUT ${node('b')} HTTP/1.1\r\nHost: x\r\nContent-Type: ${ELEMENT}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ),
    ).toEqual([]);
    expect(bench.ended).toBe(true);
    bench.storage.setFault(refusal, false);
    expect(bench.ask('GET', DOCUMENT).body).toBe(EMPTY_LIST.replace('></', `>${entry('a')}</`));
    expect(bench.world.octets.heldOctets).toBe(held);
    expect(bench.xdms.store.table.rows).toBe(1);
  });
});
