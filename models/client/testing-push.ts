/**
 * For tests of the fleet only: a scripted IM Server and Core that push to user 3, octet by octet.
 *
 * Not modelled: any network; the test says what arrives when.
 */
import { Observed } from '../observations.js';
import { FleetRig, header } from './testing.js';

export const SERVER_PATH = 'msrp://10.0.0.2:2855/serverSession01;tcp';
export const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 10.0.0.2',
  's=-',
  'c=IN IP4 10.0.0.2',
  't=0 0',
  'm=message 2855 TCP/MSRP *',
  'a=accept-types:*',
  `a=path:${SERVER_PATH}`,
  'a=setup:actpass',
  'a=sendonly',
  '',
].join('\r\n');

export function request(method: string, user: number, lines: string[], body = ''): string {
  return [
    `${method} sip:u${user}@10.16.0.${user}:5060 SIP/2.0`,
    `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKcore${branchOf(method, lines)}`,
    'Max-Forwards: 69',
    ...lines,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

export interface InviteOptions {
  readonly callId?: string;
  readonly from?: string;
  readonly sdp?: string;
  readonly type?: string;
  readonly user?: number;
  readonly extra?: string[];
}

export function invite(options: InviteOptions = {}): string {
  const { callId = 'push1@im', from = 'sip:deferred@im.ims.example', sdp = OFFER, user = 3 } = options;
  return request(
    'INVITE',
    user,
    [
      'Record-Route: <sip:core.ims.example;lr>',
      `From: <${from}>;tag=srv`,
      `To: <sip:u${user}@ims.example>`,
      `Call-ID: ${callId}`,
      'CSeq: 1 INVITE',
      'Contact: <sip:deferred@10.0.0.2:5060>',
      'Accept-Contact: *;+g.oma.sip-im;require;explicit',
      `Content-Type: ${options.type ?? 'application/sdp'}`,
      ...(options.extra ?? []),
    ],
    sdp,
  );
}

/** A request within the dialog that `ok` made. */
export function within(method: string, ok: string, cseq = method === 'ACK' ? 1 : 2): string {
  return request(method, 3, [
    `From: ${header(ok, 'From')}`,
    `To: ${header(ok, 'To')}`,
    `Call-ID: ${header(ok, 'Call-ID')}`,
    `CSeq: ${cseq} ${method}`,
  ]);
}

/** A pushed payload that wraps a MESSAGE with this Call-ID. */
export function payload(callId: string, body = 'Watson, come here.', to = '<sip:u3@ims.example>'): string {
  return [
    '--bnd7f3a',
    'Content-Type: message/sipfrag',
    '',
    'MESSAGE sip:u3@ims.example SIP/2.0',
    'From: <sip:u1@ims.example>;tag=49583',
    `To: ${to}`,
    `i: ${callId}`,
    'Date: Thu, 21 Feb 2002 13:02:03 GMT',
    'Content-Type: text/plain',
    `Content-Length: ${body.length}`,
    '',
    body,
    '--bnd7f3a--',
  ].join('\r\n');
}

export function send(
  path: string,
  tid: string,
  id: string,
  body: string,
  type = 'multipart/mixed;boundary=bnd7f3a',
): string {
  return [
    `MSRP ${tid} SEND`,
    `To-Path: ${path}`,
    `From-Path: ${SERVER_PATH}`,
    `Message-ID: ${id}`,
    `Byte-Range: 1-${body.length}/${body.length}`,
    'Failure-Report: yes',
    `Content-Type: ${type}`,
    '',
    body,
    `-------${tid}$`,
    '',
  ].join('\r\n');
}

export function live(callId: string, tag = '49583', to = '<sip:u3@ims.example>'): string {
  return request(
    'MESSAGE',
    3,
    [
      `From: <sip:u1@ims.example>;tag=${tag}`,
      `To: ${to}`,
      `Call-ID: ${callId}`,
      'CSeq: 1 MESSAGE',
      'Content-Type: text/plain',
    ],
    'Watson, come here.',
  );
}

export class PushRig extends FleetRig {
  ok = '';
  path = '';
  conn = 0;

  /** One datagram in, what left out. */
  exchange(text: string): string[] {
    this.ports.sent.length = 0;
    this.deliver(3, text);
    return this.ports.takeSent();
  }

  /** INVITE to bound MSRP connection. */
  establish(options: InviteOptions = {}): this {
    [this.ok = ''] = this.exchange(invite(options));
    this.path = /a=path:(\S+)/.exec(this.ok)?.[1] ?? '';
    this.deliver(3, within('ACK', this.ok));
    this.conn = this.ports.opened.at(-1)?.conn ?? 0;
    this.fleet.onTcpConnected(this.conn);
    const binding = this.fromClient();
    const tid = /^MSRP (\S+) SEND/.exec(binding)?.[1] ?? '';
    this.toClient(
      `MSRP ${tid} 200 OK\r\nTo-Path: ${this.path}\r\nFrom-Path: ${SERVER_PATH}\r\n-------${tid}$\r\n`,
    );
    return this;
  }

  /** What the client has written to its MSRP connection since the last call. */
  fromClient(): string {
    const text = this.ports.written.get(this.conn) ?? '';
    this.ports.written.set(this.conn, '');
    return text;
  }

  toClient(text: string, conn = this.conn): void {
    const buf = Buffer.from(text, 'latin1');
    this.fleet.onTcpData(conn, buf, 0, buf.length);
  }

  shown(): (readonly [number, string])[] {
    const kinds: number[] = [Observed.deliveredLive, Observed.presented, Observed.duplicateDropped];
    return this.ports.seen
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ kind, text }) => [kind, text] as const);
  }
}

/** When a test begins. */
export const START_S = 10;

export const rigged = (config = {}): PushRig => {
  const rig = new PushRig(config).at(0);
  rig.register(1_000_000);
  return rig.at(START_S); // past Timer K of the registrations
};

/** A branch that repeats exactly when the request does: from method, Call-ID and CSeq. */
function branchOf(method: string, lines: readonly string[]): string {
  let hash = 0;
  for (const character of `${method}${lines.join()}`)
    hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return (hash >>> 0).toString(36);
}
