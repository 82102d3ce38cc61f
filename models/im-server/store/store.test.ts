/** What is stored, and when: S1, S1a, S2, S4, S5, S7 (the order), I8; and what is gone again. */
import { describe, expect, test } from 'vitest';
import { CommitStatus } from '../../../sim/host/ports.js';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { HeaderClass } from './header-classes.js';
import { ServerRig } from '../testing.js';
import { statusOf } from '../testing-texts.js';
import { invited, pushed, words } from '../testing-push-client.js';

describe('S1, A2: a MESSAGE is kept whole', () => {
  test('start line, order, folds, unknown and repeated header fields, body; Date added', () => {
    const rig = new ServerRig();
    rig.store(7, 'a body\r\n', ['X-Unknown: 1', 'Subject: one', ' two', 'x-unknown:2', 'Supported: a,b']);
    const { head, body } = rig.record(0);
    expect(head.split('\r\n')).toEqual([
      'MESSAGE sip:u7@ims.example SIP/2.0',
      'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKm1',
      'Via: SIP/2.0/UDP 10.16.0.1:5060;branch=z9hG4bKorigin',
      'Max-Forwards: 68',
      'Route: <sip:im.ims.example;lr>',
      'From: <sip:u1@ims.example>;tag=f1',
      'To: <sip:u7@ims.example>',
      'Call-ID: call1@10.16.0.1',
      'CSeq: 1 MESSAGE',
      'P-Asserted-Identity: <sip:u1@ims.example>',
      'Content-Type: text/plain',
      'X-Unknown: 1',
      'Subject: one',
      ' two',
      'x-unknown:2',
      'Supported: a,b',
      'Content-Length: 8',
      'Date: Sun, 09 Sep 2001 01:46:40 GMT',
      '',
      '',
    ]);
    expect(body).toBe('a body\r\n');
  });

  test('S1-date: a Date that came keeps its octets', () => {
    const rig = new ServerRig();
    rig.store(7, 'x', ['date :  Thu, 21 Feb 2002 13:02:03 GMT']);
    expect(rig.record(0).head).toContain('\r\ndate :  Thu, 21 Feb 2002 13:02:03 GMT\r\n');
    expect(rig.record(0).head.match(/^date/gim)).toHaveLength(1);
  });

  test('S1a: no charging header in any spelling; S2: no identity of who hides it', () => {
    const rig = new ServerRig();
    rig.store(7, 'x', [
      'P-Charging-Vector: icid-value=secret1',
      'p-CHARGING-function-addresses :',
      ' ccf=secret2',
      'P-Charging-Function-Addresses: ecf=secret3',
      'Privacy: id',
    ]);
    const { head, record } = rig.record(0);
    expect(head).not.toMatch(/charging|secret|P-Asserted-Identity/i);
    expect(record.anonymous).toBe(true);
  });

  test('S1a, A2: each line that is not kept is observed, with its class, and no line that is', () => {
    const rig = new ServerRig();
    rig.store(7, 'x', ['P-Charging-Vector: icid-value=a', 'p-charging-vector: icid-value=b', 'X-Kept: 1']);
    rig.store(7, 'y', ['X-Kept: 1', 'P-Served-User: <sip:s@x>']);
    expect(rig.of(Observed.headerDropped).map(({ message, a, b }) => [message, a, b])).toEqual([
      [0, Header.pChargingVector, HeaderClass.X],
      [0, Header.pChargingVector, HeaderClass.X],
      [1, Header.pServedUser, HeaderClass.N],
    ]);
  });

  test('S1a, M4: a charging vector that came twice is stripped twice, and no reason to refuse (RFC 3261 section 8.2)', () => {
    const rig = new ServerRig();
    const twice = ['P-Charging-Vector: icid-value=secret1', 'p-charging-vector :\r\n icid-value=secret2'];
    const served = ['P-Served-User: <sip:secret3@x>', 'P-Served-User: <sip:secret4@x>'];
    expect(rig.store(7, 'x', [...twice, ...served, 'X-Kept: 1'])).toBe(202);
    expect(rig.record(0).head).not.toMatch(/charging|served|secret/i);
    expect(rig.record(0).head).toContain('\r\nX-Kept: 1\r\n');
    // What is read stands once all the same (RFC 4475, multi01).
    expect(rig.store(7, 'x', ['Call-ID: another@x'])).toBe(400);
  });

  test('a body is octets: every value, and what looks like frames and delimiters', () => {
    const rig = new ServerRig();
    const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');
    const body = `${bytes}\r\n-------abcd$\r\n--bnd--\r\n\r\n`;
    rig.store(7, body, ['Content-Type: application/octet-stream']);
    const client = invited(rig, rig.register(7)).establish();
    const [{ body: payload }] = client.take();
    expect(rig.record(0).body).toBe(body);
    expect(payload).toContain(`\r\n\r\n${body}\r\n--`);
  });
});

describe('A21: a body that is multipart itself', () => {
  test('binary parts go through store and push octet for octet, under a boundary of ours', () => {
    const rig = new ServerRig();
    const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(255 - i)).join('');
    const body = `--inner\r\nContent-Type: text/plain\r\n\r\nHello\r\n--inner\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n${bytes}\r\n--inner--`;
    rig.store(7, body, ['Content-Type: multipart/mixed;boundary=inner', 'MIME-Version: 1.0']);
    const client = invited(rig, rig.register(7)).establish();
    const [{ text, body: payload }] = client.take();
    const outer = /boundary=(\w+)/.exec(header(text, 'Content-Type'))?.[1] ?? '';
    expect(outer).not.toMatch(/^inner/);
    const at = payload.indexOf(`\r\n\r\n${body}`);
    expect(payload.slice(at + 4)).toBe(`${body}\r\n--${outer}--`);
    expect(payload).toContain('\r\nContent-Type: multipart/mixed;boundary=inner\r\n');
    expect(payload).toContain('\r\nMIME-Version: 1.0\r\n');
  });
});

describe('S4, S5: ids and accounts', () => {
  test('each id is sip:String@host of the server, from the server alone', () => {
    const rig = new ServerRig();
    rig.store(7, 'same');
    rig.store(7, 'same');
    const ids = [0, 1].map((dm) => rig.record(dm).record.dmId('im.ims.example'));
    for (const id of ids) expect(id).toMatch(/^sip:[0-9a-f]{16}@im\.ims\.example$/);
    expect(new Set(ids).size).toBe(2);
  });

  test('a message is filed for the user of its Request-URI, and pushed to nobody else', () => {
    const rig = new ServerRig();
    rig.store(7, 'seven');
    rig.store(8, 'eight');
    expect([0, 1].map((dm) => rig.record(dm).record.user)).toEqual([7, 8]);
    const client = invited(rig, rig.register(8)).establish();
    expect(client.take().map(({ body }) => /seven|eight/.exec(body)?.[0])).toEqual(['eight']);
  });
});

describe('the order of things', () => {
  test('commit, then `stored`, then the answer (I8); the queue has it only then', () => {
    const rig = new ServerRig();
    rig.storage.held = true;
    rig.fromCore(rig.message(7));
    expect(rig.of(Observed.stored)).toEqual([]);
    expect(rig.server.index.count(7)).toBe(0);
    rig.flush();
    const kinds = rig.ports.seen.map(({ kind }) => kind);
    expect(kinds.indexOf(Observed.stored)).toBeLessThan(kinds.indexOf(Observed.storeAnswered));
    expect(rig.taken().map(statusOf)).toEqual([202]);
  });

  test('each is answered by its own commit', () => {
    const rig = new ServerRig();
    rig.storage.held = true;
    const messages = [rig.message(7), rig.message(8), rig.message(9)];
    for (const message of messages) rig.fromCore(message);
    rig.flush();
    expect(rig.taken().map((text) => header(text, 'Call-ID'))).toEqual(
      messages.map((text) => header(text, 'Call-ID')),
    );
  });

  test('a deletion that storage refuses is asked again, and nothing is pushed twice meanwhile', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'x').establish();
    const [bye] = client.answer(client.take()[0]);
    rig.storage.held = true;
    rig.storage.outcome = CommitStatus.error;
    client.respond(200, '', 'cl', bye);
    expect(words(rig.register(7))).toEqual(['200']);
    rig.storage.outcome = CommitStatus.ok;
    rig.storage.held = false;
    rig.settle();
    expect(rig.held()).toEqual([]);
    expect(rig.of(Observed.settled)).toHaveLength(1);
  });

  test('memory is given back: after store, push and deletion the arena holds what it held before', () => {
    const rig = new ServerRig();
    const before = rig.ports.octets.heldOctets;
    const client = pushed(rig, 'x', 'y'.repeat(5000)).establish();
    for (let frames = client.take(); frames.length > 0; frames = client.take()) {
      for (const frame of frames) {
        const [bye] = client.answer(frame);
        if (bye !== undefined) client.respond(200, '', 'cl', bye);
      }
    }
    expect(rig.held()).toEqual([]);
    rig.pass(300);
    expect(rig.ports.octets.heldOctets - before).toBeLessThanOrEqual(64);
  });
});
