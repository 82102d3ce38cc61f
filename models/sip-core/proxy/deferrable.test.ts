/** What the Core hands to the IM Server for an absent user, of what an IM Server itself sent (rules 2.1, O4). */
import { describe, expect, it } from 'vitest';
import { answer, firstLine, registered, valuesOf } from '../testing.js';

describe('requests of the IM Server to who is not there (rules 2.1)', () => {
  it('never sends back to the IM Server a session of its own, or a notice that is worth nothing late: 480', () => {
    const bench = registered(7);
    bench.fromServer(bench.pushText('INVITE', 9));
    expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 480 Temporarily Unavailable');
    const notice = (user: number) =>
      bench.pushText('MESSAGE', user).replace('Content-L', 'Expires: 0\r\nContent-L');
    bench.fromServer(notice(9));
    expect(firstLine(bench.takeOne().text)).toBe('SIP/2.0 480 Temporarily Unavailable');
    bench.fromServer(notice(7));
    const toClient = bench.takeOne();
    bench.fromClient(7, answer(toClient.text, 480));
    expect(firstLine(bench.takeOne().text)).toContain('480');
  });

  it('hands what the IM Server says to an absent user back to it to be deferred, as that of a client, and says whether she is bound', () => {
    const bench = registered(7);
    for (const [user, expires] of [
      [9, ''],
      [7, ''],
      // Malformed, and so as if it were not there (A9).
      [9, 'Expires: 0;x\r\n'],
    ] as const) {
      bench.fromServer(bench.pushText('MESSAGE', user).replace('Content-L', `${expires}Content-L`));
      if (user === 7) bench.fromClient(7, answer(bench.takeOne().text, 480));
      const { to, text } = bench.takeOne();
      expect([to, firstLine(text)]).toEqual(['10.0.0.2:5060', `MESSAGE sip:u${user}@ims.example SIP/2.0`]);
      expect(valuesOf(text, 'P-Served-User')).toEqual([
        `<sip:u${user}@ims.example>;sescase=term;regstate=${user === 7 ? 'reg' : 'unreg'}`,
      ]);
      bench.fromServer(answer(text, 202));
      expect(firstLine(bench.takeOne().text)).toContain('202');
    }
  });
});
