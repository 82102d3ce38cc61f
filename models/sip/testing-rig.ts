/**
 * For tests only: an endpoint on {@link TestPorts} with a transaction user that writes down what it hears, and short ways to make
 * requests and responses.
 */
import { OctetWriter } from '../wire/octet-writer.js';
import type { SipMessage } from '../wire/sip/message.js';
import { SipEndpoint } from './endpoint.js';
import { Leg } from './legs.js';
import { TestPorts } from './testing.js';
import type { SipEndpointConfig, TransactionUser, Tx } from './user.js';

export const OWN_IP = 0x0a000001;
export const PEER_IP = 0x0a000002;

export class Rig implements TransactionUser {
  readonly ports = new TestPorts(OWN_IP);
  readonly endpoint: SipEndpoint;
  readonly writer: OctetWriter;
  /** What the user heard: `request MESSAGE`, `response 200`, `timeout`, ... */
  readonly heard: string[] = [];
  /** The transaction of the last call. */
  tx: Tx = 0;
  /** Answers each request at once with this status; 0: stays silent. */
  autoStatus = 0;

  constructor(config: Partial<SipEndpointConfig> = {}) {
    this.endpoint = new SipEndpoint(this.ports, this, config);
    this.writer = new OctetWriter(this.ports.octets);
    this.ports.onTimer = (kind, a, b) => void this.endpoint.onTimer(kind, a, b);
    this.endpoint.start();
  }

  onRequest(tx: Tx, message: SipMessage): void {
    this.hear(tx, `request ${message.methodText()}`);
    if (this.autoStatus !== 0) this.endpoint.answer(tx, message, this.autoStatus);
  }
  onAck(): void {
    this.heard.push('ack');
  }
  onCancel(tx: Tx): void {
    this.hear(tx, 'cancel');
  }
  onResponse(tx: Tx, message: SipMessage): void {
    this.hear(tx, `response ${message.status}`);
  }
  onTimeout(tx: Tx): void {
    this.hear(tx, 'timeout');
  }
  onTransportError(tx: Tx): void {
    this.hear(tx, 'failed');
  }
  onStrayResponse(message: SipMessage): void {
    this.heard.push(`stray ${message.status}`);
  }
  onNoAck(tx: Tx): void {
    this.hear(tx, 'no ack');
  }

  /** Gives octets to the endpoint as a datagram from the peer. */
  receive(text: string, fromPort = 5060): void {
    const { octets } = this.ports;
    const block = octets.put(text);
    const start = octets.start(block);
    this.endpoint.onDatagram(0, PEER_IP, fromPort, block, octets.buf, start, start + text.length);
    octets.release(block);
  }

  /** Sends a request to the peer. */
  send(method: string, leg: Leg = Leg.udpInternet, body = ''): Tx {
    const { writer } = this;
    writer.begin();
    writer.ascii(`${method} sip:u2@ims.example SIP/2.0\r\n`);
    this.endpoint.writeVia(writer, 0, leg);
    writer.ascii('Max-Forwards: 70\r\nRoute: <sip:edge.ims.example;lr>\r\n');
    writer.ascii('From: <sip:u1@ims.example>;tag=f1\r\nTo: <sip:u2@ims.example>\r\nCall-ID: call-1\r\n');
    writer.ascii(`CSeq: 7 ${method}\r\nContent-Length: ${body.length}\r\n\r\n`);
    const bodyStart = writer.length;
    writer.ascii(body);
    const length = writer.length;
    return this.endpoint.request(0, writer.end(), length, bodyStart, PEER_IP, 5060, leg, 42);
  }

  /** A response of the peer to a request that the endpoint sent. */
  responseTo(request: string, status: number, method?: string): string {
    const via = /Via: [^\r]*\r\n/.exec(request)?.[0] ?? '';
    const cseq = method ?? /CSeq: 7 (\w+)/.exec(request)?.[1];
    return (
      `SIP/2.0 ${status} Words\r\n${via}From: <sip:u1@ims.example>;tag=f1\r\nTo: <sip:u2@ims.example>;tag=t2\r\n` +
      `Call-ID: call-1\r\nCSeq: 7 ${cseq}\r\nContact: <sip:u2@10.0.0.2:5060>\r\nContent-Length: 0\r\n\r\n`
    );
  }

  /** Seconds of the instants at which datagrams left, in full. */
  sentAtSeconds(): number[] {
    return this.ports.sent.map((datagram) => datagram.atNs / 1e9);
  }

  private hear(tx: Tx, what: string): void {
    this.tx = tx;
    this.heard.push(what);
  }
}

/** A request of the peer. */
export function requestOf(method: string, branch: string, extra = '', toTag = '', cseq = 1): string {
  const line = method === 'ACK' ? 'ACK' : method;
  return (
    `${line} sip:u1@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=${branch}\r\nMax-Forwards: 70\r\n` +
    `From: <sip:u9@ims.example>;tag=f9\r\nTo: <sip:u1@ims.example>${toTag}\r\nCall-ID: call-9\r\nCSeq: ${cseq} ${line}\r\n` +
    `${extra}Content-Length: 0\r\n\r\n`
  );
}
