/**
 * De-duplication by push Message-ID and by the key of the wrapped message (A11, P5, RFC 4975 section 5.4; I8).
 */
import { describe, expect, test } from 'vitest';
import { TcpEnd } from '../../../sim/host/ports.js';
import { Observed } from '../../observations.js';
import { EARLIER_KEPT } from './inbox.js';
import { live, payload, rigged, send } from '../testing-push.js';

describe('nothing is shown twice (I8)', () => {
  test('a push Message-ID comes again in another session: answered 200, dropped (A11)', () => {
    const rig = rigged().establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call0')));
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
    rig.establish({ callId: 'push2@im' });
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage0', payload('call0')));
    expect(rig.fromClient()).toMatch(/^MSRP tidtidtid1 200/);
    expect(rig.shown().map(([kind]) => kind)).toEqual([Observed.presented, Observed.duplicateDropped]);
  });

  test('a message without a key, as a Large Message, is known again by its push Message-ID alone', () => {
    const rig = rigged().establish();
    const large = payload('call0').replace('MESSAGE sip', 'INVITE sip');
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', large));
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage1', large));
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
    rig.establish({ callId: 'push2@im' });
    rig.toClient(send(rig.path, 'tidtidtid2', 'pushMessage0', large));
    expect(rig.shown().map(([kind]) => kind)).toEqual([
      Observed.presented,
      Observed.presented,
      Observed.duplicateDropped,
    ]);
  });

  test('a message delivered live is deferred too: the push is answered 200 and dropped (P5)', () => {
    const rig = rigged();
    rig.deliver(3, live('call7@host'));
    rig.establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call7@host')));
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage1', payload('call8@host')));
    expect(rig.fromClient()).toMatch(/^MSRP tidtidtid0 200[\s\S]*MSRP tidtidtid1 200/);
    expect(rig.shown().map(([kind]) => kind)).toEqual([
      Observed.deliveredLive,
      Observed.duplicateDropped,
      Observed.presented,
    ]);
  });

  test('a live copy that was on its way longer than the push is answered 200 and dropped', () => {
    const rig = rigged().establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call7@host')));
    expect(rig.exchange(live('call7@host'))[0]).toMatch(/^SIP\/2\.0 200 /);
    expect(rig.shown().map(([kind]) => kind)).toEqual([Observed.presented, Observed.duplicateDropped]);
  });

  test('another From tag is another message, and so is each MESSAGE inside a dialog', () => {
    const rig = rigged();
    rig.deliver(3, live('call7@host', 'othertag'));
    const inDialog = '<sip:u3@ims.example>;tag=mine';
    rig.deliver(3, live('call9@host', '49583', inDialog));
    rig.establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call7@host')));
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage1', payload('call9@host', 'next', inDialog)));
    expect(rig.shown().filter(([kind]) => kind === Observed.duplicateDropped)).toEqual([]);
  });

  test('A11, P5: one that was delivered live first, and then many others, is pushed: it is known, however many there were', () => {
    const rig = rigged();
    for (let i = 0; i < EARLIER_KEPT.atLeast; i++) rig.deliver(3, live(`call${i}`));
    rig.establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call0')));
    expect(rig.of(Observed.duplicateDropped)).toHaveLength(1);
  });

  test('A11: a push Message-ID comes again after hundreds of others, that of a message without a key too', () => {
    const rig = rigged().establish();
    const nameless = payload('call').replace('i: call', 'X: call');
    for (let i = 0; i < 300; i++)
      rig.toClient(send(rig.path, `tidtid${1000 + i}`, `pushMessage${i}`, nameless));
    rig.fleet.onTcpClosed(rig.conn, TcpEnd.reset);
    rig.establish({ callId: 'push2@im' });
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', nameless));
    expect(rig.of(Observed.presented)).toHaveLength(300);
    expect(rig.of(Observed.duplicateDropped)).toHaveLength(1);
  });

  test('neither memory is that of another user', () => {
    const rig = rigged();
    rig.deliver(4, live('call7@host').replaceAll('u3@', 'u4@'));
    rig.establish();
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', payload('call7@host')));
    expect(rig.of(Observed.presented)).toHaveLength(1);
  });
});
