/** What a 503 to the INVITE of a push means for those that wait: RFC 3261 section 21.5.4, rules 5. */
import { describe, expect, test } from 'vitest';
import { header } from '../../client/testing.js';
import { ServerRig } from '../testing.js';
import { invited, pushed, words } from '../testing-push-client.js';

/** To whom the INVITEs among these went. */
function calledIn(sent: readonly string[]): string[] {
  return sent.filter((text) => text.startsWith('INVITE ')).map((text) => header(text, 'To'));
}

const SEVEN = '<sip:u7@ims.example>';
const EIGHT = '<sip:u8@ims.example>';

describe('Retry-After in a 503 to a push', () => {
  test('nobody is invited through the Core before, whatever triggers come, and then all are who wait', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    rig.store(8, 'two');
    expect(words(client.respond(503, '', 'c', client.invite, ['Retry-After: 600']))).toEqual(['ACK']);
    expect(calledIn(rig.register(8))).toEqual([]);
    expect(calledIn(rig.register(7))).toEqual([]);
    expect(calledIn(rig.pass(599.9).taken())).toEqual([]);
    expect(new Set(calledIn(rig.pass(0.2).taken()))).toEqual(new Set([SEVEN, EIGHT]));
  });

  test('a session that runs goes on', () => {
    const rig = new ServerRig();
    const running = pushed(rig, 'one').establish();
    rig.store(8, 'two');
    const refused = invited(rig, rig.register(8));
    refused.respond(503, '', 'c', refused.invite, ['Retry-After: 600']);
    rig.store(7, 'three');
    const [one, three] = running.take();
    running.answer(one);
    expect(words(running.answer(three))).toEqual(['BYE']);
  });

  test('a shorter one does not shorten a longer one, nor the time until she is tried again', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    rig.store(8, 'two');
    const other = invited(rig, rig.register(8));
    client.respond(503, '', 'c', client.invite, ['Retry-After: 20']);
    other.respond(503, '', 'c', other.invite, ['Retry-After: 1 (soon)']);
    rig.store(9, 'three');
    expect(calledIn(rig.register(9))).toEqual([]);
    expect(calledIn(rig.pass(19.9).taken())).toEqual([]);
    const [nine] = calledIn(rig.pass(0.2).taken());
    expect(nine).toBe('<sip:u9@ims.example>');
    const rest = calledIn(rig.pass(10).taken()).filter((to) => to !== nine);
    expect(new Set(rest)).toEqual(new Set([SEVEN, EIGHT]));
  });

  test('while the line stands still, no further trigger costs a timer', () => {
    const rig = new ServerRig();
    for (let user = 8; user < 16; user++) rig.store(user, 'x');
    const client = pushed(rig, 'one');
    client.respond(503, '', 'c', client.invite, ['Retry-After: 600']);
    rig.register(8);
    // The third-party REGISTER has a server transaction of its own, so that what is counted comes after those.
    rig.pass(60);
    const before = rig.ports.timers;
    for (let user = 9; user < 16; user++) rig.register(user);
    rig.pass(60);
    expect(rig.ports.timers).toBe(before);
  });

  test.each([
    [503, []],
    [503, ['Retry-After: presently']],
    [500, ['Retry-After: 600']],
    [486, ['Retry-After: 600']],
  ])('%i with %j holds nobody else up', (status, extra) => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    rig.store(8, 'two');
    client.respond(status, '', 'c', client.invite, extra);
    expect(calledIn(rig.register(8))).toEqual([EIGHT]);
    expect(calledIn(rig.pass(31).taken())).toContain(SEVEN);
  });
});
