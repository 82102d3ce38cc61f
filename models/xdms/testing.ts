/**
 * For tests of the IM XDMS only: the server on ports in memory, with connections by number and a storage that completes commits when
 * the test says so. Not modelled: any network.
 */
import { TcpEnd, type Block, type Conn, type Ports } from '../../sim/host/ports.js';
import { FIRST_CLIENT_IP, HTTP_PORT, IM_SERVER_IP, XDMS_IP } from '../addressing.js';
import { TestStorage } from '../im-server/testing-machine.js';
import { TestPorts } from '../sip/testing.js';
import { Xdms } from './xdms.js';

/** A reply as it came. */
export interface TestReply {
  readonly status: number;
  readonly etag: string;
  readonly head: string;
  readonly body: string;
}

export const LIST_TYPE = 'application/vnd.oma.im.deferred-list+xml';
export const ELEMENT_TYPE = 'application/xcap-el+xml';
export const LIST_HEAD = '<history-list xmlns="urn:oma:xml:im:history-list">';
export const LIST_END = '</history-list>';

export const documentOf = (user: number): string =>
  `/org.openmobilealliance.deferred-list/users/sip:u${user}@ims.example/deferred-list`;

/** An entry as the server writes it. */
export function entryOf(reference: string, subject = 'hello'): string {
  return `<history history-reference="${reference}"><size>12</size><subject>${subject}</subject><pager><from>a</from></pager></history>`;
}

/** The text of a request. `If-Match` and the like go before Host. */
export function requestOf(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}Host: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

export class XdmsRig {
  readonly test = new TestPorts(XDMS_IP);
  readonly storage = new TestStorage(this.test.octets);
  readonly paused = new Set<Conn>();
  /** The peer does not read: what is written is more than there is room for. */
  full = false;
  xdms: Xdms;
  private readonly ports: Ports;
  private lastConn = 0;

  /** A server with a connection, number 1, of the IM Server. */
  constructor(private readonly subscribers = 10) {
    const { test } = this;
    const tcp = {
      ...test.tcp,
      write: (conn: Conn, block: Block, start: number, end: number): boolean =>
        test.tcp.write(conn, block, start, end) && !this.full,
      pauseReading: (conn: Conn, paused: boolean): void =>
        void (paused ? this.paused.add(conn) : this.paused.delete(conn)),
    };
    this.ports = Object.create(test, { tcp: { value: tcp }, storage: { value: this.storage } }) as Ports;
    this.xdms = this.started();
  }

  /** The process is killed and begins anew; gives what it held. */
  restart(): void {
    this.xdms.store.table.clear();
    this.storage.crash();
    this.xdms = this.started();
  }

  private started(): Xdms {
    const xdms = new Xdms(this.ports, {
      subscribers: this.subscribers,
      imServers: 1,
      firstClientIp: FIRST_CLIENT_IP,
    });
    xdms.start();
    this.xdms = xdms;
    this.connect();
    return xdms;
  }

  connect(): Conn {
    const conn = ++this.lastConn;
    this.xdms.onTcpAccepted(conn, 0, HTTP_PORT, IM_SERVER_IP);
    return conn;
  }

  /** Octets of `text` come over `conn`; storage goes on unless it is held. */
  feed(text: string, conn = this.lastConn): void {
    const block = this.test.octets.put(text);
    const start = this.test.octets.start(block);
    this.xdms.onTcpData(conn, this.test.octets.buf, start, start + text.length);
    this.test.octets.release(block);
    if (!this.storage.held) this.flush();
  }

  flush(): void {
    this.storage.flush((token, status) => this.xdms.onCommitted(token, status));
  }

  end(conn: Conn, end: TcpEnd = TcpEnd.fin): void {
    this.xdms.onTcpClosed(conn, end);
  }

  /** What came over `conn` since the last call. */
  replies(conn = this.lastConn): TestReply[] {
    const text = this.test.written.get(conn) ?? '';
    this.test.written.delete(conn);
    const all: TestReply[] = [];
    for (let at = 0; at < text.length;) {
      const bodyAt = text.indexOf('\r\n\r\n', at) + 4;
      const head = text.slice(at, bodyAt);
      at = bodyAt + Number(/^Content-Length: *(\d+)\r$/m.exec(head)?.[1] ?? 0);
      const etag = /^ETag: (.*)\r$/m.exec(head)?.[1] ?? '';
      all.push({ status: Number(head.slice(9, 12)), etag, head, body: text.slice(bodyAt, at) });
    }
    return all;
  }

  /** Sends a request and gives its reply. */
  ask(method: string, target: string, headers: Readonly<Record<string, string>> = {}, body = ''): TestReply {
    this.feed(requestOf(method, target, headers, body));
    const all = this.replies();
    if (all.length !== 1) throw new Error(`${all.length} replies to ${method} ${target}`);
    return all[0];
  }

  create(user = 3): TestReply {
    return this.ask('PUT', documentOf(user), { 'Content-Type': LIST_TYPE }, LIST_HEAD + LIST_END);
  }

  /** Puts `body` where `selector`, below the list of a user, says. */
  put(selector: string, body: string, user = 3): TestReply {
    return this.ask('PUT', this.below(selector, user), { 'Content-Type': ELEMENT_TYPE }, body);
  }

  add(reference: string, user = 3): TestReply {
    return this.put(`history[@history-reference="${reference}"]`, entryOf(reference), user);
  }

  /** GET or DELETE of a node below the list. */
  get(selector: string, user = 3): TestReply {
    return this.ask('GET', this.below(selector, user));
  }

  delete(selector: string, user = 3): TestReply {
    return this.ask('DELETE', this.below(selector, user));
  }

  /** References in the list of a user, in order. */
  list(user = 3): string[] {
    const { body } = this.ask('GET', documentOf(user));
    return [...body.matchAll(/history-reference="([^"]*)"/g)].map(([, reference]) => reference);
  }

  below(selector: string, user = 3): string {
    return `${documentOf(user)}/~~/history-list/${encodeURI(selector)}`;
  }
}

/** The error element of a conflict report. */
export function conflictOf({ body }: TestReply): string | undefined {
  return /<xcap-error [^>]*><([a-z0-9-]+)/.exec(body)?.[1];
}
