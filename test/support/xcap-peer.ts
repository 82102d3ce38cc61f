/**
 * For tests of the IM XDMS only: a peer that speaks HTTP by text over one connection of a world, and what its requests are made of.
 */
import { scriptedActor, textBlock } from '../../sim/host/scripted-actor.js';
import type { Conn, Ports } from '../../sim/host/ports.js';
import { accessProfile } from '../../sim/network/access-profiles.js';
import { createWorld, type World } from '../../sim/world.js';
import { FIRST_CLIENT_IP, IM_SERVER_IP, XDMS_IP } from '../../models/addressing.js';
import { createXdms, type Xdms } from '../../models/xdms/xdms.js';

export const DOCUMENT = '/org.openmobilealliance.deferred-list/users/sip:u3@ims.example/deferred-list';
export const NS = 'xmlns="urn:oma:xml:im:history-list"';
export const EMPTY_LIST = `<?xml version="1.0" encoding="UTF-8"?><history-list ${NS}></history-list>`;

/** A reply as it came. */
export interface Reply {
  readonly status: number;
  readonly etag: string;
  readonly body: string;
  readonly head: string;
}

/** A peer that sends text over one connection and keeps what comes back. */
export class XcapPeer {
  readonly world: World;
  private ports: Ports | undefined;
  private conn: Conn | undefined;
  text = '';
  ended = false;

  constructor(fromIp = IM_SERVER_IP) {
    const link = accessProfile('test', { delayNs: 1_000_000 });
    this.world = createWorld({
      seed: 'xdms',
      epochMs: 0,
      tcp: { segmentMinOctets: 1, segmentMaxOctets: 700 },
      hosts: [
        {
          name: 'xdms',
          ip: XDMS_IP,
          addresses: 1,
          factory: createXdms,
          config: { subscribers: 10, imServers: 1, firstClientIp: FIRST_CLIENT_IP },
          link,
        },
        {
          name: 'peer',
          ip: fromIp,
          addresses: 1,
          factory: (ports: Ports) => {
            this.ports = ports;
            return scriptedActor(ports, () => ({
              onTcpData: (_conn, buf, start, end) => void (this.text += buf.latin1Slice(start, end)),
              onTcpClosed: () => {
                this.ended = true;
                this.conn = undefined;
              },
            }));
          },
          config: undefined,
          link,
        },
      ],
    });
    this.world.start();
  }

  get xdms(): Xdms {
    return this.world.host('xdms').actor as Xdms;
  }

  get storage() {
    return this.world.host('xdms').storage;
  }

  run(): void {
    this.world.runUntil(this.world.kernel.nowNs + 500_000_000);
  }

  /** Sends `text` and gives the replies that came. */
  raw(text: string): Reply[] {
    const ports = this.ports;
    if (ports === undefined) throw new Error('no peer');
    if (this.conn === undefined) {
      this.conn = ports.tcp.connect(0, XDMS_IP, 80);
      this.run();
    }
    this.text = '';
    ports.tcp.write(this.conn, textBlock(ports, text), 0, text.length, false);
    this.run();
    return replies(this.text);
  }

  ask(method: string, target: string, headers: Record<string, string> = {}, body = ''): Reply {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const all = this.raw(
      `${method} ${target} HTTP/1.1\r\nHost: xdms.ims.example\r\n${lines.join('')}Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    if (all.length !== 1) throw new Error(`${all.length} replies to one request`);
    return all[0];
  }

  create(): Reply {
    return this.ask('PUT', DOCUMENT, { 'If-None-Match': '*', 'Content-Type': LIST }, EMPTY_LIST);
  }

  put(reference: string, body = entry(reference), headers: Record<string, string> = {}): Reply {
    return this.ask('PUT', node(reference), { 'Content-Type': ELEMENT, ...headers }, body);
  }
}

export const LIST = 'application/vnd.oma.im.deferred-list+xml';
export const ELEMENT = 'application/xcap-el+xml';

export function node(reference: string): string {
  return `${DOCUMENT}/~~/history-list/history%5b@history-reference=%22${encodeURIComponent(reference)}%22%5d`;
}

export function entry(reference: string, subject = 'hello'): string {
  return `<history history-reference="${reference}"><size>12</size><subject>${subject}</subject><pager><from>a</from></pager></history>`;
}

export function replies(text: string): Reply[] {
  const out: Reply[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n') + 4;
    const head = rest.slice(0, end);
    const length = Number(/^Content-Length: *(\d+)\r$/m.exec(head)?.[1]);
    const status = Number(head.slice(9, 12));
    const octets = status === 304 ? 0 : length;
    out.push({
      status,
      etag: /^ETag: (.*)\r$/m.exec(head)?.[1] ?? '',
      body: rest.slice(end, end + octets),
      head,
    });
    rest = rest.slice(end + octets);
  }
  return out;
}

/** What the error report of a reply names; undefined if there is none. */
export const report = (reply: Reply) =>
  /<xcap-error [^>]*><([a-z0-9-]+)[^]*<\/xcap-error>$/.exec(reply.body)?.[1];
