/** Large Messages for offline users: the store leg (S3, S3-msrp, S3-asm, O5, C1, C3), in SIP, SDP and MSRP octets. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommitStatus } from '../../../sim/host/ports.js';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { ServerRig } from '../testing.js';
import { statusOf } from '../testing-texts.js';
import { LargeSender, said } from '../testing-large-sender.js';
import { invited, words } from '../testing-push-client.js';

const opened = (rig = new ServerRig(), options = {}): LargeSender => new LargeSender(rig).open(options);

describe('O5: the server answers the INVITE itself', () => {
  test.each([
    ['active', 'passive'],
    ['', 'passive'],
    ['actpass', 'passive'],
    ['holdconn', 'passive'],
    ['passive', 'active'],
  ])('C3: an offer of setup "%s" is answered %s', (offered, answered) => {
    const sender = new LargeSender(new ServerRig());
    const sent = sender.invite({ setup: offered, path: 'msrp://10.16.0.1:2855/senderSession1;tcp' });
    expect(statusOf(sent[0])).toBe(200);
    expect(sent[0]).toContain(`\r\na=setup:${answered}\r\n`);
    expect(sent[0]).not.toContain('a=connection');
    expect(sender.rig.ports.opened).toHaveLength(answered === 'active' ? 1 : 0);
    expect(sender.serverPath).toMatch(
      answered === 'active'
        ? /^msrp:\/\/10\.0\.0\.2:9\/\w{16};tcp$/
        : /^msrp:\/\/10\.0\.0\.2:2855\/\w{16};tcp$/,
    );
  });

  test('200 has Contact, one m-line, accept-types *, recvonly and the max-size', () => {
    const sender = new LargeSender(new ServerRig());
    const [ok] = sender.invite();
    expect(header(ok, 'Contact')).toBe('<sip:im.ims.example:5060>');
    for (const line of ['a=accept-types:*', 'a=recvonly', 'a=max-size:1048576']) {
      expect(ok).toContain(`\r\n${line}\r\n`);
    }
    expect(ok.match(/^m=/gm)).toHaveLength(1);
  });

  test('200 repeats every Record-Route in order, or ACK and BYE would lose their way (RFC 3261 section 12.1.1)', () => {
    const outer = 'Record-Route: <sip:edge.ims.example;lr>';
    const [ok] = new LargeSender(new ServerRig()).invite({ extra: [outer] });
    expect(ok.match(/^Record-Route: .*$/gm)).toEqual(['Record-Route: <sip:core.ims.example;lr>', outer]);
  });

  test.each([
    'c:application/sdp',
    'Content-Type: application/sdp;\r\n charset=utf-8',
    'CONTENT-TYPE\t:\r\n application\r\n\t/ SDP\r\n ;charset="utf-8"',
  ])('T8: the offer is known by its type however the line is folded or spelt: %j', (line) => {
    const rig = new ServerRig();
    const sender = new LargeSender(rig);
    sender.invite();
    const again = sender.text
      .replaceAll('large1', 'folded')
      .replace(
        'Content-Type: application/sdp',
        `${line}\r\nAccept: text/plain,\r\n application/sdp\r\n ;level=1`,
      );
    expect(rig.fromCore(again).map(statusOf)).toEqual([200]);
  });

  test('an offer that TLS alone could serve, or without a path to be read, is answered 488 (RFC 4975 sections 6, 8.1 and 8.2)', () => {
    const offer = (protocol: string, path: string) =>
      `m=message 2855 ${protocol} *\r\na=accept-types:*\r\na=path:${path}\r\n`;
    const head = 'v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\n';
    const overTls = offer('TCP/TLS/MSRP', 'msrps://1.2.3.4:2855/abcdefgh;tcp');
    const plain = offer('TCP/MSRP', 'msrp://1.2.3.4:2855/abcdefgh;tcp');
    const refused = [
      overTls,
      offer('TCP/TLS/MSRP', 'msrp://1.2.3.4:2855/abcdefgh;tcp'),
      offer('TCP/MSRP', 'msrps://1.2.3.4:2855/abcdefgh;tcp'),
      offer('TCP/MSRP', 'msrp://1.2.3.4:2855/abcdefgh;udp'),
      offer('TCP/MSRP', '1.2.3.4:2855'),
    ];
    refused.forEach((media, i) => {
      const [answer] = new LargeSender(new ServerRig()).invite({ sdp: head + media, callId: `tls${i}` });
      expect(statusOf(answer), media).toBe(488);
    });
    const [ok] = new LargeSender(new ServerRig()).invite({ sdp: head + overTls + plain });
    expect(ok.match(/^m=.*$/gm)).toEqual(['m=message 0 TCP/TLS/MSRP *', 'm=message 2855 TCP/MSRP *']);
  });

  test('an offer without MSRP is answered 488 with Warning; C12: other streams are refused by port 0', () => {
    const audio =
      'v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
    const rig = new ServerRig();
    const [refused] = new LargeSender(rig).invite({ sdp: audio });
    expect(statusOf(refused)).toBe(488);
    expect(refused).toContain('\r\nWarning: 304 ');
    const both = `${audio}m=message 9 TCP/MSRP *\r\na=accept-types:*\r\na=path:msrp://1.2.3.4:9/abcdefgh;tcp\r\n`;
    const [ok] = new LargeSender(rig, 8).invite({ sdp: both, callId: 'both' });
    expect(ok.match(/^m=\w+ \d+/gm)).toEqual(['m=audio 0', 'm=message 2855']);
  });

  test('quota that is known at the INVITE: 480 with Warning; a user who rejects: 480; no such user: 404', () => {
    const rig = new ServerRig({ quota: { messagesPerUser: 1 }, settings: Uint8Array.of(0, 0, 0, 3) });
    rig.store(7);
    const [full] = new LargeSender(rig).invite();
    expect(statusOf(full)).toBe(480);
    expect(full).toContain('\r\nWarning: 399 ');
    expect(new LargeSender(rig, 3).invite({ callId: 'b' }).map(statusOf)).toEqual([480]);
    expect(new LargeSender(rig, 99).invite({ callId: 'c' }).map(statusOf)).toEqual([404]);
  });

  test('the 200 is repeated until the ACK, and without one the server says BYE after 64 T1', () => {
    const rig = new ServerRig();
    const sender = new LargeSender(rig);
    sender.invite();
    expect(words(rig.pass(0.5).taken())).toEqual(['200']);
    sender.within('ACK');
    expect(rig.pass(20).taken()).toEqual([]);
    const mute = new LargeSender(rig, 8);
    mute.invite({ callId: 'mute' });
    expect(words(rig.pass(33).taken())).toContain('BYE');
  });

  test('CANCEL while the INVITE waits for the station: 487, and no session', () => {
    const rig = new ServerRig();
    rig.cpu.held = true;
    const sender = new LargeSender(rig);
    sender.invite();
    const cancel = rig.fromCore(sender.cancel());
    expect(cancel.map(statusOf).sort((a, b) => a - b)).toEqual([200, 487]);
    rig.cpu.serve();
    expect(rig.taken()).toEqual([]);
    expect(rig.server.large.count).toBe(0);
    expect(rig.of(Observed.rejected)).toEqual([]);
  });

  test('a re-INVITE is answered 488, what nobody asked for 405, and BYE ends the session', () => {
    const sender = opened();
    expect(sender.within('INVITE').map(statusOf)).toEqual([488]);
    expect(sender.within('INFO').map(statusOf)).toEqual([405]);
    expect(sender.within('BYE').map(statusOf)).toEqual([200]);
    expect(sender.within('BYE').map(statusOf)).toEqual([481]);
    expect(sender.rig.server.large.count).toBe(0);
  });
});

describe('S3, S3-msrp, A4: what is stored is a whitelist, by equality', () => {
  test('of the INVITE and of the first SEND', () => {
    const sender = opened(new ServerRig(), {
      extra: [
        'Subject: hi',
        'Priority: urgent',
        'X-Other: no',
        'Expires: 1',
        'P-Charging-Vector: icid-value=a',
      ],
    });
    sender.send('Hi, ', { flag: '+', tid: 'first', headers: ['Success-Report: yes', 'X-Chunk: no'] });
    sender.send('Alice!', { from: 5, tid: 'second' });
    const { head, fragment, body } = sender.rig.record(0);
    expect(head.split('\r\n')).toEqual([
      'INVITE sip:u7@ims.example SIP/2.0',
      'From: <sip:u1@ims.example>;tag=sender',
      'To: <sip:u7@ims.example>',
      'Call-ID: large1@10.16.0.1',
      'P-Asserted-Identity: <sip:u1@ims.example>',
      'Subject: hi',
      'Priority: urgent',
      'Date: Sun, 09 Sep 2001 01:46:40 GMT',
      '',
      '',
    ]);
    expect(fragment).toBe('MSRP first SEND\r\nMessage-ID: msg12345\r\nContent-Type: text/plain\r\n\r\n');
    expect(body).toBe('Hi, Alice!');
  });

  test('S6c: Expires of the INVITE is never read, not even 0', () => {
    const sender = opened(new ServerRig(), { extra: ['Expires: 0'] });
    sender.send('x');
    expect(sender.rig.of(Observed.stamped).map(({ a }) => a)).toEqual([3600e9]);
  });

  test('S2: nothing of the identity of who hides it', () => {
    const sender = opened(new ServerRig(), { extra: ['Privacy: id'] });
    sender.send('x');
    expect(sender.rig.record(0).head).not.toContain('P-Asserted-Identity');
    expect(sender.rig.record(0).record.anonymous).toBe(true);
  });

  test('A14: content headers of the SEND are dropped and counted', () => {
    const sender = opened();
    sender.send('x', { headers: ['Content-Disposition: inline', 'Content-ID: <a@b>'] });
    expect(sender.rig.record(0).fragment).not.toContain('Content-D');
    expect(sender.rig.of(Observed.contentHeadersDropped).map(({ a }) => a)).toEqual([2]);
  });

  test('each message of a session is a deferred message of its own', () => {
    const sender = opened();
    sender.send('one', { id: 'one1' });
    sender.send('two', { id: 'two2' });
    expect([0, 1].map((dm) => sender.rig.record(dm).body)).toEqual(['one', 'two']);
  });
});

describe('S3-asm, I7: any chunk plan gives the same record', () => {
  const body = 'The quick brown fox\r\n-------t1xyz$\r\njumps over the lazy dog. '.repeat(4);
  const plan = fc.record({
    cuts: fc.array(fc.nat(body.length - 2), { maxLength: 12 }),
    order: fc.array(fc.nat(1000), { minLength: 14, maxLength: 14 }),
    repeat: fc.nat(12),
    segment: fc.integer({ min: 1, max: 400 }),
  });

  test('F6: sizes from one octet, orders, repetitions and segments', () => {
    fc.assert(
      fc.property(plan, ({ cuts, order, repeat, segment }) => {
        const sender = opened();
        const at = [0, ...new Set(cuts.map((cut) => cut + 1)), body.length].sort((a, b) => a - b);
        const chunks = at.slice(1).map((end, i) => ({ start: at[i], end, key: order[i] }));
        // The first to arrive begins at octet 1 (A13), else the inner transaction id depends on the order.
        const [first, ...others] = chunks;
        others.sort((a, b) => a.key - b.key || a.start - b.start);
        const sequence = [first, ...others];
        sequence.splice(1, 0, sequence[Math.min(repeat, sequence.length - 1)]);
        for (const { start, end } of sequence) {
          const flag = end === body.length ? '$' : '+';
          const tid = start === 0 ? 'firstSend' : `other${start}`;
          const data = body.slice(start, end);
          sender.rig.toServer(
            sender.conn,
            sender.frame(data, { tid, flag, range: `${start + 1}-${end}/${body.length}` }),
            segment,
          );
        }
        const { head, fragment, body: stored } = sender.rig.record(0);
        expect(sender.rig.held()).toEqual([0]);
        expect(stored).toBe(body);
        expect(fragment).toBe(
          'MSRP firstSend SEND\r\nMessage-ID: msg12345\r\nContent-Type: text/plain\r\n\r\n',
        );
        expect(head).toMatch(/^INVITE [^]*GMT\r\n\r\n$/);
      }),
      { seed: 42, numRuns: 60 },
    );
  });

  test('R12: an aborted message is not stored; R16: neither is a SEND without a body', () => {
    const sender = opened();
    expect(said(sender.send('abc', { flag: '+' }))).toEqual(['200']);
    expect(said(sender.send('def', { flag: '#', from: 4 }))).toEqual(['200']);
    expect(sender.rig.held()).toEqual([]);
  });

  test('R13: BYE in mid-transfer leaves nothing, and the memory is free again', () => {
    const sender = opened();
    sender.send('abc', { flag: '+' });
    const { heldOctets } = sender.rig.ports.octets;
    sender.within('BYE');
    sender.rig.pass(40);
    expect(sender.rig.held()).toEqual([]);
    expect(sender.rig.ports.octets.heldOctets).toBeLessThan(heldOctets);
  });
});

describe('B6: the last 200 and the success REPORT leave after the commit', () => {
  const waiting = (headers: readonly string[]): { sender: LargeSender; early: string } => {
    const sender = opened();
    sender.rig.storage.held = true;
    return { sender, early: sender.send('whole', { headers }) };
  };

  test.each([
    [[], ['200'], ['413']],
    [['Success-Report: yes'], ['200', 'REPORT 200'], ['413']],
    [['Failure-Report: partial'], [], ['413']],
    [['Failure-Report: partial', 'Success-Report: yes'], ['REPORT 200'], ['413']],
    [['Failure-Report: no'], [], []],
    [['Failure-Report: no', 'Success-Report: yes'], ['REPORT 200'], []],
  ])('B1 to B4: %j', (headers, good, bad) => {
    const stored = waiting(headers);
    expect(stored.early).toBe('');
    stored.sender.rig.flush();
    expect(said(stored.sender.rig.written(stored.sender.conn))).toEqual(good);

    const failed = waiting(headers);
    failed.sender.rig.storage.outcome = CommitStatus.full;
    failed.sender.rig.flush();
    expect(said(failed.sender.rig.written(failed.sender.conn))).toEqual(bad);
    expect(failed.sender.rig.of(Observed.rejected)).toHaveLength(1);
  });

  test('no REPORT follows BYE, but what was being stored is stored', () => {
    const { sender } = waiting(['Success-Report: yes']);
    sender.within('BYE');
    sender.rig.flush();
    expect(sender.rig.held()).toEqual([0]);
    expect(sender.rig.written(sender.conn)).toBe('');
  });
});

describe('O16, R13: limits in mid-transfer', () => {
  test('a total above the largest message is answered 413 on its first chunk', () => {
    const sender = opened(new ServerRig({ large: { messageOctets: 1000 } }));
    expect(said(sender.send('x', { flag: '+', range: '1-1/1001' }))).toEqual(['413']);
    expect(said(sender.send('y', { flag: '+', from: 2 }))).not.toContain('200');
  });

  test('one that grows above it without telling is stopped when it does', () => {
    const sender = opened(new ServerRig({ large: { messageOctets: 1000 } }));
    expect(said(sender.send('x'.repeat(900), { flag: '+', range: '1-*/*' }))).toEqual(['200']);
    expect(said(sender.send('x'.repeat(200), { flag: '+', range: '901-*/*' }))).toEqual(['413']);
    expect(sender.rig.held()).toEqual([]);
  });

  test("an account's quota of octets is 413, and the refusal is counted", () => {
    const sender = opened(new ServerRig({ quota: { octetsPerUser: 5000 } }));
    expect(said(sender.send('x', { flag: '+', range: '1-1/6000' }))).toEqual(['413']);
    expect(said(sender.send('x'.repeat(6000), { range: '1-*/*', id: 'other1' }))).toEqual(['413']);
    expect(said(sender.send('small', { id: 'other2' }))).toEqual(['200']);
    expect(sender.rig.held()).toEqual([0]);
    expect(sender.rig.of(Observed.rejected).map(({ a }) => a)).toContain(413);
  });

  test.each([
    ['messages', { messagesPerUser: 1 }],
    ['octets', { octetsPerUser: 500 }],
  ])('O16: what waits for the station counts for the quota of %s', (_what, quota) => {
    const rig = new ServerRig({ quota });
    const senders = [1, 2, 3].map((n) => {
      const path = `msrp://10.16.0.${n}:9/senderSession${n};tcp`;
      return opened(rig, { path, callId: `large${n}@10.16.0.${n}` });
    });
    const other = new LargeSender(rig, 8).open({ callId: 'other@10.16.0.4' });
    rig.cpu.held = true;
    const first = senders.map((sender) => said(sender.send('x'.repeat(300))));
    expect(first).toEqual([[], ['413'], ['413']]);
    // What the station does not take leaves no trace in the account of another user.
    rig.cpu.full = true;
    expect(said(other.send('x'.repeat(300)))).toEqual(['413']);
    rig.cpu.full = false;
    rig.cpu.serve();
    rig.settle();
    expect([said(rig.written(senders[0].conn)), rig.held()]).toEqual([['200'], [0]]);
    const { index } = rig.server;
    expect([index.claimed(7), index.claimedOctets(7) > 300, index.claimed(8)]).toEqual([1, true, 0]);
  });
});

test('E2, P5, A7: a Message-ID out of grammar and a wrong weekday survive as they came', () => {
  const rig = new ServerRig();
  const sender = opened(rig, { extra: ['Date: Thu, 21 Feb 2005 13:02:03 GMT'] });
  expect(said(sender.send("Hi, Alice!  I'm Bob!", { tid: 'dkei38sd', id: '456' }))).toEqual(['200']);
  const client = invited(rig, rig.register(7)).establish();
  const [{ body, messageId }] = client.take();
  expect(body).toContain('\r\nDate: Thu, 21 Feb 2005 13:02:03 GMT\r\n');
  expect(body).toContain('\r\nMessage-ID: 456\r\n');
  expect(messageId).toMatch(/^[A-Za-z0-9]{12}$/);
});

describe('P7: a Large Message is pushed as sipfrag and msrpfrag', () => {
  test('with its Message-ID and Call-ID as they came (P5)', () => {
    const sender = opened();
    sender.send('Hi, Alice!', { tid: 'dkei38sd', id: '456x' });
    const { rig } = sender;
    const client = invited(rig, rig.register(7)).establish();
    const [{ body, messageId }] = client.take();
    expect(body.match(/^Content-Type: message\/.*/gm)).toEqual([
      'Content-Type: message/sipfrag',
      'Content-Type: message/msrpfrag',
    ]);
    expect(body).toContain(
      '\r\n\r\nMSRP dkei38sd SEND\r\nMessage-ID: 456x\r\nContent-Type: text/plain\r\n\r\nHi, Alice!',
    );
    expect(body).toContain('\r\n-------dkei38sd$\r\n--');
    expect(messageId).not.toBe('456x');
    expect(body).not.toMatch(/^(To-Path|From-Path|Via|Contact|CSeq):/m);
  });
});
