/** A host that is paused, its clock, and what it observes. */
import { describe, expect, it } from 'vitest';
import { MS, S, single } from './host-kit.js';
import { textBlock } from './scripted-actor.js';

/** Any kind of a model; the numbers are in `models/observations.ts`. */
const STORED = 11;

describe('pause', () => {
  it('keeps timers, datagrams and completions and hands them out in order on resuming', () => {
    const log: string[] = [];
    const { world, boots } = single((ports) => {
      const say = (what: string): void => void log.push(`${what} at ${ports.now() / MS} ms`);
      return {
        start: () => ports.udp.bind(5),
        onTimer: (kind) => say(`timer ${kind}`),
        onDatagram: (_l, _i, _p, _t, _b, buf, start, end) => say(buf.toString('latin1', start, end)),
        onCommitted: () => say('committed'),
      };
    });
    const [ports] = boots;
    const host = world.host('host');
    ports.timer.after(2 * MS, 1, 0, 0);
    ports.storage.commit(1);
    host.pause();
    ports.udp.send(0, 5, 10, 5, textBlock(ports, 'datagram'), 8, 0, 0);
    world.runUntil(10 * MS);
    expect(log).toEqual([]);
    host.resume();
    expect(log).toEqual(['datagram at 10 ms', 'committed at 10 ms', 'timer 1 at 10 ms']);
    expect(world.octets.heldOctets).toBe(0);
  });

  it('leaves a stream unread while its host is paused, and reads on afterwards', () => {
    let text = '';
    let conn = 0;
    const { world, boots } = single((ports) => ({
      start: () => {
        ports.tcp.listen(7);
        conn = ports.tcp.connect(0, 10, 7);
      },
      onTcpData: (_conn, buf, start, end) => void (text += buf.toString('latin1', start, end)),
    }));
    world.runUntil(MS);
    world.host('host').pause();
    boots[0].tcp.write(conn, textBlock(boots[0], 'later'), 0, 5, false);
    world.runUntil(S);
    expect(text).toBe('');
    world.host('host').resume();
    world.runUntil(2 * S);
    expect(text).toBe('later');
  });
});

describe('wall clock', () => {
  it('is the epoch plus virtual time, with offset and drift', () => {
    const { world, boots } = single(() => ({}), { clock: { offsetMs: -250, driftPpm: 100 } });
    expect(boots[0].wallClock()).toBe(1_700_000_000_000 - 250);
    world.runUntil(10_000 * S);
    expect(boots[0].wallClock()).toBe(1_700_000_000_000 - 250 + 10_000_000 + 1000);
  });
});

describe('observations', () => {
  it('reach their subscribers alone, and change the fingerprint whether or not there are any', () => {
    const seen: number[][] = [];
    const print = (a: number, subscribed: boolean): string => {
      const { world, boots } = single(
        () => ({}),
        {},
        {
          subscribers: subscribed
            ? [{ kinds: [STORED], handler: (...all) => void seen.push(all.slice(0, 5) as number[]) }]
            : [],
        },
      );
      expect(boots[0].observe.wants(STORED)).toBe(subscribed);
      boots[0].observe.emit(STORED, 1, 2, a, -5);
      boots[0].observe.emit(14, 1, 2, 3, 4);
      return world.state().fingerprint;
    };
    const plain = print(2 ** 40, false);
    expect(print(2 ** 40, true)).toBe(plain);
    expect(print(2 ** 41, true)).not.toBe(plain);
    expect(seen).toEqual([
      [STORED, 1, 2, 2 ** 40, -5],
      [STORED, 1, 2, 2 ** 41, -5],
    ]);
  });
});
