/**
 * For tests of the IM Server only: the client's side of a push, scripted octet by octet (D2 to D13).
 *
 * Not modelled: reassembly of chunks; a test that wants them reads the frames itself.
 */
import type { Conn } from '../../sim/host/ports.js';
import { header } from '../client/testing.js';
import type { ServerRig } from './testing.js';
import { lines, statusOf } from './testing-texts.js';

export interface AnswerOptions {
  readonly accept?: string;
  readonly wrapped?: string;
  readonly maxSize?: number;
  readonly setup?: string;
  readonly path?: string;
  readonly tag?: string;
  readonly direction?: string;
}

/** A frame that the server wrote. */
export interface Frame {
  readonly text: string;
  readonly tid: string;
  readonly method: string;
  readonly messageId: string;
  readonly body: string;
  readonly flag: string;
}

export class PushClient {
  readonly serverPath: string;
  path = 'msrp://10.16.0.7:9/clientSession01;tcp';
  conn: Conn = 0;
  readonly frames: Frame[] = [];
  private rest = '';
  /** Her tag in what she asks. */
  private tag = 'cl';

  constructor(
    readonly rig: ServerRig,
    readonly invite: string,
  ) {
    this.serverPath = /a=path:(\S+)/.exec(invite)?.[1] ?? '';
  }

  /** A response to the INVITE; what the server sends upon it. */
  respond(
    status: number,
    body = '',
    tag = 'cl',
    method = this.invite,
    extra: readonly string[] = [],
  ): string[] {
    const type = body === '' ? [] : ['Content-Type: application/sdp'];
    const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(method, name)}`);
    return this.rig.fromCore(
      lines(
        `SIP/2.0 ${status} Whatever`,
        ...copied,
        `To: ${header(method, 'To').replace(/;tag=.*/, '')};tag=${tag}`,
        'Record-Route: <sip:core.ims.example;lr>',
        'Contact: <sip:u7@10.16.0.7:5060>',
        ...type,
        ...extra,
        `Content-Length: ${body.length}`,
        '',
        body,
      ),
    );
  }

  /** 200 with an SDP answer. */
  accept(options: AnswerOptions = {}): string[] {
    const {
      accept = '*',
      wrapped = '',
      maxSize,
      setup = 'active',
      path = this.path,
      tag,
      direction = 'recvonly',
    } = options;
    this.path = path;
    const sdp = [
      'v=0',
      'o=- 1 1 IN IP4 10.16.0.7',
      's=-',
      'c=IN IP4 10.16.0.7',
      't=0 0',
      'm=message 9 TCP/MSRP *',
      `a=accept-types:${accept}`,
      ...(wrapped === '' ? [] : [`a=accept-wrapped-types:${wrapped}`]),
      ...(maxSize === undefined ? [] : [`a=max-size:${maxSize}`]),
      `a=path:${path}`,
      `a=setup:${setup}`,
      `a=${direction}`,
      '',
    ];
    return this.respond(200, lines(...sdp), tag);
  }

  /** Connects and sends the binding SEND (rules 3.4). */
  bind(): this {
    this.conn = this.rig.connect();
    const { serverPath, path } = this;
    this.rig.toServer(
      this.conn,
      `MSRP bind1 SEND\r\nTo-Path: ${serverPath}\r\nFrom-Path: ${path}\r\nMessage-ID: bind1\r\n-------bind1$\r\n`,
    );
    return this;
  }

  /** 200 and the binding SEND in one. */
  establish(options: AnswerOptions = {}): this {
    this.accept(options);
    return this.bind();
  }

  /** The SENDs that arrived since the last look, in order. */
  take(): Frame[] {
    let text = this.rest + this.rig.written(this.conn);
    const fresh: Frame[] = [];
    for (;;) {
      const start = /^MSRP (\S+) (\S+)/.exec(text);
      if (start === null) break;
      const [, tid, method] = start;
      const end = new RegExp(`\r\n-------${tid}([$+#])\r\n`).exec(text);
      if (end === null) break;
      const whole = text.slice(0, end.index + end[0].length);
      const split = whole.indexOf('\r\n\r\n');
      const body = split < 0 || split > end.index ? '' : whole.slice(split + 4, end.index);
      fresh.push({ text: whole, tid, method, messageId: header(whole, 'Message-ID'), body, flag: end[1] });
      text = text.slice(whole.length);
    }
    this.rest = text;
    this.frames.push(...fresh);
    return fresh.filter((frame) => frame.method === 'SEND');
  }

  /** A response to a SEND; what the server then sends by SIP. */
  answer(frame: Frame, status = 200): string[] {
    const { path, serverPath, rig } = this;
    const near = path.split(' ').at(-1) ?? path;
    rig.ports.sent.length = 0;
    rig.toServer(
      this.conn,
      `MSRP ${frame.tid} ${status} X\r\nTo-Path: ${serverPath}\r\nFrom-Path: ${near}\r\n-------${frame.tid}$\r\n`,
    );
    return rig.taken();
  }

  /** The same client, but for the tag in what she asks. */
  tagged(tag: string): PushClient {
    const other = new PushClient(this.rig, this.invite);
    other.tag = tag;
    return other;
  }

  /** A 200 to the INVITE, of the fork `tag`, that lacks its Contact. */
  withoutContact(tag: string): string {
    const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(this.invite, name)}`);
    const to = `To: ${header(this.invite, 'To')};tag=${tag}`;
    return lines('SIP/2.0 200 OK', ...copied, to, 'Content-Length: 0', '', '');
  }

  /** The client ends the session herself; what the server sends. */
  bye(): string[] {
    return this.request('BYE', 9);
  }

  /** A request of the client in the dialog; what the server sends. */
  request(method: string, cseq: number, ...more: string[]): string[] {
    const { invite, rig } = this;
    return rig.fromCore(
      lines(
        `${method} sip:im.ims.example:5060 SIP/2.0`,
        `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK${method}${header(invite, 'Call-ID').replace(/@.*/, '')}${this.tag}`,
        'Max-Forwards: 69',
        `From: ${header(invite, 'To')};tag=${this.tag}`,
        `To: ${header(invite, 'From')}`,
        `Call-ID: ${header(invite, 'Call-ID')}`,
        `CSeq: ${cseq} ${method}`,
        ...more,
        'Content-Length: 0',
        '',
        '',
      ),
    );
  }

  /** A REPORT on a whole message; what the server then sends by SIP. */
  report(frame: Frame, status: number, octets = frame.body.length): string[] {
    const { path, serverPath, rig } = this;
    rig.toServer(
      this.conn,
      lines(
        'MSRP rep1 REPORT',
        `To-Path: ${serverPath}`,
        `From-Path: ${path}`,
        `Message-ID: ${frame.messageId}`,
        `Byte-Range: 1-${octets}/${octets}`,
        `Status: 000 ${status}`,
        '-------rep1$',
        '',
      ),
    );
    return rig.taken();
  }
}

/** The INVITE among datagrams, as a client sees it. */
export function invited(rig: ServerRig, sent: readonly string[]): PushClient {
  const invite = sent.find((text) => text.startsWith('INVITE '));
  if (invite === undefined) throw new Error('no INVITE was sent');
  return new PushClient(rig, invite);
}

/** A rig with messages stored for user 7, who has just registered. */
export function pushed(rig: ServerRig, ...bodies: readonly string[]): PushClient {
  for (const body of bodies) rig.store(7, body);
  return invited(rig, rig.register(7));
}

/** First words of what was sent, responses by their status. */
export function words(sent: readonly string[]): string[] {
  return sent.map((text) => (statusOf(text) > 0 ? String(statusOf(text)) : text.slice(0, text.indexOf(' '))));
}
