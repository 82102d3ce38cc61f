/** Responses to chunks: to whom, from whom, one each (RFC 4975 section 7.2); and what is never answered. */
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { CONN, PEER, URI, bodies, chunk, receiverOn } from '../fakes/fake-chunks.js';
import { frame } from '../fakes/fake-session.js';

const BESIDE = 'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp';
const OTHER = 'msrp://10.16.0.8:9/C2C2C2C2C2C2C2;tcp';

describe('responses to chunks (rules 3.4)', () => {
  it('sessions that share a connection: each response has the paths of its own request', () => {
    const { owner } = receiverOn(new OctetArena(0, true));
    owner.endpoint.openPassive(0, 2, BESIDE, OTHER, 'c\0d');
    const expected: string[] = [];
    let tids = 100;
    // Turns of four chunks, since a head that is like the one before it is read in a shorter way.
    for (let turn = 0; turn < 6; turn++) {
      const mine = turn % 2 === 0;
      const [local, peer] = mine ? [URI, PEER] : [BESIDE, OTHER];
      for (let n = 0; n < 4; n++) {
        const tid = `tx${tids++}`;
        const at = (turn >> 1) * 4 + n;
        const flag = at === 11 ? '$' : '+';
        const id = mine ? 'msgMine' : 'msgTheirs';
        const range = `${at + 1}-${at + 1}/12`;
        const text = chunk({ id, from: at + 1, body: mine ? 'a' : 'b', tid, flag, range });
        owner.receive(CONN, text.replaceAll(URI, local).replaceAll(PEER, peer));
        expected.push(`${tid} 200 to ${peer} from ${local}`);
      }
    }
    const said = [
      ...owner
        .fetch(CONN)
        .matchAll(/^MSRP (\S+) (\d{3}) OK\r\nTo-Path: (\S+)\r\nFrom-Path: (\S+)\r\n-------\1\$\r\n/gm),
    ].map(([, tid, status, to, from]) => `${tid} ${status} to ${to} from ${from}`);
    expect(said).toEqual(expected);
    expect(bodies(owner)).toEqual(['a'.repeat(12), 'b'.repeat(12)]);
  });

  it('a REPORT is never answered, and what it has for a body is no message', () => {
    const { owner } = receiverOn(new OctetArena(0, true));
    owner.receive(CONN, chunk({ from: 1, body: 'ab', flag: '$' }));
    owner.fetch(CONN);
    const options = { to: URI, from: PEER, method: 'REPORT', id: 'other', range: '1-4/4' };
    owner.receive(CONN, frame('text', { ...options, headers: 'Status: 000 200\r\n' }));
    owner.receive(
      CONN,
      frame('text', { ...options, flag: '+', tid: 'tx02', headers: 'Status: 000 200\r\n' }),
    );
    expect(owner.fetch(CONN)).toBe('');
    expect(bodies(owner)).toEqual(['ab']);
    expect(owner.octets.heldOctets).toBe(0);
  });
});
