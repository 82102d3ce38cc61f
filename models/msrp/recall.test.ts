import { expect, it } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { FakeOwner } from './fakes/fake-wire.js';

const PEER = 'msrp://10.16.0.7:9/C1C1C1C1C1C1C1;tcp';

it('R15: a message that was finished before a restart is answered, reported whole, and not handed up', () => {
  const owner = new FakeOwner(new OctetArena(0, true), 3, { resumeWindowNs: 100 * NS_PER_S });
  owner.endpoint.recall(0, 'a\0b', Buffer.from('done'), 0, 4, 20 * NS_PER_S);
  owner.endpoint.recall(0, 'late', Buffer.from('done'), 0, 4, 20 * NS_PER_S);
  owner.drain();
  /** The last three octets of six, in a session of this peer key; gives what is said to it. */
  const resumed = (key: string, conn: number): string => {
    const uri = `msrp://10.0.0.2:2855/S${conn}S1S1S1S1S1S1;tcp`;
    owner.endpoint.openPassive(owner.nowNs, 2, uri, PEER, key);
    owner.endpoint.accepted(owner.nowNs, conn);
    const head = `MSRP tx01 SEND\r\nTo-Path: ${uri}\r\nFrom-Path: ${PEER}\r\nMessage-ID: done\r\n`;
    const rest = 'Byte-Range: 4-6/6\r\nSuccess-Report: yes\r\nContent-Type: text/plain\r\n\r\ndef\r\n';
    owner.receive(conn, `${head}${rest}-------tx01$\r\n`);
    return owner.fetch(conn);
  };
  const said = resumed('a\0b', 8);
  expect(said).toMatch(/^MSRP tx01 200/);
  expect(said).toMatch(/ REPORT\r\n[^]*\r\nByte-Range: 1-6\/6\r\n[^]*Status: 000 200/);
  expect(owner.messages.length).toBe(0);
  // Its window is over: the rest of a message, and nothing is known of its beginning.
  owner.advance(30 * NS_PER_S);
  expect(resumed('late', 9)).not.toMatch(/REPORT/);
});

it('R15: of several messages of one sender that were finished before, none is forgotten before its time', () => {
  const owner = new FakeOwner(new OctetArena(0, true), 3, { resumeWindowNs: 100 * NS_PER_S });
  owner.endpoint.recall(0, 'a\0b', Buffer.from('long'), 0, 4, 60 * NS_PER_S);
  owner.endpoint.recall(0, 'a\0b', Buffer.from('soon'), 0, 4, 20 * NS_PER_S);
  owner.drain();
  owner.advance(30 * NS_PER_S);
  const uri = 'msrp://10.0.0.2:2855/S8S1S1S1S1S1S1;tcp';
  owner.endpoint.openPassive(owner.nowNs, 2, uri, PEER, 'a\0b');
  owner.endpoint.accepted(owner.nowNs, 8);
  const head = `MSRP tx01 SEND\r\nTo-Path: ${uri}\r\nFrom-Path: ${PEER}\r\nMessage-ID: long\r\n`;
  owner.receive(8, `${head}Byte-Range: 1-3/3\r\nContent-Type: text/plain\r\n\r\nabc\r\n-------tx01$\r\n`);
  expect(owner.messages).toEqual([]);
  expect(owner.fetch(8)).toMatch(/^MSRP tx01 200/);
});
