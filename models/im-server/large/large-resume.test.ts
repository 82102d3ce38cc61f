/** R15: what the IM Server knows of a Large Message when its sender comes again in another session. */
import { describe, expect, test } from 'vitest';
import { ServerRig } from '../testing.js';
import { LargeSender, said, type ChunkOptions } from '../testing-large-sender.js';
import { words } from '../testing-push-client.js';

const opened = (rig: ServerRig): LargeSender => new LargeSender(rig).open();
/** The same sender, in a session that replaces the first. */
const again = (rig: ServerRig): LargeSender =>
  new LargeSender(rig).open({ callId: 'again', path: 'msrp://10.16.0.1:9/senderSession2;tcp' });

describe('R15: resumption on a replacement session', () => {
  test('after a failure the rest is enough; the message is stored once', () => {
    const rig = new ServerRig();
    const first = opened(rig);
    first.send('Hello, ', { flag: '+' });
    rig.server.onTcpClosed(first.conn, 1);
    expect(words(rig.taken())).toContain('BYE');
    const second = again(rig);
    expect(said(second.send('world', { from: 8 }))).toEqual(['200']);
    expect(rig.record(0).body).toBe('Hello, world');
  });

  test('what was stored but not acknowledged is not stored again', () => {
    const rig = new ServerRig();
    const first = opened(rig);
    rig.storage.held = true;
    first.send('whole');
    rig.storage.held = false;
    rig.settle();
    rig.server.onTcpClosed(first.conn, 1);
    const second = again(rig);
    expect(said(second.send('whole'))).toEqual(['200']);
    expect(rig.held()).toEqual([0]);
  });

  test('what was stored in a session that the server itself ended is not stored again: its sender may not know', () => {
    const rig = new ServerRig({ large: { sessionLimitNs: 8e9 } });
    const first = opened(rig);
    first.send('whole', { headers: ['Failure-Report: partial'] });
    expect(words(rig.pass(9).taken())).toContain('BYE');
    const second = again(rig);
    expect(said(second.send('whole'))).toEqual(['200']);
    expect(rig.held()).toEqual([0]);
  });

  test('nor what was still being stored when its session failed: its duplicate is answered once that is done', () => {
    const rig = new ServerRig();
    const first = opened(rig);
    rig.storage.held = true;
    first.send('whole');
    rig.server.onTcpClosed(first.conn, 1);
    rig.storage.held = false;
    rig.flush();
    const second = again(rig);
    expect(said(second.send('whole'))).toEqual(['200']);
    expect(rig.held()).toEqual([0]);
  });

  test.each([true, false])(
    'nor is a duplicate left without an answer that comes while it is still being stored, the first connection lost: %s',
    (lost) => {
      const rig = new ServerRig();
      const first = opened(rig);
      rig.storage.held = true;
      first.send('whole', { id: 'bxV3k9Qw0ZtR' });
      if (lost) rig.server.onTcpClosed(first.conn, 1);
      const second = again(rig);
      const chunk = { id: 'bxV3k9Qw0ZtR', headers: ['Success-Report: yes'] };
      expect(said(second.send('wh', { ...chunk, flag: '+' }))).toEqual([]);
      expect(said(second.send('ole', { ...chunk, from: 3, tid: 'again12' }))).toEqual([]);
      rig.storage.held = false;
      rig.flush();
      expect(said(rig.written(first.conn))).toEqual(lost ? [] : ['200']);
      const answers = rig.written(second.conn);
      expect(said(answers)).toEqual(['200', 'REPORT 200', '200', 'REPORT 200']);
      expect(answers).toContain(
        `MSRP again12 200 OK\r\nTo-Path: ${second.path}\r\nFrom-Path: ${second.serverPath}\r\n`,
      );
      expect(answers.match(/Byte-Range: 1-5\/5\r\n/g)).toHaveLength(2);
      expect(rig.held()).toEqual([0]);
    },
  );

  describe("D-121: what was stored is known again after the sender's own BYE", () => {
    const random = { id: 'bxV3k9Qw0ZtR' };
    /** She came again so many seconds after BYE with what she had sent under this id; what she hears, and what is held. */
    function cameAgain(waitS: number, options: ChunkOptions, held = false): [string[], number[]] {
      const rig = new ServerRig({ large: { resumeWindowNs: 60e9 } });
      const first = opened(rig);
      rig.storage.held = held;
      first.send('whole', { ...options, headers: ['Failure-Report: partial'] });
      // Her connection broke, and no octet of that arrived: all that the server hears is BYE.
      expect(words(first.within('BYE'))).toEqual(['200']);
      rig.storage.held = false;
      rig.flush();
      rig.pass(waitS);
      return [said(again(rig).send('whole', options)), rig.held()];
    }

    test('it is not stored again (RFC 4975 section 5.4)', () => {
      expect(cameAgain(59, random)).toEqual([['200'], [0]]);
    });

    test('nor is what was still being stored', () => {
      expect(cameAgain(1, random, true)).toEqual([['200'], [0]]);
    });

    test.each<[string, number, ChunkOptions]>([
      ['when the resume window is over', 61, random],
      ['under a short id, which sloppy senders use again', 1, { id: '456a' }],
    ])('it is another message %s', (_when, waitS, options) => {
      expect(cameAgain(waitS, options)).toEqual([['200'], [0, 1]]);
    });
  });

  test('nor what was stored in a session that failed after its replacement was opened', () => {
    const rig = new ServerRig();
    const first = opened(rig);
    first.send('whole', { id: 'bxV3k9Qw0ZtR' });
    const second = again(rig);
    rig.server.onTcpClosed(first.conn, 1);
    expect(words(rig.taken())).toContain('BYE');
    expect(said(second.send('whole', { id: 'bxV3k9Qw0ZtR' }))).toEqual(['200']);
    expect(rig.held()).toEqual([0]);
  });

  test.each([false, true])(
    'D-121: what came again is known for as long as the session in which it did, also if it was still being stored: %s',
    (held) => {
      const rig = new ServerRig({ large: { resumeWindowNs: 5e9 } });
      const options = { id: 'bxV3k9Qw0ZtR' };
      const first = opened(rig);
      rig.storage.held = held;
      first.send('whole', options);
      const second = again(rig);
      expect(said(second.send('whole', options))).toEqual(held ? [] : ['200']);
      rig.storage.held = false;
      rig.flush();
      first.within('BYE');
      rig.pass(9);
      const third = { callId: 'third', path: 'msrp://10.16.0.1:9/senderSession3;tcp' };
      expect(said(new LargeSender(rig).open(third).send('whole', options))).toEqual(['200']);
      expect(rig.held()).toEqual([0]);
    },
  );

  test('D-121: a session is the replacement if it was opened within the window, and one that failed hands on what it knew', () => {
    const rig = new ServerRig({ large: { resumeWindowNs: 5e9 } });
    const options = { id: 'bxV3k9Qw0ZtR' };
    const first = opened(rig);
    first.send('whole', options);
    first.within('BYE');
    const second = again(rig.pass(4));
    rig.pass(3).server.onTcpClosed(second.conn, 1);
    const third = { callId: 'third', path: 'msrp://10.16.0.1:9/senderSession3;tcp' };
    const last = new LargeSender(rig.pass(4)).open(third);
    rig.pass(2);
    expect(said(last.send('whole', options))).toEqual(['200']);
    expect(rig.held()).toEqual([0]);
  });

  test('a session that ended with BYE leaves nothing to resume', () => {
    const rig = new ServerRig();
    const first = opened(rig);
    first.send('Hello, ', { flag: '+' });
    first.within('BYE');
    const second = again(rig);
    second.send('world', { from: 8 });
    expect(rig.held()).toEqual([]);
  });
});

describe('R15, I8: however many messages were finished, each is known again for the resume window', () => {
  const idOf = (n: number): string => `bxV3k9Qw0Z${1000 + n}`;
  const sendAll = (sender: LargeSender, count: number): string[] =>
    Array.from({ length: count }, (_, n) => said(sender.send(`body ${n}`, { id: idOf(n) }))).flat();
  /** What was stored beyond the first `count`, once all of them came again from `sender`, and how often she heard 200. */
  const cameAgain = (rig: ServerRig, sender: LargeSender, count: number): [more: number, oks: number] => {
    expect(rig.held()).toHaveLength(count);
    const oks = sendAll(sender, count).filter((status) => status === '200').length;
    return [rig.held().length - count, oks];
  };

  test.each([17, 250])('%i of one session, in the same session', (count) => {
    const rig = new ServerRig();
    const sender = opened(rig);
    sendAll(sender, count);
    expect(cameAgain(rig, sender, count)).toEqual([0, count]);
  });

  test.each([17, 250])('%i of a session that failed', (count) => {
    const rig = new ServerRig();
    const first = opened(rig);
    sendAll(first, count);
    rig.server.onTcpClosed(first.conn, 1);
    rig.settle();
    expect(cameAgain(rig.pass(299), again(rig), count)).toEqual([0, count]);
  });

  test.each([17, 250])('%i of one that its sender ended', (count) => {
    const rig = new ServerRig();
    const first = opened(rig);
    sendAll(first, count);
    first.within('BYE');
    expect(cameAgain(rig.pass(299), again(rig), count)).toEqual([0, count]);
  });

  test.each([17, 200])('one each of %i sessions that their sender ended', (count) => {
    const rig = new ServerRig();
    for (let n = 0; n < count; n++) {
      const path = `msrp://10.16.0.1:9/sender${1000 + n};tcp`;
      const one = new LargeSender(rig).open({ callId: `call${n}`, path });
      one.send(`body ${n}`, { id: idOf(n) });
      one.within('BYE');
    }
    expect(cameAgain(rig, again(rig), count)).toEqual([0, count]);
  });

  test.each([17, 250])('%i that a restarted server finds in its records', (count) => {
    const rig = new ServerRig();
    sendAll(opened(rig), count);
    rig.restart();
    expect(cameAgain(rig, again(rig), count)).toEqual([0, count]);
  });

  test('those of several sessions one after the other, each of which failed', () => {
    const rig = new ServerRig();
    for (let n = 0; n < 40; n++) {
      const path = `msrp://10.16.0.1:9/sender${1000 + n};tcp`;
      const one = new LargeSender(rig).open({ callId: `call${n}`, path });
      one.send(`body ${n}`, { id: idOf(n) });
      rig.server.onTcpClosed(one.conn, 1);
      rig.settle();
    }
    expect(cameAgain(rig, again(rig), 40)).toEqual([0, 40]);
  });
});
