/** The IM XDMS over HTTP octets: RFC 4825 sections 7 and 8, rules 2.5. */
import { describe, expect, test } from 'vitest';
import { scriptedActor, textBlock } from '../../sim/host/scripted-actor.js';
import type { Conn, Ports } from '../../sim/host/ports.js';
import { accessProfile } from '../../sim/network/access-profiles.js';
import { createWorld, type World } from '../../sim/world.js';
import { FIRST_CLIENT_IP, IM_SERVER_IP, XDMS_IP, ipText } from '../addressing.js';
import { createXdms, type Xdms } from './xdms.js';

const DOCUMENT = '/org.openmobilealliance.deferred-list/users/sip:u3@ims.example/deferred-list';
const NS = 'xmlns="urn:oma:xml:im:history-list"';
const EMPTY_LIST = `<?xml version="1.0" encoding="UTF-8"?><history-list ${NS}></history-list>`;

interface Reply {
  readonly status: number;
  readonly etag: string;
  readonly body: string;
  readonly head: string;
}

/** A peer that sends text over one connection and keeps what comes back. */
class Bench {
  readonly world: World;
  private ports: Ports | undefined;
  private conn: Conn | undefined;
  text = '';
  ended = false;

  constructor(fromIp = IM_SERVER_IP) {
    const link = accessProfile('test', { delayNs: 1_000_000 });
    this.world = createWorld({
      seed: 'xdms',
      epochMs: 0,
      tcp: { segmentMinOctets: 1, segmentMaxOctets: 700 },
      hosts: [
        {
          name: 'xdms',
          ip: XDMS_IP,
          addresses: 1,
          factory: createXdms,
          config: { subscribers: 10, imServers: 1, firstClientIp: FIRST_CLIENT_IP },
          link,
        },
        {
          name: 'peer',
          ip: fromIp,
          addresses: 1,
          factory: (ports: Ports) => {
            this.ports = ports;
            return scriptedActor(ports, () => ({
              onTcpData: (_conn, buf, start, end) => void (this.text += buf.latin1Slice(start, end)),
              onTcpClosed: () => {
                this.ended = true;
                this.conn = undefined;
              },
            }));
          },
          config: undefined,
          link,
        },
      ],
    });
    this.world.start();
  }

  get xdms(): Xdms {
    return this.world.host('xdms').actor as Xdms;
  }

  get storage() {
    return this.world.host('xdms').storage;
  }

  run(): void {
    this.world.runUntil(this.world.kernel.nowNs + 500_000_000);
  }

  /** Sends `text` and gives the replies that came. */
  raw(text: string): Reply[] {
    const ports = this.ports;
    if (ports === undefined) throw new Error('no peer');
    if (this.conn === undefined) {
      this.conn = ports.tcp.connect(0, XDMS_IP, 80);
      this.run();
    }
    this.text = '';
    ports.tcp.write(this.conn, textBlock(ports, text), 0, text.length, false);
    this.run();
    return replies(this.text);
  }

  ask(method: string, target: string, headers: Record<string, string> = {}, body = ''): Reply {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const all = this.raw(
      `${method} ${target} HTTP/1.1\r\nHost: xdms.ims.example\r\n${lines.join('')}Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(all).toHaveLength(1);
    return all[0];
  }

  create(): Reply {
    return this.ask('PUT', DOCUMENT, { 'If-None-Match': '*', 'Content-Type': LIST }, EMPTY_LIST);
  }

  put(reference: string, body = entry(reference), headers: Record<string, string> = {}): Reply {
    return this.ask('PUT', node(reference), { 'Content-Type': ELEMENT, ...headers }, body);
  }
}

const LIST = 'application/vnd.oma.im.deferred-list+xml';
const ELEMENT = 'application/xcap-el+xml';

function node(reference: string): string {
  return `${DOCUMENT}/~~/history-list/history%5b@history-reference=%22${encodeURIComponent(reference)}%22%5d`;
}

function entry(reference: string, subject = 'hello'): string {
  return `<history history-reference="${reference}"><size>12</size><subject>${subject}</subject><pager><from>a</from></pager></history>`;
}

function replies(text: string): Reply[] {
  const out: Reply[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n') + 4;
    const head = rest.slice(0, end);
    const length = Number(/^Content-Length: *(\d+)\r$/m.exec(head)?.[1]);
    const status = Number(head.slice(9, 12));
    const octets = status === 304 ? 0 : length;
    out.push({
      status,
      etag: /^ETag: (.*)\r$/m.exec(head)?.[1] ?? '',
      body: rest.slice(end, end + octets),
      head,
    });
    rest = rest.slice(end + octets);
  }
  return out;
}

const report = (reply: Reply) => /<xcap-error [^>]*><([a-z0-9-]+)[^]*<\/xcap-error>$/.exec(reply.body)?.[1];

describe('documents (RFC 4825 sections 7.1 to 7.3)', () => {
  test('the first by PUT with If-None-Match: *, once', () => {
    const bench = new Bench();
    expect(bench.ask('GET', DOCUMENT).status).toBe(404);
    const first = bench.create();
    expect([first.status, first.etag]).toEqual([201, '"1"']);
    expect(bench.create().status).toBe(412);
    const got = bench.ask('GET', DOCUMENT);
    expect([got.status, got.body, got.etag]).toEqual([200, EMPTY_LIST, '"1"']);
    expect(got.head).toContain(`Content-Type: ${LIST}\r\n`);
  });

  test('PUT replaces it whole, DELETE takes it away', () => {
    const bench = new Bench();
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
    const bench = new Bench();
    bench.create();
    bench.put('z');
    const reply = bench.ask('PUT', DOCUMENT, { 'Content-Type': LIST }, xml);
    expect([reply.status, report(reply)]).toEqual([409, element]);
    expect(bench.ask('GET', node('z')).status).toBe(200);
  });

  test('a list with a field that is too long is refused whole: nothing of it is stored, nothing is lost', () => {
    const bench = new Bench();
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
    const bench = new Bench();
    const xml = `<history-list ${NS}>${entry('a')}${entry('a')}</history-list>`;
    const { body, head } = bench.ask('PUT', DOCUMENT, { 'Content-Type': LIST }, xml);
    expect(head).toContain('Content-Type: application/xcap-error+xml\r\n');
    expect(body).toContain(
      '<uniqueness-failure><exists field="history-list/history/@history-reference"/></uniqueness-failure>',
    );
  });
});

describe('nodes (sections 7.4 to 7.6)', () => {
  test('PUT creates and replaces, GET gives it back, DELETE removes it', () => {
    const bench = new Bench();
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
    const bench = new Bench();
    bench.create();
    bench.put('a');
    const query = (namespace: string) => `${DOCUMENT}/~~/h:history-list/h:history?xmlns(h=${namespace})`;
    expect(bench.ask('GET', query('urn:oma:xml:im:history-list')).body).toBe(entry('a'));
    expect(bench.ask('GET', query('urn:other')).status).toBe(404);
    expect(bench.ask('GET', `${DOCUMENT}/~~/h:history-list`).status).toBe(400);
  });

  test.each<[string, (bench: Bench) => Reply, number, string | undefined]>([
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
    const bench = new Bench();
    bench.create();
    bench.put('a');
    const reply = act(bench);
    expect([reply.status, report(reply)]).toEqual([status, element]);
    expect(bench.ask('GET', node('a')).body).toBe(entry('a'));
  });
});

describe('entity tags (sections 7.11, 8.2.6 and 8.5)', () => {
  test('one tag for the document and all its nodes, a new one with each change', () => {
    const bench = new Bench();
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
    const bench = new Bench();
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

describe('who may do what', () => {
  test('a user reads her own list and changes none', () => {
    const bench = new Bench(FIRST_CLIENT_IP + 3);
    expect(bench.ask('GET', DOCUMENT).status).toBe(404);
    expect(bench.ask('GET', DOCUMENT.replace('u3', 'u4')).status).toBe(403);
    expect(bench.ask('DELETE', node('a')).status).toBe(403);
    expect(ipText(FIRST_CLIENT_IP + 3)).toBe('10.16.0.3');
  });
});

describe('the connection', () => {
  const get = `GET ${DOCUMENT} HTTP/1.1\r\nHost: x\r\n\r\n`;

  test('pipelined requests are answered in order, reads after writes see them', () => {
    const bench = new Bench();
    const body = entry('a');
    const all = bench.raw(
      `PUT ${DOCUMENT} HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nContent-Type: ${LIST}\r\nContent-Length: ${EMPTY_LIST.length}\r\n\r\n${EMPTY_LIST}` +
        `PUT ${node('a')} HTTP/1.1\r\nHost: x\r\nContent-Type: ${ELEMENT}\r\nContent-Length: ${body.length}\r\n\r\n${body}${get}`,
    );
    expect(all.map(({ status }) => status)).toEqual([201, 201, 200]);
    expect(all[2].body).toContain(body);
  });

  test('what cannot be framed is answered and ends the connection; the next one works', () => {
    const bench = new Bench();
    const all = bench.raw(`${get}PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${get}`);
    expect(all.map(({ status }) => status)).toEqual([404, 501]);
    expect(bench.ended).toBe(true);
    expect(bench.ask('GET', DOCUMENT).status).toBe(404);
  });

  test('a long list comes whole', () => {
    const bench = new Bench();
    const subject = 'x'.repeat(1500);
    const entries = Array.from({ length: 150 }, (_, i) => entry(`r${i}`, subject));
    const xml = `<history-list ${NS}>${entries.join('')}</history-list>`;
    expect(bench.ask('PUT', DOCUMENT, { 'Content-Type': LIST }, xml).status).toBe(201);
    expect(bench.ask('GET', DOCUMENT).body).toBe(EMPTY_LIST.replace('></', `>${entries.join('')}</`));
  });
});

describe('durability', () => {
  test('what was answered is there after a crash, under a new tag', () => {
    const bench = new Bench();
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
    const bench = new Bench();
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
