/** Which node a selector names, and what may be done to it (RFC 4825 sections 6.3 and 7.4 to 7.6, rules 2.5). */
import { describe, expect, test } from 'vitest';
import { Observed } from '../observations.js';
import {
  conflictOf,
  documentOf,
  ELEMENT_TYPE,
  entryOf,
  LIST_END,
  LIST_HEAD,
  LIST_TYPE,
  XdmsRig,
} from './testing.js';

/** A list with entries of these references. */
function rigWith(...references: string[]): XdmsRig {
  const rig = new XdmsRig();
  rig.create();
  for (const reference of references) rig.add(reference);
  return rig;
}

const A = 'history[@history-reference="a"]';
/** What a field may say where it may not say anything. */
const VALUES = new Map([
  ['size', '12'],
  ['expiry', '2026-01-05T08:00:00Z'],
  ['date', '2026-01-05T08:00:00Z'],
  ['time-stamp', '2026-01-05T08:00:00Z'],
]);
const PAGER = '<pager><from>a</from></pager>';

describe('GET', () => {
  test.each<[string, string]>([
    ['history[1]', entryOf('a')],
    ['history[2][@history-reference="b"]', entryOf('b')],
    [`${A}/size`, '<size>12</size>'],
    [`${A}/size[1]`, '<size>12</size>'],
    [`${A}/pager`, PAGER],
    [`*[1]/pager[1]/from[1]`, '<from>a</from>'],
    [`${A}/@history-reference`, 'a'],
  ])('%s gives the node that it names', (selector, body) => {
    const reply = rigWith('a', 'b').get(selector);
    expect([reply.status, reply.body]).toEqual([200, body]);
  });

  test.each([
    // More than one, or none that is there.
    'history',
    'history[3]',
    'history[1][@history-reference="b"]',
    'history[@id="a"]',
    `${A}/size[2]`,
    `${A}/pager/from[2]`,
    `${A}/pager[2]/from`,
    `${A}/size[@id="1"]`,
    `${A}/expiry`,
    `${A}/pager/to`,
    // Not where they stand.
    `${A}/from`,
    `${A}/pager/size`,
    `${A}/pager/from/size`,
    `${A}/pager/pager/from`,
    // Below an entry nothing goes by a wildcard here.
    `${A}/*`,
    `${A}/*/from`,
    `${A}/pager/*`,
    // Attributes that nothing has.
    `${A}/@size`,
    `${A}/size/@history-reference`,
    `${A}/namespace::*`,
  ])('%s names nothing', (selector) => {
    const reply = rigWith('a', 'b').get(selector);
    expect([reply.status, reply.etag, reply.body]).toEqual([404, '', '']);
  });

  test('of each field of a full entry gives that field, and a wildcard none of them', () => {
    const inside = ['time-stamp', 'from', 'to', 'auth-id'];
    const outside = ['size', 'expiry', 'subject', 'date'];
    const element = (name: string) => `<${name}>${VALUES.get(name) ?? 'x'}</${name}>`;
    const pager = `<pager>${inside.map(element).join('')}</pager>`;
    const rig = rigWith();
    const full = `<history history-reference="a">${outside.map(element).join('')}${pager}</history>`;
    expect(rig.put(A, full).status).toBe(201);
    for (const name of outside) expect(rig.get(`${A}/${name}`).body).toBe(element(name));
    for (const name of inside) expect(rig.get(`${A}/pager/${name}`).body).toBe(element(name));
    expect(rig.get(`${A}/pager`).body).toBe(pager);
    const others = ['*', 'pager/*', ...inside, ...outside.map((name) => `pager/${name}`)];
    for (const selector of others) expect(rig.get(`${A}/${selector}`).status).toBe(404);
  });

  test('of the root element gives it without a declaration, as an element', () => {
    const rig = rigWith('a');
    const root = `${documentOf(3)}/~~/history-list`;
    for (const target of [root, `${root}%5b1%5d`, `${documentOf(3)}/~~/*`]) {
      const reply = rig.ask('GET', target);
      expect([reply.status, reply.body]).toEqual([200, LIST_HEAD + entryOf('a') + LIST_END]);
      expect(reply.head).toContain(`Content-Type: ${ELEMENT_TYPE}\r\n`);
    }
    expect(rig.ask('GET', `${root}%5b2%5d`).status).toBe(404);
    expect(rig.ask('GET', `${root}%5b@history-reference=%22a%22%5d`).status).toBe(404);
    expect(rig.ask('GET', `${root}/namespace::*`).status).toBe(404);
  });

  test('of an entry without a test gives the only one there is', () => {
    const rig = rigWith('a');
    expect(rig.get('history').body).toBe(entryOf('a'));
    expect(rig.get('history/size').body).toBe('<size>12</size>');
    rig.add('b');
    expect(rig.get('history/size').status).toBe(404);
    rig.delete('history[2]');
    expect(rig.get('history').body).toBe(entryOf('a'));
    expect(rig.get('history[2]').status).toBe(404);
  });

  test('a list longer than the memory for one reply comes whole', () => {
    const rig = rigWith();
    const entries = Array.from({ length: 120 }, (_, i) => entryOf(`r${i}`, 'x'.repeat(4096)));
    entries.forEach((entry, i) => {
      expect(rig.put(`history[@history-reference="r${i}"]`, entry).status).toBe(201);
    });
    const { head, body } = rig.ask('GET', documentOf(3));
    expect(head).toContain(`Content-Length: ${body.length}\r\n`);
    expect(body.endsWith(LIST_HEAD + entries.join('') + LIST_END)).toBe(true);
  });
});

describe('PUT', () => {
  test.each<[string, string, number, string | undefined, string]>([
    // By place: the one that is there, or the next one.
    ['history[2]', 'b', 200, undefined, 'a b'],
    ['history[3]', 'c', 201, undefined, 'a b c'],
    ['history[3][@history-reference="c"]', 'c', 201, undefined, 'a b c'],
    ['history[4]', 'c', 409, 'cannot-insert', 'a b'],
    ['history[4][@history-reference="c"]', 'c', 409, 'cannot-insert', 'a b'],
    ['history[3]', 'a', 409, 'uniqueness-failure', 'a b'],
    ['history[1]', 'b', 409, 'uniqueness-failure', 'a b'],
    // Another reference in the place of an entry, and in the middle of the list.
    ['history[1]', 'c', 409, 'constraint-failure', 'a b'],
    ['history[2][@history-reference="c"]', 'c', 409, 'constraint-failure', 'a b'],
    ['history[1][@history-reference="b"]', 'b', 409, 'cannot-insert', 'a b'],
    // The list is there, but the selector would name three afterwards.
    ['history', 'c', 409, 'cannot-insert', 'a b'],
    // A parent that is there, and one that is not (section 8.2.1).
    [`${A}/other`, 'a', 409, 'constraint-failure', 'a b'],
    [`${A}/@other`, 'a', 409, 'constraint-failure', 'a b'],
    [`${A}/size[2]`, 'a', 409, 'constraint-failure', 'a b'],
    [`${A}/pager/other`, 'a', 409, 'constraint-failure', 'a b'],
    ['other', 'a', 409, 'constraint-failure', 'a b'],
    [`${A}/other/size`, 'a', 409, 'no-parent', 'a b'],
    [`${A}/expiry/other`, 'a', 409, 'no-parent', 'a b'],
    [`${A}/expiry/@other`, 'a', 409, 'no-parent', 'a b'],
    ['history[@history-reference="c"]/size', 'c', 409, 'no-parent', 'a b'],
    ['history/size', 'a', 409, 'no-parent', 'a b'],
    [`${A}/expiry`, 'a', 409, 'constraint-failure', 'a b'],
  ])('%s with entry %s', (selector, reference, status, element, left) => {
    const rig = rigWith('a', 'b');
    const reply = rig.put(selector, entryOf(reference, 'new'));
    expect([reply.status, conflictOf(reply), rig.list().join(' ')]).toEqual([status, element, left]);
  });

  test('without a test goes to an empty list, and to the only entry', () => {
    const rig = rigWith();
    expect(rig.put('history', entryOf('a')).status).toBe(201);
    expect(rig.put('history', entryOf('a', 'new')).status).toBe(200);
    expect(rig.get('history').body).toBe(entryOf('a', 'new'));
  });

  test('a field that is too long is refused, and the entry is as it was (D-103)', () => {
    const rig = rigWith('a');
    const reply = rig.put(A, entryOf('a', 'x'.repeat(4097)));
    expect([reply.status, conflictOf(reply)]).toEqual([409, 'constraint-failure']);
    expect(rig.get(A).body).toBe(entryOf('a'));
    expect(rig.put('history', entryOf('b', 'x'.repeat(4097))).status).toBe(409);
    expect(rig.list()).toEqual(['a']);
  });

  test.each<[string, string, number]>([
    // The same reference, however it is spelt on either side.
    ['a&amp;b', 'a&amp;b', 201],
    ['a&amp;b', 'a&#38;b', 201],
    ['ab', '&#97;b', 201],
    ['a&quot;b', 'a&#x22;b', 201],
    // Another one that is spelt alike.
    ['a&amp;amp;b', 'a&amp;b', 409],
    ['a&amp;b', 'a&amp;c', 409],
    ['ab', 'a', 409],
  ])('the selector %s names an entry that says %s: %i', (selected, said, status) => {
    const rig = rigWith();
    const selector = `history[@history-reference="${selected}"]`.replaceAll('&', '%26');
    const target = `${documentOf(3)}/~~/history-list/${selector.replace('[', '%5b').replace(']', '%5d').replaceAll('"', '%22')}`;
    const reply = rig.ask('PUT', target, { 'Content-Type': ELEMENT_TYPE }, entryOf(said));
    expect(reply.status).toBe(status);
    // GET(PUT(x)) is x (section 7.4).
    expect(rig.ask('GET', target).status).toBe(status === 201 ? 200 : 404);
  });
});

test.each(['<?xml version="1.0"?>', '<?XML?>', '<? a?>', '<??>'])('%s is no part of an element', (before) => {
  const rig = rigWith();
  const reply = rig.put(A, before + entryOf('a'));
  expect([reply.status, conflictOf(reply)]).toEqual([409, 'not-xml-frag']);
  expect(rig.put(A, '<?xml-stylesheet a?>' + entryOf('a')).status).toBe(201);
});

describe('DELETE', () => {
  test.each<[string, number, string | undefined, string]>([
    [A, 200, undefined, 'b'],
    ['history[1][@history-reference="a"]', 200, undefined, 'b'],
    ['history[2]', 200, undefined, 'a'],
    ['history[1]', 409, 'cannot-delete', 'a b'],
    ['history', 404, undefined, 'a b'],
    [`${A}/size`, 409, 'constraint-failure', 'a b'],
    [`${A}/pager`, 409, 'constraint-failure', 'a b'],
    [`${A}/@history-reference`, 409, 'constraint-failure', 'a b'],
    [`${A}/expiry`, 404, undefined, 'a b'],
  ])('%s', (selector, status, element, left) => {
    const rig = rigWith('a', 'b');
    const reply = rig.delete(selector);
    expect([reply.status, conflictOf(reply), rig.list().join(' ')]).toEqual([status, element, left]);
  });

  test('without a test takes the only entry', () => {
    const rig = rigWith('a');
    expect(rig.delete('history').status).toBe(200);
    expect(rig.list()).toEqual([]);
  });

  test('of namespaces is not allowed, and says what is', () => {
    const reply = rigWith('a').delete(`${A}/namespace::*`);
    expect([reply.status, /^Allow: (.*)\r$/m.exec(reply.head)?.[1]]).toEqual([405, 'GET, HEAD']);
  });

  test.each([`${A}/namespace::*`, 'history[9]/namespace::*', 'other/namespace::*'])(
    'neither DELETE nor PUT of namespaces, %s, whether there is such a node or not (sections 8.2 and 8.4)',
    (selector) => {
      const rig = rigWith('a');
      expect([rig.delete(selector).status, rig.put(selector, 'x').status]).toEqual([405, 405]);
    },
  );

  test('of the root element is refused; the document goes as a whole', () => {
    const rig = rigWith('a');
    const reply = rig.ask('DELETE', `${documentOf(3)}/~~/history-list`);
    expect([reply.status, conflictOf(reply)]).toEqual([409, 'constraint-failure']);
    expect(rig.list()).toEqual(['a']);
  });
});

describe('documents', () => {
  test('PUT makes one and replaces it, of its media type alone', () => {
    const rig = new XdmsRig();
    const put = (type: string) =>
      rig.ask('PUT', documentOf(3), { 'Content-Type': type }, LIST_HEAD + entryOf('a') + LIST_END).status;
    expect([put('text/xml'), put(ELEMENT_TYPE)]).toEqual([415, 415]);
    expect(rig.ask('GET', documentOf(3)).status).toBe(404);
    expect([put(LIST_TYPE), put(LIST_TYPE)]).toEqual([201, 200]);
    expect(rig.list()).toEqual(['a']);
    // What is observed of requests is what was answered.
    const seen = rig.test.observed.filter(({ kind }) => kind === Observed.xdmsRequest).map(({ a }) => a);
    expect(seen).toEqual([415, 415, 404, 201, 200, 200]);
  });

  test.each([
    documentOf(3).replace('sip:', 'sap:'),
    documentOf(3).replace('ims.example', 'imx.example'),
    documentOf(3).replace('sip:u3@', 'sip:'),
    documentOf(3).replace('users/sip:u3@ims.example', 'global'),
    documentOf(3).replace(/deferred-list$/, 'index'),
  ])('%s is nobody’s, and has no tag', (target) => {
    const rig = rigWith('a');
    const { status, etag } = rig.ask('GET', target);
    expect([status, etag]).toEqual([404, '']);
  });

  test('a method that there is not says which there are', () => {
    const reply = rigWith().ask('POST', documentOf(3));
    expect([reply.status, /^Allow: (.*)\r$/m.exec(reply.head)?.[1]]).toEqual([
      405,
      'GET, HEAD, PUT, DELETE, OPTIONS',
    ]);
  });

  test('a condition holds wherever it stands among the header fields (section 7.11)', () => {
    const rig = rigWith('a');
    // The very first one here.
    expect(rig.ask('GET', documentOf(3), { 'If-Match': '"x"' }).status).toBe(412);
    expect(rig.ask('DELETE', documentOf(3), { 'If-Match': '"x"' }).status).toBe(412);
    const { etag } = rig.ask('GET', documentOf(3), { 'If-None-Match': '"x"' });
    expect(rig.ask('GET', documentOf(3), { 'If-None-Match': etag }).status).toBe(304);
  });
});
