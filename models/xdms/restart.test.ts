/** What the IM XDMS keeps, over restarts and refused commits, and whom it answers when (rules 2.5; D-028). */
import { describe, expect, test } from 'vitest';
import { CommitStatus, TcpEnd } from '../../sim/host/ports.js';
import {
  documentOf,
  ELEMENT_TYPE,
  entryOf,
  LIST_END,
  LIST_HEAD,
  LIST_TYPE,
  requestOf,
  XdmsRig,
} from './testing.js';

const statuses = (rig: XdmsRig, conn?: number) => rig.replies(conn).map(({ status }) => status);
const putOf = (rig: XdmsRig, reference: string) =>
  requestOf(
    'PUT',
    rig.below(`history[@history-reference="${reference}"]`),
    { 'Content-Type': ELEMENT_TYPE },
    entryOf(reference),
  );
const CREATE = requestOf('PUT', documentOf(3), { 'Content-Type': LIST_TYPE }, LIST_HEAD + LIST_END);
const GET = requestOf('GET', documentOf(3));

describe('what is durable', () => {
  test('an entry that was replaced keeps its place, also after a restart', () => {
    const rig = new XdmsRig();
    rig.create();
    for (const reference of ['a', 'b', 'c']) rig.add(reference);
    rig.put('history[@history-reference="a"]', entryOf('a', 'new'));
    rig.delete('history[3]');
    rig.add('d');
    expect(rig.list()).toEqual(['a', 'b', 'd']);
    rig.restart();
    expect(rig.list()).toEqual(['a', 'b', 'd']);
    expect(rig.get('history[1]').body).toBe(entryOf('a', 'new'));
    // The count, the document, three entries.
    expect(rig.storage.records).toBe(5);
  });

  test('entries go and stay one by one in a long list, here and after a restart', () => {
    const rig = new XdmsRig();
    rig.create();
    const all = Array.from({ length: 150 }, (_, i) => `r${i}`);
    for (const reference of all) rig.add(reference);
    const gone = all.filter((_, i) => i % 7 === 0 || (i > 20 && i < 60));
    for (const reference of gone.toReversed())
      expect(rig.delete(`history[@history-reference="${reference}"]`).status).toBe(200);
    const left = all.filter((reference) => !gone.includes(reference));
    for (const restarted of [false, true]) {
      if (restarted) rig.restart();
      expect(rig.list()).toEqual(left);
      for (const reference of all) {
        const { status } = rig.get(`history[@history-reference="${reference}"]`);
        expect([reference, status]).toEqual([reference, left.includes(reference) ? 200 : 404]);
      }
    }
    for (const reference of left) rig.delete(`history[@history-reference="${reference}"]`);
    expect(rig.storage.records).toBe(2);
  });

  test('a list is that of its user, whatever her number', () => {
    const rig = new XdmsRig(70_000);
    const users = [3, 259, 515, 66_051];
    for (const user of users) {
      rig.create(user);
      rig.add(`of-${user}`, user);
    }
    rig.restart();
    expect(users.map((user) => rig.list(user))).toEqual(users.map((user) => [`of-${user}`]));
  });

  test('no tag is given out twice, over thousands of changes and over restarts', () => {
    const rig = new XdmsRig();
    const tags = [rig.create().etag];
    for (let i = 0; i < 4200; i++) {
      tags.push(rig.put('history', entryOf('a', `s${i}`)).etag);
      if (i % 1500 === 1499) {
        rig.restart();
        tags.push(rig.ask('GET', documentOf(3)).etag);
      }
    }
    rig.restart();
    tags.push(rig.ask('GET', documentOf(3)).etag);
    expect(new Set(tags).size).toBe(tags.length);
  });

  test('nor where the very first commit was refused', () => {
    const rig = new XdmsRig();
    rig.storage.outcome = CommitStatus.error;
    rig.feed(CREATE);
    rig.storage.outcome = CommitStatus.ok;
    rig.connect();
    expect(rig.ask('GET', documentOf(3)).status).toBe(404);
    const tags = [rig.create().etag, rig.add('a').etag, rig.add('b').etag];
    rig.restart();
    tags.push(rig.ask('GET', documentOf(3)).etag, rig.add('c').etag, rig.add('d').etag);
    expect(new Set(tags).size).toBe(tags.length);
  });

  test('after a refused commit everything is as it was before, places too', () => {
    const rig = new XdmsRig();
    rig.create();
    rig.add('a');
    rig.storage.outcome = CommitStatus.error;
    rig.feed(putOf(rig, 'b'));
    rig.storage.outcome = CommitStatus.ok;
    rig.connect();
    expect(rig.list()).toEqual(['a']);
    expect(rig.get('history').body).toBe(entryOf('a'));
    expect(rig.get('history[2]').status).toBe(404);
  });
});

describe('who is answered when', () => {
  test('a change is answered once it is durable, and nobody reads it before', () => {
    const rig = new XdmsRig();
    rig.create();
    const other = rig.connect();
    rig.storage.held = true;
    rig.feed(putOf(rig, 'a'), 1);
    rig.feed(GET, other);
    expect([...statuses(rig, 1), ...statuses(rig, other)]).toEqual([]);
    rig.flush();
    expect([statuses(rig, 1), statuses(rig, other)]).toEqual([[201], [200]]);
    rig.feed(GET, other);
    expect(statuses(rig, other)).toEqual([200]);
  });

  test('the end of an empty list is a change like any other', () => {
    const rig = new XdmsRig();
    rig.create();
    rig.storage.held = true;
    rig.feed(requestOf('DELETE', documentOf(3)));
    expect(statuses(rig)).toEqual([]);
    rig.flush();
    expect(statuses(rig)).toEqual([200]);
  });

  test('Connection: close ends the connection behind its answer, and what follows is not done', () => {
    const rig = new XdmsRig();
    rig.create();
    rig.storage.held = true;
    const last = putOf(rig, 'a').replace('Host: x', 'Host: x\r\nConnection: close');
    rig.feed(last + putOf(rig, 'b'));
    rig.feed(putOf(rig, 'c'));
    expect(rig.test.closed).toEqual([]);
    rig.flush();
    // RFC 9112 section 9.6: it says so; RFC 9110 section 6.6.1: and when.
    const heads = rig.replies().map(({ head }) => head.match(/^(HTTP|Connection|Date).*\w/gm));
    expect(heads).toEqual([
      ['HTTP/1.1 201 Created', 'Date: Sun, 09 Sep 2001 01:46:40 GMT', 'Connection: close'],
    ]);
    expect(rig.test.closed).toEqual([1]);
    rig.storage.held = false;
    rig.connect();
    expect(rig.list()).toEqual(['a']);
  });

  test('who has said all that she will say is answered all the same', () => {
    const rig = new XdmsRig();
    rig.create();
    rig.storage.held = true;
    rig.feed(putOf(rig, 'a'));
    rig.end(1);
    expect(rig.test.closed).toEqual([]);
    rig.flush();
    expect([statuses(rig), rig.test.closed, rig.test.reset]).toEqual([[201], [1], []]);
    const idle = rig.connect();
    rig.end(idle);
    expect(rig.test.closed).toEqual([1, idle]);
  });

  test('who is gone is not, and costs nothing', () => {
    const rig = new XdmsRig();
    rig.create();
    rig.add('a');
    const held = rig.test.octets.heldOctets;
    rig.storage.held = true;
    rig.feed(putOf(rig, 'a'));
    rig.end(1, TcpEnd.reset);
    rig.flush();
    expect([statuses(rig), rig.test.closed]).toEqual([[], []]);
    expect(rig.test.octets.heldOctets).toBe(held);
  });

  test('a reader who does not read is asked nothing more until she does', () => {
    const rig = new XdmsRig();
    rig.create();
    rig.full = true;
    rig.feed(GET);
    expect([...rig.paused]).toEqual([1]);
    rig.full = false;
    rig.xdms.onTcpWritable(1);
    expect([...rig.paused]).toEqual([]);
  });

  test('while commits of a refused time end, nobody is let in; afterwards everybody is', () => {
    const rig = new XdmsRig();
    rig.create();
    rig.add('a');
    const held = rig.test.octets.heldOctets;
    const others = [rig.connect(), rig.connect()];
    rig.storage.held = true;
    rig.feed(putOf(rig, 'b'), 1);
    for (const other of others) rig.feed(GET, other);
    rig.storage.outcome = CommitStatus.error;
    let early = 0;
    rig.storage.flush((token, status) => {
      rig.xdms.onCommitted(token, status);
      if (early === 0) early = rig.connect();
    });
    expect(rig.test.reset.toSorted((a, b) => a - b)).toEqual([1, ...others, early]);
    rig.storage.outcome = CommitStatus.ok;
    rig.storage.held = false;
    rig.connect();
    expect(rig.list()).toEqual(['a']);
    expect(rig.test.octets.heldOctets).toBe(held);
  });
});
