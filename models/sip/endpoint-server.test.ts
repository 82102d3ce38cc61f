import { describe, expect, it } from 'vitest';
import { TimerProfile } from './legs.js';
import { PEER_IP, requestOf, Rig } from './testing-rig.js';

const S = 1e9;
const BRANCH = 'z9hG4bKserver1';

/** Answers the last request with a status by way of the kept request, as an actor does later on. */
function answerLater(rig: Rig, status: number): boolean {
  return rig.endpoint.answer(rig.tx, rig.endpoint.requestOf(rig.tx), status);
}

describe('non-INVITE server (RFC 3261 17.2.2, RFC 4320)', () => {
  it('T1: answers once, repeats the answer for a repeated request, forgets after Timer J', () => {
    const rig = new Rig();
    rig.autoStatus = 202;
    rig.receive(requestOf('MESSAGE', BRANCH));
    rig.receive(requestOf('MESSAGE', BRANCH));
    rig.receive(requestOf('MESSAGE', BRANCH.toUpperCase().replace('Z9HG4BK', 'z9hG4bK')));
    const answers = rig.ports.takeSent();
    expect(rig.heard).toEqual(['request MESSAGE']);
    expect(answers).toHaveLength(3);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^SIP\/2\.0 202 Accepted\r\n/);
    expect(answers[0]).toMatch(/To: <sip:u1@ims\.example>;tag=[0-9a-f]{8}\r\n/);
    rig.ports.advance(32 * S);
    expect([rig.endpoint.transactions, rig.ports.timers]).toEqual([0, 0]);
    rig.receive(requestOf('MESSAGE', BRANCH));
    expect(rig.heard).toHaveLength(2);
  });

  it('keeps only the answer of an answered request, and nothing after Timer J', () => {
    const rig = new Rig();
    rig.receive(requestOf('MESSAGE', BRANCH, `Subject: ${'s'.repeat(4000)}\r\n`));
    expect(rig.ports.octets.heldOctets).toBeGreaterThan(4000);
    answerLater(rig, 202);
    expect(rig.ports.octets.heldOctets).toBeLessThan(1000);
    expect(rig.endpoint.requestBlock(rig.tx)).toBe(0);
    rig.ports.advance(32 * S);
    expect(rig.ports.octets.heldOctets).toBe(0);
  });

  it('absorbs repeats while the user thinks, and keeps the request for her', () => {
    const rig = new Rig();
    rig.receive(requestOf('MESSAGE', BRANCH));
    rig.receive(requestOf('MESSAGE', BRANCH));
    expect(rig.heard).toEqual(['request MESSAGE']);
    expect(rig.ports.sent).toEqual([]);
    expect(answerLater(rig, 202)).toBe(true);
    expect(answerLaterIsRefused(rig)).toBe(false);
    expect(rig.ports.sent).toHaveLength(1);
  });

  it('T5: sends 100 when Timer E of the client would have reached T2, not before (RFC 4320 4.1)', () => {
    for (const [profile, atS] of [
      [TimerProfile.internet, 3.5],
      [TimerProfile.ims, 14],
    ] as const) {
      const rig = new Rig({ profileFor: () => profile });
      rig.receive(requestOf('MESSAGE', BRANCH));
      rig.ports.advance(60 * S);
      expect(rig.sentAtSeconds()).toEqual([atS]);
      expect(rig.ports.sent[0].text).toMatch(/^SIP\/2\.0 100 Trying\r\n/);
      expect(rig.ports.sent[0].text).toContain('To: <sip:u1@ims.example>\r\n');
    }
  });

  it('T5: never sends 408 nor another provisional response (RFC 4320 4.1, 4.2), and still absorbs', () => {
    const rig = new Rig();
    rig.receive(requestOf('MESSAGE', BRANCH));
    expect(answerLater(rig, 180)).toBe(false);
    expect(answerLater(rig, 408)).toBe(false);
    rig.receive(requestOf('MESSAGE', BRANCH));
    rig.ports.advance(31 * S);
    expect(rig.ports.sent).toEqual([]);
    expect(rig.heard).toEqual(['request MESSAGE']);
    rig.ports.advance(33 * S);
    expect(rig.endpoint.transactions).toBe(0);
  });

  it('sends the answer to the source port if rport asks for it, else to the port of sent-by (RFC 3581)', () => {
    const rig = new Rig();
    rig.autoStatus = 200;
    rig.receive(requestOf('OPTIONS', `${BRANCH};rport`), 40_000);
    rig.receive(
      requestOf('OPTIONS', `${BRANCH}2`, '', '', 2).replace('10.0.0.2:5060', 'pc.example:5070'),
      40_000,
    );
    expect(rig.ports.sent.map((datagram) => [datagram.toIp, datagram.toPort])).toEqual([
      [PEER_IP, 40_000],
      [PEER_IP, 5070],
    ]);
    expect(rig.ports.sent[0].text).toContain(';rport=40000;received=10.0.0.2');
    expect(rig.ports.sent[1].text).toContain(';received=10.0.0.2');
  });

  it('sends the answer to maddr and the port of sent-by, whatever rport says (RFC 3261 section 18.2.2, RFC 3581 section 4)', () => {
    const rig = new Rig();
    rig.autoStatus = 200;
    const to = (params: string, sentBy = '10.0.0.2:5070') => {
      const cseq = rig.ports.sent.length + 1;
      const request = requestOf('OPTIONS', `${BRANCH}m${cseq};${params}`, '', '', cseq);
      rig.receive(request.replace('10.0.0.2:5060', sentBy), 40_000);
      const { toIp, toPort, text } = rig.ports.sent.at(-1)!;
      expect(text).toMatch(/^SIP\/2\.0 200 /);
      expect(text).toContain(params.replace(';rport', ';rport=40000'));
      return [toIp, toPort];
    };
    expect(to('maddr=10.0.0.9')).toEqual([0x0a000009, 5070]);
    expect(to('maddr=10.0.0.9;rport')).toEqual([0x0a000009, 5070]);
    expect(to('maddr=10.0.0.9;rport', 'pc.example')).toEqual([0x0a000009, 5060]);
    expect(to('maddr=192.0.2.9')).toEqual([0xc0000209, 5070]);
    // Neither names nor groups can be reached here: as if it were not there.
    expect(to('maddr=pc.example;rport')).toEqual([PEER_IP, 40_000]);
    expect(to('maddr=224.0.1.75')).toEqual([PEER_IP, 5070]);
  });

  it('repeats an answer, and refuses what cannot be read, towards maddr too', () => {
    const rig = new Rig();
    rig.autoStatus = 486;
    rig.receive(requestOf('INVITE', `${BRANCH};maddr=10.0.0.9`));
    rig.ports.advance(0.5 * S);
    rig.receive(requestOf('MESSAGE', `${BRANCH}2;maddr=10.0.0.9`).replace('CSeq: 1 MESSAGE', 'CSeq: 1 INFO'));
    expect(rig.ports.sent.map(({ toIp, text }) => [toIp, text.slice(8, 11)])).toEqual([
      [0x0a000009, '486'],
      [0x0a000009, '486'],
      [0x0a000009, '400'],
    ]);
  });

  it('answers 503 at the limit of transactions', () => {
    const rig = new Rig({ transactionLimit: 1 });
    rig.receive(requestOf('MESSAGE', BRANCH));
    rig.receive(requestOf('MESSAGE', `${BRANCH}2`, '', '', 2));
    expect(rig.heard).toEqual(['request MESSAGE']);
    expect(rig.ports.sent[0].text).toMatch(/^SIP\/2\.0 503 /);
  });

  it('matches by sent-by and method too (17.2.3)', () => {
    const rig = new Rig();
    rig.receive(requestOf('MESSAGE', BRANCH));
    rig.receive(requestOf('MESSAGE', BRANCH, '', ';tag=a').replace('10.0.0.2:5060', '10.0.0.7:5060'));
    rig.receive(requestOf('INFO', BRANCH, '', ';tag=a'));
    expect(rig.heard).toEqual(['request MESSAGE', 'request MESSAGE', 'request INFO']);
  });

  it('falls back to RFC 2543 matching without the cookie', () => {
    const rig = new Rig();
    rig.receive(requestOf('MESSAGE', '1'));
    rig.receive(requestOf('MESSAGE', '1'));
    rig.receive(requestOf('MESSAGE', '1', '', '', 2));
    expect(rig.heard).toEqual(['request MESSAGE', 'request MESSAGE']);
  });

  it('T4: answers a merged request 482, but only while the first is ongoing, and not in a dialog (8.2.2.2)', () => {
    const rig = new Rig();
    rig.autoStatus = 202;
    rig.receive(requestOf('MESSAGE', BRANCH));
    rig.receive(requestOf('MESSAGE', `${BRANCH}b`));
    rig.receive(requestOf('MESSAGE', `${BRANCH}c`, '', ';tag=t'));
    rig.receive(requestOf('MESSAGE', `${BRANCH}d`, '', '', 2));
    expect(rig.ports.takeSent().map((text) => text.slice(8, 11))).toEqual(['202', '482', '202', '202']);
    rig.ports.advance(32 * S);
    rig.receive(requestOf('MESSAGE', `${BRANCH}e`));
    expect(rig.ports.takeSent()[0].slice(8, 11)).toBe('202');
  });
});

function answerLaterIsRefused(rig: Rig): boolean {
  const block = rig.ports.octets.put('SIP/2.0 202 Accepted\r\n\r\n');
  return rig.endpoint.respond(rig.tx, block, 24, 24);
}

describe('INVITE server (RFC 3261 17.2.1, RFC 6026)', () => {
  it('sends 100 after 200 ms of silence, and repeats it for a repeated INVITE', () => {
    const rig = new Rig();
    rig.receive(requestOf('INVITE', BRANCH));
    rig.ports.advance(0.6 * S);
    rig.receive(requestOf('INVITE', BRANCH));
    expect(rig.sentAtSeconds()).toEqual([0.2, 0.6]);
    expect(rig.heard).toEqual(['request INVITE']);
  });

  it('T1: repeats a 3xx-6xx at T1 doubling up to T2 until ACK, then absorbs ACKs for T4', () => {
    const rig = new Rig();
    rig.autoStatus = 486;
    rig.receive(requestOf('INVITE', BRANCH));
    rig.ports.advance(10 * S);
    expect(rig.sentAtSeconds()).toEqual([0, 0.5, 1.5, 3.5, 7.5]);
    rig.receive(requestOf('ACK', BRANCH));
    rig.receive(requestOf('ACK', BRANCH));
    rig.ports.advance(15 * S - 1);
    expect(rig.endpoint.transactions).toBe(1);
    rig.ports.advance(15 * S);
    expect([rig.endpoint.transactions, rig.ports.sent.length, rig.heard.length]).toEqual([0, 5, 1]);
  });

  it('T1: gives up without ACK at Timer H', () => {
    const rig = new Rig();
    rig.autoStatus = 486;
    rig.receive(requestOf('INVITE', BRANCH));
    rig.ports.advance(32 * S);
    expect(rig.sentAtSeconds()).toEqual([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]);
    expect([rig.endpoint.transactions, rig.ports.timers, rig.heard.length]).toEqual([0, 0, 1]);
  });

  it('RFC 6026: a 2xx leaves once, repeats of the INVITE are swallowed, Timer L ends it', () => {
    const rig = new Rig();
    rig.autoStatus = 200;
    rig.receive(requestOf('INVITE', BRANCH));
    rig.receive(requestOf('INVITE', BRANCH));
    rig.receive(requestOf('ACK', BRANCH));
    rig.receive(requestOf('ACK', `${BRANCH}x`));
    rig.ports.advance(32 * S - 1);
    expect(rig.sentAtSeconds()).toEqual([0]);
    expect(rig.heard).toEqual(['request INVITE', 'ack', 'ack']);
    expect(rig.endpoint.transactions).toBe(1);
    rig.ports.advance(32 * S);
    expect(rig.endpoint.transactions).toBe(0);
  });

  it('a UAS repeats its 2xx until the ACK (13.3.1.4), or hears that none came', () => {
    for (const acknowledged of [true, false]) {
      const rig = new Rig();
      rig.receive(requestOf('INVITE', BRANCH));
      const { tx, endpoint, writer } = rig;
      endpoint.beginResponse(writer, tx, endpoint.requestOf(tx), 200);
      writer.ascii('Content-Length: 0\r\n\r\n');
      const length = writer.length;
      expect(endpoint.respondUntilAck(tx, writer.end(), length, length)).toBe(true);
      rig.ports.advance(4 * S);
      if (acknowledged) endpoint.acknowledged(tx);
      rig.ports.advance(40 * S);
      const instants = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5];
      expect(rig.sentAtSeconds()).toEqual(acknowledged ? instants.slice(0, 4) : instants);
      expect(rig.heard).toEqual(acknowledged ? ['request INVITE'] : ['request INVITE', 'no ack']);
      expect([endpoint.transactions, rig.ports.timers]).toEqual([0, 0]);
    }
  });

  it('CANCEL: 200 with the tag of the INVITE, the user answers 487; 481 without an INVITE (9.2)', () => {
    const rig = new Rig();
    rig.receive(requestOf('INVITE', BRANCH));
    const invite = rig.tx;
    rig.receive(requestOf('CANCEL', BRANCH));
    rig.receive(requestOf('CANCEL', BRANCH));
    expect(rig.heard).toEqual(['request INVITE', 'cancel']);
    expect(rig.tx).toBe(invite);
    answerLater(rig, 487);
    rig.receive(requestOf('CANCEL', `${BRANCH}other`));
    const sent = rig.ports.takeSent();
    expect(sent.map((text) => text.slice(8, 11))).toEqual(['200', '200', '487', '481']);
    expect(/;tag=[0-9a-f]{8}\r\nCall/.exec(sent[0])?.[0]).toBe(/;tag=[0-9a-f]{8}\r\nCall/.exec(sent[2])?.[0]);
    rig.receive(requestOf('CANCEL', BRANCH));
    expect(rig.heard).toHaveLength(2);
  });
});

describe('what cannot be read', () => {
  it('is answered with its status if it is a request, counted, and leaves nothing behind', () => {
    const rig = new Rig();
    rig.receive(requestOf('MESSAGE', BRANCH).replace('CSeq: 1 MESSAGE', 'CSeq: 1 INFO'));
    rig.receive(requestOf('MESSAGE', BRANCH).replace('SIP/2.0\r\nVia', 'SIP/7.0\r\nVia'));
    rig.receive('\r\n\r\n');
    rig.receive('hello');
    rig.receive(
      rig
        .responseTo('Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\r\nCSeq: 7 INFO', 200)
        .replace('CSeq: 7', 'CSeq: x'),
    );
    expect(rig.ports.takeSent().map((text) => text.slice(8, 11))).toEqual(['400', '505']);
    expect(rig.heard).toEqual([]);
    expect(rig.endpoint.malformed).toBe(4);
    expect([rig.endpoint.transactions, rig.ports.timers]).toEqual([0, 0]);
  });
});
