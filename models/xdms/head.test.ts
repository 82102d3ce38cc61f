/** HEAD is all of GET but its body (RFC 9110 section 9.3.2); OPTIONS says what may be asked (section 9.3.7). */
import { expect, test } from 'vitest';
import { documentOf, XdmsRig } from './testing.js';

const A = 'history[@history-reference="a"]';
const rig = new XdmsRig();
rig.create();
rig.add('a');

const typeOf = (head: string): string | undefined => /^Content-Type: .*$/m.exec(head)?.[0];

test.each([
  documentOf(3),
  `${documentOf(3)}/~~/history-list`,
  rig.below(A),
  rig.below(`${A}/@history-reference`),
])('HEAD of %s', (target) => {
  const whole = rig.ask('GET', target);
  const reply = rig.ask('HEAD', target);
  expect([reply.status, reply.etag, typeOf(reply.head)]).toEqual([200, whole.etag, typeOf(whole.head)]);
  expect(reply.head).not.toContain('Content-Length');
  // Nothing is left of it on the connection: what follows is read as a reply of its own.
  expect(rig.ask('GET', target).body).toBe(whole.body);
  expect(whole.body).not.toBe('');
});

test('HEAD of what is not there, or unchanged, is answered as GET is', () => {
  expect(rig.ask('HEAD', documentOf(4)).status).toBe(404);
  expect(rig.ask('HEAD', rig.below('history[@history-reference="b"]')).status).toBe(404);
  const { etag } = rig.ask('GET', documentOf(3));
  expect(rig.ask('HEAD', documentOf(3), { 'If-None-Match': etag }).status).toBe(304);
  expect(rig.ask('HEAD', documentOf(3), { 'If-Match': '"x"' }).status).toBe(412);
});

test('OPTIONS', () => {
  const { status, body, head } = rig.ask('OPTIONS', documentOf(3));
  expect([status, body]).toEqual([200, '']);
  expect(head).toContain('Allow: GET, HEAD, PUT, DELETE, OPTIONS\r\n');
});
