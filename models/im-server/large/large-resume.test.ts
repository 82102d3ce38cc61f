/** R15: what the IM Server knows of a Large Message when its sender comes again in another session. */
import { describe, expect, test } from 'vitest';
import { ServerRig } from '../testing.js';
import { LargeSender, said } from '../testing-large-sender.js';
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
