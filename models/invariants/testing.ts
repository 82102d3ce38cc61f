/** For the tests of this folder: a suite of invariants that is fed observations by hand, and the octets to feed it with. */
import { BODY_MARK, mark } from '../marks.js';
import { Observed } from '../observations.js';
import type { InvariantContext } from './invariant.js';
import { createInvariants } from './suite.js';

export const S = 1e9;
export const CLIENT_HOST = 2;
export const SERVER_HOST = 1;

/** A world of 10 users that starts at 2026-01-05T08:00:00Z, with timers of the Internet profile. */
export const CONTEXT: Omit<InvariantContext, 'now'> = {
  subscribers: 10,
  epochMs: 1_767_600_000_000,
  clientHost: CLIENT_HOST,
  coreHost: 0,
  serverHost: SERVER_HOST,
  expiry: { defaultNs: 1000 * S, maxNs: 5000 * S, skewLimitNs: 300 * S },
  clientTimers: { t1Ns: 0.5 * S, t2Ns: 4 * S },
  serverTimers: { t1Ns: 0.5 * S, t2Ns: 4 * S },
  liveDeliveryLimitNs: 8 * S,
  sendTimeoutNs: 30 * S,
};

export class Bench {
  nowNs = 0;
  private readonly suite;

  constructor(context: Partial<InvariantContext> = {}) {
    this.suite = createInvariants({ ...CONTEXT, ...context, now: () => this.nowNs });
  }

  /** One observation, `atS` seconds after the start if that is given. */
  see(kind: number, entity: number, message: number, a = 0, b = 0, text = '', atS?: number): this {
    if (atS !== undefined) this.nowNs = Math.round(atS * S);
    // Octets stand somewhere in a large buffer, with marks of others around them.
    const before = `${mark(BODY_MARK, 999)}\r\n\r\n`;
    const buf = Buffer.from(before + text + before, 'latin1');
    this.suite.watch(kind, entity, message, a, b, buf, before.length, before.length + text.length);
    return this;
  }

  /** Ids of the invariants that are violated so far, and after the end if `atS` is given. */
  violated(atS?: number): string[] {
    if (atS !== undefined) {
      this.nowNs = atS * S;
      this.suite.finish(true);
    }
    return this.suite.invariants.filter(({ violations }) => violations > 0).map(({ id }) => id);
  }

  /** How often an invariant was put to the test. */
  checked(id: string): number {
    return this.suite.invariants.find((invariant) => invariant.id === id)?.checked ?? -1;
  }

  /** What the first offender was. */
  first(id: string): string {
    return this.suite.invariants.find((invariant) => invariant.id === id)?.first ?? '';
  }
}

/** The body of message `m`. */
export function bodyOf(m: number): string {
  return `${mark(BODY_MARK, m)} Watson, come here.`;
}

const DATE = 'Date: Mon, 05 Jan 2026 08:00:01 GMT';

/** Header lines of message 7 from user 1 to user 2, as her client wrote them. */
export const SENT_LINES: readonly string[] = [
  'Via: SIP/2.0/UDP 10.16.0.1:5060;branch=z9hG4bKa',
  'From: <sip:u1@ims.example>;tag=1',
  'To: <sip:u2@ims.example>',
  'Call-ID: c7@10.16.0.1',
  'CSeq: 1 MESSAGE',
  DATE,
  'Subject: Lunch',
  'Priority: urgent',
  'Content-Type: text/plain',
];
const ASSERTED = 'P-Asserted-Identity: <sip:u1@ims.example>';

/** Without the line of this name. */
export function without(lines: readonly string[], name: string): string[] {
  return lines.filter((line) => !line.startsWith(`${name}:`));
}

/** A MESSAGE to user 2. */
export function request(lines: readonly string[], body = bodyOf(7)): string {
  return ['MESSAGE sip:u2@ims.example SIP/2.0', ...lines, `Content-Length: ${body.length}`, '', body].join(
    '\r\n',
  );
}

/** Header lines of the same message as the network asserts them. */
export const ASSERTED_LINES: readonly string[] = [...SENT_LINES, ASSERTED];

/** The stored record of a request: the fixed part of `im-server/store/record.ts`, and the request. */
export function record(lines: readonly string[], body = bodyOf(7)): string {
  return '\0'.repeat(56) + request(lines, body);
}

/** The stored record of message 7 as a Large Message, whose INVITE had these lines. */
export function largeRecord(lines: readonly string[], body = bodyOf(7)): string {
  const head = ['INVITE sip:u2@ims.example SIP/2.0', ...lines, '', ''].join('\r\n');
  const fragment = 'MSRP t1 SEND\r\nMessage-ID: id7\r\nContent-Type: text/plain\r\n\r\n';
  const fixed = Buffer.alloc(56);
  fixed[1] = 1;
  fixed.writeInt32LE(head.length, 12);
  fixed.writeInt32LE(body.length, 48);
  fixed[52] = fragment.length;
  return fixed.toString('latin1') + head + fragment + body;
}

/** Header lines of the same message that a pushed fragment has. */
export const PUSHED_LINES: readonly string[] = without(without(ASSERTED_LINES, 'Via'), 'CSeq');

/** The payload of a push: the request as one part. */
export function payload(lines: readonly string[], body = bodyOf(7), type = 'message/sipfrag'): string {
  return `--b1\r\nContent-Type: ${type}\r\n\r\n${request(lines, body)}\r\n--b1--`;
}

/** An MSRP SEND from the IM Server to user 2. */
export function send(
  tid: string,
  body = 'hello',
  range = `1-${body.length}/${body.length}`,
  flag = '$',
): string {
  return (
    `MSRP ${tid} SEND\r\nTo-Path: msrp://10.16.0.2:2855/c;tcp\r\nFrom-Path: msrp://10.0.0.2:2855/s;tcp\r\n` +
    `Message-ID: m${tid}\r\nByte-Range: ${range}\r\nContent-Type: text/plain\r\n\r\n${body}\r\n-------${tid}${flag}\r\n`
  );
}

/** The answer to the SEND `tid` of the other side. */
export function response(tid: string, status = 200): string {
  return `MSRP ${tid} ${status} OK\r\nTo-Path: msrp://10.16.0.2:2855/c;tcp\r\nFrom-Path: msrp://10.0.0.2:2855/s;tcp\r\n-------${tid}$\r\n`;
}

/** The octets of a text as pieces of one. */
export function single(text: string): string[] {
  return text.split('');
}

/** The end of a run, by which all that waits has waited long enough. */
export const END_S = 1000;

/** Message 7 is sent by user 1 to user 2 at 1 s, received at 2 s and stored as deferred message 0. */
export function stored(context = {}, lines: readonly string[] = []): Bench {
  return new Bench(context)
    .see(Observed.sent, 1, 7, 2, 0, request([...SENT_LINES, ...lines]), 1)
    .see(Observed.stored, 2, 0, 2 * S, 0, record([...ASSERTED_LINES, ...lines]), 2.01);
}

/** It is shown to her out of a push, or live. */
export const present = (bench: Bench): Bench =>
  bench.see(Observed.presented, 2, 0, 0, 0, payload(PUSHED_LINES));
export const live = (bench: Bench): Bench =>
  bench.see(Observed.deliveredLive, 2, 0, 0, 0, request(SENT_LINES));
