/** A client that holds the body of its PUT back until it is told 100 (RFC 9110 section 10.1.1): without that it would wait for ever. */
import { expect, test } from 'vitest';
import { documentOf, LIST_END, LIST_HEAD, LIST_TYPE, requestOf, XdmsRig } from './testing.js';

const body = LIST_HEAD + LIST_END;
const put = requestOf('PUT', documentOf(3), { 'Content-Type': LIST_TYPE, Expect: '100-continue' }, body);
const head = put.slice(0, -body.length);
const answers = (rig: XdmsRig) => rig.replies().map((reply) => [reply.status, reply.body]);

test('100 comes once, and the answer after the body', () => {
  const rig = new XdmsRig();
  rig.feed(head);
  expect(rig.replies().map((reply) => reply.head)).toEqual(['HTTP/1.1 100 Continue\r\n\r\n']);
  rig.feed(body.slice(0, 5));
  expect(answers(rig)).toEqual([]);
  rig.feed(body.slice(5));
  expect(answers(rig)).toEqual([[201, '']]);
});

test('behind the answers to what was asked before', () => {
  const rig = new XdmsRig();
  rig.feed(requestOf('GET', documentOf(4)) + head);
  expect(answers(rig).map(([status]) => status)).toEqual([404, 100]);
});

test('whoever sends it all at once is not told', () => {
  const rig = new XdmsRig();
  rig.feed(put);
  expect(answers(rig)).toEqual([[201, '']]);
});
