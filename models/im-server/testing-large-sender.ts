/**
 * For tests of the IM Server only: the sender of Large Messages for an offline user, scripted octet by octet.
 *
 * Not modelled: choosing chunks; the test says which octets go into which SEND.
 */
import type { Conn } from '../../sim/host/ports.js';
import { header } from '../client/testing.js';
import type { ServerRig } from './testing.js';
import { lines } from './testing-texts.js';

export interface InviteOptions {
  readonly setup?: string;
  readonly extra?: readonly string[];
  readonly sdp?: string;
  readonly callId?: string;
  readonly path?: string;
  /** URI of From. */
  readonly from?: string;
  /** What the network asserts; '' for nothing. */
  readonly asserted?: string;
}

export interface ChunkOptions {
  readonly tid?: string;
  readonly flag?: string;
  /** Position of the first octet, from 1. */
  readonly from?: number;
  readonly range?: string;
  readonly headers?: readonly string[];
  readonly id?: string;
  readonly type?: string;
}

export class LargeSender {
  path = 'msrp://10.16.0.1:9/senderSession1;tcp';
  serverPath = '';
  ok = '';
  /** The INVITE last sent. */
  text = '';
  conn: Conn = 0;
  private callId = 'large1@10.16.0.1';
  private cseq = 1;
  private tid = 0;

  constructor(
    readonly rig: ServerRig,
    readonly user = 7,
  ) {}

  /** The INVITE; what the server answers. */
  invite(options: InviteOptions = {}): string[] {
    const { setup = 'active', extra = [], path = this.path } = options;
    const { from = 'sip:u1@ims.example', asserted = 'sip:u1@ims.example' } = options;
    this.callId = options.callId ?? this.callId;
    this.path = path;
    const sdp =
      options.sdp ??
      lines(
        'v=0',
        'o=- 1 1 IN IP4 10.16.0.1',
        's=-',
        'c=IN IP4 10.16.0.1',
        't=0 0',
        'm=message 9 TCP/MSRP *',
        'a=accept-types:*',
        `a=path:${path}`,
        ...(setup === '' ? [] : [`a=setup:${setup}`]),
        'a=sendonly',
        '',
      );
    this.text = lines(
      `INVITE sip:u${this.user}@ims.example SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK${this.callId}`,
      'Max-Forwards: 68',
      'Route: <sip:im.ims.example;lr>',
      'Record-Route: <sip:core.ims.example;lr>',
      `From: <${from}>;tag=sender`,
      `To: <sip:u${this.user}@ims.example>`,
      `Call-ID: ${this.callId}`,
      'CSeq: 1 INVITE',
      'Contact: <sip:u1@10.16.0.1:5060>',
      ...(asserted === '' ? [] : [`P-Asserted-Identity: <${asserted}>`]),
      'Content-Type: application/sdp',
      ...extra,
      `Content-Length: ${sdp.length}`,
      '',
      sdp,
    );
    const sent = this.rig.fromCore(this.text);
    this.ok = sent.find((text) => text.startsWith('SIP/2.0 200')) ?? '';
    this.serverPath = /a=path:(\S+)/.exec(this.ok)?.[1] ?? '';
    return sent;
  }

  /** The CANCEL of the INVITE. */
  cancel(): string {
    return lines(
      `CANCEL sip:u${this.user}@ims.example SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK${this.callId}`,
      'Max-Forwards: 68',
      'From: <sip:u1@ims.example>;tag=sender',
      `To: <sip:u${this.user}@ims.example>`,
      `Call-ID: ${this.callId}`,
      'CSeq: 1 CANCEL',
      'Content-Length: 0',
      '',
      '',
    );
  }

  /** ACK, connection and binding SEND. */
  bind(): this {
    this.within('ACK');
    this.conn = this.rig.connect();
    this.rig.toServer(
      this.conn,
      `MSRP bind1 SEND\r\nTo-Path: ${this.serverPath}\r\nFrom-Path: ${this.path}\r\nMessage-ID: bind1\r\n-------bind1$\r\n`,
    );
    this.rig.written(this.conn);
    return this;
  }

  open(options: InviteOptions = {}): this {
    this.invite(options);
    return this.bind();
  }

  /** A request in the dialog; what the server sends. */
  within(method: string): string[] {
    if (method !== 'ACK') this.cseq++;
    return this.rig.fromCore(
      lines(
        `${method} sip:im.ims.example:5060 SIP/2.0`,
        `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK${method}${this.cseq}${this.callId}`,
        'Max-Forwards: 68',
        'From: <sip:u1@ims.example>;tag=sender',
        `To: ${header(this.ok, 'To')}`,
        `Call-ID: ${this.callId}`,
        `CSeq: ${this.cseq} ${method}`,
        'Content-Length: 0',
        '',
        '',
      ),
    );
  }

  /** A SEND with `data`; the frame as text. */
  frame(data: string, options: ChunkOptions = {}): string {
    const { flag = '$', from = 1, headers = [], id = 'msg12345', type = 'text/plain' } = options;
    const tid = options.tid ?? `t${++this.tid}xyz`;
    const range = options.range ?? `${from}-${from + data.length - 1}/*`;
    return lines(
      `MSRP ${tid} SEND`,
      `To-Path: ${this.serverPath}`,
      `From-Path: ${this.path}`,
      `Message-ID: ${id}`,
      ...(range === '' ? [] : [`Byte-Range: ${range}`]),
      ...headers,
      `Content-Type: ${type}`,
      '',
      data,
      `-------${tid}${flag}`,
      '',
    );
  }

  /** Sends a chunk; what the server writes back. */
  send(data: string, options: ChunkOptions = {}): string {
    this.rig.toServer(this.conn, this.frame(data, options));
    return this.rig.written(this.conn);
  }
}

/** Statuses of MSRP responses, and `REPORT nnn` for reports, in the order in which they were written. */
export function said(text: string): string[] {
  const out: string[] = [];
  for (const [, word] of text.matchAll(/^MSRP \S+ (\d{3}|REPORT)/gm)) out.push(word);
  const reports = [...text.matchAll(/^Status: 000 (\d{3})/gm)].map(([, code]) => code);
  return out.map((word) => (word === 'REPORT' ? `REPORT ${reports.shift() ?? ''}` : word));
}
