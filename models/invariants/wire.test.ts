import { describe, expect, test } from 'vitest';
import { Observed } from '../observations.js';
import { NO_FAULTS } from './planned-faults.js';
import { Bench, CLIENT_HOST, request, response, send, SENT_LINES, SERVER_HOST, single } from './testing.js';

const CORE_IP = (10 << 24) + 1;
const CLIENT_IP = (10 << 24) + (16 << 16) + 2;
const CONN = 5;

describe('I11: frames', () => {
  const message = request(SENT_LINES);
  const datagram = (text: string): string[] =>
    new Bench().see(Observed.datagramSent, 0, 0, CORE_IP, 0, text).violated();
  test.each<[string, string, boolean]>([
    ['a MESSAGE', message, true],
    [
      'compact forms',
      message.replace('Via', 'v').replace('Call-ID', 'i').replace('Content-Length', 'l'),
      true,
    ],
    ['a keep-alive', '\r\n\r\n', true],
    ['STUN', '\0\u0001\0\0', true],
    ['a response', 'SIP/2.0 200 OK\r\nv: a\r\nf: a\r\nt: a\r\ni: a\r\nCSeq: 1 BYE\r\n\r\n', true],
    ['a start line without version', message.replace(' SIP/2.0', ''), false],
    ['a status of two digits', 'SIP/2.0 20 OK\r\nv: a\r\nf: a\r\nt: a\r\ni: a\r\nCSeq: 1 BYE\r\n\r\n', false],
    ['a status above 699', 'SIP/2.0 700 OK\r\nv: a\r\nf: a\r\nt: a\r\ni: a\r\nCSeq: 1 BYE\r\n\r\n', false],
    ['a method in small letters', message.replace('MESSAGE', 'message'), false],
    ['two spaces in the start line', message.replace(' SIP/2.0', '  SIP/2.0'), false],
    ['a control character in the URI', message.replace(' SIP/2.0', '\u0001 SIP/2.0'), false],
    ['no URI', message.replace(/ \S+ SIP/, '  SIP'), false],
    ['another version', message.replace(' SIP/2.0', ' SIP/3.0'), false],
    ['no Via', message.replace(/Via: .*\r\n/, ''), false],
    ['no CSeq', message.replace(/CSeq: .*\r\n/, ''), false],
    ['two Call-IDs', message.replace('CSeq:', 'Call-ID: x\r\nCSeq:'), false],
    ['one octet too few', message.slice(0, -1), false],
    ['one octet too many', `${message}x`, false],
    ['a body and no Content-Length', message.replace(/Content-Length: .*\r\n/, ''), false],
    ['a bare LF', message.replace('\r\nTo', '\nTo'), true],
    ['a bare CR', message.replace('\r\nTo', '\rTo'), false],
    ['white space before a colon', message.replace('To:', 'To :'), false],
    ['no empty line', 'SIP/2.0 200 OK\r\nv: a\r\n', false],
  ])('%s', (what, text, holds) => {
    // A bare LF ends no line for a strict reader: what follows is part of the value, and To is missing.
    if (what === 'a bare LF') expect(datagram(text)).toEqual(['I11']);
    else expect(datagram(text)).toEqual(holds ? [] : ['I11']);
  });

  const stream = (...pieces: string[]): Bench => {
    const bench = new Bench();
    for (const piece of pieces) bench.see(Observed.streamSent, 2, CONN, 0, 0, piece);
    return bench;
  };
  const good = send('tid12345');
  test.each<[string, string[], boolean]>([
    ['a SEND', [good], true],
    ['many in one piece', [good + response('tid2') + send('tid3')], true],
    ['one octet at a time', single(good + response('tid2')), true],
    ['a body that looks like another end-line', [send('tid12345', 'a\r\n-------tid12346$\r\n')], true],
    ['an unknown range-end', [send('tid12345', 'hello', '1-*/5')], true],
    ['SIP over TCP', [request(SENT_LINES)], true],
    ['SIP over TCP, one octet at a time', single(request(SENT_LINES)), true],
    ['a range-end too small', [send('tid12345', 'hello', '1-4/5')], false],
    ['a range-end too large', [send('tid12345', 'hello', '1-6/6')], false],
    ['the end of a message before its total', [send('tid12345', 'hello', '1-5/9')], false],
    ['a chunk that is not the last', [send('tid12345', 'hello', '1-5/9', '+')], true],
    ['no flag', [send('tid12345', 'hello', '1-5/5', ' '), good, good], false],
    ['another tid in the end-line', [response('tid2').replace('-------tid2', '-------tid3')], false],
    ['no From-Path', [good.replace(/From-Path: .*\r\n/, '')], false],
    ['Content-Type not last', [good.replace(/(Byte-Range: .*\r\n)(Content-Type: .*\r\n)/, '$2$1')], false],
    ['no Message-ID', [good.replace(/Message-ID: .*\r\n/, '')], false],
    ['a tid of three octets', [send('abc')], false],
    [
      'a REPORT without Byte-Range',
      [response('tid2').replace('200 OK', 'REPORT').replace('-------', 'Message-ID: m\r\n-------')],
      false,
    ],
    ['rubbish after a frame', [good, 'GET / HTTP/1.1\r\n'], false],
  ])('MSRP: %s', (_what, pieces, holds) => {
    expect(stream(...pieces).violated()).toEqual(holds ? [] : ['I11']);
  });

  test('every MSRP frame counts, whatever the segmentation', () => {
    expect(stream(...single(good), good.slice(0, 40), good.slice(40) + response('tid2')).checked('I11')).toBe(
      3,
    );
  });
});

describe('I13: BYE', () => {
  const OTHER_SERVER = 4;
  const dialog = (method: string, call: string): string =>
    `${method} sip:u2@ims.example SIP/2.0\r\nCall-ID: ${call}\r\n`;
  const emptySend = send('send0').replace(/Content-Type: [^]*?(?=-------send0)/, '');
  type Step =
    | 'bind'
    | 'send'
    | 'answer'
    | 'other'
    | 'no-session'
    | 'empty'
    | 'bye'
    | 'over'
    | 'wait'
    | 'end-another'
    | 'leave'
    | 'return'
    | 'invite';
  const play = (steps: readonly Step[], server: number, context = {}): string[] => {
    const bench = new Bench({ otherServerHosts: [OTHER_SERVER], ...context });
    const says = (method: string, call = 'push1'): Bench =>
      bench.see(Observed.datagramSent, server, 0, CORE_IP, 0, dialog(method, call));
    says('INVITE');
    for (const step of steps) {
      if (step === 'bind') bench.see(Observed.streamSent, server, CONN, 0, 0, response('bind1'));
      if (step === 'send') {
        bench.see(Observed.pushSent, 2, 0, 0, -1, '', bench.nowNs / 1e9);
        bench.see(Observed.streamSent, server, CONN, 0, 0, send('send1'));
      }
      if (step === 'answer') bench.see(Observed.streamDelivered, server, CONN, 0, 0, response('send1', 413));
      if (step === 'other') bench.see(Observed.streamDelivered, server, CONN, 0, 0, response('send2'));
      if (step === 'empty') bench.see(Observed.streamSent, server, CONN, 0, 0, emptySend);
      if (step === 'no-session')
        bench.see(Observed.streamDelivered, server, CONN, 0, 0, response('bind1', 481));
      if (step === 'over') bench.see(Observed.streamEnded, server, CONN, 1, 0);
      if (step === 'wait') bench.nowNs += 30e9;
      if (step === 'leave') bench.see(Observed.triggered, 2, 0, 0, 1, '', bench.nowNs / 1e9);
      if (step === 'return') bench.see(Observed.triggered, 2, 0, 3600, 1, '', bench.nowNs / 1e9);
      if (step === 'invite') bench.see(Observed.pushInvited, 2, 1, 0, 1, '', bench.nowNs / 1e9);
      if (step === 'bye') says('BYE');
      // Of a session in which the same client sent Large Messages to the server.
      if (step === 'end-another') says('BYE', 'large1');
    }
    return bench.violated().filter((id) => id === 'I13');
  };
  test.each<[readonly Step[], boolean]>([
    [['bind', 'send', 'answer', 'bye', 'bye'], true],
    [['bind', 'bye'], true],
    [['bind', 'send', 'wait', 'bye'], true],
    [['bind', 'send', 'over', 'bye'], true],
    [['bind', 'send', 'send', 'no-session', 'bye'], true],
    [['empty', 'bye'], true],
    [['bind', 'bye', 'empty'], false],
    [['bind', 'no-session', 'send', 'bye'], false],
    [['bind', 'send', 'end-another', 'answer', 'bye'], true],
    [['bind', 'send', 'end-another', 'bye'], false],
    [['bind', 'send', 'bye'], false],
    [['bind', 'send', 'other', 'bye'], false],
    [['send', 'bye', 'answer'], false],
    [['bind', 'bye', 'send'], false],
    [['bind', 'send', 'answer', 'bye', 'send'], false],
  ])('%j holds: %s, of whatever IM Server of a cluster', (steps, holds) => {
    expect(play(steps, SERVER_HOST)).toEqual(holds ? [] : ['I13']);
    expect(play(steps, OTHER_SERVER)).toEqual(holds ? [] : ['I13']);
  });

  describe('of a SEND that no 200 settles (Failure-Report partial or no, rules 3.5)', () => {
    const asks = (failure: string, success = 'yes') =>
      send('send1').replace(
        'Content-Type:',
        `Failure-Report: ${failure}\r\nSuccess-Report: ${success}\r\nContent-Type:`,
      );
    const report = (id: string, status = '000 200 OK') =>
      response('rep12345')
        .replace('200 OK', 'REPORT')
        .replace('-------', `Message-ID: ${id}\r\nByte-Range: 1-5/5\r\nStatus: ${status}\r\n-------`);
    const told = (sent: string, reports: readonly string[], byes = 1): string[] => {
      const bench = new Bench();
      const says = (method: string) =>
        bench.see(Observed.datagramSent, SERVER_HOST, 0, CORE_IP, 0, dialog(method, 'push1'));
      says('INVITE');
      bench.see(Observed.pushSent, 2, 0, 0, -1);
      bench.see(Observed.streamSent, SERVER_HOST, CONN, 0, 0, sent);
      for (const text of reports) bench.see(Observed.streamDelivered, SERVER_HOST, CONN, 0, 0, text);
      for (let i = 0; i < byes; i++) says('BYE');
      return bench.violated().filter((id) => id === 'I13');
    };

    test.each(['no', 'partial'])('with %s, its success REPORT does', (failure) => {
      expect(told(asks(failure), [report('msend1')])).toEqual([]);
      expect(told(asks(failure), [])).toEqual(['I13']);
    });

    test.each<[string, string, string]>([
      ['the REPORT of another message', asks('no'), report('msend2')],
      ['a REPORT of a failure', asks('no'), report('msend1', '000 413 no')],
      ['a REPORT that it did not ask for', asks('no', 'no'), report('msend1')],
      ['a REPORT where a response is due', asks('yes'), report('msend1')],
    ])('%s does not', (_what, sent, text) => expect(told(sent, [text])).toEqual(['I13']));
  });

  test.each<[readonly Step[], boolean]>([
    [['bind', 'send', 'wait', 'bye'], false],
    [['bind', 'send', 'leave', 'bye'], false],
    [['bind', 'send', 'leave', 'wait', 'bye'], true],
    [['bind', 'send', 'leave', 'return', 'wait', 'bye'], true],
    [['leave', 'invite', 'bind', 'send', 'wait', 'bye'], false],
  ])('A24: where a SEND may take two minutes, %j holds: %s', (steps, holds) => {
    expect(play(steps, SERVER_HOST, { sendTimeoutNs: 120e9 })).toEqual(holds ? [] : ['I13']);
  });
});

describe('I14: repetitions (RFC 3261 section 17.1, rules 4.2)', () => {
  const text = (method: string): string =>
    `${method} sip:u2@ims.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bKx1\r\n`;
  const reply = 'SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bKx1\r\n';
  const play = (
    method: string,
    instants: readonly number[],
    repliesAtS?: number,
    endS = 200,
    context = {},
  ): string[] => {
    const bench = new Bench(context);
    for (const atS of instants) bench.see(Observed.datagramSent, 0, 0, CLIENT_IP, 0, text(method), atS);
    if (repliesAtS !== undefined)
      bench.see(Observed.datagramDelivered, 0, 0, CLIENT_IP, 0, reply, repliesAtS);
    return bench.violated(endS).filter((id) => id === 'I14');
  };
  const timerE = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5];
  const timerA = [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5];
  test.each<[string, readonly number[], boolean]>([
    ['MESSAGE', timerE, true],
    ['INVITE', timerA, true],
    ['MESSAGE', timerA, false],
    ['INVITE', timerE, false],
    ['MESSAGE', [...timerE, 35.5], false],
    ['MESSAGE', [0, 0.501], false],
    ['MESSAGE', [0, 0.5, 1.5, 5.5], false],
    ['MESSAGE', [0, 0], false],
    ['ACK', [0, 0.1, 0.2], true],
  ])('%s at %j holds: %s', (method, instants, holds) => {
    expect(play(method, instants)).toEqual(holds ? [] : ['I14']);
  });

  test('a request that is neither answered nor repeated is told, if its time has come', () => {
    expect(play('MESSAGE', [0])).toEqual(['I14']);
    expect(play('MESSAGE', [0, 0.5])).toEqual(['I14']);
    expect(play('MESSAGE', [0], undefined, 0)).toEqual([]);
    expect(play('MESSAGE', [0], 0.3)).toEqual([]);
    // After the limit of live delivery (8 s) the Core may have turned to the IM Server.
    expect(play('MESSAGE', timerE.slice(0, 5))).toEqual([]);
  });

  test('each leg has its own timers', () => {
    const ims = { clientTimers: { t1Ns: 2e9, t2Ns: 16e9 } };
    expect(play('MESSAGE', [0, 2, 6, 14, 30, 46], undefined, 46, ims)).toEqual([]);
    expect(play('MESSAGE', timerE, undefined, 40, ims)).toEqual(['I14']);
  });

  test('CANCEL has the branch of its INVITE and is another transaction', () => {
    const bench = new Bench();
    bench.see(Observed.datagramSent, 0, 0, CLIENT_IP, 0, text('INVITE'), 0);
    bench.see(Observed.datagramDelivered, 0, 0, CLIENT_IP, 0, reply, 0.1);
    bench.see(Observed.datagramSent, 0, 0, CLIENT_IP, 0, text('CANCEL'), 9);
    bench.see(Observed.datagramSent, 0, 0, CLIENT_IP, 0, text('CANCEL'), 9.5);
    expect(bench.violated()).not.toContain('I14');
  });

  test('a CANCEL without its request is passed on as often as it comes (RFC 3261 section 16.10)', () => {
    const late = (invited: boolean): string[] => {
      const bench = new Bench();
      if (invited) bench.see(Observed.datagramSent, 0, 0, CLIENT_IP, 0, text('INVITE'), 0);
      bench.see(Observed.datagramDelivered, 0, 0, CLIENT_IP, 0, reply, 0.1);
      for (const atS of [9, 9.3]) bench.see(Observed.datagramSent, 0, 0, CLIENT_IP, 0, text('CANCEL'), atS);
      return bench.violated().filter((id) => id === 'I14');
    };
    expect([late(false), late(true)]).toEqual([[], ['I14']]);
  });

  test('a host that was away is excused, whenever it was in between, and no other', () => {
    const away = (fromS: number, untilS: number, host = 0, members?: readonly number[]) => ({
      faults: {
        ...NO_FAULTS,
        absences: [{ host, members, fromNs: fromS * 1e9, untilNs: untilS * 1e9 }],
      },
    });
    // Due after 0.5 s; sent again after 3 s, or never.
    const late = (context: object) => [
      play('MESSAGE', [0, 3], undefined, 3, context),
      play('MESSAGE', [0], undefined, 200, context),
    ];
    for (const excused of [away(0.2, 0.4), away(0.5, 9), away(0, 0), away(0.3, 2, 0, [4, 0])])
      expect(late(excused)).toEqual([[], []]);
    for (const none of [away(4, 9), away(0.2, 0.4, 1), away(0.2, 0.4, 0, [4])])
      expect(late(none)).toEqual([['I14'], ['I14']]);
    expect(late(away(2, 4))).toEqual([[], ['I14']]);
  });

  test('a client that gave up is excused (408), for that request alone', () => {
    const gaveUp = (atS: number, status = 408, user = 6) =>
      new Bench()
        .see(Observed.datagramSent, CLIENT_HOST, 6, CORE_IP, 0, text('REGISTER'), 1)
        .see(Observed.registerFailed, user, 0, status, 0, '', atS)
        .violated(200)
        .filter((id) => id === 'I14');
    expect(gaveUp(1.2)).toEqual([]);
    expect(gaveUp(0.9)).toEqual(['I14']);
    expect(gaveUp(1.2, 503)).toEqual(['I14']);
    expect(gaveUp(1.2, 408, 5)).toEqual(['I14']);
  });

  test('what is under way when old ones are forgotten is judged as before', () => {
    const many = (lastS: readonly number[], invite = false): string[] => {
      const bench = new Bench({ clientTimers: { t1Ns: 2e9, t2Ns: 16e9 } });
      const sends = (i: number, atS: number): Bench =>
        bench.see(
          Observed.datagramSent,
          0,
          0,
          CLIENT_IP,
          0,
          text(invite ? 'INVITE' : 'MESSAGE').replace('x1', `x${i}`),
          atS,
        );
      const instants = [0, 2, 6, 14];
      for (const atS of instants) for (let i = 0; i < 100; i++) sends(i, atS);
      // Room for far more than there was.
      for (let i = 1000; i < 12_000; i++) sends(i, 15);
      for (const atS of lastS) for (let i = 0; i < 100; i++) sends(i, atS);
      return bench.violated().filter((id) => id === 'I14');
    };
    expect(many([30, 46])).toEqual([]);
    expect(many([30, 62], true)).toEqual([]);
    expect(many([30, 62])).toEqual(['I14']);
    expect(many([31])).toEqual(['I14']);
  });

  test('many at once are followed without taking one for another', () => {
    const bench = new Bench();
    for (const atS of [0, 0.5, 1.5]) {
      for (let i = 0; i < 5000; i++) {
        bench.see(Observed.datagramSent, 0, 0, CLIENT_IP, 0, text('MESSAGE').replace('x1', `x${i}`), atS);
      }
    }
    expect(bench.violated()).not.toContain('I14');
    expect(bench.checked('I14')).toBe(15_000);
  });
});
