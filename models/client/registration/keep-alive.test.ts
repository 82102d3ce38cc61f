/**
 * Keep-alives by STUN and the failure of a flow (RFC 5626 sections 4.4.2 and 4.5, RFC 5389 section 7.2.1).
 */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Observed } from '../../observations.js';
import { BINDING_SUCCESS_OCTETS, StunMessage, bindingSuccess } from '../../wire/stun/stun.js';
import { FleetRig } from '../testing.js';

/** The first octets of a Binding request. */
const BINDING = '\0\x01\0\0';

function bound(flowTimer = 'Flow-Timer: 100\r\n'): FleetRig {
  const rig = new FleetRig({ subscribers: 1, keepAlive: true }).at(0);
  rig.register(1_000_000, flowTimer);
  rig.ports.sent.length = 0;
  return rig;
}

/** Instants in seconds at which Binding requests left. */
function pings(rig: FleetRig): number[] {
  return rig.ports.sent.filter(({ text }) => text.startsWith(BINDING)).map(({ atNs }) => atNs / NS_PER_S);
}

/** The answer of the Core to the last ping. */
function pong(rig: FleetRig, ip = rig.ports.ipOf(0), port = 5060): string {
  const last = rig.ports.sent.findLast(({ text }) => text.startsWith(BINDING))?.text ?? '';
  const request = new StunMessage();
  const octets = Buffer.from(last, 'latin1');
  expect(request.parse(octets, 0, octets.length)).toBe(true);
  const { octets: arena } = rig.ports;
  const start = arena.start(bindingSuccess(arena, request, ip, port));
  return arena.buf.latin1Slice(start, start + BINDING_SUCCESS_OCTETS);
}

/** Lets `seconds` pass in small steps, answering every ping `delay` later. */
function live(rig: FleetRig, untilS: number): void {
  let answered = pings(rig).length;
  for (let s = rig.ports.nowNs / NS_PER_S; s <= untilS; s += 0.1) {
    rig.at(s);
    if (pings(rig).length === answered) continue;
    rig.deliver(0, pong(rig));
    answered = pings(rig).length;
  }
}

describe('while the Core answers', () => {
  test.each([
    ['Flow-Timer: 100\r\n', 80, 100],
    ['Flow-Timer: 25\r\n', 20, 25],
    ['', 24, 29],
  ])('with %j intervals lie in [%d, %d] s and differ (RFC 5626 section 4.4)', (line, low, high) => {
    const rig = bound(line);
    live(rig, 1500);
    const at = [0, ...pings(rig)];
    const intervals = at.slice(1).map((s, i) => s - at[i]);
    expect(intervals.length).toBeGreaterThan(10);
    expect(Math.min(...intervals)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...intervals)).toBeLessThanOrEqual(high);
    expect(new Set(intervals).size).toBeGreaterThan(intervals.length / 2);
    expect(rig.of(Observed.registerSent)).toHaveLength(1);
  });

  test('a Binding request is 20 octets to the Core from the SIP port', () => {
    const rig = bound();
    rig.at(100);
    expect(rig.ports.sent[0]).toMatchObject({ local: 0, toIp: (10 << 24) + 1, toPort: 5060 });
    expect(rig.ports.sent[0].text).toHaveLength(20);
  });

  test('a refresh does not disturb the rhythm', () => {
    const rig = new FleetRig({ subscribers: 1, keepAlive: true }).at(0);
    rig.register(60, 'Flow-Timer: 100\r\n');
    rig.ports.sent.length = 0;
    rig.at(30);
    rig.register(60, 'Flow-Timer: 100\r\n');
    rig.at(59);
    rig.register(60, 'Flow-Timer: 100\r\n');
    rig.at(60);
    rig.register(60, 'Flow-Timer: 100\r\n');
    rig.at(100);
    expect(rig.ports.sent.filter(({ text }) => text.startsWith(BINDING)).length).toBeGreaterThan(0);
  });
});

describe('when the Core is silent', () => {
  test('a request is repeated after RTO, 2 RTO, ...; seven in all, and 16 RTO later the flow has failed', () => {
    const rig = bound();
    live(rig, 150); // one answered: the flow counts as successful
    rig.ports.sent.length = 0;
    rig.at(300);
    const at = pings(rig);
    expect(at.map((s) => Math.round((s - at[0]) * 10) / 10)).toEqual([0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]);
    const [, again] = rig.of(Observed.registerSent);
    // A successful flow is formed anew at once (RFC 5626 section 4.5).
    expect(again.atNs).toBe(Math.round(at[0] * NS_PER_S) + 39.5 * NS_PER_S);
  });

  test('a flow that never had an answer counts as a failed attempt and waits (RFC 5626 section 4.5)', () => {
    const rig = bound();
    rig.at(300);
    const failedAtNs = Math.round(pings(rig)[0] * NS_PER_S) + 39.5 * NS_PER_S;
    const [, again] = rig.of(Observed.registerSent);
    expect(again.atNs - failedAtNs).toBeGreaterThanOrEqual(30 * NS_PER_S);
    expect(again.atNs - failedAtNs).toBeLessThanOrEqual(60 * NS_PER_S);
  });

  test('messages wait for the new flow', () => {
    const rig = bound();
    live(rig, 150);
    rig.at(230);
    rig.ports.sent.length = 0;
    rig.offer({ sender: 0 });
    expect(rig.take('MESSAGE')).toEqual([]);
    rig.at(231);
    rig.ports.sent.length = 0;
    rig.at(240);
    rig.register();
    expect(rig.take('MESSAGE')).toHaveLength(1);
  });

  test('an answer that comes late still counts, a foreign or repeated one does not', () => {
    const rig = bound();
    rig.at(101);
    const right = pong(rig);
    rig.deliver(0, `${right.slice(0, 12)}XXXX${right.slice(16)}`);
    rig.deliver(0, right, 5061);
    expect(rig.ports.timers).toBeGreaterThan(1);
    rig.ports.sent.length = 0;
    rig.at(103);
    rig.deliver(0, right);
    rig.deliver(0, right);
    const before = pings(rig).length;
    rig.at(159);
    expect(pings(rig).length).toBe(before);
  });

  test('another XOR-MAPPED-ADDRESS is a failed flow (RFC 5626 section 4.4.2)', () => {
    const rig = bound();
    live(rig, 150);
    rig.at(155);
    const count = pings(rig).length;
    for (let s = 155; pings(rig).length === count; s++) rig.at(s);
    rig.deliver(0, pong(rig, rig.ports.ipOf(0), 5061));
    rig.at(rig.ports.nowNs / NS_PER_S);
    expect(rig.of(Observed.registerSent)).toHaveLength(2);
  });

  test('an error response is a failed flow (RFC 5626 section 4.4.2), unless another request was meant', () => {
    const rig = bound();
    live(rig, 150);
    const count = pings(rig).length;
    for (let s = 150; pings(rig).length === count; s++) rig.at(s);
    const id = pong(rig).slice(8, 20);
    // 500 (Server Error); the reason is optional text.
    const refusal = (of: string) => `\x01\x11\0\x08\x21\x12\xa4\x42${of}\0\x09\0\x04\0\0\x05\0`;
    rig.deliver(0, refusal('X' + id.slice(1)));
    rig.at(rig.ports.nowNs / NS_PER_S);
    expect(rig.of(Observed.registerSent)).toHaveLength(1);
    rig.deliver(0, refusal(id));
    rig.at(rig.ports.nowNs / NS_PER_S);
    expect(rig.of(Observed.registerSent)).toHaveLength(2);
  });

  test('nothing is sent while the link is down', () => {
    const rig = bound();
    rig.fleet.onLink(0, false);
    rig.at(1000);
    expect(rig.ports.sent).toEqual([]);
    expect(rig.ports.timers).toBe(0);
  });
});
